import { isIvf } from "./ivf.ts";
import { openIvf } from "./ivf_container.ts";
import type { MediaCodec } from "../codec.ts";
import type { MediaTrackSettings } from "../constraints/dictionaries.ts";
import type { EncodedChunk, MediaKind } from "../encoded_chunk.ts";

/** A media file: all of it, or a stream, which can be read once and from front to back only. */
export type MediaFile = Uint8Array | ArrayBuffer | Blob | ReadableStream<Uint8Array>;

/** What a file holds. */
export interface Container {
  /** The tracks whose codecs can be sent. */
  readonly tracks: readonly ContainerTrack[];
  /** Whether it can be read again, and from the middle. */
  readonly seekable: boolean;
  /** Lets go of the file. */
  close(): void;
}

/** One track of a file. */
export interface ContainerTrack {
  readonly kind: MediaKind;
  readonly codec: MediaCodec;
  readonly settings: MediaTrackSettings;
  /**
   * The chunks in the order in which they are decoded, from the last key frame at or before `from` microseconds on. A track of a file
   * that can't be sought in is read once.
   */
  chunks(from: number): AsyncIterableIterator<EncodedChunk>;
}

/**
 * Opens WebM, Matroska, MP4, QuickTime, MPEG-TS, Ogg, WAVE or IVF. Rejects with a `NotSupportedError` where it is none of these, or holds nothing
 * that can be sent, and with an `EncodingError` where it is broken.
 */
export async function openContainer(file: MediaFile): Promise<Container> {
  const [start, whole] = await peek(file);
  if (isIvf(start)) return await openIvf(whole);
  // It is loaded when a file is opened: a program that opens none does not pay for it.
  const { openWithMediabunny } = await import("./mediabunny_container.ts");
  return await openWithMediabunny(whole);
}

/** The first bytes, and the file as it was. */
async function peek(file: MediaFile): Promise<[Uint8Array, MediaFile]> {
  if (file instanceof ArrayBuffer) return [new Uint8Array(file), file];
  if (file instanceof Uint8Array) return [file, file];
  if (file instanceof Blob) {
    return [new Uint8Array(await file.slice(0, 32).arrayBuffer()), file];
  }
  if (!(file instanceof ReadableStream)) {
    throw new TypeError("A media file is a Uint8Array, an ArrayBuffer, a Blob or a ReadableStream");
  }
  const reader = file.getReader();
  const { value = new Uint8Array(0) } = await reader.read();
  const whole = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(value),
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
  return [value, whole];
}
