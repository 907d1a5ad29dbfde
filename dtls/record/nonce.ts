import type { CipherSuite } from "../cipher_suites.ts";
import { EPOCH_OFFSET, RECORD_HEADER_LENGTH } from "./header.ts";

/** How a suite makes the nonce of a record from its write IV. */
export interface NonceScheme {
  /** Bytes that the record carries before its ciphertext. */
  readonly explicitLength: number;
  /** Fills `nonce` (12 bytes) for the record that starts at `at`, whose header and explicit part are written. */
  fill(nonce: Uint8Array, record: Uint8Array, at: number): void;
}

/**
 * AES-GCM: the write IV, then eight bytes that stand in the record (RFC 5288 section 3).
 *
 * The sender's are epoch and sequence number, so that they rise strictly and never repeat under one key, retransmissions included.
 * A receiver takes those that it finds: OpenSSL counts from a random start.
 */
export class GcmNonce implements NonceScheme {
  readonly explicitLength = 8;
  readonly #iv: Uint8Array;

  constructor(iv: Uint8Array) {
    this.#iv = iv;
  }

  fill(nonce: Uint8Array, record: Uint8Array, at: number): void {
    nonce.set(this.#iv);
    for (let i = 0; i < 8; i++) nonce[4 + i] = record[at + RECORD_HEADER_LENGTH + i]!;
  }
}

/** ChaCha20-Poly1305: epoch and sequence number, padded to the left and XORed with the write IV (RFC 7905 section 2). */
export class ChaChaNonce implements NonceScheme {
  readonly explicitLength = 0;
  readonly #iv: Uint8Array;

  constructor(iv: Uint8Array) {
    this.#iv = iv;
  }

  fill(nonce: Uint8Array, record: Uint8Array, at: number): void {
    nonce.set(this.#iv);
    for (let i = 0; i < 8; i++) nonce[4 + i]! ^= record[at + EPOCH_OFFSET + i]!;
  }
}

/** The scheme of a suite under a write IV. */
export function nonceScheme(suite: CipherSuite, iv: Uint8Array): NonceScheme {
  return suite.aead === "chacha20-poly1305" ? new ChaChaNonce(iv) : new GcmNonce(iv);
}
