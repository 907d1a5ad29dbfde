import { crypto as std } from "@std/crypto/crypto";
import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { Buffer } from "node:buffer";
import * as node from "node:crypto";
import { concat } from "../wire/bytes.ts";
import { aead } from "./aead.ts";
import { aesCtr } from "./aes_ctr.ts";
import { hmacSha1 } from "./hmac_sha1.ts";
import type {
  Certificate,
  CertificateOptions,
  CryptoProvider,
  HashName,
  KeyExchange,
  KeyType,
  PeerCertificate,
  PrivateKey,
  SignatureName,
} from "./provider.ts";
import { writeSelfSigned } from "./x509.ts";

/** The provider over `node:crypto`, and our own kernels for the ciphers. */
export const nodeProvider: CryptoProvider = {
  random: (length) => crypto.getRandomValues(new Uint8Array(length)),
  hash,
  hmac,
  equal: (a, b) => a.length === b.length && timingSafeEqual(a, b),
  aead,
  aesCtr,
  hmacSha1,
  keyExchange: (group) => group === "x25519" ? x25519() : secp256r1(),
  parseCertificate,
  generateCertificate,
};

function hash(name: HashName, ...parts: readonly Uint8Array[]): Uint8Array {
  // The runtime's node:crypto may be built without MD5, which long-term STUN credentials still need (RFC 8489 section 9.2.2).
  if (name === "md5") return new Uint8Array(std.subtle.digestSync("MD5", concat(parts)));
  const digest = node.createHash(name.replace("-", ""));
  for (const part of parts) digest.update(part);
  return bytes(digest.digest());
}

function hmac(name: HashName, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = node.createHmac(name.replace("-", ""), key);
  for (const part of parts) mac.update(part);
  return bytes(mac.digest());
}

/** SubjectPublicKeyInfo of an X25519 key up to its 32 bytes (RFC 8410 section 4). */
const X25519_SPKI = Uint8Array.of(
  0x30,
  0x2a,
  0x30,
  0x05,
  0x06,
  0x03,
  0x2b,
  0x65,
  0x6e,
  0x03,
  0x21,
  0x00,
);

function x25519(): KeyExchange {
  const { privateKey, publicKey } = node.generateKeyPairSync("x25519");
  return {
    publicKey: bytes(publicKey.export({ type: "spki", format: "der" })).slice(X25519_SPKI.length),
    agree(peer) {
      if (peer.length !== 32) return undefined;
      return attempt(() => {
        const peerKey = node.createPublicKey({
          key: Buffer.from(concat([X25519_SPKI, peer])),
          format: "der",
          type: "spki",
        });
        const secret = bytes(node.diffieHellman({ privateKey, publicKey: peerKey }));
        return secret.some((byte) => byte !== 0) ? secret : undefined; // RFC 7748 section 6.1: refuse small-order points
      });
    },
  };
}

function secp256r1(): KeyExchange {
  const ecdh = node.createECDH("prime256v1");
  return {
    publicKey: bytes(ecdh.generateKeys()),
    agree: (peer) =>
      peer.length === 65 && peer[0] === 4
        ? attempt(() => bytes(ecdh.computeSecret(peer)))
        : undefined,
  };
}

function parseCertificate(der: Uint8Array): PeerCertificate | undefined {
  return attempt(() => {
    const key = new node.X509Certificate(Buffer.from(der)).publicKey;
    const keyType = keyTypeOf(key);
    if (keyType === undefined) return undefined;
    return {
      keyType,
      verify(algorithm, data, signature) {
        const hashName = hashOf(algorithm, keyType);
        if (hashName === undefined) return false;
        return attempt(() =>
          node.verify(hashName, data, { key, ...paddingOf(algorithm) }, signature)
        ) ?? false;
      },
    };
  });
}

function generateCertificate(options: CertificateOptions): Certificate {
  const pair = options.keyType === "rsa"
    ? node.generateKeyPairSync("rsa", { modulusLength: options.modulusLength ?? 2048 })
    : node.generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey(pair.privateKey, options.keyType);
  const expires = options.now + options.lifetime;
  const serialNumber = crypto.getRandomValues(new Uint8Array(16));
  serialNumber[0] = 0x40 | (serialNumber[0]! & 0x3f); // positive, and no leading zeros
  const algorithm = options.keyType === "rsa" ? "rsa-pkcs1-sha256" : "ecdsa-sha256";
  const der = writeSelfSigned({
    serialNumber,
    commonName: "WebRTC",
    notBefore: options.now - 24 * 3600 * 1000, // the peer's clock may be behind
    notAfter: expires,
    publicKey: bytes(pair.publicKey.export({ type: "spki", format: "der" })),
    algorithm,
  }, (tbs) => key.sign(algorithm, tbs));
  return { der, key, expires };
}

function privateKey(key: node.KeyObject, type: KeyType): PrivateKey {
  return {
    type,
    sign(algorithm, data) {
      const hashName = hashOf(algorithm, type);
      if (hashName === undefined) {
        throw new TypeError(`A key of type ${type} can't sign with ${algorithm}`);
      }
      return bytes(node.sign(hashName, data, { key, ...paddingOf(algorithm) }));
    },
  };
}

function keyTypeOf(key: node.KeyObject): KeyType | undefined {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return "rsa";
    case "ed25519":
      return "ed25519";
    case "ec":
      switch (key.asymmetricKeyDetails?.namedCurve) {
        case "prime256v1":
          return "ecdsa-p256";
        case "secp384r1":
          return "ecdsa-p384";
        case "secp521r1":
          return "ecdsa-p521";
      }
  }
  return undefined;
}

/** The hash as node:crypto calls it; undefined if such a key can't make such a signature. */
function hashOf(algorithm: SignatureName, type: KeyType): string | null | undefined {
  if (algorithm === "ed25519") return type === "ed25519" ? null : undefined;
  const family = algorithm.startsWith("ecdsa") ? "ecdsa" : "rsa";
  return type.startsWith(family) ? algorithm.slice(algorithm.lastIndexOf("-") + 1) : undefined;
}

function paddingOf(algorithm: SignatureName): { padding?: number; saltLength?: number } {
  if (!algorithm.startsWith("rsa-pss")) return {};
  // RFC 8446 section 4.2.3: the salt is as long as the digest.
  return {
    padding: node.constants.RSA_PKCS1_PSS_PADDING,
    saltLength: Number(algorithm.slice(-3)) / 8,
  };
}

/** A plain view of a Buffer. */
function bytes(buffer: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.length);
}

/** undefined where `run` throws: how malformed input from a peer comes out of node:crypto. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
