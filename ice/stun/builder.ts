import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { Writer } from "../../core/wire/mod.ts";
import type { StunAttribute } from "./attribute.ts";
import { FINGERPRINT, MESSAGE_INTEGRITY, MESSAGE_INTEGRITY_SHA256 } from "./attribute_types.ts";
import { crc32 } from "./crc32.ts";
import { FINGERPRINT_XOR } from "./integrity.ts";
import { HEADER_LENGTH, MAGIC_COOKIE, messageType, type StunClass } from "./message.ts";

/**
 * Writes one STUN message: attributes first, then integrity, then the fingerprint (RFC 8489 sections 14.5 and 14.7).
 *
 * @example
 * ```ts
 * import { BINDING, checkFingerprint, parseStun, StunBuilder, USE_CANDIDATE } from "@heron/webrtc/ice";
 * import { assert, assertEquals, assertExists } from "@std/assert";
 *
 * const bytes = new StunBuilder("request", BINDING, new Uint8Array(12))
 *   .add(USE_CANDIDATE, true)
 *   .fingerprint()
 *   .finish();
 * const message = parseStun(bytes);
 * assertExists(message);
 * assert(message.has(USE_CANDIDATE));
 * assertEquals(checkFingerprint(message), "ok");
 * ```
 */
export class StunBuilder {
  readonly #writer = new Writer(160);
  readonly #transactionId: Uint8Array;

  /** Begins a message; the transaction ID has 12 bytes. */
  constructor(messageClass: StunClass, method: number, transactionId: Uint8Array) {
    this.#transactionId = transactionId;
    this.#writer.u16(messageType(messageClass, method));
    this.#writer.u16(0);
    this.#writer.u32(MAGIC_COOKIE);
    this.#writer.bytes(transactionId);
  }

  /** Appends an attribute. */
  add<T>(attribute: StunAttribute<T>, value: T): this {
    const writer = this.#writer;
    writer.u16(attribute.type);
    writer.vector16(() => attribute.write(writer, value, this.#transactionId));
    writer.align(4);
    return this;
  }

  /** Appends MESSAGE-INTEGRITY over everything so far. */
  integrity(crypto: CryptoProvider, key: Uint8Array): this {
    this.#setLength(24);
    const mac = crypto.hmac("sha-1", key, this.#writer.finish());
    this.#writer.u16(MESSAGE_INTEGRITY);
    this.#writer.u16(20);
    this.#writer.bytes(mac);
    return this;
  }

  /** Appends MESSAGE-INTEGRITY-SHA256 over everything so far (RFC 8489 section 14.6). */
  integritySha256(crypto: CryptoProvider, key: Uint8Array): this {
    this.#setLength(36);
    const mac = crypto.hmac("sha-256", key, this.#writer.finish());
    this.#writer.u16(MESSAGE_INTEGRITY_SHA256);
    this.#writer.u16(32);
    this.#writer.bytes(mac);
    return this;
  }

  /** Appends FINGERPRINT over everything so far; nothing may follow. */
  fingerprint(): this {
    this.#setLength(8);
    const crc = crc32(this.#writer.finish());
    this.#writer.u16(FINGERPRINT);
    this.#writer.u16(4);
    this.#writer.u32((crc ^ FINGERPRINT_XOR) >>> 0);
    return this;
  }

  /** The message. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#setLength(0);
    return this.#writer.finish();
  }

  /** The length counts an attribute that is protected by itself as if it stood there already. */
  #setLength(ahead: number): void {
    this.#writer.patchU16(2, this.#writer.length - HEADER_LENGTH + ahead);
  }
}
