import { ByteSink } from "./byte_sink.ts";
import type { ContainerWriter, WrittenTrack } from "./container_writer.ts";
import type { MediaCodec } from "../codec.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";
import { concat } from "../../core/wire/mod.ts";

/** What stands before the samples. */
const HEADER = 58;

/** A length that is not known, since what is written can't be changed later. */
const UNKNOWN = 0xffff_ffff;

/** How a file names its codec (RFC 2361, and the number that other programs write for G722), and what its samples are. */
const FORMATS: Readonly<Record<string, { tag: number; sampleRate: number; bits: number }>> = {
  "audio/PCMA": { tag: 6, sampleRate: 8000, bits: 8 },
  "audio/PCMU": { tag: 7, sampleRate: 8000, bits: 8 },
  "audio/G722": { tag: 0x028f, sampleRate: 16_000, bits: 4 },
};

/**
 * Writes WAVE, the one format that has a number for G722. The library that writes the others does not know it.
 *
 * ```
 * "RIFF" | length 32 | "WAVE"
 * "fmt " | 18 | tag 16 | channels 16 | samples a second 32 | bytes a second 32 | block 16 | bits a sample 16 | 0
 * "fact" | 4 | samples 32
 * "data" | length 32 | ...
 * ```
 */
export class WaveWriter implements ContainerWriter {
  readonly #sink: ByteSink;
  #codec: MediaCodec | undefined;
  #length = 0;

  constructor(writable: WritableStream<Uint8Array> | undefined) {
    this.#sink = new ByteSink(writable);
  }

  async start([track]: readonly WrittenTrack[]): Promise<void> {
    this.#codec = track!.codec;
    if (this.#sink.isStream) await this.#sink.write(header(this.#codec, UNKNOWN));
  }

  async write(_track: number, { data }: EncodedChunk): Promise<void> {
    this.#length += data.length;
    await this.#sink.write(data);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }

  abort(reason: unknown): Promise<void> {
    return this.#sink.abort(reason);
  }

  async finish(): Promise<Uint8Array | undefined> {
    const samples = await this.#sink.close();
    if (samples === undefined) return undefined;
    if (this.#codec === undefined) return new Uint8Array(0);
    const padding = new Uint8Array(this.#length % 2); // chunks begin at even places
    return concat([header(this.#codec, this.#length), ...samples, padding]);
  }
}

function header({ mimeType }: MediaCodec, length: number): Uint8Array {
  const { tag, sampleRate, bits } = FORMATS[mimeType]!;
  const bytes = new Uint8Array(HEADER);
  const view = new DataView(bytes.buffer);
  const name = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  const isKnown = length !== UNKNOWN;
  name(0, "RIFF");
  view.setUint32(4, isKnown ? HEADER - 8 + length + length % 2 : UNKNOWN, true);
  name(8, "WAVEfmt ");
  view.setUint32(16, 18, true);
  view.setUint16(20, tag, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * bits / 8, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, bits, true);
  name(38, "fact");
  view.setUint32(42, 4, true);
  view.setUint32(46, isKnown ? length * 8 / bits : 0, true);
  name(50, "data");
  view.setUint32(54, length, true);
  return bytes;
}
