import { RecordedTrack } from "./recorded_track.ts";
import { type Arrival, capturedAt, type SharedClock } from "./track_timeline.ts";
import { WriteQueue } from "./write_queue.ts";
import { codecOfMimeType, type MediaCodec } from "../codec.ts";
import {
  canBegin,
  canHold,
  chooseCodec,
  createWriter,
  hasRoom,
  RECORDING_FORMATS,
  type RecordingFormat,
} from "../containers/container_writer.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";
import { MediaStream } from "../media_stream.ts";
import {
  attachSink,
  type MediaStreamTrack,
  requestKeyFrame,
  trackSlots,
} from "../media_stream_track.ts";
import { type Clock, systemClock } from "../../core/stage/mod.ts";

export type { RecordingFormat } from "../containers/container_writer.ts";

/** How tracks are recorded. */
export interface RecordOptions {
  /**
   * The format of the file. `"webm"` takes VP8, VP9, AV1 and Opus; `"mkv"` these and H264; `"mp4"` these and H265; `"mov"` H264, H265
   * and G.711; `"ogg"` Opus; `"wav"` one track of G.711 or G722; `"ivf"` one track of VP8, VP9 or AV1.
   */
  readonly format: RecordingFormat;
  /**
   * Where the file goes while it is recorded. What is written can't be changed later, so that it lacks an index. It is closed at the end, and
   * aborted if the recording fails.
   */
  readonly writable?: WritableStream<Uint8Array>;
  /** Recording stops when the file has about so many bytes; 256 MiB if it is kept in memory, and no end of it otherwise. */
  readonly maxBytes?: number;
  /** Where time comes from; the system's clock if left out. */
  readonly clock?: Clock;
}

/** What has been recorded. */
export interface RecordingResult {
  /** The file, unless it went to a stream. Empty if nothing came. */
  readonly bytes: Uint8Array | undefined;
  /** Of how many chunks it consists. */
  readonly chunks: number;
  /**
   * How many were left out: of other codecs than the format holds or than the track began with, more than could be written in time, or
   * too late.
   */
  readonly discarded: number;
  /** How long it is, in seconds. */
  readonly duration: number;
}

/** A file in memory grows to this and not further, unless the caller says otherwise. */
const MAX_BYTES_IN_MEMORY = 256 * 1024 * 1024;

/**
 * So long, in milliseconds, the first track that gives something waits for the others, if there is room for it; those that are silent are
 * not in the file.
 */
const START_WAIT = 3000;

/** The delays of the tracks of one peer, from capture to arrival, differ by no more than this, in milliseconds. */
const MAX_CAPTURE_SKEW = 5000;

/** Writes what tracks carry to a file. {@linkcode recordTracks} makes one. */
export class Recording {
  /**
   * Resolves when the file is complete. Rejects if it can't be written, with a `NotSupportedError` if nothing came but what the format
   * can't hold, and with an `EncodingError` if it was nothing but pictures that can't be read.
   */
  readonly finished: Promise<RecordingResult>;
  readonly #format: RecordingFormat;
  readonly #clock: Clock;
  readonly #maxBytes: number;
  readonly #tracks: RecordedTrack[];
  #detach: readonly (() => void)[] = [];
  readonly #queue: WriteQueue;
  #start: number | undefined;
  #cancelWait: (() => void) | undefined;
  #stopped = false;
  #bytes = 0;
  #chunks = 0;
  #discarded = 0;
  /** A codec that came, and that the format can't hold. */
  #refused: string | undefined;
  /** A codec of which no key frame could be read, so that the file could not begin with it. */
  #unreadable: string | undefined;
  #end = 0;

