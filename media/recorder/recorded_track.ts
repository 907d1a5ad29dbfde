import { type Arrival, type SharedClock, TrackTimeline } from "./track_timeline.ts";
import type { MediaCodec } from "../codec.ts";
import { audioDuration } from "../codecs/audio_duration.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";

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
  #previous: number | undefined;
  #step = 0;

  constructor(shared: SharedClock) {
    this.#timeline = new TrackTimeline(shared);
  }

  /** A chunk with its timestamp on the recording's time line. */
  place(arrival: Arrival, byCapture: boolean): EncodedChunk {
    const { chunk } = arrival;
    const timestamp = this.#timeline.place(arrival, byCapture);
    if (this.#previous !== undefined) this.#step = Math.max(0, timestamp - this.#previous);
    this.#previous = timestamp;
    const { codec } = this;
    const exact = codec === undefined ? undefined : audioDuration(codec, chunk.data);
    return { ...chunk, timestamp, duration: exact ?? chunk.duration ?? this.#step };
  }
}
