import { crc32c } from "../../core/crypto/crc32c.ts";
import { get16, get32, padded, put16, put32 } from "./bytes.ts";
import { CHUNK_HEADER_LENGTH } from "./chunk.ts";

/** Bytes before the first chunk. */
export const COMMON_HEADER_LENGTH = 12;

/** Why a packet could not be read. */
export type PacketFault = "short packet" | "bad checksum" | "no chunk" | "bad chunk length";

/**
 * Reads packets one after the other without allocating for each: `load` checks the whole frame, `next` walks over the chunks.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      Source Port Number       |    Destination Port Number    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                       Verification Tag                        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           Checksum                            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export class PacketReader {
  /** The packet. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Port of the sender. */
  sourcePort = 0;
  /** Port of the receiver. */
  destinationPort = 0;
  /** What the receiver chose as its tag, but for an INIT and reflected tags. */
  verificationTag = 0;
  /** How many chunks the packet has. */
  chunkCount = 0;
  /** Type of the current chunk. */
  type = 0;
  /** Flags of the current chunk. */
  flags = 0;
  /** Offset of the current chunk's header. */
  start = 0;
  /** Offset behind the current chunk's value, without its padding. */
  end = 0;
  #next = 0;

  /** Takes a packet; undefined if its frame is sound. Nothing of it is processed otherwise. */
  load(bytes: Uint8Array, acceptZeroChecksum: boolean): PacketFault | undefined {
    if (bytes.length < COMMON_HEADER_LENGTH) return "short packet";
    this.bytes = bytes;
    this.sourcePort = get16(bytes, 0);
    this.destinationPort = get16(bytes, 2);
    this.verificationTag = get32(bytes, 4);
    this.#next = COMMON_HEADER_LENGTH;
    if (!checksumHolds(bytes, acceptZeroChecksum)) return "bad checksum";
    return this.#countChunks();
  }

  /** Moves to the next chunk; false once there is none. */
  next(): boolean {
    const { bytes } = this;
    const at = this.#next;
    if (at + CHUNK_HEADER_LENGTH > bytes.length) return false;
    this.type = bytes[at]!;
    this.flags = bytes[at + 1]!;
    this.start = at;
    this.end = at + get16(bytes, at + 2);
    this.#next = padded(this.end);
    return true;
  }

  /** The current chunk's value: what follows its header. */
  get value(): Uint8Array {
    return this.bytes.subarray(this.start + CHUNK_HEADER_LENGTH, this.end);
  }

  /** The current chunk with its header, without padding. */
  get chunk(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  #countChunks(): PacketFault | undefined {
    const { bytes } = this;
    this.chunkCount = 0;
    let at = COMMON_HEADER_LENGTH;
    // The padding of the last chunk is not insisted upon; one that is cut short in its header or value is a lie.
    for (; at < bytes.length; this.chunkCount++) {
      if (at + CHUNK_HEADER_LENGTH > bytes.length) return "bad chunk length";
      const length = get16(bytes, at + 2);
      if (length < CHUNK_HEADER_LENGTH || at + length > bytes.length) return "bad chunk length";
      at += padded(length);
    }
    return this.chunkCount === 0 ? "no chunk" : undefined;
  }
}

/** Writes the common header with a checksum of zero. */
export function writeCommonHeader(
  bytes: Uint8Array,
  sourcePort: number,
  destinationPort: number,
  verificationTag: number,
): void {
  put16(bytes, 0, sourcePort);
  put16(bytes, 2, destinationPort);
  put32(bytes, 4, verificationTag);
  put32(bytes, 8, 0);
}

/** Writes the checksum of a packet whose checksum field is zero (RFC 9260 section 6.8). */
export function writeChecksum(packet: Uint8Array): void {
  const crc = crc32c(packet);
  packet[8] = crc;
  packet[9] = crc >>> 8;
  packet[10] = crc >>> 16;
  packet[11] = crc >>> 24;
}

/** One packet of whole, padded chunks, with its checksum: for what is rarely sent. */
export function buildPacket(
  sourcePort: number,
  destinationPort: number,
  verificationTag: number,
  ...chunks: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  let length = COMMON_HEADER_LENGTH;
  for (const chunk of chunks) length += chunk.length;
  const packet = new Uint8Array(length);
  writeCommonHeader(packet, sourcePort, destinationPort, verificationTag);
  let at = COMMON_HEADER_LENGTH;
  for (const chunk of chunks) {
    packet.set(chunk, at);
    at += chunk.length;
  }
  writeChecksum(packet);
  return packet;
}

function checksumHolds(packet: Uint8Array, acceptZero: boolean): boolean {
  const claimed = get32(packet, 8);
  // RFC 9653 section 5.3: whoever offered to accept a zero checksum does so, and still accepts a right one.
  if (claimed === 0 && acceptZero) return true;
  // The sum runs over a packet whose checksum is zero (RFC 9260 section 6.8); the field is put back for whoever logs it.
  put32(packet, 8, 0);
  const crc = crc32c(packet);
  put32(packet, 8, claimed);
  return claimed ===
    ((crc & 0xff) << 24 | (crc & 0xff00) << 8 | crc >>> 8 & 0xff00 | crc >>> 24) >>> 0;
}
