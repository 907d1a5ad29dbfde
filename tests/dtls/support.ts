import type { Certificate } from "../../core/crypto/provider.ts";
import { crypto } from "../support/freeing_provider.ts";
import {
  DtlsEndpoint,
  type DtlsEvent,
  type DtlsOptions,
  type Fingerprint,
  fingerprintOf,
} from "../../dtls/mod.ts";
import { LayerPair, type LinkModel } from "../support/layer_pair.ts";

export { crypto };

const certificates = new Map<string, Certificate>();

/** A certificate of this kind of key, made once for each name: RSA takes long. */
export function certificate(keyType: "ecdsa-p256" | "rsa" = "ecdsa-p256", name = "a"): Certificate {
  const id = `${keyType} ${name}`;
  let made = certificates.get(id);
  if (made === undefined) {
    made = crypto.generateCertificate({ keyType, now: 1.7e12, lifetime: 86_400_000 });
    certificates.set(id, made);
  }
  return made;
}

/** The SHA-256 fingerprint of a certificate. */
export function sha256(der: Uint8Array): Fingerprint {
  return { algorithm: "sha-256", value: fingerprintOf(crypto, der, "sha-256") };
}

export type DtlsPair = LayerPair<Uint8Array, Uint8Array, DtlsEvent, DtlsEndpoint>;

export interface PairOptions {
  a?: Partial<DtlsOptions>;
  b?: Partial<DtlsOptions>;
  link?: LinkModel;
  seed?: number;
  /** What a client expects of the server, and the other way round. */
  aExpects?: readonly Fingerprint[];
  bExpects?: readonly Fingerprint[];
  /** Which packets pass, from the first flight on. */
  filter?: DtlsPair["filter"];
}

/** Two endpoints: a is the client, b the server. Neither has been started. */
export function idlePair({ a, b, link, seed }: PairOptions = {}): DtlsPair {
  return new LayerPair(
    new DtlsEndpoint({ crypto, certificate: certificate("ecdsa-p256", "a"), ...a }),
    new DtlsEndpoint({ crypto, certificate: certificate("ecdsa-p256", "b"), ...b }),
    { ...(link && { link }), ...(seed !== undefined && { seed }) },
  );
}

/** Two endpoints whose handshake has begun. */
export function startedPair(options: PairOptions = {}): DtlsPair {
  const pair = idlePair(options);
  if (options.filter !== undefined) pair.filter = options.filter;
  const ofA = sha256((options.a?.certificate ?? certificate("ecdsa-p256", "a")).der);
  const ofB = sha256((options.b?.certificate ?? certificate("ecdsa-p256", "b")).der);
  pair.run("b", (b, now) => b.start("server", options.bExpects ?? [ofA], now));
  pair.run("a", (a, now) => a.start("client", options.aExpects ?? [ofB], now));
  return pair;
}

/** Two endpoints that are connected. */
export function connectedPair(options: PairOptions = {}): DtlsPair {
  const pair = startedPair(options);
  pair.until(() => bothConnected(pair));
  return pair;
}

export function bothConnected(pair: DtlsPair): boolean {
  return pair.a.state === "connected" && pair.b.state === "connected";
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

/** The type of every record in a datagram. */
export function recordTypes(datagram: Uint8Array): number[] {
  return records(datagram).map((record) => record[0]!);
}

/** The records of a datagram. */
export function records(datagram: Uint8Array): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at + 13 <= datagram.length;) {
    const end = at + 13 + (datagram[at + 11]! << 8 | datagram[at + 12]!);
    parts.push(datagram.subarray(at, end));
    at = end;
  }
  return parts;
}
