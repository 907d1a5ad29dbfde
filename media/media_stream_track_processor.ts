import type { EncodedChunk } from "./encoded_chunk.ts";
import { attachSink, MediaStreamTrack, requestKeyFrame, trackSlots } from "./media_stream_track.ts";
import {
  dictionary,
  enforcedUnsignedShort,
  instance,
  requireArguments,
} from "../webidl/convert.ts";
import { defineInterface } from "../webidl/interface.ts";

/** How a {@linkcode MediaStreamTrackProcessor} is made. */
export interface MediaStreamTrackProcessorInit {
  /** What to read. */
  track: MediaStreamTrack;
  /** How many chunks wait at most until they are read: 1 to 65535; 60 if left out. More than 32 MiB never do. */
  maxBufferSize?: number;
}

/** Two seconds of video, more than one of audio: encoded video that is left out costs all up to the next key frame. */
const DEFAULT_BUFFER_SIZE = 60;

/** More bytes than these do not wait, however few chunks they are: frames of a peer may be as large as it likes. */
const MAX_BUFFERED_BYTES = 32 * 1024 * 1024;

const processorInit = dictionary("MediaStreamTrackProcessorInit", {
  track: { convert: instance(MediaStreamTrack), required: true },
  maxBufferSize: { convert: enforcedUnsignedShort, default: () => DEFAULT_BUFFER_SIZE },
});

/**
 * Gives what a track carries, as a stream of encoded chunks (W3C mediacapture-transform section 2.1).
 *
 * @example
 * ```ts
 * import { MediaStreamTrackGenerator, MediaStreamTrackProcessor } from "@heron/webrtc/media";
 * import { assertEquals } from "@std/assert";
 *
 * const track = new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" });
 * const { readable } = new MediaStreamTrackProcessor({ track });
 * const writer = track.writable.getWriter();
 * await writer.write({ type: "key", timestamp: 20_000, data: Uint8Array.of(0xf8, 0xff, 0xfe) });
 * await writer.close();
 * for await (const chunk of readable) assertEquals(chunk.timestamp, 20_000);
 * ```
 */
export class MediaStreamTrackProcessor {
  readonly #readable: ReadableStream<EncodedChunk>;

  /** Begins to read a track. Throws a TypeError if `track` is none, or `maxBufferSize` out of range. */
  constructor(init: MediaStreamTrackProcessorInit) {
    requireArguments("MediaStreamTrackProcessor constructor", arguments.length, 1);
    const { track, maxBufferSize } = processorInit(init, "MediaStreamTrackProcessor constructor");
    // W3C mediacapture-transform section 2.1.3: nothing below 1.
    const source = new ProcessorSource(track, Math.max(1, maxBufferSize));
    this.#readable = new ReadableStream(source, { highWaterMark: 0 });
  }

  /**
   * The chunks. Where they are not read in time, old ones are dropped, and of video all up to the next key frame, so that what comes out
   * can always be decoded; one is asked for with the next read. Closes when the track ends; cancelling it leaves the track alone.
   * Of a simulcast that is received, all layers come, one beside the other: `metadata.rid` tells them apart.
   */
  get readable(): ReadableStream<EncodedChunk> {
    return this.#readable;
  }
}

defineInterface(MediaStreamTrackProcessor);

/** The underlying source of a processor's stream: W3C mediacapture-transform sections 2.1.4 and 2.1.5. */
class ProcessorSource implements UnderlyingDefaultSource<EncodedChunk> {
  readonly #track: MediaStreamTrack;
  readonly #maxBufferSize: number;
  #queue: EncodedChunk[] = [];
  #bytes = 0;
  #waitsForKeyFrame = false;
  #wanted = false;
  #ended = false;
  #controller: ReadableStreamDefaultController<EncodedChunk> | undefined;
  #detach = () => {};

  constructor(track: MediaStreamTrack, maxBufferSize: number) {
    this.#track = track;
    this.#maxBufferSize = maxBufferSize;
  }

  start(controller: ReadableStreamDefaultController<EncodedChunk>): void {
    this.#controller = controller;
    if (trackSlots(this.#track).readyState === "ended") return this.#end();
    this.#detach = attachSink(this.#track, {
      write: (chunk) => this.#handleNewFrame(chunk),
      ended: () => this.#end(),
    });
  }

  /** A key frame is asked for only now that somebody would see it: it costs the source, and all who share it. */
  pull(): void {
    this.#wanted = true;
    if (this.#waitsForKeyFrame) requestKeyFrame(this.#track);
    this.#maybeReadFrame();
  }

  cancel(): void {
    this.#detach();
    this.#queue = [];
  }

  #handleNewFrame(chunk: EncodedChunk): void {
    if (this.#waitsForKeyFrame && chunk.type !== "key") return;
    this.#waitsForKeyFrame = false;
    this.#queue.push(chunk);
    this.#bytes += chunk.data.length;
    while (this.#isFull) this.#dropOldest();
    this.#maybeReadFrame();
  }

  get #isFull(): boolean {
    return this.#queue.length > this.#maxBufferSize || this.#bytes > MAX_BUFFERED_BYTES;
  }

  /** What can't be decoded without a chunk that is dropped, is dropped with it. */
  #dropOldest(): void {
    const next = this.#queue.findIndex(({ type }, index) => index > 0 && type === "key");
    const dropped = this.#queue.splice(0, next === -1 ? this.#queue.length : next);
    for (const { data } of dropped) this.#bytes -= data.length;
    if (next === -1) this.#waitsForKeyFrame = true;
  }

  #maybeReadFrame(): void {
    const controller = this.#controller!;
    const chunk = this.#wanted ? this.#queue.shift() : undefined;
    if (chunk !== undefined) {
      this.#wanted = false;
      this.#bytes -= chunk.data.length;
      controller.enqueue(chunk);
    }
    if (this.#ended && this.#queue.length === 0) controller.close();
  }

  /** Unlike in a browser, what is in the queue is still given: recordings would lose their last moment. */
  #end(): void {
    this.#ended = true;
    this.#maybeReadFrame();
  }
}
