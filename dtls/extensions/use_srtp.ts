import { Reader, Writer } from "../../core/wire/mod.ts";
import { type Extension, ExtensionType, readNumbers16, writeNumbers16 } from "./extension.ts";

/** The content of use_srtp. */
export interface UseSrtp {
  /** Protection profiles: an offer's in order of preference, an answer's only one. */
  readonly profiles: readonly number[];
  /** The master key identifier; empty in WebRTC. */
  readonly mki: Uint8Array;
}

/**
 * Parses use_srtp (RFC 5764 section 4.1.1).
 *
 * ```
 *  +----------------+---------------+-----+------------+---------+
 *  | length (bytes) | profile (2 B) | ... | MKI length | MKI ... |
 *  +----------------+---------------+-----+------------+---------+
 * ```
 */
export function parseUseSrtp(data: Uint8Array): UseSrtp | undefined {
  const reader = new Reader(data);
  const list = reader.sub(reader.u16());
  const profiles = readNumbers16(list);
  const mki = reader.bytes(reader.u8());
  return list.ok && reader.complete && profiles.length > 0 ? { profiles, mki } : undefined;
}

/** A use_srtp extension without an MKI. */
export function useSrtp(profiles: readonly number[]): Extension {
  const writer = new Writer();
  writeNumbers16(writer, profiles);
  writer.u8(0);
  return { type: ExtensionType.useSrtp, data: writer.finish() };
}
