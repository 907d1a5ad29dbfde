import type { CryptoProvider } from "../../../core/crypto/provider.ts";
import type { Millis } from "../../../core/stage/mod.ts";
import {
  ABS_SEND_TIME_URI,
  AUDIO_LEVEL_URI,
  type EncodingParameters,
  type InboundFrame,
  isRtcp,
  MID_URI,
  type ReceiverParameters,
  REPAIRED_RID_URI,
  RID_URI,
  type RtpDatagram,
  type RtpFormat,
  type RtpItem,
  RtpSession,
  type RtpSessionEvent,
  type SenderParameters,
  TRANSPORT_CC_URI,
} from "../../../rtp/mod.ts";
import { crypto as nodeCrypto } from "../../support/freeing_provider.ts";
import { LayerPair, type LinkModel } from "../../support/layer_pair.ts";
import { Random } from "../../support/random.ts";

export type Ends = LayerPair<RtpDatagram, RtpItem, RtpSessionEvent, RtpSession>;

const VIDEO_FEEDBACK = ["transport-cc", "nack", "nack pli", "ccm fir"];

export function format(
  payloadType: number,
  mimeType: string,
  more: { clockRate?: number; fmtp?: Record<string, string | undefined>; feedback?: string[] } = {},
): RtpFormat {
  const isVideo = mimeType.startsWith("video/");
  return {
    payloadType,
    mimeType,
    clockRate: more.clockRate ?? (isVideo ? 90_000 : 48_000),
    parameters: new Map(Object.entries(more.fmtp ?? {})),
    feedback: more.feedback ?? (isVideo ? VIDEO_FEEDBACK : ["transport-cc"]),
  };
}

export const VIDEO_FORMATS: readonly RtpFormat[] = [
  format(96, "video/VP8"),
  format(97, "video/rtx", { fmtp: { apt: "96" } }),
  format(98, "video/VP9"),
  format(99, "video/rtx", { fmtp: { apt: "98" } }),
  format(102, "video/H264", { fmtp: { "packetization-mode": "1" } }),
  format(103, "video/rtx", { fmtp: { apt: "102" } }),
  format(45, "video/AV1"),
  format(46, "video/rtx", { fmtp: { apt: "45" } }),
  format(49, "video/H265"),
  format(50, "video/rtx", { fmtp: { apt: "49" } }),
];

export const AUDIO_FORMATS: readonly RtpFormat[] = [
  format(111, "audio/opus"),
  format(63, "audio/red", { fmtp: { "111/111": undefined } }),
  format(0, "audio/PCMU", { clockRate: 8000 }),
  format(110, "audio/telephone-event"),
  format(126, "audio/telephone-event", { clockRate: 8000 }),
];

export const EXTENSIONS: ReadonlyMap<string, number> = new Map([
  [AUDIO_LEVEL_URI, 1],
  [ABS_SEND_TIME_URI, 2],
  [TRANSPORT_CC_URI, 3],
  [MID_URI, 4],
  [RID_URI, 10],
  [REPAIRED_RID_URI, 11],
]);

export function sender(
  kind: "audio" | "video",
  encodings: readonly EncodingParameters[],
  more: Partial<SenderParameters> = {},
): SenderParameters {
  return {
    mid: kind === "audio" ? "0" : "1",
    kind,
    formats: kind === "audio" ? AUDIO_FORMATS : VIDEO_FORMATS,
    extensions: EXTENSIONS,
    encodings,
    reducedSize: true,
    ...more,
  };
}

export function receiver(
  kind: "audio" | "video",
  more: Partial<ReceiverParameters> = {},
): ReceiverParameters {
  return {
    mid: kind === "audio" ? "0" : "1",
    kind,
    formats: kind === "audio" ? AUDIO_FORMATS : VIDEO_FORMATS,
    extensions: EXTENSIONS,
    sources: [],
    reducedSize: true,
    ...more,
  };
}

export const AUDIO: EncodingParameters = { ssrc: 1000, active: true };
export const VIDEO: EncodingParameters = { ssrc: 2000, rtxSsrc: 2001, active: true };

