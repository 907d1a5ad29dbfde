import type { EncodedChunk, MediaKind } from "./encoded_chunk.ts";

/** Something that takes what a track gives: a sender, a processor, a recorder. */
export interface TrackSink {
  /** Takes one chunk. Must not throw. */
  write(chunk: EncodedChunk): void;
  /** The track has ended: nothing more comes. */
  ended?(): void;
}

/**
 * The sinks of one track. To a sink of video, the first chunk after it was attached, or after the track was disabled for a time, is a
 * key frame: what comes before could not be decoded.
 */
export class TrackOutput {
  readonly #kind: MediaKind;
  /** Each sink, and whether it waits for a key frame. */
  readonly #sinks = new Map<TrackSink, { waiting: boolean }>();

  constructor(kind: MediaKind) {
    this.#kind = kind;
  }

  /** How many there are. */
  get size(): number {
    return this.#sinks.size;
  }

  attach(sink: TrackSink): void {
    this.#sinks.set(sink, { waiting: this.#kind === "video" });
  }

  detach(sink: TrackSink): void {
    this.#sinks.delete(sink);
  }

  /** Frames are left out from now on: none will be given before the next key frame. */
  interrupt(): void {
    if (this.#kind === "audio") return;
    for (const state of this.#sinks.values()) state.waiting = true;
  }

  write(chunk: EncodedChunk): void {
    for (const [sink, state] of this.#sinks) {
      if (state.waiting && chunk.type !== "key") continue;
      state.waiting = false;
      sink.write(chunk);
    }
  }

  end(): void {
    const sinks = [...this.#sinks.keys()];
    this.#sinks.clear();
    for (const sink of sinks) sink.ended?.();
  }
}
