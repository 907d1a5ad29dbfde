import { Reader, Writer } from "../../core/wire/mod.ts";

/** Payload protocol identifiers of data channels (RFC 8831 section 8). */
export const Ppid = {
  DCEP: 50,
  STRING: 51,
  /** Deprecated: a fragment of a binary message by an old peer. */
  BINARY_PARTIAL: 52,
  BINARY: 53,
  /** Deprecated: a fragment of a string by an old peer. */
  STRING_PARTIAL: 54,
  STRING_EMPTY: 56,
  BINARY_EMPTY: 57,
} as const;

/** Message types (RFC 8832 section 8.2.1). */
export const DcepType = { ACK: 2, OPEN: 3 } as const;

/** Kinds of partial reliability in a channel type (RFC 8832 section 8.2.2), and the bit that says unordered. */
const RELIABLE = 0x00;
const PARTIAL_RELIABLE_REXMIT = 0x01;
const PARTIAL_RELIABLE_TIMED = 0x02;
const UNORDERED = 0x80;

/** The priority "normal" (RFC 8831 section 6.4). */
export const PRIORITY_NORMAL = 256;

/** Bytes of an OPEN before its label. */
const OPEN_HEADER_LENGTH = 12;

/** What a channel is like: the fields of a DATA_CHANNEL_OPEN. */
export interface ChannelParameters {
  /** Its name, which need not be unique. */
  readonly label: string;
  /** The subprotocol; empty for none. */
  readonly protocol: string;
  /** Whether messages arrive in order. */
  readonly ordered: boolean;
  /** Given up after so many retransmissions; not together with `maxPacketLifeTime`. */
  readonly maxRetransmits?: number;
  /** Given up after so many milliseconds. */
  readonly maxPacketLifeTime?: number;
  /** Of 16 bits: 128 below normal, 256 normal, 512 high, 1024 extra high. */
  readonly priority?: number;
}

/** DATA_CHANNEL_ACK (RFC 8832 section 5.2): one byte. */
export const DATA_CHANNEL_ACK: Uint8Array = Uint8Array.of(DcepType.ACK);

/**
 * DATA_CHANNEL_OPEN (RFC 8832 section 5.1). Throws a RangeError if the label or protocol is longer than 65,535 bytes of UTF-8.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  Message Type |  Channel Type |            Priority           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                    Reliability Parameter                      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Label Length          |       Protocol Length         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                             Label                             /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * /                            Protocol                           /
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function buildOpen(channel: ChannelParameters): Uint8Array<ArrayBuffer> {
  const { maxRetransmits, maxPacketLifeTime } = channel;
  let type = RELIABLE;
  if (maxRetransmits !== undefined) type = PARTIAL_RELIABLE_REXMIT;
  else if (maxPacketLifeTime !== undefined) type = PARTIAL_RELIABLE_TIMED;
  const writer = new Writer(64);
  writer.u8(DcepType.OPEN);
  writer.u8(type | (channel.ordered ? 0 : UNORDERED));
  writer.u16(channel.priority ?? PRIORITY_NORMAL);
  writer.u32(maxRetransmits ?? maxPacketLifeTime ?? 0);
  writer.u32(0);
  const labelLength = writer.text(channel.label);
  const protocolLength = writer.text(channel.protocol);
  if (labelLength > 0xffff || protocolLength > 0xffff) {
    throw new RangeError("A label or protocol is longer than 65535 bytes");
  }
  writer.patchU16(8, labelLength);
  writer.patchU16(10, protocolLength);
  return writer.finish();
}

/** Reads a DATA_CHANNEL_OPEN; undefined if its lengths do not add up or its channel type is unknown. */
export function parseOpen(bytes: Uint8Array): ChannelParameters | undefined {
  if (bytes.length < OPEN_HEADER_LENGTH) return undefined;
  const reader = new Reader(bytes);
  if (reader.u8() !== DcepType.OPEN) return undefined;
  const type = reader.u8();
  const priority = reader.u16();
  const reliability = reader.u32();
  const labelLength = reader.u16();
  const protocolLength = reader.u16();
  const label = reader.text(labelLength);
  const protocol = reader.text(protocolLength);
  if (!reader.complete) return undefined;
  const channel: ChannelParameters = {
    label,
    protocol,
    ordered: (type & UNORDERED) === 0,
    priority,
  };
  switch (type & ~UNORDERED) {
    case RELIABLE:
      return channel;
    case PARTIAL_RELIABLE_REXMIT:
      return { ...channel, maxRetransmits: reliability };
    case PARTIAL_RELIABLE_TIMED:
      return { ...channel, maxPacketLifeTime: reliability };
    default:
      return undefined;
  }
}
