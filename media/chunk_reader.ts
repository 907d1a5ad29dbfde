import { codecOfMimeType, kindOf } from "./codec.ts";
import { isAnnexB } from "./codecs/annex_b.ts";
import type { ChunkMetadata, EncodedChunk } from "./encoded_chunk.ts";
import {
  chunkMetadataOf,
  type RTCEncodedAudioFrameMetadata,
  type RTCEncodedVideoFrameMetadata,
} from "./frame_metadata.ts";
import type { MediaSource } from "./media_source.ts";
import type { CopyableChunk } from "./media_stream_track_generator.ts";
import { TimestampUnwrapper } from "./timestamp_unwrapper.ts";

/** What a written object may have. */
interface Given {
  readonly type?: unknown;
  readonly timestamp?: unknown;
  readonly duration?: unknown;
  readonly data?: unknown;
  readonly metadata?: unknown;
  readonly copyTo?: unknown;
  readonly getMetadata?: unknown;
}

type FrameMetadata = RTCEncodedVideoFrameMetadata & RTCEncodedAudioFrameMetadata;

/** Turns what an application writes into chunks, and throws a TypeError for what is none. */
export class ChunkReader {
  readonly #source: MediaSource;
  readonly #rtpTime = new TimestampUnwrapper();

  constructor(source: MediaSource) {
    this.#source = source;
  }

  read(value: unknown): EncodedChunk {
    if (typeof value !== "object" || value === null) throw new TypeError("A chunk is an object");
    const given = value as Given;
    const told = this.#metadataOf(given);
    const isFrame = typeof given.getMetadata === "function";
    const metadata = isFrame && told !== undefined
      ? chunkMetadataOf(told as FrameMetadata, performance.timeOrigin)
      : told;
    const duration = optionalNumber(given.duration, "duration");
    const chunk = {
      type: this.#typeOf(given),
      timestamp: this.#timestampOf(given, told),
      data: bytesOf(given),
      ...duration !== undefined && { duration },
    };
    const mimeType = metadata?.mimeType ?? this.#source.codecs[0]?.mimeType;
    if (mimeType === undefined) return { ...chunk, ...metadata !== undefined && { metadata } };
    // What is opaque, as where it is encrypted, comes in frames.
    if (!isFrame) checkFormat(mimeType, chunk.data);
    return { ...chunk, metadata: { ...metadata, mimeType } };
  }

  #typeOf({ type, getMetadata }: Given): "key" | "delta" {
    const isAudio = this.#source.kind === "audio";
    if (type === "key" || type === "delta") return isAudio ? "key" : type;
    // An RTCEncodedAudioFrame has no type: W3C WebRTC Encoded Transform section 4.6.
    if (type === undefined && getMetadata !== undefined && isAudio) return "key";
    throw new TypeError(`A chunk's type is "key" or "delta", not ${JSON.stringify(type)}`);
  }

  #metadataOf(given: Given): ChunkMetadata | undefined {
    const { metadata, getMetadata } = given;
    const found = typeof getMetadata === "function" ? getMetadata.call(given) : metadata;
    if (found === undefined || found === null) return undefined;
    if (typeof found !== "object") throw new TypeError("A chunk's metadata is an object");
    const { mimeType } = found as ChunkMetadata;
    if (mimeType === undefined) return found as ChunkMetadata;
    const codec = codecOfMimeType(`${mimeType}`);
    if (codec !== undefined && kindOf(codec) === this.#source.kind) return found as ChunkMetadata;
    throw new TypeError(`'${mimeType}' is not a codec of ${this.#source.kind} that can be sent`);
  }

  /** A frame may have its presentation time in its metadata; else there is the RTP timestamp, which its own `timestamp` is. */
  #timestampOf(given: Given, metadata: ChunkMetadata & { timestamp?: unknown } = {}): number {
    const isFrame = given.getMetadata !== undefined;
    const timestamp = optionalNumber(isFrame ? metadata.timestamp : given.timestamp, "timestamp");
    if (timestamp !== undefined) return timestamp;
    const rtpTimestamp = optionalNumber(metadata.rtpTimestamp, "rtpTimestamp");
    const codec = metadata.mimeType === undefined
      ? this.#source.codecs[0]
      : codecOfMimeType(metadata.mimeType);
    if (!isFrame || rtpTimestamp === undefined || codec === undefined) {
      throw new TypeError("A chunk has a timestamp in microseconds");
    }
    return Math.round(this.#rtpTime.unwrap(rtpTimestamp) * 1_000_000 / codec.clockRate);
  }
}

/** A chunk of lengths and NAL units, as MP4 has them, could not be put into packets. */
function checkFormat(mimeType: string, data: Uint8Array): void {
  if (!/^video\/h26[45]$/i.test(mimeType) || isAnnexB(data)) return;
  throw new TypeError(
    `${mimeType} is written as Annex B: a start code (0 0 0 1) comes before each NAL unit, and not its length`,
  );
}

/** A copy: the application may use its memory again. */
function bytesOf(given: Given): Uint8Array {
  const bytes = typeof given.copyTo === "function"
    ? copied(given as CopyableChunk)
    : viewed(given.data).slice();
  if (bytes.length === 0) throw new TypeError("A chunk has data");
  return bytes;
}

function copied(chunk: CopyableChunk): Uint8Array {
  const bytes = new Uint8Array(chunk.byteLength);
  chunk.copyTo(bytes);
  return bytes;
}

function viewed(data: unknown): Uint8Array {
  if (data instanceof ArrayBuffer || data instanceof SharedArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) {
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  throw new TypeError("A chunk's data is an ArrayBuffer or a view of one");
}

function optionalNumber(value: unknown, name: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new TypeError(`A chunk's ${name} is a finite number of microseconds`);
}
