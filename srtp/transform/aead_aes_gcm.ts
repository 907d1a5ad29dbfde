import type { Aead, AeadPacket, CryptoProvider } from "../../core/crypto/provider.ts";
import { concat } from "../../core/wire/mod.ts";
import type { PacketKind, SessionKeys } from "../key_derivation.ts";
import { RTCP_CLEAR_LENGTH } from "../packet.ts";
import { fillIv } from "./iv.ts";
import { type Job, NONE } from "./job.ts";
import { type Place, Pool } from "./pool.ts";
import { setSrtcpWord, SRTCP_WORD_LENGTH, type Transform } from "./transform.ts";

/** Where the SSRC stands in the initialization vector. */
const SSRC_AT = 2;

/** What the cipher is told of one packet. */
class GcmPlace implements AeadPacket, Place {
  readonly nonce: Uint8Array = new Uint8Array(12);
  /** The associated data of an SRTCP packet does not lie in one piece. */
  readonly rtcpAad: Uint8Array = new Uint8Array(RTCP_CLEAR_LENGTH + SRTCP_WORD_LENGTH);
  aad: Uint8Array = NONE;
  input: Uint8Array = NONE;
  output: Uint8Array = NONE;

  release(): void {
    this.aad = this.input = this.output = NONE;
  }
}

/**
 * AES-GCM (RFC 7714 sections 8 and 9).
 *
 * ```text
 *   SRTP   | header |    encrypted    | tag |                associated data: header
 *   SRTCP  | 8 bytes |   encrypted    | tag | E, index |     associated data: 8 bytes, then E and index
 * ```
 */
export class AeadAesGcm implements Transform {
  readonly overhead: number;
  readonly #kind: PacketKind;
  readonly #salt: Uint8Array;
  readonly #aead: Aead;
  /** Bytes behind the tag. */
  readonly #trailerLength: number;
  readonly #places = new Pool(() => new GcmPlace());

  constructor(crypto: CryptoProvider, keys: SessionKeys, kind: PacketKind) {
    this.#kind = kind;
    this.#salt = keys.salt;
    this.#aead = crypto.aead(keys.key.length === 16 ? "aes-128-gcm" : "aes-256-gcm", keys.key);
    this.#trailerLength = kind === "rtcp" ? SRTCP_WORD_LENGTH : 0;
    this.overhead = this.#aead.tagLength + this.#trailerLength;
  }

  protect(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const place = this.#placeFor(job), { input, output, clear } = job;
      const end = output.length - this.#trailerLength;
      for (let i = 0; i < clear; i++) output[i] = input[i]!;
      if (this.#kind === "rtcp") setSrtcpWord(output, end, job);
      place.input = input.subarray(clear);
      place.output = output.subarray(clear, end);
    }
    this.#aead.seal(this.#places.used);
    this.#places.clear();
  }

  unprotect(jobs: readonly Job[]): boolean[] {
    for (const job of jobs) {
      const place = this.#placeFor(job), { input, output, clear } = job;
      const end = input.length - this.#trailerLength;
      place.input = input.subarray(job.encrypted ? clear : output.length, end);
      place.output = job.encrypted ? output.subarray(clear) : NONE;
    }
    const authentic = this.#aead.open(this.#places.used);
    for (const { input, output, clear, encrypted } of jobs) {
      const copied = encrypted ? clear : output.length;
      for (let i = 0; i < copied; i++) output[i] = input[i]!;
    }
    this.#places.clear();
    return authentic;
  }

  [Symbol.dispose](): void {
    this.#aead[Symbol.dispose]();
  }

  #placeFor(job: Job): GcmPlace {
    const place = this.#places.take();
    fillIv(place.nonce, this.#salt, SSRC_AT, job.ssrc, job.index);
    place.aad = this.#kind === "rtp"
      ? job.input.subarray(0, job.clear) // RFC 7714 section 8.2
      : rtcpAssociatedData(place.rtcpAad, job);
    return place;
  }
}

/** RFC 7714 section 9.2; and section 9.3 for a packet that is authenticated only, whose whole content comes in front. */
function rtcpAssociatedData(aad: Uint8Array, job: Job): Uint8Array {
  const { input, output, encrypted } = job;
  for (let i = 0; i < RTCP_CLEAR_LENGTH; i++) aad[i] = input[i]!;
  setSrtcpWord(aad, RTCP_CLEAR_LENGTH, job);
  if (encrypted) return aad;
  return concat([input.subarray(0, output.length), aad.subarray(RTCP_CLEAR_LENGTH)]);
}
