/** Small makers of what the page shows. Text goes in as text: nothing that anyone says is ever read as HTML. */

const $ = (id) => document.getElementById(id);

/** An element with a class, attributes and children. */
function element(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

/** Bytes for people. */
export function readableSize(bytes) {
  const units = ["B", "KB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** Adds a line of chat. */
export function showMessage({ from, text, mine = false, heron = false }) {
  const kind = mine ? "mine" : heron ? "heron" : "";
  addToLog(
    element(
      "li",
      `message ${kind}`,
      element("span", "who", mine ? "You" : from),
      element("span", "words", text),
    ),
  );
}

/** Adds a remark that nobody said. */
export function showNotice(text) {
  addToLog(element("li", "notice", text));
}

/** Shows who is here. */
export function showPeople(people, own) {
  $("people").textContent = [
    "Heron",
    ...people.map((name) => name === own ? `${name} (you)` : name),
  ].join(", ");
}

/** How many lines of chat stay. */
const MAX_LINES = 500;

function addToLog(line) {
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
  log.append(line);
  while (log.childElementCount > MAX_LINES) log.firstElementChild.remove();
  if (atEnd) log.scrollTop = log.scrollHeight;
}

/** One transfer in the list of files. */
export class TransferView {
  #root;
  #detail;
  #bar = element("progress", "");
  #what;
  #size;
  #verdict;
  #start = performance.now();

  constructor(name, size, what, list = $("transfers")) {
    this.#what = what;
    this.#size = size;
    this.#detail = element("span", "detail", `${what}, ${readableSize(size)}`);
    this.#root = element("li", "transfer", element("span", "name", name), this.#detail);
    this.#root.querySelector(".name").title = name;
    list.prepend(this.#root);
  }

  /** A button beside the name, for what can be done next; it goes when it is used. */
  offer(label, act) {
    const button = element("button", "quiet act", label);
    button.type = "button";
    button.addEventListener("click", () => {
      button.remove();
      act();
    });
    this.#root.append(button);
  }

  /** A link to save what has been fetched. */
  offerSaving(blob, name) {
    const link = element("a", "quiet button act", "Save");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    this.#root.append(link);
  }

  /** A player for what has been fetched. */
  offerPlaying(blob) {
    const video = element("video", "playback");
    video.src = URL.createObjectURL(blob);
    video.controls = video.playsInline = true;
    this.#root.append(video);
  }

  /** Begins to move, or begins anew. */
  begin(what) {
    this.#verdict?.remove();
    this.#what = what;
    this.#start = performance.now();
    this.#bar.max = Math.max(1, this.#size);
    this.#bar.value = 0;
    this.#bar.setAttribute(
      "aria-label",
      `Progress of ${this.#root.querySelector(".name").textContent}`,
    );
    this.#root.append(this.#bar);
    this.progress(0);
  }

  /** So many bytes have arrived. */
  progress(bytes) {
    this.#bar.value = bytes;
    const percent = this.#size ? Math.floor(bytes / this.#size * 100) : 100;
    this.#detail.textContent = `${this.#what}, ${readableSize(bytes)} of ${
      readableSize(this.#size)
    }, ${percent} %`;
  }

  /** It is all there: do the hashes of both ends agree? */
  finish(what, ours, theirs) {
    const seconds = (performance.now() - this.#start) / 1000;
    this.#bar.value = this.#bar.max;
    this.#detail.textContent = `${what}, ${readableSize(this.#size)} in ${seconds.toFixed(1)} s, ` +
      `${readableSize(this.#size / seconds)}/s`;
    const good = ours === theirs;
    this.#judge(
      element(
        "p",
        `verdict ${good ? "good" : "bad"}`,
        element(
          "strong",
          "",
          good ? "\u2713 The same SHA-256 at both ends" : "\u2717 The hashes differ",
        ),
        element("code", "", good ? ours : `${ours} here, ${theirs} there`),
      ),
    );
  }

  /** It came to nothing. */
  fail(reason) {
    this.#bar.remove();
    this.#judge(element("p", "verdict bad", element("strong", "", reason)));
  }

  #judge(verdict) {
    this.#verdict?.remove();
    this.#verdict = verdict;
    this.#root.append(verdict);
  }
}

/** How each state feels. */
const MOODS = {
  stable: "good",
  connected: "good",
  completed: "good",
  new: "",
  closed: "bad",
  failed: "bad",
};

/** Shows the state of every layer. */
export function showStates({ pc }) {
  const states = {
    signaling: pc.signalingState,
    ice: pc.iceConnectionState,
    dtls: pc.sctp?.transport?.state ?? "new",
    sctp: pc.sctp?.state ?? "new",
    connection: pc.connectionState,
  };
  for (const [layer, state] of Object.entries(states)) {
    const field = $(`state-${layer}`);
    field.textContent = state;
    field.dataset.mood = MOODS[state] ?? "busy";
  }
}

/** Shows the addresses that packets travel between. */
export function showPair({ local, remote }) {
  for (const [end, candidate] of [["local", local], ["remote", remote]]) {
    if (!candidate) continue;
    const { address, port, candidateType, protocol } = candidate;
    // A browser may keep an address to itself (RFC 8828).
    $(`pair-${end}`).textContent = `${address || "address withheld"}${
      port ? `, port ${port}` : ""
    }`;
    $(`pair-${end}-type`).textContent = [candidateType, protocol?.toUpperCase()].filter(Boolean)
      .join(", ");
  }
}
