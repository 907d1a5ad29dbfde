import type { MediaCodec } from "./codec.ts";
import type { EncodedChunk } from "./encoded_chunk.ts";
import type { MediaSource } from "./media_source.ts";

/** Something that takes what a track gives: a sender, a processor, a recorder. */
export interface TrackSink {
  /** Of a source that gives the layers of a simulcast, the one that it takes. Without this it takes all of them. */
  readonly rid?: string;
  /** Takes one chunk. Must not throw. */
  write(chunk: EncodedChunk): void;
  /** The track has ended: nothing more comes. */
  ended?(): void;
  /**
   * Of the codecs that the source has, or the only one that a layer of it has, the one whose chunks it is to be given; none if it can take
   * none of them. Without this it takes the first. Asked for each chunk, so that the answer may change: a new codec begins with a key frame.
   */
  choose?(codecs: readonly MediaCodec[]): MediaCodec | undefined;
  /** What a source that can wait should wait for before it gives more; undefined if there is nothing to wait for. */
  ready?(): Promise<void> | undefined;
}

/** Layers of a simulcast that are told apart, many more than any has: of one that was forgotten, a key frame is needed again. */
const MAX_LAYERS = 64;

/** What a sink was last given of a layer. */
interface LayerState {
  /** Whether what comes next has to be a key frame. */
  waiting: boolean;
  codec: MediaCodec | undefined;
  /** The timestamp of the first chunk that was left out since a key frame was asked for. */
  waitsSince: number | undefined;
}

/**
 * When so much has been left out, in microseconds, a key frame is asked for again: the one that came may have been lost, in a transform
 * that had no key yet, say.
 */
const REPEAT_REQUEST = 500_000;

/**
 * The sinks of one track.
 *
 * - To a sink of video, the first chunk after it was attached, after the track was disabled for a time, or after the codec has changed, is
 *   a key frame: what comes before could not be decoded.
 * - Of a source that has several codecs at once, a sink is given the one that it chooses.
 * - The layers of a simulcast begin and change their codecs each by itself.
 */
export class TrackOutput {
  readonly #source: MediaSource;
  readonly #sinks = new Map<TrackSink, Map<string | undefined, LayerState>>();

  constructor(source: MediaSource) {
    this.#source = source;
  }

  /** How many there are. */
  get size(): number {
    return this.#sinks.size;
  }

  attach(sink: TrackSink): void {
    this.#sinks.set(sink, new Map());
  }

  detach(sink: TrackSink): void {
    this.#sinks.delete(sink);
  }

  /** Frames are left out from now on: none will be given before the next key frame. */
  interrupt(): void {
    for (const layers of this.#sinks.values()) {
      for (const state of layers.values()) state.waiting = true;
    }
  }

  /** Whether a sink is to be given chunks of this codec. */
  wants(codec: MediaCodec): boolean {
    return [...this.#sinks.keys()].some((sink) => choice(sink, this.#source.codecs) === codec);
  }

  /** Hands on a chunk, whose codec may be unknown. */
  write(chunk: EncodedChunk, codec: MediaCodec | undefined): void {
    const rid = chunk.metadata?.rid;
    for (const [sink, layers] of this.#sinks) {
      if (rid !== undefined && sink.rid !== undefined && sink.rid !== rid) continue;
      const codecs = rid === undefined || codec === undefined ? this.#source.codecs : [codec];
      if (codec !== undefined && choice(sink, codecs) !== codec) continue;
      const state = stateOf(layers, rid);
      const isSwitch = codec !== state.codec && !state.waiting;
      if (isSwitch) state.waiting = true;
      if (state.waiting && chunk.type !== "key") {
        if (isSwitch) this.#request(state, chunk, sink);
        else this.#repeatRequest(state, chunk, sink);
        continue;
      }
      state.waiting = false;
      state.waitsSince = undefined;
      state.codec = codec;
      sink.write(chunk);
    }
  }

  /** What to wait for before more is given. */
  ready(): Promise<void>[] {
    return [...this.#sinks.keys()].flatMap((sink) => sink.ready?.() ?? []);
  }

  end(): void {
    const sinks = [...this.#sinks.keys()];
    this.#sinks.clear();
    for (const sink of sinks) sink.ended?.();
  }

  #repeatRequest(state: LayerState, chunk: EncodedChunk, sink: TrackSink): void {
    state.waitsSince ??= chunk.timestamp;
    const waits = Math.abs(chunk.timestamp - state.waitsSince);
    if (waits >= REPEAT_REQUEST) this.#request(state, chunk, sink);
  }

  #request(state: LayerState, { timestamp, metadata }: EncodedChunk, { rid }: TrackSink): void {
    state.waitsSince = timestamp;
    this.#source.requestKeyFrame(metadata?.rid ?? rid);
  }
}

function choice(sink: TrackSink, codecs: readonly MediaCodec[]): MediaCodec | undefined {
  return sink.choose === undefined ? codecs[0] : sink.choose(codecs);
}

function stateOf(layers: Map<string | undefined, LayerState>, rid: string | undefined): LayerState {
  let state = layers.get(rid);
  if (state !== undefined) return state;
  state = { waiting: true, codec: undefined, waitsSince: undefined };
  layers.set(rid, state);
  if (layers.size > MAX_LAYERS) layers.delete(layers.keys().next().value);
  return state;
}
