import type { Timeline } from "./timeline.ts";
import type { ContainerTrack } from "../containers/container.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";
import { MediaSource } from "../media_source.ts";
import { createTrack, type MediaStreamTrack } from "../media_stream_track.ts";

/** What a track of a file needs of its player. */
export interface PlayerTrackHost {
  /** Somebody needs a key frame; `next` says when the next one comes, as far as is known. */
  keyFrameWanted(next: number | undefined): void;
  /** Nobody sees the track any more. */
  unused(): void;
}

/** One track of a file that is played. */
export class PlayerTrack {
  readonly source: MediaSource;
  readonly track: MediaStreamTrack;
  readonly #file: ContainerTrack;
  readonly #timeline: Timeline;
  /** Whether something has been given since reading began: before that, a key frame comes by itself. */
  #hasGiven = false;
  /** From where to read anew. */
  #restartFrom: number | undefined = 0;
  #lastKeyFrame: number | undefined;
  #end = -Infinity;
  /** How far apart the last key frames were, in microseconds. */
  #keyFrameInterval: number | undefined;

  constructor(
    file: ContainerTrack,
    timeline: Timeline,
    host: PlayerTrackHost,
  ) {
    this.#file = file;
    this.#timeline = timeline;
    const { kind, codec, settings } = file;
    this.source = new MediaSource({
      kind,
      codecs: [codec],
      settings,
      onKeyFrameRequest: () => {
        if (this.#hasGiven) host.keyFrameWanted(this.#nextKeyFrame());
      },
      onUnused: () => host.unused(),
    });
    this.track = createTrack(this.source);
  }

  /** Where the last key frame was, in microseconds. */
  get lastKeyFrame(): number {
    return this.#file.kind === "audio" ? Infinity : this.#lastKeyFrame ?? 0;
  }

  /** Where what was played has ended, in microseconds; -Infinity before anything was. */
  get end(): number {
    return this.#end;
  }

  /** What comes next is to be read from here. */
  restart(from: number): void {
    this.#restartFrom = from;
  }

  /** Plays to the end. */
  async play(): Promise<void> {
    try {
      await this.#play();
    } catch (error) {
      if (!this.source.ended) throw error; // the file was let go of
    }
  }

  async #play(): Promise<void> {
    while (this.#restartFrom !== undefined && !this.source.ended) {
      const from = this.#restartFrom;
      this.#restartFrom = undefined;
      this.#hasGiven = false;
      let asked = this.#timeline.now;
      for await (const chunk of this.#file.chunks(from)) {
        if (from === 0 && !this.#hasGiven) this.#timeline.first(chunk.timestamp);
        this.#timeline.came(chunk.timestamp, this.#timeline.now - asked);
        // Sound before the key frame to which the pictures went back has been heard.
        if (chunk.timestamp < from && this.#file.kind === "audio") continue;
        if (await this.#until(chunk.timestamp)) this.#give(chunk);
        if (this.#isOff) break;
        asked = this.#timeline.now;
      }
      await this.#until(this.#end);
    }
  }

  /** Whether what is being read is of no use any more. */
  get #isOff(): boolean {
    return this.#restartFrom !== undefined || this.source.ended;
  }

  /** Waits for a moment of the file; false if it will not come. */
  async #until(media: number): Promise<boolean> {
    while (!this.#isOff && !this.#timeline.hasCome(media)) await this.#timeline.wait(media);
    return !this.#isOff;
  }

  /** Timestamps go on when the file goes back: they tell when a chunk is due. */
  #give(chunk: EncodedChunk): void {
    if (chunk.type === "key" && this.source.kind === "video") {
      const interval = chunk.timestamp - (this.#lastKeyFrame ?? chunk.timestamp);
      if (interval > 0) this.#keyFrameInterval = interval;
      this.#lastKeyFrame = chunk.timestamp;
    }
    this.#timeline.given(chunk.timestamp);
    this.#end = Math.max(this.#end, chunk.timestamp + (chunk.duration ?? 0));
    const timestamp = Math.round(this.#timeline.dueAt(chunk.timestamp) * 1000);
    this.#hasGiven = true;
    this.source.emit({ ...chunk, timestamp });
  }

  #nextKeyFrame(): number | undefined {
    if (this.#keyFrameInterval === undefined || this.#lastKeyFrame === undefined) return undefined;
    return this.#lastKeyFrame + this.#keyFrameInterval;
  }
}
