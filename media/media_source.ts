import { describeKeyFrame } from "./codecs/key_frame.ts";
import { codecOfMimeType, type MediaCodec } from "./codec.ts";
import type { EncodedChunk, MediaKind } from "./encoded_chunk.ts";
import type { MediaTrackCapabilities, MediaTrackSettings } from "./constraints/dictionaries.ts";
import type { Constraints } from "./constraints/properties.ts";
import { overconstrained, OverconstrainedError } from "./constraints/overconstrained_error.ts";
import { PictureRate } from "./picture_rate.ts";
import { selectSettings } from "./constraints/select_settings.ts";
import { queueTask } from "../webidl/task.ts";

/** How a source sees the tracks that it feeds. */
export interface SourceTrack {
  /** Takes a chunk; only live tracks are given any. */
  deliver(chunk: EncodedChunk, codec: MediaCodec | undefined): void;
  /** Chunks have been lost: none is of use before the next key frame. */
  interrupt(): void;
  /** Whether somebody is to be given chunks of this codec. */
  wants(codec: MediaCodec): boolean;
  /** What a source that can wait should wait for before it gives more. */
  ready(): Promise<void>[];
  /** W3C mediacapture-streams section 4.3.1, "set a track's muted state". */
  setMuted(muted: boolean): void;
  /** The source has ended: the steps of W3C mediacapture-streams section 4.3.1 for a track that ends otherwise than by `stop`. */
  sourceEnded(): void;
}

/** How a {@linkcode MediaSource} is made. */
export interface MediaSourceOptions {
  /** What it gives. */
  readonly kind: MediaKind;
  /** What a person may know it by. */
  readonly label?: string;
  /** Whether it gives nothing at first. */
  readonly muted?: boolean;
  /** The codecs that it can give at the same time, best first. Chunks that don't say which are of the first. */
  readonly codecs?: readonly MediaCodec[];
  /** What its tracks' `getSettings` tells; may change with `updateSettings`. */
  readonly settings?: MediaTrackSettings;
  /** What its tracks' `getCapabilities` tells. */
  readonly capabilities?: MediaTrackCapabilities;
  /** All that its settings can be; only what they are, if left out. */
  readonly candidates?: readonly MediaTrackSettings[];
  /** Whether it is the other end of a connection, whose tracks refuse every constraint (W3C WebRTC section 9.3.3). */
  readonly remote?: boolean;
  /** Makes the source be what one of its candidates says. */
  configure?(settings: MediaTrackSettings): Promise<void>;
  /** Somebody needs a key frame, of the layer named `rid` where one is named. */
  onKeyFrameRequest?(rid?: string): void;
  /** Its last live track has ended. */
  onUnused?(): void;
}

/**
 * Where the chunks of one or more tracks come from: a generator, a device, a file, or the other end of a connection. Clones of a track
 * share its source (W3C mediacapture-streams section 4.3).
 */
export class MediaSource {
  /** What it gives. */
  readonly kind: MediaKind;
  /** What a person may know it by. */
  readonly label: string;
  /** What its tracks can be set to. */
  readonly capabilities: MediaTrackCapabilities;
  readonly #options: MediaSourceOptions;
  readonly #tracks = new Set<SourceTrack>();
  #codecs: readonly MediaCodec[];
  /** Those of the layers of a simulcast that have named theirs, by their rids. */
  readonly #layerCodecs = new Map<string, MediaCodec>();
  #settings: MediaTrackSettings;
  #muted: boolean;
  #mutedTaskQueued = false;
  /** Whether something was left out while it was muted. */
  #hasGap = false;
  /** Of the pictures that the other end sends, those of the layer whose key frame came last. */
  readonly #pictureRate = new PictureRate();
  #layer: number | undefined;
  #ended = false;

  /** A source that is live, and has no track yet. */
  constructor(options: MediaSourceOptions) {
    this.kind = options.kind;
    this.label = options.label ?? "";
    this.capabilities = options.capabilities ?? {};
    this.#options = options;
    this.#codecs = options.codecs ?? [];
    this.#settings = options.settings ?? {};
    this.#muted = options.muted ?? false;
  }

  /** Whether it gives nothing for now. */
  get muted(): boolean {
    return this.#muted;
  }

  /** Whether it will never give anything again. */
  get ended(): boolean {
    return this.#ended;
  }

  /** The codecs that it gives, best first; empty while none is known. A sender chooses its payload type by them. */
  get codecs(): readonly MediaCodec[] {
    return this.#codecs;
  }

  /** What its tracks' `getSettings` tells. */
  get settings(): MediaTrackSettings {
    const frameRate = this.#pictureRate.value;
    return frameRate === undefined ? this.#settings : { ...this.#settings, frameRate };
  }

  /** Changes some settings, such as the size of the pictures. */
  updateSettings(changes: MediaTrackSettings): void {
    this.#settings = { ...this.#settings, ...changes };
  }

  /** The ApplyConstraints algorithm (W3C mediacapture-streams section 11.1.1): rejects with an `OverconstrainedError` if it can't. */
  async constrain(constraints: Constraints): Promise<void> {
    const isRemoteVideo = this.#options.remote && this.kind === "video";
    const [refused] = isRemoteVideo ? REMOTE.filter((name) => name in constraints) : [];
    if (refused !== undefined) {
      throw new OverconstrainedError(refused, `${refused}: it is as the other end makes it`);
    }
    const candidates = this.#options.candidates ?? [this.#settings];
    const selection = selectSettings(candidates, constraints, this.kind);
    if ("failed" in selection) throw overconstrained(selection.failed, candidates);
    await this.#options.configure?.(selection.settings);
    this.updateSettings(selection.settings);
  }

