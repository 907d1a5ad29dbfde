import { vectors } from "./support.ts";

/** An entry of `tests/vectors/sdp-hostile.json`. */
export interface HostileVector {
  readonly name: string;
  readonly type: string;
  readonly sdp?: string;
  readonly repeat?: {
    readonly head: string;
    readonly unit: string;
    readonly times: number;
    readonly tail?: string;
  };
  readonly state?: string;
  readonly expect: {
    readonly accept?: boolean;
    readonly any?: boolean;
    readonly reject?: readonly string[];
  };
  readonly maxMs?: number;
}

/** What setRemoteDescription must refuse although each line of it is well-formed: a matter of JSEP, by name, with the reason. */
export const SEMANTIC: ReadonlyMap<string, string> = new Map([
  ["no ice-ufrag", "ICE needs credentials (RFC 9429 section 5.8.2)"],
  ["no ice-pwd", "ICE needs credentials (RFC 9429 section 5.8.2)"],
  ["ice-ufrag of 3", "credentials of a wrong length: iceCredentialsOf gives none"],
  ["ice-ufrag of 257", "credentials of a wrong length: iceCredentialsOf gives none"],
  ["ice-pwd of 21", "credentials of a wrong length: iceCredentialsOf gives none"],
  ["ice-ufrag with a space inside", "no ice-char: iceCredentialsOf gives none"],
  ["no fingerprint", "DTLS needs one (RFC 9429 section 5.8.2)"],
  ["answer with setup actpass", "only an offer leaves the role open (RFC 8842 section 5.3)"],
  ["answer: two sections to an offer of one", "as many sections as the offer (RFC 3264 section 6)"],
  ["answer: no section at all", "as many sections as the offer (RFC 3264 section 6)"],
  ["answer: another mid", "the mids of the offer (RFC 5888 section 9.1)"],
  ["answer in stable", "the signalling state"],
  ["rollback in stable", "the signalling state; the text is not looked at"],
  ["type bogus", "the type is no RTCSdpType"],
  ["BUNDLE names an unknown mid", "a group of sections that do not exist (RFC 9143 section 7)"],
  ["two sections with one mid", "a mid is unique (RFC 5888 section 4)"],
  ["SDES crypto only, no DTLS", "no fingerprint; SDES is forbidden (RFC 8827 section 6.5)"],
]);

/** Every entry. */
export function hostileVectors(): HostileVector[] {
  return vectors<HostileVector>("sdp-hostile.json");
}

/** The text of an entry, with what it repeats spelt out: `%d` counts. */
export function hostileText({ sdp, repeat }: HostileVector): string {
  if (repeat === undefined) return sdp ?? "";
  const units = Array.from(
    { length: repeat.times },
    (_, i) => repeat.unit.replaceAll("%d", String(i)),
  );
  return repeat.head + units.join("") + (repeat.tail ?? "");
}
