import { ByteSink } from "./byte_sink.ts";
import type { ContainerWriter, WrittenTrack } from "./container_writer.ts";
import { ivfFrame, ivfHeader } from "./ivf.ts";
import { withTemporalDelimiter } from "./temporal_delimiter.ts";
import { concat } from "../../core/wire/mod.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";

/** Writes IVF. */
export class IvfWriter implements ContainerWriter {
  readonly #sink: ByteSink;
  #isAv1 = false;

  constructor(writable: WritableStream<Uint8Array> | undefined) {
    this.#sink = new ByteSink(writable);
  }

  async start([track]: readonly WrittenTrack[]): Promise<void> {
    const { codec, first } = track!;
    const { width = 0, height = 0 } = first.metadata ?? {};
    this.#isAv1 = codec.mimeType === "video/AV1";
    await this.#sink.write(ivfHeader(codec, width, height));
  }

  async write(_track: number, { timestamp, data }: EncodedChunk): Promise<void> {
    const unit = this.#isAv1 ? withTemporalDelimiter(data) : data;
    await this.#sink.write(ivfFrame({ timestamp, data: unit }));
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  abort(reason: unknown): Promise<void> {
    return this.#sink.abort(reason);
  }

  async finish(): Promise<Uint8Array | undefined> {
    const parts = await this.#sink.close();
    return parts && concat(parts);
  }
}
