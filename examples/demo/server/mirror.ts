import type { MediaStreamTrack, RTCPeerConnection, RTCRtpTransceiver } from "@heron/webrtc";
import { mediaDevices } from "@heron/webrtc/media";

/**
 * Shows visitors what their cameras and microphones give, and Heron's own synthetic ones to those who have none.
 *
 * One of each kind: whatever else a page offers gets nothing back.
 */
export class Mirror {
  #pc: RTCPeerConnection;
  /** The transceivers on which something comes. */
  #incoming = new WeakSet<RTCRtpTransceiver>();
  /** What Heron's own devices give. */
  #own = new Set<MediaStreamTrack>();

  constructor(pc: RTCPeerConnection) {
    this.#pc = pc;
    pc.ontrack = ({ transceiver }) => this.#incoming.add(transceiver);
  }

  /** What is to be seen and heard in it. */
  get tracks(): MediaStreamTrack[] {
    return this.#live.map(({ sender }) => sender.track).filter((track) => track !== null);
  }

  /** Takes up what an offer has changed; call it before the answer is made. */
  async reflect(): Promise<void> {
    const kinds = new Set<string>();
    for (const transceiver of this.#live) {
      const { sender, receiver: { track } } = transceiver;
      if (kinds.has(track.kind)) continue;
      kinds.add(track.kind);
      if (sender.track) continue;
      transceiver.direction = "sendrecv";
      const comes = this.#incoming.has(transceiver);
      await sender.replaceTrack(comes ? track : await this.#openOwn(track.kind));
    }
    const shown = this.tracks;
    for (const track of this.#own) if (!shown.includes(track)) this.#stop(track);
  }

  close(): void {
    for (const track of this.#own) this.#stop(track);
  }

  get #live(): RTCRtpTransceiver[] {
    return this.#pc.getTransceivers().filter(({ receiver }) =>
      receiver.track.readyState === "live"
    );
  }

  async #openOwn(kind: string): Promise<MediaStreamTrack> {
    const stream = await mediaDevices.getUserMedia({ [kind]: true });
    const track = stream.getTracks()[0]!;
    this.#own.add(track);
    return track;
  }

  #stop(track: MediaStreamTrack): void {
    track.stop();
    this.#own.delete(track);
  }
}
