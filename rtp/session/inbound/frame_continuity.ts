import { DEPENDENCY_DESCRIPTOR_URI, frameMarksOf } from "../../extensions/mod.ts";
import type { RtpPacket } from "../../packet.ts";
import { isNextPicture } from "../../payload/mod.ts";
import { elementOf } from "./packet_extensions.ts";
import type { Reading } from "./reading.ts";

/**
 * Whether a frame of video ends with `last`, and `next` begins the one after it: told by frame numbers (AV1 RTP specification section
 * A.8.2) or, where these are missing or count the frames of all layers of a simulcast, by the picture IDs of the payload format.
 */
export function isNextFrame(
  last: RtpPacket,
  next: RtpPacket,
  { formats, extensions }: Reading,
): boolean {
  const [before, after] = [last, next].map((packet) => {
    const data = elementOf(packet, extensions, DEPENDENCY_DESCRIPTOR_URI);
    return data && frameMarksOf(data);
  });
  if (before !== undefined && after !== undefined) {
    if (!before.endOfFrame || !after.startOfFrame) return false;
    if (after.frameNumber === ((before.frameNumber + 1) & 0xffff)) return true;
  }
  if (last.payloadType !== next.payloadType) return false;
  const format = formats.get(next.payloadType);
  return format !== undefined && isNextPicture(format.mimeType, last, next);
}
