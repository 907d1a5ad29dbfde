/**
 * The synchronous cryptography that the layers ask for. They never draw randomness or hold keys of their own making, so a test can
 * give them a seeded provider.
 *
 * @module
 */

/** Hash functions, by the names of RFC 8122 section 5. */
export type HashName = "md5" | "sha-1" | "sha-224" | "sha-256" | "sha-384" | "sha-512";

/** Authenticated ciphers, all with a 12-byte nonce and a 16-byte tag. */
export type AeadName = "aes-128-gcm" | "aes-256-gcm" | "chacha20-poly1305";

/** Groups for an ephemeral Diffie-Hellman exchange, by their TLS names (RFC 8422 section 5.1.1). */
export type GroupName = "x25519" | "secp256r1";

/** How a signature is made: the key's algorithm and the hash. */
export type SignatureName =
  | "ecdsa-sha256"
  | "ecdsa-sha384"
  | "ecdsa-sha512"
  | "rsa-pkcs1-sha256"
  | "rsa-pkcs1-sha384"
  | "rsa-pkcs1-sha512"
  | "rsa-pss-sha256"
  | "rsa-pss-sha384"
  | "rsa-pss-sha512"
  | "ed25519";

/** One packet to be sealed or opened. */
export interface AeadPacket {
  /** 12 bytes, never used twice with the same key. */
  readonly nonce: Uint8Array;
  /** Authenticated, not encrypted. */
  readonly aad: Uint8Array;
  /** Plaintext to seal; ciphertext and tag to open. With the AAD at most 64 KiB, which no datagram exceeds. */
  readonly input: Uint8Array;
  /** Where the result goes: `input.length` plus 16 to seal, minus 16 to open. It must not overlap `input`. */
  readonly output: Uint8Array;
}

/** An authenticated cipher under one key. Whole batches, so that an implementation can share set-up among their packets. */
export interface Aead extends Disposable {
  /** Bytes by which a sealed packet is longer. */
  readonly tagLength: number;
  /** Encrypts every packet into its `output`. Throws a `RangeError` for a packet that is too long. */
  seal(packets: readonly AeadPacket[]): void;
  /** Decrypts every packet into its `output`; tells for each whether it was authentic. A false one's output is meaningless. */
  open(packets: readonly AeadPacket[]): boolean[];
  /** Frees what garbage collection does not: an AES cipher is held outside of the heap. The cipher must not be used after it. */
  [Symbol.dispose](): void;
}

/** One packet for a cipher in counter mode. */
export interface CtrPacket {
  /** The first counter block, 16 bytes. Its last four bytes count the blocks, big-endian, and must not overflow on the way. */
  readonly counter: Uint8Array;
  /** What to encrypt or decrypt; at most 64 KiB. */
  readonly input: Uint8Array;
  /** Where the result goes: as many bytes. It may be the same bytes as `input`. */
  readonly output: Uint8Array;
}

/** AES in counter mode (NIST SP 800-38A section 6.5) under one key, for whole batches. It authenticates nothing. */
export interface AesCtr extends Disposable {
  /** Encrypts or decrypts (that is the same) every packet into its `output`. Throws a `RangeError` for a packet that is too long. */
  apply(packets: readonly CtrPacket[]): void;
  /** Frees what garbage collection does not: an AES cipher is held outside of the heap. The cipher must not be used after it. */
  [Symbol.dispose](): void;
}

/** One packet to be signed or verified. */
export interface MacPacket {
  /** What is authenticated ... */
  readonly message: Uint8Array;
  /** ... and what is authenticated behind it, though it need not travel with it. Both together have at most 64 KiB. */
  readonly suffix: Uint8Array;
  /** The tag: the first bytes of the MAC, as many as this has room for (RFC 2104 section 5). */
  readonly tag: Uint8Array;
}

/** A message authentication code under one key, for whole batches. */
export interface Mac {
  /** Writes the `tag` of every packet. Throws a `RangeError` for a packet that is too long. */
  sign(packets: readonly MacPacket[]): void;
  /** Tells for each packet whether its `tag` is right, in constant time. An empty one never is. */
  verify(packets: readonly MacPacket[]): boolean[];
}

/** One side of an ephemeral key exchange. */
export interface KeyExchange {
  /** The share to send: 32 bytes for x25519, an uncompressed point of 65 bytes for secp256r1. */
  readonly publicKey: Uint8Array;
  /** The shared secret with the peer's share; undefined if the share is no valid one (RFC 7748 section 6.1, RFC 8422 section 5.11). */
  agree(peerPublicKey: Uint8Array): Uint8Array | undefined;
}

/** Keys that a certificate can have. */
export type KeyType = "ecdsa-p256" | "ecdsa-p384" | "ecdsa-p521" | "rsa" | "ed25519";

/** A private key. */
export interface PrivateKey {
  /** What kind of key it is. */
  readonly type: KeyType;
  /** Signs; ECDSA signatures are DER (RFC 8422 section 5.4). */
  sign(algorithm: SignatureName, data: Uint8Array): Uint8Array;
}

/** A certificate that a peer sent, parsed as far as DTLS needs. */
export interface PeerCertificate {
  /** What kind of key it certifies. */
  readonly keyType: KeyType;
  /** Whether `signature` over `data` was made with the certified key. False, never an exception, for anything malformed. */
  verify(algorithm: SignatureName, data: Uint8Array, signature: Uint8Array): boolean;
}

/** A certificate of our own with its key. */
export interface Certificate {
  /** DER of the X.509 certificate. */
  readonly der: Uint8Array;
  /** The private key. */
  readonly key: PrivateKey;
  /** When it ends, in milliseconds of Unix time. */
  readonly expires: number;
}

/** What to make a certificate with. */
export interface CertificateOptions {
  /** The kind of key. */
  readonly keyType: "ecdsa-p256" | "rsa";
  /** RSA modulus in bits, 2048 by default. */
  readonly modulusLength?: number;
  /** Wall-clock now, in milliseconds of Unix time; validity starts a day before. */
  readonly now: number;
  /** Lifetime in milliseconds. */
  readonly lifetime: number;
}

/** Everything cryptographic that a layer may call. Synchronous: a per-packet promise costs ten times the cipher. */
export interface CryptoProvider {
  /** Unpredictable bytes. */
  random(length: number): Uint8Array<ArrayBuffer>;
  /** A digest of the parts, joined. */
  hash(name: HashName, ...parts: readonly Uint8Array[]): Uint8Array;
  /** HMAC (RFC 2104) of the parts, joined. */
  hmac(name: HashName, key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array;
  /** Compares in constant time; false at once for different lengths. */
  equal(a: Uint8Array, b: Uint8Array): boolean;
  /** A cipher under one key: 16 bytes for aes-128-gcm, 32 for the others. */
  aead(name: AeadName, key: Uint8Array): Aead;
  /** AES in counter mode under one key of 16 or 32 bytes. */
  aesCtr(key: Uint8Array): AesCtr;
  /** HMAC-SHA1 under one key, quicker than {@linkcode CryptoProvider.hmac} where there are many packets. */
  hmacSha1(key: Uint8Array): Mac;
  /** Begins an ephemeral key exchange. */
  keyExchange(group: GroupName): KeyExchange;
  /** Parses a peer's certificate; undefined if it is malformed or of an unknown kind of key. */
  parseCertificate(der: Uint8Array): PeerCertificate | undefined;
  /** Makes a self-signed certificate. RSA takes a tenth of a second and more. */
  generateCertificate(options: CertificateOptions): Certificate;
}
