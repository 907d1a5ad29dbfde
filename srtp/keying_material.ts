import { type SrtpProtectionProfile, srtpProtectionProfile } from "./profiles.ts";

/** What DTLS has agreed on for SRTP. */
export interface SrtpKeys {
  /** The number of the protection profile in use_srtp. */
  readonly profile: number;
  /** What the exporter of DTLS gave for the label "EXTRACTOR-dtls_srtp": {@linkcode keyingMaterialLength} bytes. */
  readonly keyingMaterial: Uint8Array;
  /** Which end of the DTLS handshake this is. */
  readonly role: "client" | "server";
}

/** The keys of one direction, from which those of its packets are derived (RFC 3711 section 3.2.1). */
export interface MasterKey {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/**
 * How many bytes to ask of the exporter of DTLS for a profile (RFC 5764 section 4.2).
 *
 * @throws {TypeError} if the profile is unknown
 */
export function keyingMaterialLength(profile: number): number {
  const { keyLength, saltLength } = srtpProtectionProfile(profile);
  return 2 * (keyLength + saltLength);
}

/**
 * Splits keying material into the keys that we send with and those that the peer sends with.
 *
 * ```text
 *    client_write_SRTP_master_key  [keyLength]
 *    server_write_SRTP_master_key  [keyLength]
 *    client_write_SRTP_master_salt [saltLength]
 *    server_write_SRTP_master_salt [saltLength]
 * ```
 *
 * @throws {RangeError} if its length is not that of the profile
 */
export function splitKeyingMaterial(
  profile: SrtpProtectionProfile,
  { keyingMaterial, role }: SrtpKeys,
): { ours: MasterKey; theirs: MasterKey } {
  const { keyLength, saltLength } = profile;
  if (keyingMaterial.length !== 2 * (keyLength + saltLength)) {
    throw new RangeError(`${profile.name} needs ${2 * (keyLength + saltLength)} bytes of keys`);
  }
  // RFC 5764 section 4.2
  const part = (at: number, length: number) => keyingMaterial.slice(at, at + length);
  const saltsAt = 2 * keyLength;
  const client = { key: part(0, keyLength), salt: part(saltsAt, saltLength) };
  const server = { key: part(keyLength, keyLength), salt: part(saltsAt + saltLength, saltLength) };
  return role === "client" ? { ours: client, theirs: server } : { ours: server, theirs: client };
}
