import type { CryptoProvider } from "../../core/crypto/provider.ts";
import type { Millis } from "../../core/stage/mod.ts";
import { Reader, Writer } from "../../core/wire/mod.ts";
import { VALID_COOKIE_LIFE } from "../constants.ts";
import type { PeerParameters } from "./peer_parameters.ts";

/** Bytes of the HMAC-SHA-256 at the end of a cookie. */
const MAC_LENGTH = 32;

/** What a state cookie remembers of the INIT that it answers, so that we need not (RFC 9260 section 5.1.3). */
export interface StateCookie {
  /** When it was made. */
  readonly created: Millis;
  /** The tag that the INIT ACK offered. */
  readonly localTag: number;
  /** The tags of the association that existed then; 0 if none did (RFC 9260 section 5.2.2). */
  readonly localTieTag: number;
  readonly peerTieTag: number;
  /** The peer, as its INIT described it. */
  readonly peer: PeerParameters;
}

/** Signs and checks state cookies. */
export class CookieJar {
  readonly #crypto: CryptoProvider;
  readonly #secret: Uint8Array;

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto;
    this.#secret = crypto.random(32);
  }

  /** The cookie's bytes. Only this jar can read them. */
  seal(cookie: StateCookie): Uint8Array {
    const { peer } = cookie;
    const writer = new Writer(80);
    writer.u48(Math.floor(cookie.created));
    writer.u32(cookie.localTag);
    writer.u32(cookie.localTieTag);
    writer.u32(cookie.peerTieTag);
    writer.u32(peer.tag);
    writer.u32(peer.initialTsn);
    writer.u32(peer.aRwnd);
    writer.u16(peer.inboundStreams);
    writer.u16(peer.outboundStreams);
    writer.u8(
      Number(peer.forwardTsn) | Number(peer.reconfig) << 1 | Number(peer.zeroChecksum) << 2,
    );
    writer.bytes(this.#crypto.hmac("sha-256", this.#secret, writer.finish()));
    return writer.finish();
  }

  /** The cookie of a COOKIE ECHO; undefined unless this jar made it (RFC 9260 section 5.1.5, steps 1 and 2). */
  open(bytes: Uint8Array): StateCookie | undefined {
    const body = bytes.subarray(0, Math.max(0, bytes.length - MAC_LENGTH));
    const mac = bytes.subarray(body.length);
    if (!this.#crypto.equal(mac, this.#crypto.hmac("sha-256", this.#secret, body))) {
      return undefined;
    }
    const reader = new Reader(body);
    const created = reader.u48();
    const [localTag, localTieTag, peerTieTag] = [reader.u32(), reader.u32(), reader.u32()];
    const [tag, initialTsn, aRwnd] = [reader.u32(), reader.u32(), reader.u32()];
    const [inboundStreams, outboundStreams] = [reader.u16(), reader.u16()];
    const features = reader.u8();
    if (!reader.complete) return undefined;
    const peer: PeerParameters = {
      tag,
      initialTsn,
      aRwnd,
      inboundStreams,
      outboundStreams,
      forwardTsn: (features & 1) !== 0,
      reconfig: (features & 2) !== 0,
      zeroChecksum: (features & 4) !== 0,
    };
    return { created, localTag, localTieTag, peerTieTag, peer };
  }
}

/** By how many milliseconds a cookie is too old; 0 if it isn't (RFC 9260 section 5.1.5, step 4). */
export function staleness(cookie: StateCookie, now: Millis): Millis {
  return Math.max(0, now - cookie.created - VALID_COOKIE_LIFE);
}
