import { IvfWriter } from "./ivf_writer.ts";
import { WaveWriter } from "./wave_writer.ts";
import type { MediaCodec } from "../codec.ts";
import { describeKeyFrame } from "../codecs/key_frame.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";

/** The formats that can be written. */
export type RecordingFormat = "webm" | "mkv" | "mp4" | "mov" | "ogg" | "wav" | "ivf";

interface Format {
  /** What the format can hold, as subtypes of MIME types, what most programs can play first. */
  readonly codecs: readonly string[];
  readonly videoTracks: number;
  readonly audioTracks: number;
}

/** So many tracks of each kind as anybody records together. */
const MANY = 16;
const both = { videoTracks: MANY, audioTracks: MANY };

const FORMATS: Readonly<Record<RecordingFormat, Format>> = {
  webm: { codecs: ["VP8", "VP9", "AV1", "opus"], ...both },
  mkv: { codecs: ["VP8", "VP9", "H264", "AV1", "opus"], ...both },
  mp4: { codecs: ["VP8", "VP9", "H264", "H265", "AV1", "opus"], ...both },
  mov: { codecs: ["H264", "H265", "PCMU", "PCMA"], ...both },
  ogg: { codecs: ["opus"], videoTracks: 0, audioTracks: MANY },
  wav: { codecs: ["PCMU", "PCMA", "G722"], videoTracks: 0, audioTracks: 1 },
  ivf: { codecs: ["VP8", "VP9", "AV1"], videoTracks: 1, audioTracks: 0 },
};

/** What is known of a track when a file is begun. */
export interface WrittenTrack {
  readonly codec: MediaCodec;
  /** Its first chunk: a key frame. */
  readonly first: EncodedChunk;
}

/** Writes a file, which is the caller's stream or kept in memory. */
export interface ContainerWriter {
  /** Begins the file, with these tracks. */
  start(tracks: readonly WrittenTrack[]): Promise<void>;
  /** Appends a chunk to the track of that number; its timestamp and duration are those in the file. */
  write(track: number, chunk: EncodedChunk): Promise<void>;
  /** Nothing more comes for that track. */
  end(track: number): Promise<void>;
  /** Ends the file, which is empty if it never began. The bytes, unless they went to a stream. */
  finish(): Promise<Uint8Array | undefined>;
  /** Gives the file up: the caller's stream is aborted. */
  abort(reason: unknown): Promise<void>;
}

/** Whether a format can hold a codec. */
export function canHold(format: RecordingFormat, { mimeType }: MediaCodec): boolean {
  return FORMATS[format].codecs.includes(mimeType.split("/")[1]!);
}

/** Whether a file can begin with a chunk: but for IVF, it says of pictures what nothing but a key frame tells. */
export function canBegin(
  format: RecordingFormat,
  { mimeType }: MediaCodec,
  { data }: EncodedChunk,
): boolean {
  const tellsPictures = mimeType.startsWith("video/") && format !== "ivf";
  return !tellsPictures || describeKeyFrame(mimeType, data) !== undefined;
}

/** Of some codecs the one that a format is to hold; undefined if it can hold none. */
export function chooseCodec(
  format: RecordingFormat,
  codecs: readonly MediaCodec[],
): MediaCodec | undefined {
  const held = codecs.filter((codec) => canHold(format, codec));
  const rank = ({ mimeType }: MediaCodec) =>
    FORMATS[format].codecs.indexOf(mimeType.split("/")[1]!);
  return held.toSorted((a, b) => rank(a) - rank(b))[0];
}

/** Whether a format can hold so many tracks. */
export function hasRoom(format: RecordingFormat, video: number, audio: number): boolean {
  const { videoTracks, audioTracks } = FORMATS[format];
  return video <= videoTracks && audio <= audioTracks;
}

/** The formats by name. */
export const RECORDING_FORMATS = Object.keys(FORMATS) as RecordingFormat[];

/** A writer for a format. */
export async function createWriter(
  format: RecordingFormat,
  writable: WritableStream<Uint8Array> | undefined,
): Promise<ContainerWriter> {
  if (format === "ivf") return new IvfWriter(writable);
  if (format === "wav") return new WaveWriter(writable);
  const { MediabunnyWriter } = await import("./mediabunny_writer.ts");
  return new MediabunnyWriter(format, writable);
}
