import type { CryptoProvider } from "../core/crypto/provider.ts";
import type { MasterKey } from "./keying_material.ts";
import type { SrtpProtectionProfile } from "./profiles.ts";

/** Which of the two protocols a packet belongs to. */
export type PacketKind = "rtp" | "rtcp";

/** The keys of one direction and one protocol. */
export interface SessionKeys {
  /** For the cipher. */
  readonly key: Uint8Array;
  /** For the initialization vectors. */
  readonly salt: Uint8Array;
  /** For HMAC-SHA1; empty for a profile with an authenticated cipher. */
  readonly authKey: Uint8Array;
}

/** Bytes of an HMAC-SHA1 key (RFC 3711 section 5.2). */
const AUTH_KEY_LENGTH = 20;
/** Where the label stands in a salt of 112 bits: before the 48 bits of index that the key derivation rate could count. */
const LABEL_AT = 7;

/** RFC 3711 section 4.3: the session keys. The key derivation rate is zero (RFC 5764 section 4.1.2), so they last. */
export function deriveSessionKeys(
  crypto: CryptoProvider,
  master: MasterKey,
  { keyLength, saltLength, cipher }: SrtpProtectionProfile,
  kind: PacketKind,
): SessionKeys {
  const label = kind === "rtp" ? 0 : 3; // RFC 3711 section 4.3.1, and section 4.3.2 for SRTCP
  return {
    key: deriveKey(crypto, master, label, keyLength),
    authKey: deriveKey(crypto, master, label + 1, cipher === "aes-cm" ? AUTH_KEY_LENGTH : 0),
    salt: deriveKey(crypto, master, label + 2, saltLength),
  };
}

/** RFC 3711 section 4.3.3, RFC 6188 section 3: `length` bytes of the pseudo-random function, which is AES in counter mode. */
export function deriveKey(
  crypto: CryptoProvider,
  { key, salt }: MasterKey,
  label: number,
  length: number,
): Uint8Array {
  const counter = new Uint8Array(16);
  counter.set(salt); // one of 96 bits is multiplied by 2^16 (RFC 7714 section 11, erratum 4938)
  counter[LABEL_AT]! ^= label;
  const output = new Uint8Array(length);
  using cipher = crypto.aesCtr(key);
  cipher.apply([{ counter, input: output, output }]);
  return output;
}
