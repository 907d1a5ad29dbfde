import { chunkOf, type EncodedFrame, frameOf, slotsOf } from "./chunk_frames.ts";
import type { FramePipe } from "./frame_pipe.ts";
import { FrameSource } from "./frame_source.ts";
import type { CountedChunk, FrameTransform } from "./frame_transform.ts";
import { UnreadFrames } from "./unread_frames.ts";

/** The data of a frame that has been written. */
const DETACHED = new ArrayBuffer(0);
DETACHED.transfer();

/** The streams of encoded frames of a sender or receiver. */
export interface RTCInsertableStreams {
  /** The frames as they come from the encoder or depacketizer. */
  readable: ReadableStream<EncodedFrame>;
  /** Takes the frames for the packetizer or decoder, also such as a script has made, or other connections gave. */
  writable: WritableStream<EncodedFrame>;
}

/**
 * `createEncodedStreams` as Chromium has it, for old code; the text has transforms instead.
 *
 * Throws an `InvalidStateError` if the streams have been created, a transform has been set, or frames have passed, which they don't where
 * the connection's configuration has `encodedInsertableStreams`.
 */
export function createEncodedStreams(pipe: FramePipe, context: string): RTCInsertableStreams {
  if (pipe.transform !== null) {
    throw new DOMException(`${context}: there is a transform already`, "InvalidStateError");
  }
  if (pipe.hasBegun) {
    throw new DOMException(`${context}: frames have passed already`, "InvalidStateError");
  }
  const streams = new EncodedStreams();
  pipe.setTransform(streams);
  return { readable: streams.readable, writable: streams.writable };
}

/** The streams, as a transform that the application itself connects. */
class EncodedStreams implements FrameTransform, UnderlyingSink<EncodedFrame> {
  owner: FramePipe | null = null;
  readonly readable: ReadableStream<EncodedFrame>;
  readonly writable: WritableStream<EncodedFrame>;
  readonly #unread = new UnreadFrames();
  readonly #source = new FrameSource<EncodedFrame>(() => this.#unread.read());

  constructor() {
    this.readable = this.#source.stream();
    this.writable = new WritableStream(this, { highWaterMark: Infinity });
  }

  attach(): void {}

  push({ counter, chunk }: CountedChunk): void {
    if (!this.#unread.admit(chunk)) return;
    const owner = this.owner!;
    this.#source.enqueue(frameOf(owner.owner, chunk, { owner, counter }));
  }

  /** The underlying sink of `writable`. */
  write(frame: unknown): void {
    const slots = slotsOf(frame);
    if (slots === undefined) throw new TypeError("Not an encoded frame");
    if (slots.data.detached) {
      throw new DOMException("The frame has been written already", "OperationError");
    }
    const chunk = chunkOf({ ...slots, data: slots.data.slice() });
    // The frame is empty from now on, but not the bytes that a script has taken of it.
    slots.data = DETACHED;
    this.owner!.writeAny(this, chunk);
  }

  detach(): void {
    this.end();
  }

  end(): void {
    this.#source.close();
  }
}
