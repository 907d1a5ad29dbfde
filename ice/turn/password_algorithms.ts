import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { Reader } from "../../core/wire/mod.ts";
import { bytesAttribute, type StunAttribute } from "../stun/attribute.ts";

/** MD5 as the key of a long-term credential (RFC 8489 section 18.5.1.1). */
export const MD5 = 1;
/** SHA-256 as the key of a long-term credential (RFC 8489 section 18.5.1.2). */
export const SHA_256 = 2;

/** What the server can derive keys with, best first; to be sent back as it is (RFC 8489 section 14.11). */
export const PASSWORD_ALGORITHMS: StunAttribute<Uint8Array> = bytesAttribute(
  "PASSWORD-ALGORITHMS",
  0x8002,
);

/** What the key of this request was derived with (RFC 8489 section 14.12). */
export const PASSWORD_ALGORITHM: StunAttribute<number> = {
  name: "PASSWORD-ALGORITHM",
  type: 0x001d,
  parse: (value) => parseAlgorithms(value)?.[0],
  write: (writer, algorithm) => {
    writer.u16(algorithm);
    writer.u16(0);
  },
};

/*
 * RFC 8489 section 14.11, as often as there are algorithms:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |          Algorithm            |  Algorithm Parameters Length  |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Algorithm Parameters (variable), padded    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** The numbers of a list of algorithms; undefined if it is malformed. */
export function parseAlgorithms(value: Uint8Array): number[] | undefined {
  const reader = new Reader(value);
  const algorithms: number[] = [];
  while (reader.remaining > 0) {
    algorithms.push(reader.u16());
    const length = reader.u16();
    reader.skip(length);
    if (reader.remaining > 0) reader.skip((4 - length % 4) % 4);
  }
  return reader.ok ? algorithms : undefined;
}

/** The first of the list that is known here (RFC 8489 section 9.2.5). */
export function chooseAlgorithm(value: Uint8Array): number | undefined {
  return parseAlgorithms(value)?.find((algorithm) => algorithm === SHA_256 || algorithm === MD5);
}

const encoder = new TextEncoder();

/** The key of a long-term credential, of texts that have been prepared with OpaqueString or SASLprep (RFC 8489 sections 9.2.2 and 18.5.1). */
export function deriveKey(
  crypto: CryptoProvider,
  algorithm: number,
  { username, realm, password }: { username: string; realm: string; password: string },
): Uint8Array {
  const text = encoder.encode(`${username}:${realm}:${password}`);
  return crypto.hash(algorithm === SHA_256 ? "sha-256" : "md5", text);
}

/** What stands for a username that is not to be seen on the way (RFC 8489 section 14.4). */
export function hashUsername(crypto: CryptoProvider, username: string, realm: string): Uint8Array {
  return crypto.hash("sha-256", encoder.encode(`${username}:${realm}`));
}

/** What opens a nonce that speaks of features (RFC 8489 section 9.2). */
const NONCE_COOKIE = "obMatJos2";

/** What a server's nonce says that the server can do (RFC 8489 section 18.1). */
export interface SecurityFeatures {
  readonly passwordAlgorithms: boolean;
  readonly usernameAnonymity: boolean;
}

/**
 * Reads the features out of a nonce: 24 bits in base64 behind the cookie.
 *
 * Erratum 6290 to RFC 8489 numbers the bits from the right, most servers from the left. Each bit is looked for at both ends: for
 * want of other features no number means two things.
 */
export function securityFeatures(nonce: string): SecurityFeatures {
  const match = /^([A-Za-z0-9+/]{4})/.exec(nonce.slice(NONCE_COOKIE.length));
  const bits = nonce.startsWith(NONCE_COOKIE) && match !== null ? base64Bits(match[1]!) : 0;
  return {
    passwordAlgorithms: (bits & 0x800001) !== 0,
    usernameAnonymity: (bits & 0x400002) !== 0,
  };
}

function base64Bits(text: string): number {
  return [...atob(text)].reduce((bits, byte) => bits << 8 | byte.charCodeAt(0), 0);
}
