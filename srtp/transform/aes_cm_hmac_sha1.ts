import type {
  AesCtr,
  CryptoProvider,
  CtrPacket,
  Mac,
  MacPacket,
} from "../../core/crypto/provider.ts";
import type { PacketKind, SessionKeys } from "../key_derivation.ts";
import { setU32 } from "../packet.ts";
import { fillIv } from "./iv.ts";
import { type Job, NONE } from "./job.ts";
import { type Place, Pool } from "./pool.ts";
import { setSrtcpWord, SRTCP_WORD_LENGTH, type Transform } from "./transform.ts";

/** Where the SSRC stands in the initialization vector. */
const SSRC_AT = 4;

/** What the cipher and the MAC are told of one packet. */
class CmPlace implements CtrPacket, MacPacket, Place {
  readonly counter: Uint8Array = new Uint8Array(16);
  readonly roc: Uint8Array = new Uint8Array(4);
  input: Uint8Array = NONE;
  output: Uint8Array = NONE;
  message: Uint8Array = NONE;
  suffix: Uint8Array = NONE;
  tag: Uint8Array = NONE;

  release(): void {
    this.input =
      this.output =
      this.message =
      this.tag =
        NONE;
  }
}

/**
 * AES in counter mode and HMAC-SHA1, the default of RFC 3711 (sections 4.1.1 and 4.2.1): encrypt, then authenticate.
 *
 * ```text
 *   SRTP   | header |    encrypted    |            tag |     authenticated: header to encrypted, then ROC
 *   SRTCP  | 8 bytes |   encrypted    | E, index | tag |     authenticated: everything before the tag
 * ```
 */
export class AesCmHmacSha1 implements Transform {
  readonly overhead: number;
  readonly #kind: PacketKind;
  readonly #tagLength: number;
  readonly #salt: Uint8Array;
  readonly #cipher: AesCtr;
  readonly #mac: Mac;
  readonly #places = new Pool(() => new CmPlace());

  constructor(crypto: CryptoProvider, keys: SessionKeys, kind: PacketKind, tagLength: number) {
    this.#kind = kind;
    this.#tagLength = tagLength;
    this.#salt = keys.salt;
    this.#cipher = crypto.aesCtr(keys.key);
    this.#mac = crypto.hmacSha1(keys.authKey);
    this.overhead = (kind === "rtcp" ? SRTCP_WORD_LENGTH : 0) + tagLength;
  }

  protect(jobs: readonly Job[]): void {
    for (const job of jobs) {
      const { input, output, clear } = job;
      const place = this.#placeFor(job);
      for (let i = 0; i < clear; i++) output[i] = input[i]!;
      place.input = input.subarray(clear);
      place.output = output.subarray(clear, input.length);
      if (this.#kind === "rtcp") setSrtcpWord(output, input.length, job);
      this.#split(place, output);
    }
    this.#cipher.apply(this.#places.used);
    this.#mac.sign(this.#places.used);
    this.#places.clear();
  }

  unprotect(jobs: readonly Job[]): boolean[] {
    for (const job of jobs) this.#split(this.#placeFor(job), job.input);
    const authentic = this.#mac.verify(this.#places.used);
    const encrypted: CmPlace[] = [];
    for (let i = 0; i < jobs.length; i++) {
      if (!authentic[i]) continue;
      const { input, output, clear } = jobs[i]!;
      if (!jobs[i]!.encrypted) { // RFC 3711 section 3.4: the E flag says so, and it is authentic
        output.set(input.subarray(0, output.length));
        continue;
      }
      const place = this.#places.used[i]!;
      for (let at = 0; at < clear; at++) output[at] = input[at]!;
      place.input = input.subarray(clear, output.length);
      place.output = output.subarray(clear);
      encrypted.push(place);
    }
    this.#cipher.apply(encrypted);
    this.#places.clear();
    return authentic;
  }

  [Symbol.dispose](): void {
    this.#cipher[Symbol.dispose]();
  }

  #placeFor({ ssrc, index }: Job): CmPlace {
    const place = this.#places.take();
    fillIv(place.counter, this.#salt, SSRC_AT, ssrc, index);
    if (this.#kind === "rtp") { // RFC 3711 section 4.2: the roll-over counter is authenticated, but not sent
      setU32(place.roc, 0, Math.floor(index / 0x10000));
      place.suffix = place.roc;
    }
    return place;
  }

  #split(place: CmPlace, packet: Uint8Array): void {
    const end = packet.length - this.#tagLength;
    place.message = packet.subarray(0, end);
    place.tag = packet.subarray(end);
  }
}
