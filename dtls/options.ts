import type { Certificate, CryptoProvider, GroupName } from "../core/crypto/provider.ts";
import type { Millis } from "../core/stage/mod.ts";
import { CIPHER_SUITES, type CipherSuite, cipherSuite } from "./cipher_suites.ts";

/** How a `DtlsEndpoint` is set up. */
export interface DtlsOptions {
  /** Where randomness and ciphers come from. */
  readonly crypto: CryptoProvider;
  /** Our certificate, whose fingerprint the signalling tells the peer. */
  readonly certificate: Certificate;
  /** SRTP protection profiles by their numbers, best first; none (the default) where there is no media (RFC 5764 section 4.1.2). */
  readonly srtpProfiles?: readonly number[];
  /** Cipher suites by their numbers, best first; by default 0xCCA9, 0xC02B, 0xCCA8, 0xC02F. */
  readonly cipherSuites?: readonly number[];
  /** Groups for the key exchange, best first; by default x25519, secp256r1. */
  readonly groups?: readonly GroupName[];
  /** Bytes of a datagram of the handshake at most; 1200 by default, at least 128. */
  readonly maxDatagramSize?: number;
  /**
   * Whether a server asks for a cookie before it does any work. False by default: RFC 6347 section 4.2.1 allows that where no
   * amplification is possible, and ICE has proved the peer's address before a byte of DTLS is sent. It costs a round trip.
   */
  readonly cookieExchange?: boolean;
  /** How long a handshake may take, in milliseconds; 30 000 by default. */
  readonly handshakeTimeout?: Millis;
}

/** Smaller datagrams could not hold a header and a bit of every message. */
const MIN_DATAGRAM_SIZE = 128;

/** Options with every default filled in. */
export type ResolvedDtlsOptions =
  & Required<Omit<DtlsOptions, "cipherSuites">>
  & { readonly cipherSuites: readonly CipherSuite[] };

/**
 * Fills in what the options leave out.
 *
 * @throws {TypeError} if a cipher suite is unknown, or nothing is left to offer
 * @throws {RangeError} if maxDatagramSize is too small
 */
export function resolveOptions(options: DtlsOptions): ResolvedDtlsOptions {
  const resolved = {
    srtpProfiles: [],
    groups: ["x25519", "secp256r1"] as const,
    maxDatagramSize: 1200,
    cookieExchange: false,
    handshakeTimeout: 30_000,
    ...options,
    cipherSuites: options.cipherSuites?.map(knownSuite) ?? CIPHER_SUITES,
  };
  if (resolved.cipherSuites.length === 0 || resolved.groups.length === 0) {
    throw new TypeError("DTLS needs at least one cipher suite and one group");
  }
  if (resolved.maxDatagramSize < MIN_DATAGRAM_SIZE) {
    throw new RangeError(`maxDatagramSize is below ${MIN_DATAGRAM_SIZE}`);
  }
  return resolved;
}

function knownSuite(id: number): CipherSuite {
  const suite = cipherSuite(id);
  if (suite === undefined) throw new TypeError(`Unknown cipher suite 0x${id.toString(16)}`);
  return suite;
}
