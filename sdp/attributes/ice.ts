import { fieldsOf } from "../grammar.ts";
import { findAll, has, inherited } from "../lookup.ts";
import type { MediaDescription, SessionDescription } from "../model.ts";

/** What the two ICE agents know each other by (RFC 8839 section 5.4). */
export interface IceCredentials {
  /** `a=ice-ufrag`. */
  readonly usernameFragment: string;
  /** `a=ice-pwd`. */
  readonly password: string;
}

/**
 * Parses the value of `a=ice-ufrag`: 4 to 256 characters (RFC 8839 section 5.4).
 *
 * Deviation: beyond ice-char, "-", "=", "#" and "_" are let through, for libwebrtc lets them and some servers use them.
 */
export function parseIceUfrag(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9+/\-=#_]{4,256}$/.test(value) ? value : undefined;
}

/** Parses the value of `a=ice-pwd`: 22 to 256 of the characters that {@linkcode parseIceUfrag} takes (RFC 8839 section 5.4). */
export function parseIcePwd(value: string | undefined): string | undefined {
  return value !== undefined && /^[A-Za-z0-9+/\-=#_]{22,256}$/.test(value) ? value : undefined;
}

/** Parses the value of `a=ice-options` (RFC 8839 section 5.6): tags such as "trickle" and "renomination". */
export function parseIceOptions(value: string | undefined): string[] {
  return value === undefined ? [] : fieldsOf(value);
}

/** Writes the value of `a=ice-options`; there must be one at least. */
export function writeIceOptions(options: readonly string[]): string {
  return options.join(" ");
}

/** The credentials of a section: its own or the session's. Undefined if one is missing or malformed. */
export function iceCredentialsOf(
  session: SessionDescription,
  media: MediaDescription,
): IceCredentials | undefined {
  const usernameFragment = parseIceUfrag(inherited(session, media, "ice-ufrag")?.value);
  const password = parseIcePwd(inherited(session, media, "ice-pwd")?.value);
  if (usernameFragment === undefined || password === undefined) return undefined;
  return { usernameFragment, password };
}

/** Whether the peer is a lite agent (RFC 8839 section 5.3): one that only answers checks. */
export function isIceLite(session: SessionDescription): boolean {
  return has(session.attributes, "ice-lite");
}

/** The candidates of a section as `candidate:...` texts (RFC 8839 section 5.1), in order; their grammar belongs to ICE. */
export function candidatesOf(media: MediaDescription): string[] {
  return findAll(media.attributes, "candidate").map(({ value }) => `candidate:${value ?? ""}`);
}

/** Whether no more candidates follow for a section (RFC 8840 section 8.2). */
export function isEndOfCandidates(session: SessionDescription, media: MediaDescription): boolean {
  return inherited(session, media, "end-of-candidates") !== undefined;
}