  /** Begins to record tracks that the format has room for. */
  constructor(tracks: readonly MediaStreamTrack[], options: RecordOptions) {
    const { format, writable, clock = systemClock } = options;
    this.#format = format;
    this.#clock = clock;
    this.#maxBytes = options.maxBytes ?? (writable ? Infinity : MAX_BYTES_IN_MEMORY);
    const shared: SharedClock = { localOffset: undefined };
    this.#tracks = tracks.map((track) => new RecordedTrack(shared, () => requestKeyFrame(track)));
    this.#queue = new WriteQueue(
      createWriter(format, writable),
      (number) => this.#tracks.find((track) => track.number === number)!.requestKeyFrame(),
      () => this.#finish(),
    );
    this.finished = this.#queue.finished.then((bytes) => this.#result(bytes));
    this.finished.catch(() => {}); // told to those who ask
    this.#detach = tracks.map((track, i) => this.#attach(track, this.#tracks[i]!));
    this.#endIfOver();
  }

  /** Ends the file. */
  stop(): Promise<RecordingResult> {
    const now = this.#clock.now();
    for (const track of this.#tracks) this.#silence(track, track.timeAt(now) ?? -Infinity, true);
    this.#finish();
    return this.finished;
  }

  #attach(track: MediaStreamTrack, recorded: RecordedTrack): () => void {
    const { source, readyState } = trackSlots(track);
    if (readyState === "ended") recorded.ended = true;
    return attachSink(track, {
      write: (chunk) => this.#take(recorded, chunk, source.codecs),
      // One that the format can't hold is counted, and otherwise not even made.
      choose: (codecs) => chooseCodec(this.#format, codecs) ?? codecs[0],
      ready: () => this.#queue.ready(),
      ended: () => this.#trackEnded(recorded),
    });
  }

  #take(track: RecordedTrack, chunk: EncodedChunk, offered: readonly MediaCodec[]): void {
    const { mimeType, rid } = chunk.metadata ?? {};
    const codec = mimeType === undefined
      ? chooseCodec(this.#format, offered)
      : codecOfMimeType(mimeType);
    if (codec === undefined || !canHold(this.#format, codec)) {
      this.#refused ??= codec?.mimeType ?? mimeType ?? offered[0]?.mimeType ?? "an unknown codec";
      return void this.#discarded++;
    }
    track.codec ??= codec;
    track.rid ??= rid;
    const isOfTrack = track.codec.mimeType === codec.mimeType && track.rid === rid;
    if (!isOfTrack) return void this.#discarded++;
    const arrival = { chunk, at: this.#clock.now() };
    if (this.#start !== undefined) return this.#write(track, arrival);
    if (track.waiting.length === 0 && !canBegin(this.#format, codec, chunk)) {
      this.#unreadable ??= codec.mimeType;
      track.requestAnother(arrival.at);
      return void this.#discarded++;
    }
    track.waiting.push(arrival);
    this.#queue.hold(chunk.data.length);
    this.#cancelWait ??= this.#clock.after(START_WAIT, () => this.#begin());
    if (this.#queue.isFull) this.#begin();
    else this.#beginIfAllAreThere();
  }

  #beginIfAllAreThere(): void {
    const isThere = ({ waiting, ended }: RecordedTrack) => waiting.length > 0 || ended;
    if (!this.#tracks.every(isThere)) return;
    const present = this.#tracks.filter(({ waiting }) => waiting.length > 0);
    if (present.length === 1 || !present.some(({ awaitsReport }) => awaitsReport)) this.#begin();
  }

  /** The file begins with the first key frame, where there is video. */
  #begin(): void {
    this.#cancelWait?.();
    const present = this.#tracks.filter(({ waiting }) => waiting.length > 0);
    if (this.#start !== undefined || present.length === 0) return;
    present.forEach((track, number) => track.number = number);
    this.#queue.start(present.map(({ codec, waiting }) => ({
      codec: codec!,
      first: waiting[0]!.chunk,
    })));
    if (tellsCapture(present)) { for (const track of present) track.beginByCapture(); }
    const placed = present.map((track) =>
      track.waiting.splice(0).map((arrival) => track.place(arrival))
    );
    const firsts = (isVideo: boolean) =>
      placed.filter((_, i) => present[i]!.codec!.mimeType.startsWith("video/") === isVideo)
        .map(([first]) => first!.timestamp);
    const video = firsts(true);
    this.#start = Math.min(...(video.length > 0 ? video : firsts(false)));
    placed.forEach((chunks, i) => chunks.forEach((chunk) => this.#enqueue(present[i]!, chunk)));
    for (const track of present) if (track.ended) this.#queue.end(track.number!);
    this.#endIfOver();
  }

  #write(track: RecordedTrack, arrival: Arrival): void {
    if (track.number === undefined) return void this.#discarded++;
    this.#enqueue(track, track.place(arrival));
  }

  #enqueue(track: RecordedTrack, chunk: EncodedChunk): void {
    const isLate = chunk.timestamp < this.#start! || track.isPast(chunk);
    if (isLate || this.#stopped) return void this.#discarded++;
    for (const each of this.#tracks) this.#silence(each, chunk.timestamp, each === track);
    if (this.#put(track, chunk)) this.#chunks++;
  }

  /** What of a track is missing up to that time is silence. */
  #silence(track: RecordedTrack, time: number, isNext: boolean): void {
    if (track.number === undefined) return;
    for (const chunk of track.silenceUntil(time, isNext)) if (!this.#put(track, chunk)) return;
  }

  /** Puts a chunk into the file; false if there is no room. */
  #put(track: RecordedTrack, chunk: EncodedChunk): boolean {
    if (this.#stopped) return false;
    track.wrote(chunk);
    const timestamp = chunk.timestamp - this.#start!;
    if (!this.#queue.write(track.number!, { ...chunk, timestamp })) return false;
    this.#bytes += chunk.data.length;
    this.#end = Math.max(this.#end, chunk.timestamp + (chunk.duration ?? 0));
    if (this.#bytes >= this.#maxBytes) this.#finish();
    return true;
  }

  #trackEnded(track: RecordedTrack): void {
    track.ended = true;
    if (this.#start === undefined) this.#beginIfAllAreThere();
    else if (track.number !== undefined) this.#queue.end(track.number);
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.#tracks.every(({ ended }) => ended)) this.#finish();
  }

  #finish(): void {
    if (this.#stopped) return;
    if (this.#start === undefined) this.#begin();
    if (this.#stopped) return; // it has ended as it began
    this.#stopped = true;
    this.#cancelWait?.();
    for (const detach of this.#detach) detach();
    this.#queue.finish();
  }

  #result(bytes: Uint8Array | undefined): RecordingResult {
    if (this.#chunks === 0 && this.#refused !== undefined) {
      throw new DOMException(`${this.#format} can't hold ${this.#refused}`, "NotSupportedError");
    }
    if (this.#chunks === 0 && this.#unreadable !== undefined) {
      const message = `No key frame of ${this.#unreadable} could be read`;
      throw new DOMException(message, "EncodingError");
    }
    return {
      bytes,
      chunks: this.#chunks,
      discarded: this.#discarded + this.#queue.discarded,
      duration: (this.#end - (this.#start ?? this.#end)) / 1e6,
    };
  }
}

/** Whether all tell when they were captured, and not so that one of them would be far off: peers may tell anything. */
function tellsCapture(tracks: readonly RecordedTrack[]): boolean {
  const delays = tracks.map(({ captured }) =>
    captured === undefined ? NaN : captured.at - capturedAt(captured.chunk.metadata)!
  );
  return Math.max(...delays) - Math.min(...delays) <= MAX_CAPTURE_SKEW;
}

/**
 * Records tracks to a file, from a key frame on, which is asked for. A track may end before the others; one that is silent for the first
 * three seconds is left out. Where sound stops, in between or up to the end, there is silence in the file. The size of pictures may change;
 * the codec can't: what comes in another one is left out, and takes a recording of its own.
 *
 * Throws a TypeError for an unknown format, for no tracks, or more than the format holds, and for a stream that is locked.
 *
 * @example Records what a peer sends, until it hangs up
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { recordTracks } from "@heron/webrtc/media";
 *
 * const pc = new RTCPeerConnection();
 *
 * async function record(path: string): Promise<void> {
 *   const received = pc.getReceivers().map(({ track }) => track);
 *   const { bytes } = await recordTracks(received, { format: "webm" }).finished;
 *   await Deno.writeFile(path, bytes!);
 * }
 *
 * // ... an offer with audio and video has been answered, and then: record("call.webm");
 * pc.close(); // ends the recording
 * ```
 */
export function recordTracks(
  tracks: MediaStream | Iterable<MediaStreamTrack>,
  options: RecordOptions,
): Recording {
  const { format } = options;
  if (!RECORDING_FORMATS.includes(format)) {
    throw new TypeError(`'${format}' is not one of ${RECORDING_FORMATS.join(", ")}`);
  }
  if (options.writable?.locked) throw new TypeError("The stream for the recording is locked");
  const all = tracks instanceof MediaStream ? tracks.getTracks() : [...tracks];
  const video = all.filter((track) => trackSlots(track).source.kind === "video").length;
  if (all.length === 0 || !hasRoom(format, video, all.length - video)) {
    throw new TypeError(
      `${format} can't hold ${video} tracks of video and ${all.length - video} of audio`,
    );
  }
  return new Recording(all, options);
}
