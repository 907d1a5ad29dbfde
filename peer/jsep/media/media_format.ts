import type { RtpMap } from "../../../sdp/mod.ts";

/** What a section carries (RFC 8866 section 5.14), as far as tracks go. */
export type MediaKind = "audio" | "video";

/** One payload type of a section, with all that its `a=rtpmap`, `a=fmtp` and `a=rtcp-fb` lines say of it. */
export interface MediaFormat {
  /** 0 to 127. */
  readonly payloadType: number;
  /** The encoding name: "opus", "VP8", ... Case does not matter (RFC 4855 section 3). */
  readonly name: string;
  /** Hertz of the RTP clock. */
  readonly clockRate: number;
  /** Channels; absent where there are none, as in video. */
  readonly channels?: number;
  /** The parameters of `a=fmtp`, as they were written. */
  readonly fmtp?: string;
  /** "nack", "nack pli", ... (RFC 4585 section 4.2) */
  readonly feedback: readonly string[];
}

/** Payload types that need no `a=rtpmap`, those of them that we know (RFC 3551 section 6). */
export const STATIC_PAYLOAD_TYPES: ReadonlyMap<number, Omit<RtpMap, "payloadType">> = new Map([
  [0, { encodingName: "PCMU", clockRate: 8000 }],
  [8, { encodingName: "PCMA", clockRate: 8000 }],
  // RFC 3551 section 4.5.2: the clock of G.722 runs at half its sampling rate, by a mistake that had to stay.
  [9, { encodingName: "G722", clockRate: 8000 }],
  [13, { encodingName: "CN", clockRate: 8000 }],
]);

/** Whether two encoding names are the same (RFC 4855 section 3). */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether a format repeats packets of another (RFC 4588). */
export function isRtx({ name }: { readonly name: string }): boolean {
  return isSameName(name, "rtx");
}

/** Whether a format carries other formats (RFC 2198). */
export function isRed({ name }: { readonly name: string }): boolean {
  return isSameName(name, "red");
}

/** Whether a format repairs others, in a stream of its own (draft-ietf-payload-flexible-fec-scheme-03). */
export function isFlexfec({ name }: { readonly name: string }): boolean {
  return isSameName(name, "flexfec-03");
}

/** Formats that only help another: none of them can carry a track alone (W3C WebRTC, `setCodecPreferences`). */
const HELPERS: ReadonlySet<string> = new Set(["rtx", "red", "ulpfec", "flexfec-03", "cn"]);

/** Whether a format carries media by itself, rather than repair or silence of others. */
export function carriesMedia({ name }: { readonly name: string }): boolean {
  return !HELPERS.has(name.toLowerCase());
}
