/** What to ask the browser for, in turn, until it has it. */
const WISHES = [
  { video: { width: { ideal: 640 }, height: { ideal: 480 } }, audio: true },
  { video: true },
  { audio: true },
];

/**
 * The camera and microphone on their way to Heron and back. For what the browser lacks, or may not give, Heron sends something of
 * its own.
 */
export class Camera {
  /** What the browser's devices give; empty if there are none. */
  own = new MediaStream();
  /** What comes from Heron. */
  echo = new MediaStream();
  #pc;
  #transceivers = [];
  #last;

  constructor(pc) {
    this.#pc = pc;
  }

  get on() {
    return this.#transceivers.length > 0;
  }

  /** Opens the devices, and offers them to Heron. */
  async start() {
    this.own = await openDevices();
    if (this.#pc.signalingState === "closed") return this.stop();
    this.#transceivers = ["audio", "video"].map((kind) => {
      const track = this.own.getTracks().find((track) => track.kind === kind);
      return track
        ? this.#pc.addTransceiver(track, { streams: [this.own] })
        : this.#pc.addTransceiver(kind, { direction: "recvonly" });
    });
    this.echo = new MediaStream(this.#transceivers.map(({ receiver }) => receiver.track));
    this.#last = undefined;
  }

  /** Closes the devices; their places in the description go to whatever is offered next. */
  stop() {
    for (const track of this.own.getTracks()) track.stop();
    if (this.#pc.signalingState !== "closed") {
      for (const each of this.#transceivers) {
        each.stop();
      }
    }
    this.#transceivers = [];
  }

  /** Silences the microphone, or not. */
  mute(muted) {
    for (const track of this.own.getAudioTracks()) track.enabled = !muted;
  }

  /**
   * What has happened since the last call, to Heron and from it: kilobits per second, the percentage of packets that were lost; and the
   * last round trip in milliseconds. Undefined when called for the first time.
   */
  async measure() {
    const all = [...(await this.#pc.getStats()).values()];
    const now = performance.now();
    const count = (type, member) =>
      all.reduce((sum, s) => sum + (s.type === type && s[member] || 0), 0);
    const totals = {
      now,
      bytes: [count("outbound-rtp", "bytesSent"), count("inbound-rtp", "bytesReceived")],
      received: count("inbound-rtp", "packetsReceived"),
      lost: count("inbound-rtp", "packetsLost"),
    };
    const last = this.#last;
    this.#last = totals;
    if (!last) return undefined;
    // The counts of a camera that was stopped are gone, so that sums may fall.
    const since = (after, before) => Math.max(0, after - before);
    const lost = since(totals.lost, last.lost);
    const expected = lost + since(totals.received, last.received);
    const reports = all.filter(({ type }) => type === "remote-inbound-rtp");
    const pair = all.find((s) => s.type === "candidate-pair" && s.nominated);
    const trip = reports.find(({ roundTripTime }) => roundTripTime)?.roundTripTime ??
      pair?.currentRoundTripTime;
    return {
      rates: totals.bytes.map((bytes, i) => since(bytes, last.bytes[i]) * 8 / (now - last.now)),
      losses: [
        100 * Math.max(0, ...reports.map(({ fractionLost }) => fractionLost ?? 0)),
        expected ? 100 * lost / expected : 0,
      ],
      trip: trip === undefined ? undefined : 1000 * trip,
    };
  }
}

async function openDevices() {
  for (const wish of WISHES) {
    const stream = await navigator.mediaDevices?.getUserMedia(wish).catch(() => {});
    if (stream) return stream;
  }
  return new MediaStream();
}

/**
 * Has Heron record what is in the mirror. `onBegin` is called when it does. Ends when `stop` is called or Heron has enough; then
 * `finished` resolves with the card by which the recording is fetched.
 */
export function record(link, onBegin) {
  const channel = link.channel("record");
  channel.addEventListener("open", onBegin);
  const finished = new Promise((resolve, reject) => {
    channel.addEventListener("close", () => reject(new Error("Heron could not record it")));
    channel.addEventListener("message", ({ data }) => {
      resolve(JSON.parse(data));
      channel.close();
    });
  });
  const stop = () => {
    if (channel.readyState === "open") link.send(channel, "stop");
    else channel.close();
  };
  return { finished, stop };
}
