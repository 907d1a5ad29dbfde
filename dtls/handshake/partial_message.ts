import {
  HANDSHAKE_HEADER_LENGTH,
  type HandshakeFragment,
  type HandshakeMessage,
  writeFragmentHeader,
} from "./message.ts";

/** A message of which not every byte has come yet. Fragments may come in any order and overlap (RFC 6347 section 4.2.3). */
export class PartialMessage {
  readonly #type: number;
  readonly #messageSeq: number;
  readonly #whole: Uint8Array;
  readonly #body: Uint8Array;
  /** One for each byte that is there: costs no more than the message itself, however it was cut. */
  readonly #present: Uint8Array;
  #missing: number;

  constructor({ type, length, messageSeq }: HandshakeFragment) {
    this.#type = type;
    this.#messageSeq = messageSeq;
    this.#whole = new Uint8Array(HANDSHAKE_HEADER_LENGTH + length);
    writeFragmentHeader(this.#whole, type, length, messageSeq, 0, length);
    this.#body = this.#whole.subarray(HANDSHAKE_HEADER_LENGTH);
    this.#present = new Uint8Array(length);
    this.#missing = length;
  }

  /** Whether a fragment says the same of the message as the first one did. */
  fits(fragment: HandshakeFragment): boolean {
    return fragment.type === this.#type && fragment.length === this.#body.length;
  }

  /** Takes the bytes that were missing. */
  add({ fragmentOffset, content }: HandshakeFragment): void {
    for (let i = 0; i < content.length; i++) {
      const at = fragmentOffset + i;
      if (this.#present[at] === 1) continue;
      this.#present[at] = 1;
      this.#body[at] = content[i]!;
      this.#missing--;
    }
  }

  /** The message, once it is whole. */
  get message(): HandshakeMessage | undefined {
    if (this.#missing > 0) return undefined;
    return {
      type: this.#type,
      messageSeq: this.#messageSeq,
      body: this.#body,
      whole: this.#whole,
    };
  }
}
