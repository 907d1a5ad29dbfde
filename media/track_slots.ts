import type { MediaCodec } from "./codec.ts";
import type { MediaTrackSettings } from "./constraints/dictionaries.ts";
import type { Constraints } from "./constraints/properties.ts";
import type { EncodedChunk } from "./encoded_chunk.ts";
import type { MediaSource, SourceTrack } from "./media_source.ts";
import type { MediaStreamTrackState, TrackInit } from "./media_stream_track.ts";
import { queueTask } from "../webidl/task.ts";
import { TrackOutput, type TrackSink } from "./track_output.ts";

/** The internal slots of a track (W3C mediacapture-streams section 4.3), and the steps that change them. */
export class TrackSlots implements SourceTrack {
  readonly source: MediaSource;
  readonly id: string;
  readonly #target: EventTarget;
  readonly #output: TrackOutput;
  contentHint: string;
  /** [[Constraints]]. */
  constraints: Constraints;
  /** Settles when constraints given earlier have been dealt with. */
  #constraining: Promise<unknown> = Promise.resolve();
  #readyState: MediaStreamTrackState;
  #enabled: boolean;
  #muted: boolean;
  #lastSettings: MediaTrackSettings = {};

  constructor(target: EventTarget, { source, ...options }: TrackInit) {
    this.source = source;
    this.id = options.id ?? crypto.randomUUID();
    this.contentHint = options.contentHint ?? "";
    this.constraints = options.constraints ?? {};
    this.#target = target;
    this.#output = new TrackOutput(source);
    this.#readyState = source.ended ? "ended" : options.readyState ?? "live";
    this.#enabled = options.enabled ?? true;
    this.#muted = source.muted;
    if (this.#readyState === "live") source.add(this);
  }

  get readyState(): MediaStreamTrackState {
    return this.#readyState;
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** What the source is set to; once the track has ended, what identifies the device alone (W3C mediacapture-streams section 4.3.2). */
  get settings(): MediaTrackSettings {
    return this.#readyState === "live" ? this.source.settings : this.#lastSettings;
  }

  setEnabled(enabled: boolean): void {
    if (this.#enabled === enabled) return;
    this.#enabled = enabled;
    if (enabled && this.#readyState === "live" && this.#output.size > 0) {
      this.source.requestKeyFrame();
    }
    if (!enabled) this.#output.interrupt();
  }

  /** The applyConstraints template method (W3C mediacapture-streams section 11.1): one after the other, resolved in a task. */
  applyConstraints(constraints: Constraints): Promise<void> {
    const before = this.#constraining;
    const mine = before.then(async () => {
      try {
        await this.source.constrain(constraints);
      } finally {
        await new Promise<void>((resolve) => queueTask(resolve));
      }
      this.constraints = constraints;
    });
    this.#constraining = mine.catch(() => {});
    return mine;
  }

  attach(sink: TrackSink): () => void {
    if (this.#readyState === "ended") return () => {};
    this.#output.attach(sink);
    this.source.requestKeyFrame();
    return () => this.#output.detach(sink);
  }

  deliver(chunk: EncodedChunk, codec: MediaCodec | undefined): void {
    if (this.#enabled) this.#output.write(chunk, codec);
  }

  interrupt(): void {
    this.#output.interrupt();
  }

  wants(codec: MediaCodec): boolean {
    return this.#enabled && this.#output.wants(codec);
  }

  ready(): Promise<void>[] {
    return this.#enabled ? this.#output.ready() : [];
  }

  setMuted(muted: boolean): void {
    if (this.#muted === muted) return;
    this.#muted = muted;
    this.#target.dispatchEvent(new Event(muted ? "mute" : "unmute"));
  }

  sourceEnded(): void {
    if (this.end()) this.#target.dispatchEvent(new Event("ended"));
  }

  /** Ends the track, and says whether it was live. */
  end(): boolean {
    if (this.#readyState === "ended") return false;
    this.#lastSettings = inherent(this.source.settings);
    this.#readyState = "ended";
    this.source.remove(this);
    this.#output.end();
    return true;
  }
}

/** The inherent constrainable track properties (W3C mediacapture-streams section 4.3.2). */
function inherent({ deviceId, facingMode, groupId }: MediaTrackSettings): MediaTrackSettings {
  const known = Object.entries({ deviceId, facingMode, groupId }).filter(([, value]) =>
    value !== undefined
  );
  return Object.fromEntries(known);
}
