/**
 * IVF: one video track, a header of 32 bytes in front of the file and one of 12 in front of each frame, all little-endian.
 *
 * ```
 * "DKIF" | version 16 | header length 16 | FourCC 32 | width 16 | height 16 | ticks a second 32 | ticks a unit 32 | frames 32 | 0
 * frame: length 32 | timestamp 64, in units
 * ```
 *
 * @module
 */
import { concat } from "../../core/wire/mod.ts";
import { codecOfMimeType, type MediaCodec } from "../codec.ts";

const FILE_HEADER = 32;
const FRAME_HEADER = 12;

/** A frame of a file can't be larger: memory is taken for it before it has been read. */
export const MAX_IVF_FRAME = 16 * 1024 * 1024;

/** What tells the codec. */
const FOUR_CC: Readonly<Record<string, string>> = {
  VP80: "video/VP8",
  VP90: "video/VP9",
  AV01: "video/AV1",
  H264: "video/H264",
  H265: "video/H265",
};

/** What the header of a file says. */
export interface IvfHeader {
  /** The codec. */
  readonly codec: MediaCodec;
  /** Pixels, 0 to 65535. */
  readonly width: number;
  /** Pixels, 0 to 65535. */
  readonly height: number;
  /** Of how many microseconds a unit of time is. */
  readonly unit: number;
}

/** A frame of a file. */
export interface IvfFrame {
  /** Microseconds. */
  readonly timestamp: number;
  /** The frame, as the codec has it. */
  readonly data: Uint8Array;
}

/** Whether these bytes begin a file. */
export function isIvf(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && text(bytes, 0) === "DKIF";
}

/** Takes a file in pieces, and gives its frames. */
export class IvfParser {
  #buffer: Uint8Array = new Uint8Array(0);
  #header: IvfHeader | undefined;

  /** What the file says of itself, once that much of it has been read. */
  get header(): IvfHeader | undefined {
    return this.#header;
  }

  /** The frames that are whole now. Throws an `EncodingError` where this is no such file, a `NotSupportedError` for an unknown codec. */
  push(bytes: Uint8Array): IvfFrame[] {
    const buffer = concat([this.#buffer, bytes]);
    let at = 0;
    if (this.#header === undefined) {
      if (buffer.length < FILE_HEADER) return this.#keep(buffer);
      const view = viewOf(buffer);
      this.#header = parseHeader(buffer);
      at = Math.max(FILE_HEADER, view.getUint16(6, true));
    }
    const view = viewOf(buffer);
    const frames: IvfFrame[] = [];
    while (buffer.length - at >= FRAME_HEADER) {
      const length = view.getUint32(at, true);
      if (length > MAX_IVF_FRAME) throw broken(`a frame of ${length} bytes`);
      const start = at + FRAME_HEADER;
      if (buffer.length - start < length) break;
      const timestamp = Number(view.getBigUint64(at + 4, true)) * this.#header.unit;
      at = start + length;
      // An empty frame stands for one that the encoder has left out.
      if (length > 0) frames.push({ timestamp, data: buffer.slice(start, at) });
    }
    this.#keep(buffer.subarray(at));
    return frames;
  }

  #keep(rest: Uint8Array): IvfFrame[] {
    this.#buffer = rest.slice();
    return [];
  }
}

/** The header of a file that may have any number of frames. Throws a `NotSupportedError` for a codec that can't be in one. */
export function ivfHeader(codec: MediaCodec, width: number, height: number): Uint8Array {
  const name = Object.keys(FOUR_CC).find((key) => FOUR_CC[key] === codec.mimeType);
  if (name === undefined) {
    throw new DOMException(`IVF can't hold ${codec.mimeType}`, "NotSupportedError");
  }
  const bytes = new Uint8Array(FILE_HEADER);
  const view = viewOf(bytes);
  bytes.set(new TextEncoder().encode(`DKIF`));
  view.setUint16(6, FILE_HEADER, true);
  bytes.set(new TextEncoder().encode(name), 8);
  view.setUint16(12, width, true);
  view.setUint16(14, height, true);
  view.setUint32(16, 1_000_000, true);
  view.setUint32(20, 1, true);
  return bytes;
}

/** One frame, of a timestamp in microseconds, from 0 on. */
export function ivfFrame({ timestamp, data }: IvfFrame): Uint8Array {
  const bytes = new Uint8Array(FRAME_HEADER + data.length);
  const view = viewOf(bytes);
  view.setUint32(0, data.length, true);
  view.setBigUint64(4, BigInt(Math.max(0, Math.round(timestamp))), true);
  bytes.set(data, FRAME_HEADER);
  return bytes;
}

function parseHeader(bytes: Uint8Array): IvfHeader {
  const view = viewOf(bytes);
  const [denominator, numerator] = [view.getUint32(16, true), view.getUint32(20, true)];
  if (!isIvf(bytes) || denominator === 0 || numerator === 0) throw broken("no header");
  const name = text(bytes, 8);
  const codec = Object.hasOwn(FOUR_CC, name) ? codecOfMimeType(FOUR_CC[name]!) : undefined;
  if (codec === undefined) {
    throw new DOMException(`IVF: '${name}' is not a known codec`, "NotSupportedError");
  }
  return {
    codec,
    width: view.getUint16(12, true),
    height: view.getUint16(14, true),
    unit: numerator * 1_000_000 / denominator,
  };
}

function broken(what: string): DOMException {
  return new DOMException(`IVF: ${what}`, "EncodingError");
}

function text(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
