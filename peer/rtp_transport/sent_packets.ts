/** Why a packet was not sent: there was no room for it, or nothing to send it by. */
export type RTCRtpUnsentReason = "overuse" | "transport-unavailable";

/** That a packet has been sent. */
export interface RTCRtpSent {
  /** When it left, on the clock of `performance.now()`. */
  time: number;
  /** Its bytes, header and padding included, before encryption. */
  size: number;
}

/** What became of a packet: one of the two. */
export interface RTCRtpSendResult {
  /** It has been sent. */
  sent?: RTCRtpSent;
  /** It has not, and will not be. */
  unsent?: RTCRtpUnsentReason;
}

/** Packets of a sender that are on their way out at most: as many as the pacer keeps. */
export const MAX_UNSENT_PACKETS = 8192;

/** Packets that were written, until it is known what became of them. */
export class SentPackets {
  readonly #waiting = new Map<number, (result: RTCRtpSendResult) => void>();
  #nextId = 0;

  /** Sends a packet under an id of its own, and tells what becomes of it. */
  add(send: (id: number) => void): Promise<RTCRtpSendResult> | RTCRtpSendResult {
    if (this.#waiting.size >= MAX_UNSENT_PACKETS) return { unsent: "overuse" };
    const id = this.#nextId++;
    const { promise, resolve } = Promise.withResolvers<RTCRtpSendResult>();
    this.#waiting.set(id, resolve);
    send(id);
    return promise;
  }

  /** A packet has left, or never will. */
  settle(id: number, left: { readonly at: number; readonly size: number } | undefined): void {
    this.#take(id)?.(left ? { sent: { time: left.at, size: left.size } } : { unsent: "overuse" });
  }

  /** None of them will leave any more. */
  end(): void {
    for (const id of [...this.#waiting.keys()]) {
      this.#take(id)?.({ unsent: "transport-unavailable" });
    }
  }

  #take(id: number): ((result: RTCRtpSendResult) => void) | undefined {
    const resolve = this.#waiting.get(id);
    this.#waiting.delete(id);
    return resolve;
  }
}
