import { type IvfFrame, type IvfHeader, IvfParser } from "./ivf.ts";
import type { Container, ContainerTrack, MediaFile } from "./container.ts";
import { describeKeyFrame } from "../codecs/key_frame.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";

/** Opens an IVF file. */
export async function openIvf(file: MediaFile): Promise<Container> {
  const seekable = !(file instanceof ReadableStream);
  const first = new FrameReader(file);
  const header = await first.header();
  let unused: FrameReader | undefined = first;
  const track: ContainerTrack = {
    kind: "video",
    codec: header.codec,
    settings: header.width > 0 ? { width: header.width, height: header.height } : {},
    async *chunks(from) {
      const reader = unused ?? new FrameReader(file);
      unused = undefined;
      yield* fromKeyFrame(toChunks(reader, header), from);
    },
  };
  return { tracks: [track], seekable, close: () => void first.cancel() };
}

/** Reads a file in pieces. */
class FrameReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #parser = new IvfParser();
  #frames: IvfFrame[] = [];

  constructor(file: MediaFile) {
    const stream = file instanceof ReadableStream
      ? file
      : new Blob([file as BlobPart]).stream() as ReadableStream<Uint8Array>;
    this.#reader = stream.getReader();
  }

  async header(): Promise<IvfHeader> {
    while (this.#parser.header === undefined && await this.#readMore());
    if (this.#parser.header !== undefined) return this.#parser.header;
    throw new DOMException("IVF: the file ends in its header", "EncodingError");
  }

  async *frames(): AsyncGenerator<IvfFrame, void, undefined> {
    do {
      yield* this.#frames.splice(0);
    } while (await this.#readMore());
    yield* this.#frames.splice(0);
  }

  cancel(): Promise<void> {
    return this.#reader.cancel().catch(() => {});
  }

  async #readMore(): Promise<boolean> {
    const { done, value } = await this.#reader.read();
    if (!done) { for (const frame of this.#parser.push(value)) this.#frames.push(frame); }
    return !done;
  }
}

/** A frame lasts until the next; the last as long as the one before. */
async function* toChunks(reader: FrameReader, { codec }: IvfHeader): AsyncGenerator<EncodedChunk> {
  let held: IvfFrame | undefined;
  let duration = 0;
  const chunkOf = ({ timestamp, data }: IvfFrame): EncodedChunk => {
    const key = describeKeyFrame(codec.mimeType, data);
    return {
      type: key === undefined ? "delta" : "key",
      timestamp,
      duration,
      data,
      metadata: { mimeType: codec.mimeType, ...key && { width: key.width, height: key.height } },
    };
  };
  for await (const frame of reader.frames()) {
    if (held !== undefined) {
      duration = Math.max(0, frame.timestamp - held.timestamp);
      yield chunkOf(held);
    }
    held = frame;
  }
  if (held !== undefined) yield chunkOf(held);
  await reader.cancel();
}

/** Leaves out what comes before the last key frame at or before `from`: there is no index, so that the file is read up to there. */
async function* fromKeyFrame(
  chunks: AsyncIterable<EncodedChunk>,
  from: number,
): AsyncGenerator<EncodedChunk> {
  let group: EncodedChunk[] | undefined = [];
  for await (const chunk of chunks) {
    if (group === undefined) {
      yield chunk;
    } else if (chunk.timestamp <= from) {
      if (chunk.type === "key") group = [];
      group.push(chunk);
    } else {
      yield* group;
      group = undefined;
      yield chunk;
    }
  }
  if (group !== undefined) yield* group;
}
