import type {
  MediaTrackCapabilities,
  MediaTrackConstraints,
  MediaTrackSettings,
} from "./constraints/dictionaries.ts";
import { type Constraints, mediaTrackConstraints } from "./constraints/properties.ts";
import type { MediaKind } from "./encoded_chunk.ts";
import type { MediaSource } from "./media_source.ts";
import { TrackSlots } from "./track_slots.ts";
import type { TrackSink } from "./track_output.ts";
import { construct, slotsOfNew } from "../webidl/construct.ts";
import { boolean, domString } from "../webidl/convert.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";

/** How far a track is (W3C mediacapture-streams section 4.3.3). */
export type MediaStreamTrackState = "live" | "ended";

/** The events of a {@linkcode MediaStreamTrack}. */
export interface MediaStreamTrackEventMap {
  /** The source gives nothing for now. */
  mute: Event;
  /** The source gives again. */
  unmute: Event;
  /** The source will give nothing any more. Does not fire after `stop()`. */
  ended: Event;
}

let slotsOf: (track: MediaStreamTrack) => TrackSlots;

/**
 * Audio or video from one source (W3C mediacapture-streams section 4.3). A generator, a device, a player and a connection's receivers
 * make tracks.
 */
export class MediaStreamTrack extends EventTarget {
  static {
    slotsOf = (track) => track.#slots;
  }

  readonly #slots: TrackSlots = new TrackSlots(this, slotsOfNew<TrackInit>());

  /** `"audio"` or `"video"`. */
  get kind(): MediaKind {
    return this.#slots.source.kind;
  }

  /** What tells this track from others. */
  get id(): string {
    return this.#slots.id;
  }

  /** What a person may know the source by. */
  get label(): string {
    return this.#slots.source.label;
  }

  /** Whether the track lets through what its source gives. */
  get enabled(): boolean {
    return this.#slots.enabled;
  }

  set enabled(value: boolean) {
    this.#slots.setEnabled(boolean(value, "MediaStreamTrack.enabled"));
  }

  /** Whether the source gives nothing for now. */
  get muted(): boolean {
    return this.#slots.muted;
  }

  /** Whether the track is live or has ended. */
  get readyState(): MediaStreamTrackState {
    return this.#slots.readyState;
  }

  /** What the content is like (W3C mst-content-hint): `""`, `"speech"`, `"music"`, `"motion"`, `"detail"`, `"text"` and such. */
  get contentHint(): string {
    return this.#slots.contentHint;
  }

  set contentHint(value: string) {
    const hint = domString(value, "MediaStreamTrack.contentHint");
    // W3C mst-content-hint section 4: a hint that does not fit the kind is ignored.
    if (hint === "" || CONTENT_HINTS[this.#slots.source.kind].includes(hint)) {
      this.#slots.contentHint = hint;
    }
  }

  /** A track of the same source, with settings of its own. */
  clone(): MediaStreamTrack {
    const { source, readyState, enabled, contentHint, constraints } = this.#slots;
    return createTrack(source, { readyState, enabled, contentHint, constraints });
  }

  /** Ends the track. `ended` does not fire. */
  stop(): void {
    this.#slots.end();
  }

  /** What the source can be set to. */
  getCapabilities(): MediaTrackCapabilities {
    return structuredClone(this.#slots.source.capabilities);
  }

  /** What `applyConstraints` was last given with success. */
  getConstraints(): MediaTrackConstraints {
    return structuredClone(this.#slots.constraints) as MediaTrackConstraints;
  }

  /** What the source is set to. */
  getSettings(): MediaTrackSettings {
    return { ...this.#slots.settings };
  }

  /**
   * Sets the source so that it keeps to constraints; rejects with an `OverconstrainedError` if it can't. Clones share their source, and so
   * its settings.
   */
  async applyConstraints(constraints: MediaTrackConstraints = {}): Promise<void> {
    const slots = this.#slots;
    const wanted = mediaTrackConstraints(constraints, "MediaStreamTrack.applyConstraints");
    if (slots.readyState === "live") await slots.applyConstraints(wanted);
  }
}

/** Typed events. */
export interface MediaStreamTrack extends EventHandlers<MediaStreamTrackEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<MediaStreamTrackEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<MediaStreamTrackEventMap>;
}

defineInterface(MediaStreamTrack, { handlers: ["mute", "unmute", "ended"] });

const CONTENT_HINTS: Readonly<Record<MediaKind, readonly string[]>> = {
  audio: ["speech", "speech-recognition", "music"],
  video: ["motion", "detail", "text"],
};

/** How a track may differ from a fresh one. */
export interface TrackOptions {
  /** Its id; a random one otherwise. */
  readonly id?: string;
  /** Whether it is live. A track of a source that has ended never is. */
  readonly readyState?: MediaStreamTrackState;
  /** Whether it is enabled. */
  readonly enabled?: boolean;
  /** What its content is like. */
  readonly contentHint?: string;
  /** What its settings have been asked to be. */
  readonly constraints?: Constraints;
}

/** What a track is made of. */
export interface TrackInit extends TrackOptions {
  readonly source: MediaSource;
}

/** W3C mediacapture-streams section 4.3, "create a MediaStreamTrack". */
export function createTrack(source: MediaSource, options: TrackOptions = {}): MediaStreamTrack {
  return construct(MediaStreamTrack, { source, ...options });
}

/** The internal slots of a track. Throws a TypeError for anything else. */
export function trackSlots(track: MediaStreamTrack): TrackSlots {
  return slotsOf(track);
}

/**
 * Gives what the track gives to a sink, too, and asks the source of a video track for a key frame: a sink's first chunk of video is
 * one. What it returns detaches the sink. Chunks come while the track is live and enabled; a track that has ended gives none, and
 * does not tell so again.
 */
export function attachSink(track: MediaStreamTrack, sink: TrackSink): () => void {
  return trackSlots(track).attach(sink);
}

/** Asks the track's source for a key frame, of the layer named `rid` where one is named; a track that has ended has none to give. */
export function requestKeyFrame(track: MediaStreamTrack, rid?: string): void {
  const { source, readyState } = trackSlots(track);
  if (readyState === "live") source.requestKeyFrame(rid);
}
