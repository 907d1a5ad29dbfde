import { AudioDepacketizer, BytePacketizer, WholePacketizer } from "./audio.ts";
import { av1Depacketizer } from "./av1.ts";
import { Av1Packetizer } from "./av1_packetizer.ts";
import type { Depacketizer, Packetizer } from "./format.ts";
import { h264Depacketizer, h264Packetizer } from "./h264.ts";
import { h265Depacketizer, h265Packetizer } from "./h265.ts";
import { opusDepacketizer, opusPacketizer } from "./opus.ts";
import { vp8Depacketizer, Vp8Packetizer } from "./vp8.ts";
import { vp9Depacketizer, Vp9Packetizer } from "./vp9.ts";

/** What a packetizer has to know besides the codec. */
export interface PacketizerOptions {
  /** Picture ID of the first frame, at random, for VP8 and VP9: 15 bits. */
  readonly pictureId?: number;
  /** For H.264, as its `packetization-mode` in SDP says. */
  readonly packetizationMode?: 0 | 1;
  /** For VP9: whether each frame says what it refers to. */
  readonly flexible?: boolean;
}

/**
 * A packetizer for a codec by its MIME type, such as "video/VP8", in any case; undefined if there is none.
 *
 * @example
 * ```ts
 * import { createRtpPacket, depacketizerFor, packetizerFor } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8Array(2500); // a key frame of VP8, whose lowest bit is 0
 * const payloads = packetizerFor("video/VP8")!.packetize({ data, keyFrame: true }, 1200);
 * const packets = payloads.map(({ payload, marker }, i) =>
 *   createRtpPacket({ ssrc: 1, payloadType: 96, sequenceNumber: i, timestamp: 0, payload, marker })
 * );
 * const depacketizer = depacketizerFor("video/VP8")!;
 * const frames = packets.flatMap((packet) => depacketizer.push(packet));
 * assertEquals(frames.map((frame) => [frame.data, frame.keyFrame]), [[data, true]]);
 * ```
 */
export function packetizerFor(
  mimeType: string,
  options: PacketizerOptions = {},
): Packetizer | undefined {
  const { pictureId = 0, packetizationMode = 0, flexible = false } = options;
  switch (mimeType.toLowerCase()) {
    case "audio/opus":
      return opusPacketizer();
    case "audio/pcmu":
    case "audio/pcma":
    case "audio/g722":
      return new BytePacketizer();
    case "audio/cn":
    case "audio/telephone-event":
      return new WholePacketizer();
    case "video/vp8":
      return new Vp8Packetizer(pictureId);
    case "video/vp9":
      return new Vp9Packetizer(pictureId, { flexible });
    case "video/h264":
      return h264Packetizer(packetizationMode);
    case "video/h265":
      return h265Packetizer();
    case "video/av1":
      return new Av1Packetizer();
    default:
      return undefined;
  }
}

/** A depacketizer for a codec by its MIME type, in any case; undefined if there is none. */
export function depacketizerFor(mimeType: string): Depacketizer | undefined {
  switch (mimeType.toLowerCase()) {
    case "audio/opus":
      return opusDepacketizer();
    case "audio/pcmu":
    case "audio/pcma":
    case "audio/g722":
    case "audio/cn":
    case "audio/telephone-event":
      return new AudioDepacketizer();
    case "video/vp8":
      return vp8Depacketizer();
    case "video/vp9":
      return vp9Depacketizer();
    case "video/h264":
      return h264Depacketizer();
    case "video/h265":
      return h265Depacketizer();
    case "video/av1":
      return av1Depacketizer();
    default:
      return undefined;
  }
}