  /** Hands a chunk to every live track, unless the source is muted or has ended. */
  emit(chunk: EncodedChunk): void {
    if (this.#ended) return;
    if (this.#muted) return void (this.#hasGap = true);
    if (this.#hasGap) this.interrupt();
    const { mimeType, rid } = chunk.metadata ?? {};
    const codec = mimeType === undefined ? this.#codecs[0] : this.#codecOf(mimeType, rid);
    if (this.kind === "video" && chunk.type === "key") this.#sized(chunk, codec);
    if (this.kind === "video" && this.#options.remote) this.#count(chunk);
    for (const track of this.#tracks) track.deliver(chunk, codec);
  }

  /** Chunks have been lost: what is given next is a key frame, which is asked for. */
  interrupt(): void {
    this.#hasGap = false;
    for (const track of this.#tracks) track.interrupt();
    this.requestKeyFrame();
  }

  /** Whether somebody is to be given chunks of a codec, one of `codecs`. */
  wants(codec: MediaCodec): boolean {
    return [...this.#tracks].some((track) => track.wants(codec));
  }

  /** Resolves when those that are given the chunks can take more; undefined if they can now. */
  ready(): Promise<unknown> | undefined {
    const waits = [...this.#tracks].flatMap((track) => track.ready());
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  /** Mutes or unmutes: at once for what flows, and in a task of its own for what tracks show and fire. */
  setMuted(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    if (this.#mutedTaskQueued) return;
    this.#mutedTaskQueued = true;
    queueTask(() => {
      this.#mutedTaskQueued = false;
      this.#showMuted();
    });
  }

  /** Mutes or unmutes, and fires `mute` or `unmute` before it returns: for steps that run in a task already. */
  setMutedNow(muted: boolean): void {
    this.#muted = muted;
    this.#showMuted();
  }

  /** Ends for good: every live track ends in a task of its own, and fires `ended`. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const track of this.#tracks) queueTask(() => track.sourceEnded());
  }

  /** Asks for a key frame, of the layer named `rid` where one is named. */
  requestKeyFrame(rid?: string): void {
    if (!this.#ended && this.kind === "video") this.#options.onKeyFrameRequest?.(rid);
  }

  /** Counts a live track among those that use this source. */
  add(track: SourceTrack): void {
    this.#tracks.add(track);
  }

  /** A track has ended; with the last of them the source is stopped (W3C mediacapture-streams section 4.3). */
  remove(track: SourceTrack): void {
    if (!this.#tracks.delete(track) || this.#tracks.size > 0) return;
    this.#ended = true;
    this.#options.onUnused?.();
  }

  #showMuted(): void {
    const muted = this.#muted;
    for (const track of [...this.#tracks]) track.setMuted(muted);
  }

  /** The codec that a chunk names. One that was not known of replaces the others, or that which its layer had before. */
  #codecOf(mimeType: string, rid: string | undefined): MediaCodec | undefined {
    const key = mimeType.toLowerCase();
    const known = this.#codecs.find((codec) => codec.mimeType.toLowerCase() === key);
    const codec = known ?? codecOfMimeType(mimeType);
    if (codec === undefined) return undefined;
    if (rid !== undefined) this.#setLayerCodec(rid, codec);
    else if (known === undefined || this.#layerCodecs.size > 0) {
      this.#layerCodecs.clear();
      this.#codecs = [codec];
    }
    return codec;
  }

  #setLayerCodec(rid: string, codec: MediaCodec): void {
    if (this.#layerCodecs.get(rid) === codec) return;
    this.#layerCodecs.set(rid, codec);
    if (this.#layerCodecs.size > MAX_LAYERS) this.#layerCodecs.clear();
    this.#codecs = [...new Set(this.#layerCodecs.values())];
  }

  #count({ type, timestamp, metadata = {} }: EncodedChunk): void {
    const layer = metadata.synchronizationSource;
    if (type === "key" && layer !== this.#layer) this.#pictureRate.reset();
    if (type === "key") this.#layer = layer;
    if (layer === this.#layer) this.#pictureRate.add(timestamp);
  }

  /** W3C WebRTC section 9.3.3: the settings are those of the latest frame. */
  #sized({ metadata = {}, data }: EncodedChunk, codec: MediaCodec | undefined): void {
    const isKnown = metadata.width !== undefined && metadata.height !== undefined;
    const { width, height } = isKnown || codec === undefined
      ? metadata
      : describeKeyFrame(codec.mimeType, data) ?? {};
    if (width === undefined || height === undefined) return;
    if (this.#settings.width === width && this.#settings.height === height) return;
    const aspectRatio = height === 0 ? 0 : Number((width / height).toFixed(10));
    this.updateSettings({ width, height, aspectRatio });
  }
}

/** Layers whose codecs are known at most: more than any simulcast has. */
const MAX_LAYERS = 64;

/** The properties that W3C WebRTC section 9.3.3 defines for remote tracks of video; there are none for audio. */
const REMOTE = ["width", "height", "frameRate", "aspectRatio"] as const;
