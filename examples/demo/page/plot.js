/** What a plot shows, in milliseconds. */
const SPAN = 30_000;

/**
 * A strip of the last half minute on a canvas. Its series take their colours from the custom properties `--plot-1`, `--plot-2` of
 * the canvas, so that the theme decides.
 */
export class Plot {
  #canvas;
  #series;
  #least;
  #smoothTop;
  #filled;

  /** `least`: the top of the scale is never below it. */
  constructor(canvas, { series, least, filled }) {
    this.#canvas = canvas;
    this.#series = Array.from({ length: series }, () => []);
    this.#least = least;
    this.#filled = filled;
    this.#smoothTop = least;
  }

  /** Adds a value to a series. */
  add(series, value, now = performance.now()) {
    const points = this.#series[series];
    points.push([now, value]);
    while (points[0][0] < now - SPAN - 1000) points.shift();
  }

  /** The values of a series, oldest first. */
  values(series) {
    return this.#series[series].map(([, value]) => value);
  }

  /** Draws the current half minute. */
  draw(now = performance.now()) {
    const canvas = this.#canvas;
    const { clientWidth: width, clientHeight: height } = canvas;
    const scale = devicePixelRatio;
    if (
      canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)
    ) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
    }
    const g = canvas.getContext("2d");
    g.setTransform(scale, 0, 0, scale, 0, 0);
    g.clearRect(0, 0, width, height);

    const highest = Math.max(this.#least, ...this.#series.flat().map(([, value]) => value));
    // The scale glides to its new top rather than jumps.
    this.#smoothTop += (highest * 1.15 - this.#smoothTop) * 0.15;
    const x = (at) => width - (now - at) / SPAN * width;
    const y = (value) => height - 1 - value / this.#smoothTop * (height - 18);

    this.#drawScale(g, width, height, y);
    this.#series.forEach((points, i) => {
      if (points.length < 2) return;
      const colour = this.#colour(`--plot-${i + 1}`);
      g.beginPath();
      points.forEach(([at, value], k) => k ? g.lineTo(x(at), y(value)) : g.moveTo(x(at), y(value)));
      g.strokeStyle = colour;
      g.lineWidth = 1.8;
      g.lineJoin = "round";
      g.stroke();
      if (!this.#filled) return;
      g.lineTo(x(points.at(-1)[0]), height);
      g.lineTo(x(points[0][0]), height);
      g.globalAlpha = 0.2;
      g.fillStyle = colour;
      g.fill();
      g.globalAlpha = 1;
    });
  }

  /** A few quiet lines with their values. */
  #drawScale(g, width, height, y) {
    // In a low strip there is room for one.
    const step = niceStep(this.#smoothTop / (height < 60 ? 1.2 : 2));
    g.strokeStyle = this.#colour("--line");
    g.fillStyle = this.#colour("--faint");
    g.font = `11px ${getComputedStyle(this.#canvas).fontFamily}`;
    g.lineWidth = 1;
    for (let value = step, last = Infinity; y(value) > 8; value += step) {
      if (last - y(value) < 14) continue; // their values would run into each other
      last = y(value);
      const at = Math.round(y(value)) + 0.5;
      g.beginPath();
      g.moveTo(0, at);
      g.lineTo(width, at);
      g.stroke();
      g.fillText(String(Number(value.toPrecision(3))), 2, Math.min(at - 4, height - 4));
    }
  }

  /** A custom property as a colour that a canvas understands: `light-dark()` is resolved by the style of an element. */
  #colour(property) {
    this.#canvas.style.color = `var(${property})`;
    return getComputedStyle(this.#canvas).color;
  }
}

/** The largest of 1, 2, 5 x 10^n that isn't above `most`. */
function niceStep(most) {
  const power = 10 ** Math.floor(Math.log10(most));
  return power * ([5, 2, 1].find((factor) => factor * power <= most) ?? 1);
}
