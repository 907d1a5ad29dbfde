import type { ContainerWriter, WrittenTrack } from "./container_writer.ts";
import { ivfFrame, ivfHeader } from "./ivf.ts";
import { withTemporalDelimiter } from "./temporal_delimiter.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";

/** Writes IVF. */
export class IvfWriter implements ContainerWriter {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #parts: Uint8Array[] = [];
  #isAv1 = false;

  constructor(writable: WritableStream<Uint8Array> | undefined) {
    this.#writer = writable?.getWriter();
  }

  async start([track]: readonly WrittenTrack[]): Promise<void> {
    const { codec, first } = track!;
    const { width = 0, height = 0 } = first.metadata ?? {};
    this.#isAv1 = codec.mimeType === "video/AV1";
    await this.#append(ivfHeader(codec, width, height));
  }

  async write(_track: number, { timestamp, data }: EncodedChunk): Promise<void> {
    const unit = this.#isAv1 ? withTemporalDelimiter(data) : data;
    await this.#append(ivfFrame({ timestamp, data: unit }));
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  async abort(reason: unknown): Promise<void> {
    await this.#writer?.abort(reason);
  }

  async finish(): Promise<Uint8Array | undefined> {
    await this.#writer?.close();
    if (this.#writer !== undefined) return undefined;
    return new Uint8Array(await new Blob(this.#parts as BlobPart[]).arrayBuffer());
  }

  async #append(bytes: Uint8Array): Promise<void> {
    if (this.#writer === undefined) this.#parts.push(bytes);
    else await this.#writer.write(bytes);
  }
}
