import { type Arrival, capturedAt, type SharedClock, TrackTimeline } from "./track_timeline.ts";
import type { MediaCodec } from "../codec.ts";
import { audioDuration } from "../codecs/audio_duration.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";
import type { Millis } from "../../core/stage/mod.ts";
import { silence } from "../../rtp/mod.ts";

/** Samples that come later than this, in microseconds, do not follow those before: less is jitter. */
const MAX_GAP = 20_000;

/** So long, in microseconds, nothing is put in the place of sound that does not come. */
const MAX_SILENCE = 1_000_000;

/** Silence is put there in pieces of this length, in microseconds: a peer may have been silent for a day. */
const PIECE = 10_000_000;

/** More sound than this, in microseconds, does not come too late in a row: other tracks are ahead for good. */
const MAX_PAST = 500_000;

/** Where a key frame is of no use, another is asked for no more often than this, in milliseconds. */
const REQUEST_INTERVAL = 1000;

/** One track of a recording. */
export class RecordedTrack {
  /** Its number in the file; undefined while it is not in it. */
  number: number | undefined;
  /** Its codec, which a file can't change. */
  codec: MediaCodec | undefined;
  /** Its simulcast layer, of which a file has one. */
  rid: string | undefined;
  /** Whether nothing more comes. */
  ended = false;
  /** What has come while the file has not begun. */
  readonly waiting: Arrival[] = [];
  readonly #timeline: TrackTimeline;
  readonly #requestKeyFrame: () => void;
  #askedAt: Millis = -Infinity;
  #previous: number | undefined;
  #step = 0;
  /** What the file has last: where it begins, and where it ends. */
  #start = -Infinity;
  #end: number | undefined;
  /** How much sound, in microseconds, has come too late in a row. */
  #past = 0;

  constructor(shared: SharedClock, requestKeyFrame: () => void) {
    this.#timeline = new TrackTimeline(shared);
    this.#requestKeyFrame = requestKeyFrame;
  }

  /** Asks its source for a key frame. */
  requestKeyFrame(): void {
    this.#requestKeyFrame();
  }

  /** Asks for another one than that which has come; it may be no better. */
  requestAnother(now: Millis): void {
    if (now < this.#askedAt + REQUEST_INTERVAL) return;
    this.#askedAt = now;
    this.#requestKeyFrame();
  }

  /** What has come first of which it is known when it was captured. */
  get captured(): Arrival | undefined {
    return this.waiting.find(({ chunk }) => capturedAt(chunk.metadata) !== undefined);
  }

  /** Whether that is to be known soon: what comes from a peer is followed by its sender reports. */
  get awaitsReport(): boolean {
    const first = this.waiting[0]?.chunk.metadata?.rtpTimestamp;
    return first !== undefined && this.captured === undefined;
  }

  /** Puts the track on the time line by when that was captured. */
  beginByCapture(): void {
    this.#timeline.begin(this.captured!.chunk);
  }

  /** A chunk with its timestamp on the recording's time line. */
  place(arrival: Arrival): EncodedChunk {
    const { chunk } = arrival;
    const timestamp = this.#timeline.place(arrival);
    if (this.#previous !== undefined) this.#step = Math.max(0, timestamp - this.#previous);
    this.#previous = timestamp;
    const { codec } = this;
    const exact = codec === undefined ? undefined : audioDuration(codec, chunk.data);
    return { ...chunk, timestamp, duration: exact ?? chunk.duration ?? this.#step };
  }

  /** Whether there is sound, or silence, in the file already where this belongs. If there is again and again, the track goes on after it. */
  isPast({ timestamp, duration = 0 }: EncodedChunk): boolean {
    if (this.#end === undefined || this.codec?.mimeType.startsWith("video/")) return false;
    const isPast = timestamp < this.#start || timestamp + duration / 2 < this.#end;
    this.#past = isPast ? this.#past + duration : 0;
    if (this.#past > MAX_PAST) this.#timeline.skipTo(this.#end);
    return isPast;
  }

  /** A chunk goes into the file. */
  wrote({ timestamp, duration = 0 }: EncodedChunk): void {
    this.#start = timestamp;
    this.#end = timestamp + duration;
  }

  /** Where in the recording a moment is; undefined while nothing has come. */
  timeAt(now: Millis): number | undefined {
    return this.#timeline.timeAt(now);
  }

  /**
   * Silence for the time since this track has last given something, if it is audio and that is long ago: a disabled track is silent (W3C
   * mediacapture-streams section 4.3.1), and the others' chunks would wait for its next one. `isNext` says that it gives something at
   * that time, or ends: samples of G.711 follow each other in a file, so that any gap is filled.
   */
  *silenceUntil(time: number, isNext: boolean): Generator<EncodedChunk> {
    const { codec } = this;
    let timestamp = this.#end;
    if (codec === undefined || this.ended || timestamp === undefined) return;
    const isContinuous = codec.mimeType !== "audio/opus";
    if (time - timestamp < (isContinuous && isNext ? MAX_GAP : MAX_SILENCE)) return;
    while (timestamp < time) {
      const duration = isContinuous ? Math.min(time - timestamp, PIECE) : time - timestamp;
      const data = silence(codec, duration);
      if (data === undefined || data.length === 0) return;
      yield { type: "key", timestamp, duration, data };
      timestamp += duration;
    }
  }
}
