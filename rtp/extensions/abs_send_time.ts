/** When a packet left its sender, for the receiver's bandwidth estimation. Defined by libwebrtc. */
export const ABS_SEND_TIME_URI = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";

/** The time wraps after so many milliseconds. */
export const ABS_SEND_TIME_PERIOD = 64_000;

/**
 * Reads the send time in milliseconds, below 64000; undefined if it has the wrong size.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  ID   | len=2 |  seconds  |             fraction              |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseAbsSendTime(data: Uint8Array): number | undefined {
  if (data.length !== 3) return undefined;
  return (data[0]! << 16 | data[1]! << 8 | data[2]!) * 1000 / 2 ** 18;
}

/** Writes a time in milliseconds, of whatever clock, modulo 64 seconds. */
export function writeAbsSendTime(millis: number): Uint8Array<ArrayBuffer> {
  const units = Math.floor((millis % ABS_SEND_TIME_PERIOD) * 2 ** 18 / 1000);
  return Uint8Array.of(units >>> 16, units >>> 8, units);
}
