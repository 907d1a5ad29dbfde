import {
  headerExtensionCapabilities,
  type RtpHeaderExtensionCapability,
} from "./header_extensions.ts";
import type { MediaKind } from "./media_format.ts";

/** A codec that Heron puts into packets and takes out of them; encoding and decoding are the application's. */
export interface Codec {
  readonly kind: MediaKind;
  /** The encoding name, as browsers write it. */
  readonly name: string;
  /** Hertz of the RTP clock. */
  readonly clockRate: number;
  /** Channels of audio. */
  readonly channels?: number;
  /** The parameters of `a=fmtp`. RED has none here, for its own names payload types (RFC 2198 section 5). */
  readonly fmtp?: string;
  /** What `a=rtcp-fb` says. */
  readonly feedback: readonly string[];
  /** The payload type that it gets unless another codec has it: Chromium's where that has one. */
  readonly payloadType: number;
  /** The same for its retransmissions; absent where these make no sense. */
  readonly rtxPayloadType?: number;
}

/** The dictionary `RTCRtpCodec` of W3C WebRTC. */
export interface RtpCodec {
  /** "audio/opus", ... */
  mimeType: string;
  /** Hertz. */
  clockRate: number;
  /** Only for audio. */
  channels?: number;
  /** The parameters of `a=fmtp`. */
  sdpFmtpLine?: string;
}

/** The dictionary `RTCRtpCapabilities` of W3C WebRTC. */
export interface RtpCapabilities {
  codecs: RtpCodec[];
  headerExtensions: RtpHeaderExtensionCapability[];
}

const VIDEO_CLOCK_RATE = 90000;

/** Feedback of a video codec: congestion control, and asking for what was lost. */
const VIDEO_FEEDBACK: readonly string[] = [
  "goog-remb",
  "transport-cc",
  "ccm fir",
  "nack",
  "nack pli",
];

function audio(
  name: string,
  clockRate: number,
  channels: number,
  payloadType: number,
  more: { fmtp?: string; feedback?: readonly string[] } = {},
): Codec {
  return { kind: "audio", name, clockRate, channels, payloadType, feedback: [], ...more };
}

function video(
  name: string,
  payloadTypes: readonly [payloadType: number, rtxPayloadType: number],
  fmtp?: string,
): Codec {
  return {
    kind: "video",
    name,
    clockRate: VIDEO_CLOCK_RATE,
    feedback: VIDEO_FEEDBACK,
    payloadType: payloadTypes[0],
    rtxPayloadType: payloadTypes[1],
    ...(fmtp !== undefined && { fmtp }),
  };
}

/** Both packetization modes of one profile of H.264, at level 3.1 as browsers have it (RFC 6184 section 8.1). */
function h264(
  profile: string,
  mode1: readonly [number, number],
  mode0: readonly [number, number],
): Codec[] {
  const fmtp = (mode: 0 | 1) =>
    `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profile}1f`;
  return [video("H264", mode1, fmtp(1)), video("H264", mode0, fmtp(0))];
}

/** What we offer, the most preferred first; RTX is not among it, for it comes with each codec that has an `rtxPayloadType`. */
export const CODECS: readonly Codec[] = [
  audio("opus", 48000, 2, 111, { fmtp: "minptime=10;useinbandfec=1", feedback: ["transport-cc"] }),
  audio("red", 48000, 2, 63),
  audio("G722", 8000, 1, 9),
  audio("PCMU", 8000, 1, 0),
  audio("PCMA", 8000, 1, 8),
  audio("CN", 8000, 1, 13),
  // RFC 7874 section 3 asks for telephone-event; RFC 4733 section 2.1 for one at the clock rate of each codec.
  audio("telephone-event", 48000, 1, 110),
  audio("telephone-event", 8000, 1, 126),
  video("VP8", [96, 97]),
  video("VP9", [98, 99], "profile-id=0"),
  video("VP9", [100, 101], "profile-id=2"),
  ...h264("4200", [102, 103], [104, 107]), // Baseline
  ...h264("42e0", [108, 109], [114, 115]), // Constrained Baseline, which RFC 7742 section 5 asks for
  ...h264("4d00", [116, 117], [39, 40]), // Main
  ...h264("6400", [112, 113], [41, 42]), // High
  video("AV1", [45, 46], "level-idx=5;profile=0;tier=0"),
  video("H265", [49, 50], "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST"),
  { ...video("red", [118, 119]), feedback: [] },
  {
    kind: "video",
    name: "ulpfec",
    clockRate: VIDEO_CLOCK_RATE,
    feedback: [],
    payloadType: 120,
  },
  {
    kind: "video",
    name: "flexfec-03",
    clockRate: VIDEO_CLOCK_RATE,
    feedback: ["goog-remb", "transport-cc"],
    fmtp: "repair-window=10000000",
    payloadType: 43,
  },
];

/** Our codecs of one kind, the most preferred first. */
export function codecsOf(kind: MediaKind): readonly Codec[] {
  return CODECS.filter((codec) => codec.kind === kind);
}

/**
 * What can be negotiated for tracks of a kind: a new `RTCRtpCapabilities`, the same for senders and receivers. RTX is in it once, for
 * all codecs that it goes with.
 */
export function capabilities(kind: MediaKind): RtpCapabilities {
  const codecs = codecsOf(kind).map(toRtpCodec);
  if (kind === "video") {
    codecs.splice(1, 0, { mimeType: "video/rtx", clockRate: VIDEO_CLOCK_RATE });
  }
  return { codecs, headerExtensions: headerExtensionCapabilities(kind) };
}

function toRtpCodec({ kind, name, clockRate, channels, fmtp }: Codec): RtpCodec {
  return {
    mimeType: `${kind}/${name}`,
    clockRate,
    ...(channels !== undefined && { channels }),
    ...(fmtp !== undefined && { sdpFmtpLine: fmtp }),
  };
}
