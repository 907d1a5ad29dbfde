/**
 * What `npm:mediabunny` writes.
 *
 * @module
 */
import * as mediabunny from "mediabunny";
import type { ContainerWriter, RecordingFormat, WrittenTrack } from "./container_writer.ts";
import { avcRecord, toLengthPrefixed } from "./nal_formats.ts";
import { withoutTemporalDelimiter } from "./temporal_delimiter.ts";
import { describeKeyFrame } from "../codecs/key_frame.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";
import { OPUS_CLOCK_RATE, parseOpusToc } from "../../rtp/mod.ts";

type PacketSource = mediabunny.EncodedVideoPacketSource | mediabunny.EncodedAudioPacketSource;

/** A track of a file that is being written. */
interface OutputTrack {
  readonly source: PacketSource;
  /** Goes with its first packet. */
  meta: ChunkConfig | undefined;
  /** The form that the container has for the codec's data. */
  readonly convert: (data: Uint8Array) => Uint8Array;
}

/** What the library calls EncodedVideoChunkMetadata and EncodedAudioChunkMetadata. */
interface ChunkConfig {
  readonly decoderConfig: object;
}

/** Writes all formats but IVF and WAVE. */
export class MediabunnyWriter implements ContainerWriter {
  readonly #format: RecordingFormat;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array> | undefined;
  readonly #memory = new mediabunny.BufferTarget();
  #output: mediabunny.Output | undefined;
  #tracks: OutputTrack[] = [];

  constructor(format: RecordingFormat, writable: WritableStream<Uint8Array> | undefined) {
    this.#format = format;
    this.#writer = writable?.getWriter();
  }

  async start(tracks: readonly WrittenTrack[]): Promise<void> {
    const writer = this.#writer;
    const output = new mediabunny.Output({
      format: formatOf(this.#format, writer !== undefined),
      target: writer ? new mediabunny.AppendOnlyStreamTarget(sinkTo(writer)) : this.#memory,
    });
    this.#output = output;
    this.#tracks = tracks.map((track) => addTrack(output, track));
    await output.start();
  }

  async write(number: number, chunk: EncodedChunk): Promise<void> {
    const track = this.#tracks[number]!;
    const { type, timestamp, duration = 0, data } = chunk;
    const bytes = track.convert(data);
    const packet = new mediabunny.EncodedPacket(bytes, type, timestamp / 1e6, duration / 1e6);
    const { meta } = track;
    track.meta = undefined;
    await track.source.add(packet, meta as never);
  }

  async end(number: number): Promise<void> {
    await this.#tracks[number]!.source.close();
  }

  async finish(): Promise<Uint8Array | undefined> {
    if (this.#output === undefined) await this.#writer?.close();
    else await this.#output.finalize();
    return this.#writer ? undefined : new Uint8Array(this.#memory.buffer ?? []);
  }

  async abort(reason: unknown): Promise<void> {
    await this.#writer?.abort(reason);
  }
}

/** What the library writes to: it can't abort a stream, and a stream that it has taken nobody else can. */
function sinkTo(writer: WritableStreamDefaultWriter<Uint8Array>): WritableStream<Uint8Array> {
  return new WritableStream({
    write: (bytes) => writer.write(bytes),
    close: () => writer.close(),
  });
}

function addTrack(
  output: mediabunny.Output,
  { codec: { mimeType }, first }: WrittenTrack,
): OutputTrack {
  const name = LIBRARY_NAMES[mimeType]!;
  if (mimeType.startsWith("audio/")) {
    const source = new mediabunny.EncodedAudioPacketSource(name as mediabunny.AudioCodec);
    output.addAudioTrack(source);
    return { source, meta: audioConfig(mimeType, first.data), convert: (data) => data };
  }
  const source = new mediabunny.EncodedVideoPacketSource(name as mediabunny.VideoCodec);
  const { rotation = 0 } = first.metadata ?? {};
  output.addVideoTrack(source, { rotation });
  return { source, meta: videoConfig(mimeType, first), convert: conversion(mimeType) };
}

const LIBRARY_NAMES: Readonly<Record<string, string>> = {
  "video/VP8": "vp8",
  "video/VP9": "vp9",
  "video/H264": "avc",
  "video/H265": "hevc",
  "video/AV1": "av1",
  "audio/opus": "opus",
  "audio/PCMU": "ulaw",
  "audio/PCMA": "alaw",
};

/** What is written to a stream can't be gone back to: such files have no index, and the duration is not in their head. */
function formatOf(format: RecordingFormat, isStream: boolean): mediabunny.OutputFormat {
  switch (format) {
    case "webm":
      return new mediabunny.WebMOutputFormat({ appendOnly: isStream });
    case "mkv":
      return new mediabunny.MkvOutputFormat({ appendOnly: isStream });
    case "mp4":
      return new mediabunny.Mp4OutputFormat(isStream ? { fastStart: "fragmented" } : {});
    case "mov":
      return new mediabunny.MovOutputFormat(isStream ? { fastStart: "fragmented" } : {});
    default:
      return new mediabunny.OggOutputFormat();
  }
}

function conversion(mimeType: string): (data: Uint8Array) => Uint8Array {
  if (mimeType === "video/H264") return toLengthPrefixed;
  if (mimeType === "video/AV1") return withoutTemporalDelimiter;
  return (data) => data;
}

function videoConfig(
  mimeType: string,
  { data, metadata }: EncodedChunk,
): ChunkConfig {
  const key = describeKeyFrame(mimeType, data);
  const { width = key?.width, height = key?.height } = metadata ?? {};
  const record = mimeType === "video/H264" ? avcRecord(data) : undefined;
  if (width === undefined || height === undefined || key === undefined) {
    throw new DOMException(`A key frame of ${mimeType} that can't be read`, "EncodingError");
  }
  return {
    decoderConfig: {
      codec: key.codec,
      codedWidth: width,
      codedHeight: height,
      ...record !== undefined && { description: record },
    },
  };
}

function audioConfig(mimeType: string, data: Uint8Array): ChunkConfig {
  if (mimeType !== "audio/opus") {
    const codec = LIBRARY_NAMES[mimeType]!;
    return { decoderConfig: { codec, sampleRate: 8000, numberOfChannels: 1 } };
  }
  const numberOfChannels = parseOpusToc(data)?.stereo ? 2 : 1;
  return {
    decoderConfig: {
      codec: "opus",
      sampleRate: OPUS_CLOCK_RATE,
      numberOfChannels,
      description: opusHead(numberOfChannels),
    },
  };
}

/** RFC 7845 section 5.1. Nothing is skipped: a recording may begin amid a stream. */
function opusHead(channels: number): Uint8Array {
  const bytes = new Uint8Array(19);
  bytes.set(new TextEncoder().encode("OpusHead"));
  bytes[8] = 1;
  bytes[9] = channels;
  new DataView(bytes.buffer).setUint32(12, OPUS_CLOCK_RATE, true);
  return bytes;
}
