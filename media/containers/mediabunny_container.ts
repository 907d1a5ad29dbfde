/**
 * What `npm:mediabunny` reads: it takes containers apart, and knows nothing of codecs that we would need. It is under the MPL 2.0, has no
 * dependency at run time, and keeps to web APIs.
 *
 * @module
 */
import * as mediabunny from "mediabunny";
import type { Container, ContainerTrack, MediaFile } from "./container.ts";
import { repair } from "./mediabunny_repairs.ts";
import { avcReader, hevcReader, type NalReader } from "./nal_formats.ts";
import { describeKeyFrame } from "../codecs/key_frame.ts";
import { type MediaCodec, parseCodec } from "../codec.ts";
import { inPackets, isSampled } from "../codecs/sampled_audio.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";

const FORMATS = [
  mediabunny.WEBM,
  mediabunny.MATROSKA,
  mediabunny.MP4,
  mediabunny.QTFF,
  mediabunny.OGG,
  mediabunny.WAVE,
  mediabunny.MPEG_TS,
];

/** The library's names for codecs that can be sent. */
const CODECS: Readonly<Record<string, string>> = {
  vp8: "vp8",
  vp9: "vp9",
  avc: "h264",
  hevc: "h265",
  av1: "av1",
  opus: "opus",
  ulaw: "ulaw",
  alaw: "alaw",
};

/** Opens a file; what can't be sent is left out. */
export async function openWithMediabunny(file: MediaFile): Promise<Container> {
  const seekable = !(file instanceof ReadableStream);
  const input = new mediabunny.Input({ source: sourceOf(file), formats: FORMATS });
  try {
    await repair(input);
    const found = await input.getTracks();
    const opened = await Promise.all(found.map(openTrack));
    const tracks = opened.filter((track) => track !== undefined);
    if (tracks.length === 0) throw await nothingToSend(found);
    return { tracks, seekable, close: () => input.dispose() };
  } catch (error) {
    input.dispose();
    throw toDOMException(error);
  }
}

/** An index that is missing, as where MP4 was cut off, leaves no tracks. */
async function nothingToSend(found: readonly mediabunny.InputTrack[]): Promise<DOMException> {
  if (found.length === 0) {
    return new DOMException("The file has no tracks: it is broken or cut off", "EncodingError");
  }
  const formats = await Promise.all(found.map(describe));
  const sendable = Object.values(CODECS).join(", ");
  return new DOMException(
    `The file holds ${
      formats.join(" and ")
    }; what can be sent is ${sendable}, of G.711 8000 Hz mono`,
    "NotSupportedError",
  );
}

async function describe(track: mediabunny.InputTrack): Promise<string> {
  const codec = await track.getCodec() ?? `${track.type} of an unknown codec`;
  if (!track.isAudioTrack()) return codec;
  return `${codec} (${await track.getSampleRate()} Hz, ${await track
    .getNumberOfChannels()} channels)`;
}

function sourceOf(file: MediaFile): mediabunny.Source {
  if (file instanceof ReadableStream) {
    return new mediabunny.ReadableStreamSource(file, { handleUnhandledError: () => {} });
  }
  return file instanceof Blob
    ? new mediabunny.BlobSource(file)
    : new mediabunny.BufferSource(file as Uint8Array<ArrayBuffer>);
}

async function openTrack(track: mediabunny.InputTrack): Promise<ContainerTrack | undefined> {
  const name = CODECS[await track.getCodec() ?? ""];
  const parameters = await track.getCodecParameterString();
  const codec = name === undefined ? undefined : parseCodec(parameters ?? name) ?? parseCodec(name);
  if (codec === undefined) return undefined;
  if (track.isVideoTrack()) return await openVideo(track, codec);
  if (!track.isAudioTrack()) return undefined;
  const [sampleRate, channelCount] = [
    await track.getSampleRate(),
    await track.getNumberOfChannels(),
  ];
  const isG711 = isSampled(codec);
  if (isG711 && (sampleRate !== codec.clockRate || channelCount !== codec.channels)) {
    return undefined;
  }
  return {
    kind: "audio",
    codec,
    settings: { sampleRate, channelCount },
    chunks(from) {
      const chunks = readChunks(track, codec, from);
      return isG711 ? inPackets(chunks, codec) : chunks;
    },
  };
}

async function openVideo(
  track: mediabunny.InputVideoTrack,
  codec: MediaCodec,
): Promise<ContainerTrack> {
  const config = await track.getDecoderConfig();
  const { description, codedWidth: width = 0, codedHeight: height = 0 } = config ?? {};
  const rotation = await track.getRotation();
  const form: VideoForm = {
    mimeType: codec.mimeType,
    nals: nalReader(codec, description),
    ...rotation !== 0 && { rotation },
  };
  return {
    kind: "video",
    codec,
    settings: { width, height },
    chunks: (from) => readChunks(track, form, from),
  };
}

/** What is known of all chunks of a track. */
interface ChunkForm {
  readonly mimeType: string;
}

interface VideoForm extends ChunkForm {
  readonly nals: NalReader | undefined;
  /** Clockwise, as phones turn what they film. */
  readonly rotation?: 90 | 180 | 270;
}

/** Without a record, a file has Annex B already. */
function nalReader(
  { mimeType }: MediaCodec,
  description: AllowSharedBufferSource | undefined,
): NalReader | undefined {
  if (description === undefined) return undefined;
  const record = ArrayBuffer.isView(description)
    ? new Uint8Array(description.buffer, description.byteOffset, description.byteLength)
    : new Uint8Array(description);
  if (mimeType === "video/H264") return avcReader(record);
  if (mimeType === "video/H265") return hevcReader(record);
  return undefined;
}

type AllowSharedBufferSource = ArrayBufferLike | ArrayBufferView;

async function* readChunks(
  track: mediabunny.InputTrack,
  form: ChunkForm | VideoForm,
  from: number,
): AsyncGenerator<EncodedChunk> {
  const sink = new mediabunny.EncodedPacketSink(track);
  try {
    const start = from > 0 ? await sink.getKeyPacket(from / 1e6) : null;
    for await (const packet of sink.packets(start ?? undefined)) {
      yield toChunk(packet, form);
    }
  } catch (error) {
    throw toDOMException(error);
  }
}

function toChunk(
  packet: mediabunny.EncodedPacket,
  { mimeType, nals, rotation }: ChunkForm & Partial<VideoForm>,
): EncodedChunk {
  const { type, microsecondTimestamp: timestamp, microsecondDuration: duration } = packet;
  const data = nals?.toAnnexB(packet.data, type === "key") ?? packet.data;
  const key = type === "key" ? describeKeyFrame(mimeType, data) : undefined;
  const size = key && { width: key.width, height: key.height };
  const turned = rotation === undefined ? {} : { rotation };
  return { type, timestamp, duration, data, metadata: { mimeType, ...size, ...turned } };
}

/** What the library throws means that the file is not what it should be. */
function toDOMException(error: unknown): DOMException {
  if (error instanceof DOMException) return error;
  if (error instanceof mediabunny.UnsupportedInputFormatError) {
    return new DOMException(
      "The file is not WebM, Matroska, MP4, QuickTime, MPEG-TS, Ogg, WAVE or IVF",
      "NotSupportedError",
    );
  }
  const reason = error instanceof Error ? error.message : `${error}`;
  return new DOMException(`The file is broken or cut off: ${reason}`, "EncodingError");
}
