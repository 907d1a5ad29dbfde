/** The first of 4096 channel numbers (RFC 8656 section 12). */
export const FIRST_CHANNEL = 0x4000;

/** Bytes before the data. */
export const CHANNEL_HEADER = 4;

/*
 * RFC 8656 section 12.4:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Channel Number        |            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                                                               |
 * /                       Application Data                        /
 * |                                                               |
 * |                               +-------------------------------+
 * |                               |
 * +-------------------------------+
 *
 * Over TCP and TLS it is padded to a multiple of four bytes; that is for the stream's framing to do (RFC 8656 section 12.5).
 */

/** Whether a datagram may be ChannelData: first byte 64 to 79 (RFC 7983 section 7). */
export function isChannelData(data: Uint8Array): boolean {
  return (data[0]! & 0xf0) === FIRST_CHANNEL >> 8;
}

/** Wraps data: four bytes for a copy of all the others. */
export function writeChannelData(channel: number, data: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(CHANNEL_HEADER + data.length);
  message[0] = channel >> 8;
  message[1] = channel & 0xff;
  message[2] = data.length >> 8;
  message[3] = data.length & 0xff;
  message.set(data, CHANNEL_HEADER);
  return message;
}

/** The channel number of what {@linkcode isChannelData} took for ChannelData. */
export function channelOf(message: Uint8Array): number {
  return message[0]! << 8 | message[1]!;
}

/** The data, as a view; undefined if the message is shorter than it says (RFC 8656 section 12.6). It may be longer: padding. */
export function channelDataOf(message: Uint8Array): Uint8Array | undefined {
  if (message.length < CHANNEL_HEADER) return undefined;
  const end = CHANNEL_HEADER + (message[2]! << 8 | message[3]!);
  return end > message.length ? undefined : message.subarray(CHANNEL_HEADER, end);
}
