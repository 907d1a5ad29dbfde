import type { EncodedChunk, MediaKind } from "../../media/encoded_chunk.ts";
import type { FrameTransform } from "./frame_transform.ts";
import type { Layer } from "./key_frame_tasks.ts";

/** What a pipe, and what stands in it, needs of its sender or receiver. */
export interface FramePipeOwner {
  readonly side: "sender" | "receiver";
  readonly kind: MediaKind;
  /** For a sender: the layers that are active, in their order; none if its track has ended. */
  layers(): readonly Layer[];
  /** For a sender: asks its encoder for key frames of layers. */
  requestKeyFrames(layers: readonly Layer[]): void;
  /** For a receiver: asks the other side for a key frame. */
  requestRemoteKeyFrame(): void;
}

/** Frames that a transform may have at the same time without having written them. Older ones are stale. */
const MAX_UNWRITTEN_FRAMES = 512;

/**
 * What encoded frames of a sender or receiver go through: from its encoder to its packetizer, or from its depacketizer to its decoder.
 * Without a transform they pass at once (W3C WebRTC Encoded Transform section 2.1).
 *
 * Where they come from calls `push`; where they go to sets `forward`. What a script is to see of a sender's frame (SSRC, payload type, RTP
 * timestamp, MIME type) has to be in the chunk's metadata when it is pushed.
 */
export class FramePipe {
  readonly owner: FramePipeOwner;
  /** Takes the frames behind the transform, in order. */
  forward: (chunk: EncodedChunk) => void;
  /** Frames that were written and ignored, and those that a transform had no room for. */
  discarded = 0;
  #transform: FrameTransform | null = null;
  /** [[lastEnqueuedFrameCounter]]. */
  #lastEnqueued = 0;
  /** [[lastReceivedFrameCounter]]. */
  #lastReceived = 0;
  /** What the transform has and may write, by [[counter]]. */
  readonly #unwritten = new Map<number, Omit<EncodedChunk, "data">>();
  /** The layers of which there have been frames. */
  readonly #seen = new Set<Layer>();
  #waits = false;
  #isEnded = false;

  constructor(owner: FramePipeOwner, forward: (chunk: EncodedChunk) => void = () => {}) {
    this.owner = owner;
    this.forward = forward;
  }

  /** [[transform]], or the streams of old code. */
  get transform(): FrameTransform | null {
    return this.#transform;
  }

  /** Whether a frame has passed already. */
  get hasBegun(): boolean {
    return this.#lastEnqueued > 0;
  }

  /** Lets no frame pass until there is a transform: what `encodedInsertableStreams` asks for. */
  waitForTransform(): void {
    this.#waits = true;
  }

  /** Puts another transform in place, or none. Throws an `InvalidStateError` if it is, or was, that of another owner. */
  setTransform(transform: FrameTransform | null): void {
    if (transform === this.#transform) return; // as browsers do: see QUESTIONS.md
    if (transform !== null && transform.owner !== null) {
      throw new DOMException("The transform has been used already", "InvalidStateError");
    }
    this.#transform?.detach();
    this.#unwritten.clear();
    this.#transform = transform;
    this.#waits = false;
    if (transform === null) return;
    transform.owner = this;
    transform.attach(this);
    if (this.#isEnded) transform.end();
  }

  /** Takes a frame from the encoder or depacketizer (readEncodedData). */
  push(chunk: EncodedChunk): void {
    if (this.#waits || this.#isEnded) {
      this.discarded++;
      return;
    }
    const counter = ++this.#lastEnqueued;
    if (this.#transform === null) {
      this.#lastReceived = counter;
      this.forward(chunk);
      return;
    }
    this.#seen.add(chunk.metadata?.rid ?? null);
    const { data: _, ...rest } = chunk;
    this.#unwritten.set(counter, rest);
    if (this.#unwritten.size > MAX_UNWRITTEN_FRAMES) {
      this.#unwritten.delete(this.#unwritten.keys().next().value!);
      this.discarded++;
    }
    this.#transform.push({ counter, chunk });
  }

  /**
   * A transform gives back a frame with other bytes (writeEncodedData). Ignored unless it is that of this pipe and later than all that came
   * back before: a transform can't make frames, write one twice, or change their order.
   */
  write(transform: FrameTransform, counter: number, data: Uint8Array): void {
    const chunk = this.#unwritten.get(counter);
    const isStale = counter <= this.#lastReceived || chunk === undefined;
    if (transform !== this.#transform || this.#isEnded || isStale) {
      this.discarded++;
      return;
    }
    this.#lastReceived = counter;
    for (const older of this.#unwritten.keys()) {
      if (older > counter) break;
      this.#unwritten.delete(older);
    }
    this.#forward({ ...chunk, data });
  }

  /** For old code, which may also make frames, and change all of them. */
  writeAny(transform: FrameTransform, chunk: EncodedChunk): void {
    if (transform === this.#transform && !this.#isEnded) this.#forward(chunk);
    else this.discarded++;
  }

  /** A key frame of a layer is asked of the sender: by the other side, or by whoever else needs one. */
  keyFrameRequested(rid?: string): void {
    if (this.#transform?.keyFrameRequested?.(rid)) return;
    this.owner.requestKeyFrames(this.layersOf(rid));
  }

  /** The active layers that a request is about: all, if it names none, but those that the source has not given so far. */
  layersOf(rid: string | undefined): Layer[] {
    const active = this.owner.layers();
    if (rid !== undefined) return active.filter((layer) => layer === rid);
    const seen = active.filter((layer) => this.#seen.has(layer));
    return seen.length > 0 ? seen : [...active];
  }

  /** The sender or receiver has ended. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#unwritten.clear();
    this.#transform?.end();
  }

  /** Nothing can be sent in no bytes, nor decoded. */
  #forward(chunk: EncodedChunk): void {
    if (chunk.data.length > 0) this.forward(chunk);
    else this.discarded++;
  }
}
