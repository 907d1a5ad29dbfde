import { Reader, Writer } from "../../core/wire/mod.ts";

/** When the first sample or frame of a packet was captured, by the capturer's own clock. Defined by libwebrtc. */
export const ABS_CAPTURE_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";

/** A capture time. */
export interface AbsCaptureTime {
  /** NTP time of the capturing clock: seconds since 1900 in units of 2^-32 s. */
  readonly captureTimestamp: bigint;
  /** What to add to reach the NTP clock of the packet's sender, signed, in units of 2^-32 s; absent if unknown. */
  readonly clockOffset?: bigint;
}

/**
 * Reads a capture time, of 8 bytes or of 16; undefined if it has another size.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |              absolute capture timestamp (64 bits)             |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |        estimated capture clock offset (64 bits, optional)     |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseAbsCaptureTime(data: Uint8Array): AbsCaptureTime | undefined {
  if (data.length !== 8 && data.length !== 16) return undefined;
  const reader = new Reader(data);
  const captureTimestamp = reader.u64();
  if (data.length === 8) return { captureTimestamp };
  return { captureTimestamp, clockOffset: BigInt.asIntN(64, reader.u64()) };
}

/** Writes a capture time. */
export function writeAbsCaptureTime(time: AbsCaptureTime): Uint8Array<ArrayBuffer> {
  const writer = new Writer(16);
  writer.u64(BigInt.asUintN(64, time.captureTimestamp));
  if (time.clockOffset !== undefined) writer.u64(BigInt.asUintN(64, time.clockOffset));
  return writer.finish();
}
