/**
 * The peer connection of this page: signalling over a WebSocket, then everything over data channels.
 *
 * Events: `change` (some state is another one), `said` (a message on the channel `chat`), `trip` (a round trip took so many
 * milliseconds), `end`.
 */
export class Link extends EventTarget {
  /** @type {RTCPeerConnection} */
  pc = new RTCPeerConnection();
  #channels = new Set();
  #sent = 0;
  #received = 0;
  #socket;
  #signals = Promise.resolve();
  #pinging;
  #ended = false;

  /** Opens the connection; resolves once the room can be talked to. */
  async open() {
    const { pc } = this;
    // Both channels are there before the offer, so that one round of signalling is enough.
    this.chat = this.channel("chat");
    this.ping = pc.createDataChannel("ping", { ordered: false, maxRetransmits: 0 });
    this.#watch();
    this.#socket = await openSocket();
    this.#socket.addEventListener("message", ({ data }) => {
      // One after the other: a candidate must not overtake the description it belongs to.
      this.#signals = this.#signals.then(() => this.#takeSignal(JSON.parse(data)));
      this.#signals.catch(() => this.close());
    });
    this.#socket.addEventListener("close", () => this.close());
    pc.addEventListener("icecandidate", ({ candidate }) => this.#signal({ candidate }));
    await this.#offer();
    pc.addEventListener("negotiationneeded", () => this.#offer().catch(() => this.close()));
    await new Promise((resolve, reject) => {
      this.chat.addEventListener("open", resolve);
      this.addEventListener("end", () => reject(new Error("The connection could not be made.")));
    });
    this.#startPinging();
  }

  /** Bytes that have gone to Heron and come from it so far, on all channels but the pings'. What waits in a buffer hasn't gone. */
  get traffic() {
    let waiting = 0;
    for (const { bufferedAmount } of this.#channels) waiting += bufferedAmount;
    return [this.#sent - waiting, this.#received];
  }

  /** Says something on the channel `chat`. */
  say(message) {
    if (this.chat.readyState === "open") this.send(this.chat, JSON.stringify(message));
  }

  /** Sends on any channel, and counts it. */
  send(channel, data) {
    channel.send(data);
    this.#sent += data.byteLength ?? data.length;
  }

  /** Opens a channel whose traffic is counted. */
  channel(label, protocol = "") {
    const channel = this.pc.createDataChannel(label, { protocol });
    channel.binaryType = "arraybuffer";
    this.#channels.add(channel);
    channel.addEventListener(
      "message",
      ({ data }) => this.#received += data.byteLength ?? data.length,
    );
    channel.addEventListener("close", () => this.#channels.delete(channel));
    return channel;
  }

  /** Ends it all. */
  close() {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#pinging);
    this.pc.close();
    this.#socket?.close();
    this.#changed();
    this.dispatchEvent(new Event("end"));
  }

  /** The addresses that packets travel between, from the connection's own statistics. */
  async selectedPair() {
    const stats = await this.pc.getStats();
    const all = [...stats.values()];
    const chosen = all.find(({ type }) => type === "transport")?.selectedCandidatePairId;
    const pair = stats.get(chosen) ??
      all.find((s) => s.type === "candidate-pair" && s.nominated && s.state === "succeeded");
    return pair &&
      { local: stats.get(pair.localCandidateId), remote: stats.get(pair.remoteCandidateId) };
  }

  #watch() {
    const { pc } = this;
    const changed = () => this.#changed();
    pc.addEventListener("signalingstatechange", () => {
      // The transports are there once a description is set.
      for (const transport of [pc.sctp, pc.sctp?.transport]) {
        transport?.addEventListener("statechange", changed);
      }
      this.#changed();
    });
    pc.addEventListener("iceconnectionstatechange", changed);
    pc.addEventListener("connectionstatechange", () => {
      this.#changed();
      if (pc.connectionState === "failed") this.close();
    });
    this.chat.addEventListener("message", ({ data }) => {
      this.dispatchEvent(new CustomEvent("said", { detail: JSON.parse(data) }));
    });
    this.chat.addEventListener("close", () => this.close());
    this.ping.binaryType = "arraybuffer";
    this.ping.addEventListener("message", ({ data }) => {
      const milliseconds = performance.now() - new Float64Array(data)[0];
      this.dispatchEvent(new CustomEvent("trip", { detail: milliseconds }));
    });
  }

  /** Each ping carries its own time: lost ones need no bookkeeping, and late ones do no harm. */
  #startPinging() {
    this.#pinging = setInterval(() => {
      if (this.ping.readyState === "open") this.ping.send(new Float64Array([performance.now()]));
    }, 250);
  }

  /** Only the page ever offers, so that offers never meet. */
  async #offer() {
    await this.pc.setLocalDescription();
    this.#signal({ description: this.pc.localDescription });
  }

  async #takeSignal({ description, candidate }) {
    if (description) await this.pc.setRemoteDescription(description);
    else await this.pc.addIceCandidate(candidate);
  }

  #signal(message) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function openSocket() {
  const socket = new WebSocket(
    `${location.protocol.replace("http", "ws")}//${location.host}/signal`,
  );
  return new Promise((resolve, reject) => {
    socket.addEventListener("open", () => resolve(socket));
    socket.addEventListener(
      "error",
      () => reject(new Error("Nobody answers: is the demo still running?")),
    );
  });
}
