import { parseAv1Payload } from "./av1_payload.ts";
import { H264_SYNTAX } from "./h264.ts";
import { H265_SYNTAX } from "./h265.ts";
import { startsNalKeyFrame } from "./nal_units.ts";
import { isKeyFrameHeader, ObuType, obuType, readObu } from "./obu.ts";
import { parseVp8Descriptor } from "./vp8_descriptor.ts";
import { parseVp9Descriptor } from "./vp9_descriptor.ts";

/**
 * Whether a key frame begins with this payload: from its packet on, a receiver can decode the stream without anything from before. For
 * whoever forwards packets, and never sees whole frames.
 *
 * `mimeType` is such as "video/VP8", in any case; undefined if payloads of the format don't tell.
 *
 * @example
 * ```ts
 * import { startsKeyFrame, Vp8Packetizer } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const data = new Uint8Array(2000); // RFC 7741 section 4.3: a key frame, since its lowest bit is 0
 * const payloads = new Vp8Packetizer(0).packetize({ data }, 1200);
 * assertEquals(payloads.map(({ payload }) => startsKeyFrame("video/VP8", payload)), [true, false]);
 * ```
 */
export function startsKeyFrame(mimeType: string, payload: Uint8Array): boolean | undefined {
  switch (mimeType.toLowerCase()) {
    case "video/vp8":
      return startsVp8(payload);
    case "video/vp9":
      return startsVp9(payload);
    case "video/h264":
      return startsNalKeyFrame(payload, H264_SYNTAX);
    case "video/h265":
      return startsNalKeyFrame(payload, H265_SYNTAX);
    case "video/av1":
      return startsAv1(payload);
    default:
      return undefined;
  }
}

/** RFC 7741 section 4.4 says which packet is the first of a frame, and section 4.3 that the lowest bit of a key frame is 0. */
function startsVp8(payload: Uint8Array): boolean {
  const parsed = parseVp8Descriptor(payload);
  if (parsed === undefined || parsed.length === payload.length) return false;
  const { startOfPartition, partition } = parsed.descriptor;
  return startOfPartition && partition === 0 && (payload[parsed.length]! & 1) === 0;
}

/** RFC 9628 section 4.2: the lowest layer of a picture that refers to no earlier one. */
function startsVp9(payload: Uint8Array): boolean {
  const descriptor = parseVp9Descriptor(payload)?.descriptor;
  if (descriptor === undefined) return false;
  const { startOfFrame, interPicture, layer } = descriptor;
  return startOfFrame && !interPicture && (layer?.spatialId ?? 0) === 0;
}

/** AV1 RTP specification section 4.4: N is set in the first packet of a coded video sequence, which begins with a key frame. */
function startsAv1(payload: Uint8Array): boolean {
  const parsed = parseAv1Payload(payload);
  if (parsed === undefined || parsed.continuation) return false;
  return parsed.newSequence || parsed.elements.some(isKeyFrameObu);
}

function isKeyFrameObu(element: Uint8Array): boolean {
  if (element.length === 0) return false;
  const type = obuType(element[0]!);
  if (type !== ObuType.FRAME && type !== ObuType.FRAME_HEADER) return false;
  const read = readObu(element, 0, element.length);
  return read !== undefined && isKeyFrameHeader(read[0].payload);
}
