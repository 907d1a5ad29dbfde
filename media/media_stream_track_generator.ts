import { ChunkReader } from "./chunk_reader.ts";
import { codecNames, kindOf, type MediaCodec, parseCodec } from "./codec.ts";
import type { EncodedChunk, MediaKind } from "./encoded_chunk.ts";
import { KeyFrameRequestEvent } from "./events/key_frame_request_event.ts";
import { MediaSource } from "./media_source.ts";
import { MediaStreamTrack, type MediaStreamTrackEventMap } from "./media_stream_track.ts";
import { dictionary, domString, enumeration, requireArguments } from "../webidl/convert.ts";
import { queueTask } from "../webidl/task.ts";
import { provideSlots } from "../webidl/construct.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";

/** How a {@linkcode MediaStreamTrackGenerator} is made. */
export interface MediaStreamTrackGeneratorInit {
  /** What is written to it. */
  kind: MediaKind;
  /**
   * The codec of what is written, as a WebCodecs codec string such as `"vp8"`, `"vp09.00.10.08"`, `"avc1.42e01f"`, `"av01.0.04M.08"`,
   * `"opus"`, `"ulaw"`, `"alaw"` and `"g722"`, or as a MIME type. May be left out where each chunk says it in `metadata.mimeType`. Where
   * neither tells, a sender takes chunks as being of the codec that was negotiated; a recorder can't.
   */
  codec?: string;
  /** The track's label. */
  label?: string;
}

/** The events of a {@linkcode MediaStreamTrackGenerator}. */
export interface MediaStreamTrackGeneratorEventMap extends MediaStreamTrackEventMap {
  /** Somebody needs a key frame: a peer that has lost packets, a recorder that starts. Write one soon. */
  keyframerequest: KeyFrameRequestEvent;
}

/**
 * What can be written: a chunk, one of WebCodecs (with `copyTo`), or an `RTCEncodedVideoFrame` or `RTCEncodedAudioFrame`. `data` may be
 * an `ArrayBuffer` or a view of one, and is copied.
 */
export type WritableChunk =
  | Omit<EncodedChunk, "data"> & { readonly data: ArrayBufferLike | ArrayBufferView }
  | CopyableChunk
  | EncodedRtcFrame;

/** `EncodedVideoChunk` and `EncodedAudioChunk` of WebCodecs. */
export interface CopyableChunk {
  /** Whether it can be decoded without what came before. */
  readonly type: "key" | "delta";
  /** Microseconds. */
  readonly timestamp: number;
  /** Microseconds. */
  readonly duration?: number | null;
  /** How many bytes there are. */
  readonly byteLength: number;
  /** Copies the bytes. */
  copyTo(destination: Uint8Array): void;
}

/** `RTCEncodedVideoFrame` and `RTCEncodedAudioFrame` of W3C WebRTC Encoded Transform. */
export interface EncodedRtcFrame {
  /** For video: whether it can be decoded without what came before. */
  readonly type?: string;
  /** The encoded bytes. */
  readonly data: ArrayBuffer;
  /** What is known of it; needs a `timestamp`, or an `rtpTimestamp` and a codec. */
  getMetadata(): object;
}

const generatorInit = dictionary("MediaStreamTrackGeneratorInit", {
  kind: {
    convert: enumeration("MediaStreamTrackGeneratorInit.kind", ["audio", "video"]),
    required: true,
  },
  codec: { convert: domString },
  label: { convert: domString, default: () => "" },
});

/**
 * A track that carries what is written to it (W3C mediacapture-transform, in the form that Chromium has; of encoded chunks).
 *
 * The stream takes chunks as fast as those that receive them do: `await writer.ready`. It does not pace: write a chunk when it is due.
 *
 * @example
 * ```ts
 * import { MediaStreamTrackGenerator } from "@heron/webrtc/media";
 * import { assertEquals } from "@std/assert";
 *
 * const track = new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" });
 * const writer = track.writable.getWriter();
 * await writer.write({ type: "key", timestamp: 0, data: Uint8Array.of(0xf8, 0xff, 0xfe) });
 * await writer.close();
 * assertEquals(track.kind, "audio");
 * ```
 */