export function session(seed: number, startBitrate?: number): RtpSession {
  const random = new Random(seed);
  const crypto: CryptoProvider = { ...nodeCrypto, random: (length) => random.bytes(length) };
  return new RtpSession({
    crypto,
    cname: `end ${seed}`,
    wallClockOffset: 1_700_000_000_000,
    ...(startBitrate !== undefined && { startBitrate }),
  });
}

/** Two sessions of which a sends audio and video, and b receives. */
export function ends(
  seed: number,
  link: LinkModel = {},
  options: {
    startBitrate?: number;
    video?: Partial<SenderParameters>;
    encodings?: readonly EncodingParameters[];
    receiving?: Partial<ReceiverParameters>;
  } = {},
): Ends {
  const pair: Ends = new LayerPair<RtpDatagram, RtpItem, RtpSessionEvent, RtpSession>(
    session(seed, options.startBitrate),
    session(seed + 1),
    { link, seed },
  );
  pair.run("a", (a, now) => {
    a.setSender(sender("audio", [AUDIO]), now);
    a.setSender(sender("video", options.encodings ?? [VIDEO], options.video), now);
  });
  pair.run("b", (b, now) => {
    b.setReceiver(receiver("audio"), now);
    b.setReceiver(receiver("video", options.receiving), now);
  });
  return pair;
}

/** Bytes that VP8 takes for a frame (RFC 7741 section 4.3: the lowest bit is 0 in key frames). */
export function vp8(random: Random, keyFrame: boolean, size: number): Uint8Array {
  const data = random.bytes(size);
  data[0] = data[0]! & 0xfe | (keyFrame ? 0 : 1);
  return data;
}

/** Sends a frame of video. */
export function sendVideo(
  pair: Ends,
  data: Uint8Array,
  keyFrame: boolean,
  more: { rid?: string; payloadType?: number; timestamp?: number } = {},
): void {
  const { payloadType = 96, timestamp = pair.now * 1000, rid } = more;
  const frame = { type: "frame", mid: "1", payloadType, data, keyFrame, timestamp } as const;
  pair.run("a", (a, now) => a.handleOutbound([rid === undefined ? frame : { ...frame, rid }], now));
}

/** Sends frames at 30 a second for so long, key frames when asked for and every three seconds. */
export function call(
  pair: Ends,
  seconds: number,
  random: Random,
  size: (i: number) => number = () => 2000 + random.below(4000),
): { sent: Uint8Array[]; keyFrames: number } {
  const sent: Uint8Array[] = [];
  let [keyFrames, seen] = [0, pair.events.a.length];
  for (let i = 0; i < 30 * seconds; i++) {
    const asked = pair.events.a.slice(seen).some(({ type }) => type === "key-frame-request");
    seen = pair.events.a.length;
    const keyFrame = i % 90 === 0 || asked;
    if (keyFrame) keyFrames++;
    const data = vp8(random, keyFrame, size(i));
    sent.push(data);
    sendVideo(pair, data, keyFrame);
    pair.advance(1000 / 30);
  }
  pair.advance(1000);
  return { sent, keyFrames };
}

/** The frames that an end has received. */
export function framesOf(pair: Ends, end: "a" | "b" = "b", mid = "1"): InboundFrame[] {
  return pair.received[end].filter((item): item is InboundFrame =>
    item.type === "frame" && "receiveTime" in item && item.mid === mid
  );
}

/** Events of one kind. */
export function eventsOf<Type extends RtpSessionEvent["type"]>(
  pair: Ends,
  end: "a" | "b",
  type: Type,
): Extract<RtpSessionEvent, { type: Type }>[] {
  return pair.events[end].filter((event): event is Extract<RtpSessionEvent, { type: Type }> =>
    event.type === type
  );
}

/** A packet as a datagram, of whichever protocol it is. */
export function datagram(data: Uint8Array): RtpDatagram {
  return { kind: isRtcp(data) ? "rtcp" : "rtp", data };
}

export type { Millis };
