import { Camera, record } from "./camera.js";
import { Plot } from "./plot.js";

const $ = (id) => document.getElementById(id);

/** How often the meters are read. */
const METER_INTERVAL = 500;

/**
 * The card with the camera: buttons, pictures and meters of one connection. `onRecorded` is called with the card of every recording,
 * and `onProblem` with a reason when there is none.
 */
export class Mirror {
  #link;
  #camera;
  #onRecorded;
  #onProblem;
  #recording;
  #muted = false;
  #timers = [];
  #frame;

  constructor(link, { onRecorded, onProblem }) {
    this.#link = link;
    this.#camera = new Camera(link.pc);
    this.#onRecorded = onRecorded;
    this.#onProblem = onProblem;
    $("camera").onclick = () => this.#camera.on ? this.#stop() : this.#start();
    $("mute").onclick = () => this.#mute(!this.#muted);
    $("listen").onclick = () => this.#listen($("echo").muted);
    $("record").onclick = () => this.#recording ? this.#recording.stop() : this.#record();
    link.addEventListener("end", () => this.#stop());
    this.#show("off");
  }

  async #start() {
    $("camera").disabled = true;
    $("veil").textContent = "Opening the camera\u2026";
    await this.#camera.start();
    $("camera").disabled = false;
    if (!this.#camera.on) return;
    const { own, echo } = this.#camera;
    $("echo").srcObject = echo;
    $("self").srcObject = own;
    this.#camera.mute(this.#muted);
    this.#show(own.getVideoTracks().length > 0 ? "own" : "heron");
    this.#measure();
  }

  #stop() {
    this.#recording?.stop();
    this.#camera.stop();
    this.#timers.splice(0).forEach(clearInterval);
    cancelAnimationFrame(this.#frame);
    $("echo").srcObject = $("self").srcObject = null;
    this.#show("off");
  }

  /** `camera` is whose picture is seen: `own`, `heron`, or none: `off`. */
  #show(camera) {
    const on = camera !== "off";
    $("mirror").dataset.camera = camera;
    $("camera").textContent = on ? "Stop camera" : "Start camera";
    $("veil").textContent = "The water is dark.";
    $("badge").textContent = camera === "heron"
      ? "No camera here: this is Heron\u2019s own"
      : "back from Heron";
    $("mute").disabled = this.#camera.own.getAudioTracks().length === 0 || !on;
    $("listen").disabled = $("record").disabled = !on;
  }

  #mute(muted) {
    this.#muted = muted;
    this.#camera.mute(muted);
    $("mute").setAttribute("aria-pressed", muted);
  }

  /** Whether to hear oneself: through loudspeakers, that can whistle. */
  #listen(on) {
    $("echo").muted = !on;
    $("listen").setAttribute("aria-pressed", on);
  }

  async #record() {
    let ticking;
    const button = $("record");
    const recording = this.#recording = record(this.#link, () => {
      const start = performance.now();
      const tick = () => {
        const seconds = Math.floor((performance.now() - start) / 1000);
        $("record-text").textContent = `Stop ${readableTime(seconds)}`;
      };
      tick();
      ticking = setInterval(tick, 250);
    });
    button.setAttribute("aria-pressed", true);
    try {
      this.#onRecorded(await recording.finished);
    } catch (error) {
      this.#onProblem(error.message);
    }
    clearInterval(ticking);
    this.#recording = undefined;
    button.setAttribute("aria-pressed", false);
    $("record-text").textContent = "Record";
  }

  #measure() {
    const rates = new Plot($("media-rate-plot"), { series: 2, least: 100, filled: true });
    const losses = new Plot($("media-loss-plot"), { series: 2, least: 2, filled: false });
    const trips = new Plot($("media-trip-plot"), { series: 1, least: 1, filled: false });
    this.#timers.push(setInterval(async () => {
      const figures = await this.#camera.measure();
      if (!figures) return;
      figures.rates.forEach((rate, i) => rates.add(i, rate));
      figures.losses.forEach((loss, i) => losses.add(i, loss));
      $("media-rate").textContent = Math.round(figures.rates[0] + figures.rates[1]);
      $("media-loss").textContent = Math.max(...figures.losses).toFixed(1);
      if (figures.trip === undefined) return;
      trips.add(0, figures.trip);
      $("media-trip").textContent = figures.trip.toFixed(figures.trip < 100 ? 1 : 0);
    }, METER_INTERVAL));
    const draw = () => {
      for (const plot of [rates, losses, trips]) plot.draw();
      this.#frame = requestAnimationFrame(draw);
    };
    draw();
  }
}

/** Seconds for people. */
export function readableTime(seconds) {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
}
