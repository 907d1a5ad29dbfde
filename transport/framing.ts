/**
 * How datagrams travel in a stream.
 *
 * @module
 */

/**
 * `turn`: STUN and ChannelData, which tell their own lengths (RFC 8656 section 12.5); `rfc4571`: anything, behind its length in two
 * bytes.
 */
export type StreamFraming = "turn" | "rfc4571";

/** Where the magic cookie of STUN stands. */
const COOKIE = [0x21, 0x12, 0xa4, 0x42];

/** The longest frame: a STUN header and all that its length can tell. */
const MAX_FRAME = 20 + 0xffff;

/** What is read into at a time; frames are views of it. */
const SLAB_SIZE = 1 << 17;

/** What is read into first: a connection on which nothing ever arrives costs no more. */
const FIRST_SLAB_SIZE = 1 << 11;

/** Bytes that at least are read at once. */
const MIN_SPACE = 1 << 14;

/** A frame in the stream: where its datagram begins, how long that is, and how long the frame is in all. */
interface Frame {
  readonly start: number;
  readonly length: number;
  readonly total: number;
}

/** Bytes by which a frame's length is known. */
const HEADER: Record<StreamFraming, number> = { turn: 4, rfc4571: 2 };

/**
 * Takes a stream apart.
 *
 * @example
 * ```ts
 * import { FrameReader } from "@heron/webrtc/transport";
 * import { assertEquals } from "@std/assert";
 *
 * const reader = new FrameReader("rfc4571");
 * reader.space().set([0, 2, 7, 8, 0]);
 * assertEquals(reader.take(5), [Uint8Array.of(7, 8)]);
 * reader.space().set([1, 9]);
 * assertEquals(reader.take(2), [Uint8Array.of(9)]);
 * ```
 */
export class FrameReader {
  readonly #framing: StreamFraming;
  #slab = new Uint8Array(FIRST_SLAB_SIZE);
  /** Where the first frame begins that is not complete. */
  #start = 0;
  #end = 0;

  /** Begins where the stream begins. */
  constructor(framing: StreamFraming) {
    this.#framing = framing;
  }

  /** Where the next bytes of the stream are to be put. */
  space(): Uint8Array<ArrayBuffer> {
    const pending = this.#end - this.#start;
    // Datagrams given away are views of the slab, so it is left to them rather than used again.
    if (this.#end > 0 && this.#slab.length - this.#end < MIN_SPACE) {
      const slab = new Uint8Array(SLAB_SIZE);
      slab.set(this.#slab.subarray(this.#start, this.#end));
      this.#slab = slab;
      this.#start = 0;
      this.#end = pending;
    }
    return this.#slab.subarray(this.#end);
  }

  /** So many bytes were put there: the datagrams that are complete now. Undefined if that is no such stream. */
  take(count: number): Uint8Array[] | undefined {
    this.#end += count;
    const datagrams: Uint8Array[] = [];
    while (this.#end - this.#start >= HEADER[this.#framing]) {
      const pending = this.#slab.subarray(this.#start, this.#end);
      const frame = this.#framing === "turn" ? turnFrame(pending) : lengthFrame(pending);
      if (frame === undefined) return undefined;
      if (frame.total > pending.length) break;
      const { start, length } = frame;
      if (length > 0) datagrams.push(pending.subarray(start, start + length));
      this.#start += frame.total;
    }
    return datagrams;
  }
}

/** RFC 8489 section 6.2.2 and RFC 8656 section 12.5: the first two bits tell which; only ChannelData needs padding. */
function turnFrame(bytes: Uint8Array): Frame | undefined {
  const length = bytes[2]! << 8 | bytes[3]!;
  switch (bytes[0]! >> 6) {
    case 0: {
      const isStun = length % 4 === 0 &&
        COOKIE.every((byte, i) => bytes.length <= 4 + i || bytes[4 + i] === byte);
      return isStun ? { start: 0, length: 20 + length, total: 20 + length } : undefined;
    }
    case 1:
      return { start: 0, length: 4 + length, total: padded(4 + length) };
    default:
      return undefined;
  }
}

/*
 * RFC 4571 section 2:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +---------------------------------------------------------------
 * |             LENGTH            |  RTP or RTCP packet ...       |
 * +---------------------------------------------------------------
 */
function lengthFrame(bytes: Uint8Array): Frame {
  const length = bytes[0]! << 8 | bytes[1]!;
  return { start: 2, length, total: 2 + length };
}

/** Writes a datagram as a frame; undefined if it is too long for one. */
export function writeFrame(
  framing: StreamFraming,
  datagram: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const { length } = datagram;
  if (length > (framing === "turn" ? MAX_FRAME : 0xffff)) return undefined;
  const start = framing === "turn" ? 0 : 2;
  const frame = new Uint8Array(framing === "turn" ? padded(length) : 2 + length);
  if (framing === "rfc4571") {
    frame[0] = length >> 8;
    frame[1] = length & 0xff;
  }
  frame.set(datagram, start);
  return frame;
}

function padded(length: number): number {
  return length + 3 & ~3;
}
