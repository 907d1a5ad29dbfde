import type { MediaKind } from "./encoded_chunk.ts";

/** A codec in the shape of `RTCRtpCodec` (W3C WebRTC section 5.2.9), by which a sender finds its payload type. */
export interface MediaCodec {
  /** Such as `"video/VP8"`. */
  readonly mimeType: string;
  /** Ticks of the RTP timestamp a second. */
  readonly clockRate: number;
  /** How many channels; for audio only. */
  readonly channels?: number;
  /** Parameters as in `a=fmtp`, such as `"profile-id=0"`, where they are known. */
  readonly sdpFmtpLine?: string;
}

/** What can be put into RTP, by MIME type in lower case. */
const CODECS: Readonly<Record<string, MediaCodec>> = {
  "video/vp8": { mimeType: "video/VP8", clockRate: 90_000 },
  "video/vp9": { mimeType: "video/VP9", clockRate: 90_000 },
  "video/h264": { mimeType: "video/H264", clockRate: 90_000 },
  "video/h265": { mimeType: "video/H265", clockRate: 90_000 },
  "video/av1": { mimeType: "video/AV1", clockRate: 90_000 },
  "audio/opus": { mimeType: "audio/opus", clockRate: 48_000, channels: 2 },
  "audio/pcmu": { mimeType: "audio/PCMU", clockRate: 8000, channels: 1 },
  "audio/pcma": { mimeType: "audio/PCMA", clockRate: 8000, channels: 1 },
  "audio/g722": { mimeType: "audio/G722", clockRate: 8000, channels: 1 },
};

/** The codec strings of the WebCodecs registry, by their first part, and how their parameters become those of `a=fmtp`. */
const CODEC_STRINGS: Readonly<
  Record<string, { mimeType: string; fmtp?: (parts: readonly string[]) => string | undefined }>
> = {
  vp8: { mimeType: "video/vp8" },
  vp9: { mimeType: "video/vp9" },
  vp09: { mimeType: "video/vp9", fmtp: ([profile]) => number("profile-id", profile) },
  h264: { mimeType: "video/h264" },
  avc1: { mimeType: "video/h264", fmtp: h264Parameters },
  avc3: { mimeType: "video/h264", fmtp: h264Parameters },
  h265: { mimeType: "video/h265" },
  hev1: { mimeType: "video/h265", fmtp: h265Parameters },
  hvc1: { mimeType: "video/h265", fmtp: h265Parameters },
  av1: { mimeType: "video/av1" },
  av01: { mimeType: "video/av1", fmtp: ([profile]) => number("profile", profile) },
  opus: { mimeType: "audio/opus" },
  ulaw: { mimeType: "audio/pcmu" },
  alaw: { mimeType: "audio/pcma" },
  g722: { mimeType: "audio/g722" },
};

/** The codec of a MIME type, in any case; undefined for one that Heron can't send. */
export function codecOfMimeType(mimeType: string): MediaCodec | undefined {
  const key = mimeType.toLowerCase();
  return Object.hasOwn(CODECS, key) ? CODECS[key] : undefined;
}

/** The codec that a WebCodecs codec string (`"vp8"`, `"avc1.42e01f"`, `"opus"`, ...) or a MIME type names; undefined for others. */
export function parseCodec(codec: string): MediaCodec | undefined {
  const [name = "", ...parts] = codec.toLowerCase().split(".");
  if (!Object.hasOwn(CODEC_STRINGS, name)) return codecOfMimeType(codec);
  const { mimeType, fmtp } = CODEC_STRINGS[name]!;
  const sdpFmtpLine = fmtp?.(parts);
  return { ...CODECS[mimeType]!, ...sdpFmtpLine !== undefined && { sdpFmtpLine } };
}

/** How the codecs of a kind are called: the first parts of WebCodecs codec strings. */
export function codecNames(kind: MediaKind): string[] {
  return Object.keys(CODEC_STRINGS).filter((name) =>
    CODEC_STRINGS[name]!.mimeType.startsWith(`${kind}/`)
  );
}

/** Whether a codec is one of audio or of video. */
export function kindOf({ mimeType }: MediaCodec): MediaKind {
  return mimeType.startsWith("audio/") ? "audio" : "video";
}

/** RFC 6381 section 3.3: profile_idc, constraint flags and level_idc, which are those of RFC 6184's profile-level-id. */
function h264Parameters([profile = ""]: readonly string[]): string | undefined {
  return /^[0-9a-f]{6}$/.test(profile)
    ? `level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=${profile}`
    : undefined;
}

/** ISO/IEC 14496-15 annex E: profile, compatibility, tier and level, of which RFC 7798 section 7.1 has all but the second. */
function h265Parameters([profile, _compatible, level = ""]: readonly string[]): string | undefined {
  const match = /^([lh])(\d{1,3})$/.exec(level);
  const id = number("profile-id", profile);
  if (match === null || id === undefined) return id;
  return `level-id=${match[2]};${id};tier-flag=${match[1] === "h" ? 1 : 0};tx-mode=SRST`;
}

function number(name: string, text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,3}$/.test(text) ? `${name}=${Number(text)}` : undefined;
}
