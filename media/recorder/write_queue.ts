import type { ContainerWriter, WrittenTrack } from "../containers/container_writer.ts";
import type { EncodedChunk } from "../encoded_chunk.ts";

/** From here on, sources that can wait do. */
const HIGH_WATER = 1024 * 1024;

/** More bytes than these do not wait to be written: what a source gives that can't wait is left out up to the next key frame. */
const MAX_QUEUED = 16 * 1024 * 1024;

/**
 * More bytes than these are not held back for a track that is silent: files have their tracks side by side, so that nothing can be written
 * before it is known what the other tracks have at that time. The silent one ends in the file.
 */
const MAX_HELD_BACK = 64 * 1024 * 1024;

/** Hands chunks to a writer one after the other. */
export class WriteQueue {
  /** Resolves with the file when it is complete. */
  readonly finished: Promise<Uint8Array | undefined>;
  readonly #writer: Promise<ContainerWriter>;
  readonly #onNeedsKeyFrame: (track: number) => void;
  #tail: Promise<unknown>;
  #settle!: (bytes: Uint8Array | undefined) => void;
  #fail!: (error: unknown) => void;
  #queued = 0;
  #waiters: (() => void)[] = [];
  /** Tracks that wait for a key frame, and those that have ended in the file. */
  readonly #skipping = new Set<number>();
  readonly #over = new Set<number>();
  /** How many bytes have been written since each track last gave something. */
  #held: number[] = [];
  #failed = false;
  #finished = false;
  #discarded = 0;

  /** `onFailure` is called if the file can't be written. */
  constructor(
    writer: Promise<ContainerWriter>,
    onNeedsKeyFrame: (track: number) => void,
    onFailure: () => void,
  ) {
    this.#writer = writer;
    this.#onNeedsKeyFrame = onNeedsKeyFrame;
    this.finished = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = (error) => {
        this.#failed = true;
        this.#release();
        writer.then((writer) => writer.abort(error)).catch(() => {}); // it may be the stream that has failed
        reject(error);
        onFailure();
      };
    });
    this.#tail = writer.catch(this.#fail);
  }

  /** How many chunks were left out. */
  get discarded(): number {
    return this.#discarded;
  }

  /** What a source that can wait should wait for. */
  ready(): Promise<void> | undefined {
    if (this.#queued < HIGH_WATER || this.#failed || this.#finished) return undefined;
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Bytes wait for the file to begin. */
  hold(bytes: number): void {
    this.#queued += bytes;
  }

  /** Whether there is no room for more. */
  get isFull(): boolean {
    return this.#queued > MAX_QUEUED;
  }

  start(tracks: readonly WrittenTrack[]): void {
    this.#queued = 0; // what was held comes now
    this.#held = tracks.map(() => 0);
    this.#then((writer) => writer.start(tracks));
  }

  /** Takes a chunk; false if it is left out. */
  write(track: number, chunk: EncodedChunk): boolean {
    if (!this.#takes(track, chunk)) {
      this.#discarded++;
      return false;
    }
    const { length } = chunk.data;
    this.#queued += length;
    this.#held.forEach((held, other) => {
      this.#held[other] = other === track ? 0 : held + length;
      if (this.#held[other]! > MAX_HELD_BACK) this.end(other);
    });
    this.#then(async (writer) => {
      await writer.write(track, chunk);
      this.#queued -= length;
      if (this.#queued < HIGH_WATER) this.#release();
    });
    return true;
  }

  /** Nothing more comes for a track. */
  end(track: number): void {
    if (this.#over.has(track)) return;
    this.#over.add(track);
    this.#then((writer) => writer.end(track));
  }

  /** Ends the file. Nobody waits any more for what is still to be written. */
  finish(): void {
    this.#finished = true;
    this.#release();
    this.#then(async (writer) => this.#settle(await writer.finish()));
  }

  #takes(track: number, { type }: EncodedChunk): boolean {
    if (this.#failed || this.#over.has(track)) return false;
    if (this.isFull) {
      this.#skipping.add(track);
      return false;
    }
    if (!this.#skipping.has(track)) return true;
    if (type !== "key") {
      this.#onNeedsKeyFrame(track);
      return false;
    }
    this.#skipping.delete(track);
    return true;
  }

  #then(step: (writer: ContainerWriter) => Promise<unknown>): void {
    this.#tail = this.#tail.then(async () => {
      if (!this.#failed) await step(await this.#writer);
    }).catch(this.#fail);
  }

  #release(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}
