import { queueTask } from "../../webidl/task.ts";

/** What the flag needs of its connection. */
export interface NegotiationNeededHost {
  readonly target: EventTarget;
  readonly isClosed: boolean;
  readonly chainLength: number;
  readonly isStable: boolean;
  /** Checks whether negotiation is needed (W3C WebRTC section 4.7.3). */
  needsNegotiation(): boolean;
}

/** The negotiation-needed flag (W3C WebRTC section 4.7.3). */
export class NegotiationNeeded {
  readonly #host: NegotiationNeededHost;
  #flag = false;
  #updateOnEmptyChain = false;

  constructor(host: NegotiationNeededHost) {
    this.#host = host;
  }

  /** Updates the flag, in a task of its own: so several changes at once fire one event. */
  update(): void {
    if (this.#deferred()) return;
    queueTask(() => {
      const host = this.#host;
      if (host.isClosed || this.#deferred() || !host.isStable) return;
      const before = this.#flag;
      this.#flag = host.needsNegotiation();
      if (this.#flag && !before) host.target.dispatchEvent(new Event("negotiationneeded"));
    });
  }

  /** A negotiation is complete: what is needed now is new. */
  clear(): void {
    this.#flag = false;
  }

  /** The operations chain has become empty. */
  chainIsEmpty(): void {
    if (!this.#updateOnEmptyChain) return;
    this.#updateOnEmptyChain = false;
    this.update();
  }

  /** While operations run, the flag waits for their end. */
  #deferred(): boolean {
    if (this.#host.chainLength > 0) this.#updateOnEmptyChain = true;
    return this.#host.chainLength > 0;
  }
}
