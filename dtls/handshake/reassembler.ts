import type { Discards } from "../../core/stage/mod.ts";
import type { DtlsDiscard } from "../discards.ts";
import type { HandshakeFragment, HandshakeMessage } from "./message.ts";
import { PartialMessage } from "./partial_message.ts";

/** Bytes of all messages of a peer in one handshake; certificates make the most of them. */
export const MAX_HANDSHAKE_BYTES = 1 << 16;
/** How far ahead of the next message one may be to be kept. */
export const MAX_MESSAGES_AHEAD = 10;

/** Puts the peer's messages together, and back in order (RFC 6347 section 4.2.2, RFC 6347 section 4.2.3). */
export class Reassembler {
  readonly #discards: Discards<DtlsDiscard>;
  readonly #partial = new Map<number, PartialMessage>();
  #nextMessageSeq = 0;
  #bytes = 0;

  constructor(discards: Discards<DtlsDiscard>) {
    this.#discards = discards;
  }

  /** The message_seq of the message that {@linkcode Reassembler.next} will return next. */
  get nextMessageSeq(): number {
    return this.#nextMessageSeq;
  }

  /** Takes a fragment of a message that has not been returned yet. */
  add(fragment: HandshakeFragment): void {
    if (fragment.messageSeq >= this.#nextMessageSeq + MAX_MESSAGES_AHEAD) {
      return this.#discards.add("message too far ahead");
    }
    let partial = this.#partial.get(fragment.messageSeq);
    if (partial === undefined) {
      if (this.#bytes + fragment.length > MAX_HANDSHAKE_BYTES) {
        return this.#discards.add("handshake too large");
      }
      this.#bytes += fragment.length;
      partial = new PartialMessage(fragment);
      this.#partial.set(fragment.messageSeq, partial);
    }
    if (partial.fits(fragment)) partial.add(fragment);
    else this.#discards.add("conflicting fragment");
  }

  /** The next message in order, if it is whole. */
  next(): HandshakeMessage | undefined {
    const message = this.#partial.get(this.#nextMessageSeq)?.message;
    if (message === undefined) return undefined;
    this.#partial.delete(this.#nextMessageSeq++);
    return message;
  }
}