export class MediaStreamTrackGenerator extends MediaStreamTrack {
  readonly #writable: WritableStream<WritableChunk>;

  /** A new live track. Throws a TypeError unless `kind` and `codec` are known and fit each other. */
  constructor(init: MediaStreamTrackGeneratorInit) {
    requireArguments("MediaStreamTrackGenerator constructor", arguments.length, 1);
    const context = "MediaStreamTrackGenerator constructor";
    const { kind, codec, label } = generatorInit(init, context);
    let unused = () => {};
    let requested = (_rid?: string) => {};
    const source = new MediaSource({
      kind,
      label,
      codecs: codec === undefined ? [] : [codecOf(codec, kind, context)],
      onKeyFrameRequest: (rid) => requested(rid),
      onUnused: () => unused(),
    });
    provideSlots({ source });
    super();
    const requests = new Set<string | undefined>();
    requested = (rid) => {
      if (requests.has(rid)) return;
      requests.add(rid);
      queueTask(() => {
        requests.delete(rid);
        this.dispatchEvent(new KeyFrameRequestEvent("keyframerequest", rid));
      });
    };
    this.#writable = new WritableStream(new GeneratorSink(source, (stop) => unused = stop));
  }

  /**
   * Takes what the track is to carry. Closing or aborting it ends the track; a chunk of a wrong shape is a TypeError, and its end, and so
   * are H264 and H265 that are not Annex B.
   *
   * When the track and its clones have been stopped, nobody is written for: what is written, or piped here, rejects with an
   * `InvalidStateError`. A `pipeTo` has to catch that, or the process ends with it.
   */
  get writable(): WritableStream<WritableChunk> {
    return this.#writable;
  }
}

/** Typed events. */
export interface MediaStreamTrackGenerator
  extends EventHandlers<MediaStreamTrackGeneratorEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<MediaStreamTrackGeneratorEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<MediaStreamTrackGeneratorEventMap>;
}

defineInterface(MediaStreamTrackGenerator, { handlers: ["keyframerequest"] });

/** The underlying sink of a generator's stream. */
class GeneratorSink implements UnderlyingSink<WritableChunk> {
  readonly #source: MediaSource;
  readonly #reader: ChunkReader;
  readonly #onStop: (stop: () => void) => void;
  /** Lets go of the write that waits. */
  #resume = () => {};

  constructor(source: MediaSource, onStop: (stop: () => void) => void) {
    this.#source = source;
    this.#reader = new ChunkReader(source);
    this.#onStop = onStop;
  }

  /** W3C mediacapture-transform section 2.2.4: with its last track, the stream ends. */
  start(controller: WritableStreamDefaultController): void {
    this.#onStop(() => {
      this.#resume();
      controller.error(new DOMException("The track has ended", "InvalidStateError"));
    });
  }

  async write(chunk: unknown): Promise<void> {
    try {
      this.#source.emit(this.#reader.read(chunk));
    } catch (error) {
      this.#source.end();
      throw error;
    }
    const ready = this.#source.ready();
    if (ready !== undefined) await this.#untilStopped(ready);
  }

  /** Not by `Promise.race`: a promise that lasts as long as the track would remember every write that has waited. */
  #untilStopped(ready: Promise<unknown>): Promise<void> {
    return new Promise((resolve) => {
      this.#resume = resolve;
      void ready.then(() => resolve());
    });
  }

  close(): void {
    this.#source.end();
  }

  abort(): void {
    this.#source.end();
  }
}

function codecOf(text: string, kind: MediaKind, context: string): MediaCodec {
  const codec = parseCodec(text);
  if (codec !== undefined && kindOf(codec) === kind) return codec;
  const known = codecNames(kind).join(", ");
  throw new TypeError(
    `${context}: '${text}' is not a codec of ${kind} that can be sent (${known})`,
  );
}
