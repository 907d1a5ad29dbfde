import type { RTCIceCandidate, RTCPeerConnection, RTCSessionDescription } from "../../../mod.ts";

/** What one side signals to the other. */
export type Signal =
  | { readonly description: RTCSessionDescription }
  | { readonly candidate: RTCIceCandidate | null };

/** One side of the perfect negotiation pattern (W3C WebRTC section 10.7), whose signals wait until somebody delivers them. */
export class PerfectPeer {
  readonly pc: RTCPeerConnection;
  /** What it has signalled and nobody has delivered. */
  readonly signals: Signal[] = [];
  /** What has been rejected: nothing should. */
  readonly errors: unknown[] = [];
  /** Offers of the other side that collided with one of ours, and were dropped. */
  ignored = 0;
  readonly #polite: boolean;
  #makingOffer = false;
  #ignoresOffer = false;
  #isSettingAnswer = false;
  /** What it is still busy with. */
  #busy = 0;

  constructor(pc: RTCPeerConnection, polite: boolean) {
    this.pc = pc;
    this.#polite = polite;
    pc.onnegotiationneeded = () => this.#during(() => this.#offer());
    pc.onicecandidate = ({ candidate }) => this.signals.push({ candidate });
  }

  get isBusy(): boolean {
    return this.#busy > 0;
  }

  /** Takes what the other side has signalled. */
  receive(signal: Signal): void {
    void this.#during(() =>
      "description" in signal ? this.#describe(signal.description) : this.#add(signal.candidate)
    );
  }

  async #during(run: () => Promise<void>): Promise<void> {
    this.#busy++;
    try {
      await run();
    } catch (error) {
      this.errors.push(error);
    }
    this.#busy--;
  }

  async #offer(): Promise<void> {
    this.#makingOffer = true;
    try {
      await this.pc.setLocalDescription();
      this.#signalDescription();
    } finally {
      this.#makingOffer = false;
    }
  }

  async #describe(description: RTCSessionDescription): Promise<void> {
    const { pc } = this;
    const isReady = !this.#makingOffer &&
      (pc.signalingState === "stable" || this.#isSettingAnswer);
    this.#ignoresOffer = description.type === "offer" && !isReady && !this.#polite;
    if (this.#ignoresOffer) return void this.ignored++;
    this.#isSettingAnswer = description.type === "answer";
    await pc.setRemoteDescription(description);
    this.#isSettingAnswer = false;
    if (description.type !== "offer") return;
    await pc.setLocalDescription();
    this.#signalDescription();
  }

  async #add(candidate: RTCIceCandidate | null): Promise<void> {
    const isOfIgnored = this.#ignoresOffer; // now: the next description may come before the candidate is refused
    try {
      await this.pc.addIceCandidate(candidate ?? undefined);
    } catch (error) {
      if (!isOfIgnored) throw error;
    }
  }

  #signalDescription(): void {
    this.signals.push({ description: this.pc.localDescription! });
  }
}
