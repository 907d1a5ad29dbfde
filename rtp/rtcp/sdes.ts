import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, writeFrame } from "./header.ts";

/** Types of SDES items (RFC 3550 section 6.5, RFC 9143 section 15.1, RFC 8852 section 3). */
export const SdesType = {
  CNAME: 1,
  NAME: 2,
  EMAIL: 3,
  PHONE: 4,
  LOC: 5,
  TOOL: 6,
  NOTE: 7,
  PRIV: 8,
  RTP_STREAM_ID: 12,
  REPAIRED_RTP_STREAM_ID: 13,
  MID: 15,
} as const;

/** One thing that is said about a source. */
export interface SdesItem {
  /** See {@linkcode SdesType}; never 0. */
  readonly type: number;
  /** At most 255 bytes of UTF-8. */
  readonly text: string;
}

/** What is said about one source. */
export interface SdesChunk {
  /** The source. */
  readonly ssrc: number;
  /** In their order. */
  readonly items: readonly SdesItem[];
}

/** Who the sources are, by their canonical names (RFC 3550 section 6.5). */
export interface SourceDescription {
  /** Tells packets from one another. */
  readonly type: "SDES";
  /** At most 31. */
  readonly chunks: readonly SdesChunk[];
}

/** The canonical name of a source, if the packet has it (RFC 3550 section 6.5.1). */
export function cnameOf(packet: SourceDescription, ssrc: number): string | undefined {
  const chunk = packet.chunks.find((one) => one.ssrc === ssrc);
  return chunk?.items.find(({ type }) => type === SdesType.CNAME)?.text;
}

/**
 * Reads a source description; undefined if a chunk or an item does not fit in.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    SC   |  PT=SDES=202  |             length            |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                          SSRC/CSRC_1                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |    CNAME=1    |     length    | user and domain name        ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ...             |     END=0     |  zeros up to a multiple of 32 |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * ```
 */
export function parseSourceDescription(
  { count, body }: RtcpFrame,
): SourceDescription | undefined {
  const reader = new Reader(body);
  const chunks: SdesChunk[] = [];
  for (let i = 0; i < count && reader.ok; i++) {
    chunks.push({ ssrc: reader.u32(), items: readItems(reader) });
  }
  return reader.complete ? { type: "SDES", chunks } : undefined;
}

/** Writes a source description. Throws a RangeError if it has more than 31 chunks or an item that is too long. */
export function writeSourceDescription(writer: Writer, packet: SourceDescription): void {
  writeFrame(writer, RtcpType.SDES, packet.chunks.length, () => {
    for (const { ssrc, items } of packet.chunks) {
      const start = writer.length;
      writer.u32(ssrc);
      for (const { type, text } of items) {
        writer.u8(type);
        writer.vector8(() => writer.text(text));
      }
      // RFC 3550 section 6.5: at least one null ends the list, and then as many as align the next chunk.
      writer.u8(0);
      writer.align(4, start);
    }
  });
}

function readItems(reader: Reader): SdesItem[] {
  const items: SdesItem[] = [];
  for (let type = reader.u8(); type !== 0; type = reader.u8()) {
    const value = reader.sub(reader.u8());
    const text = value.strictText(value.remaining);
    if (!reader.ok) return items;
    // RFC 3550 section 6.5: items are UTF-8; one that is not says nothing, and takes no other with it.
    if (value.ok) items.push({ type, text });
  }
  reader.skip(-reader.offset & 3);
  return items;
}
