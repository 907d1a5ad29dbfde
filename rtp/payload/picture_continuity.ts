import type { PayloadPacket } from "./format.ts";
import { parseVp8Descriptor } from "./vp8_descriptor.ts";
import { parseVp9Descriptor } from "./vp9_descriptor.ts";

/** What a payload format tells of a picture by itself. */
interface Picture {
  /** Whether it begins with this payload. */
  readonly begins: boolean;
  /** Counts pictures, 7 or 15 bits. */
  readonly id: number | undefined;
  readonly isLong: boolean;
}

/** Wraps of a short picture ID can't be seen across so many packets. */
const SHORT_IDS = 0x80;
const LONG_IDS = 0x8000;

/**
 * Whether `last` ends a picture and `next` begins the one right after it, so that packets that are missing between the two were of none:
 * repairs (RFC 5109 section 14), which nobody sends again, or padding. Told by the picture ID (RFC 7741 section 4.2, RFC 9628 section 4.2);
 * false where the format has none.
 *
 * `mimeType` is such as "video/VP8", in any case.
 *
 * @example
 * ```ts
 * import { isNextPicture, Vp8Packetizer } from "@heron/webrtc/rtp";
 * import { assert } from "@std/assert";
 *
 * const packetizer = new Vp8Packetizer(0);
 * const [last, next] = [10, 12].map((sequenceNumber) => {
 *   const [only] = packetizer.packetize({ data: new Uint8Array(100) }, 1200);
 *   return { ...only!, sequenceNumber, timestamp: sequenceNumber * 3000 };
 * });
 * assert(isNextPicture("video/VP8", last!, next!));
 * ```
 */
export function isNextPicture(mimeType: string, last: PayloadPacket, next: PayloadPacket): boolean {
  if (!last.marker) return false;
  const [before, after] = [last, next].map(({ payload }) => pictureOf(mimeType, payload));
  if (before?.id === undefined || after?.id === undefined || !after.begins) return false;
  const ids = before.isLong ? LONG_IDS : SHORT_IDS;
  const distance = (next.sequenceNumber - last.sequenceNumber) & 0xffff;
  if (before.isLong !== after.isLong || distance > ids) return false;
  return after.id === (before.id + 1) % ids;
}

function pictureOf(mimeType: string, payload: Uint8Array): Picture | undefined {
  switch (mimeType.toLowerCase()) {
    case "video/vp8": {
      const { descriptor } = parseVp8Descriptor(payload) ?? {};
      return descriptor && {
        begins: descriptor.startOfPartition && descriptor.partition === 0,
        id: descriptor.pictureId,
        isLong: descriptor.longPictureId ?? false,
      };
    }
    case "video/vp9": {
      const { descriptor } = parseVp9Descriptor(payload) ?? {};
      return descriptor && {
        begins: descriptor.startOfFrame && (descriptor.layer?.spatialId ?? 0) === 0,
        id: descriptor.pictureId,
        isLong: descriptor.longPictureId ?? false,
      };
    }
    default:
      return undefined;
  }
}
