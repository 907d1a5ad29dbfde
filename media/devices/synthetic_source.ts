import type { EncodedLoop } from "./assets.ts";
import { Ticker } from "./ticker.ts";
import type { Clock, Millis } from "../../core/stage/mod.ts";
import type { MediaTrackCapabilities, MediaTrackSettings } from "../constraints/dictionaries.ts";
import type { ChunkMetadata, MediaKind } from "../encoded_chunk.ts";
import { MediaSource } from "../media_source.ts";

/** What a {@linkcode SyntheticSource} plays. */
export interface SyntheticMedia {
  readonly kind: MediaKind;
  readonly label: string;
  /** What is known of each chunk. */
  readonly metadata?: ChunkMetadata;
  /** Frames a second. */
  readonly rate: number;
  /** Each group of so many frames begins with a key frame. */
  readonly group: number;
  /** All that it can be set to. */
  readonly candidates: readonly MediaTrackSettings[];
  readonly capabilities: MediaTrackCapabilities;
  /** The media, in all its codecs, for one of the candidates. */
  load(settings: MediaTrackSettings): Promise<readonly EncodedLoop[]>;
}

/** A device that repeats what was encoded long ago, in real time, in those codecs for which there is a taker. */
export class SyntheticSource {
  readonly source: MediaSource;
  readonly #media: SyntheticMedia;
  readonly #ticker: Ticker;
  #loops: readonly EncodedLoop[];
  #size: MediaTrackSettings;
  /** What is played from the next key frame on. */
  #next: { loops: readonly EncodedLoop[]; settings: MediaTrackSettings } | undefined;
  #frame = 0;

  /** Begins to play, until its last track has ended. */
  static async open(
    media: SyntheticMedia,
    settings: MediaTrackSettings,
    clock: Clock,
  ): Promise<MediaSource> {
    const loops = await media.load(settings);
    return new SyntheticSource(media, settings, loops, clock).source;
  }

  private constructor(
    media: SyntheticMedia,
    settings: MediaTrackSettings,
    loops: readonly EncodedLoop[],
    clock: Clock,
  ) {
    this.#media = media;
    this.#loops = loops;
    this.#size = settings;
    const { kind, label, candidates, capabilities } = media;
    this.source = new MediaSource({
      ...{ kind, label, candidates, capabilities, settings },
      codecs: loops.map(({ codec }) => codec),
      configure: (settings) => this.#configure(settings),
      onKeyFrameRequest: () => this.#skipToKeyFrame(),
      onUnused: () => this.#ticker.stop(),
    });
    this.#ticker = new Ticker(clock, 1000 / media.rate, (due) => this.#emit(due));
  }

  async #configure(settings: MediaTrackSettings): Promise<void> {
    this.#next = { loops: await this.#media.load(settings), settings };
    this.#skipToKeyFrame();
  }

  #skipToKeyFrame(): void {
    const { group } = this.#media;
    this.#frame = Math.ceil(this.#frame / group) * group;
  }

  #emit(due: Millis): void {
    const { rate, group, kind, metadata } = this.#media;
    const frame = this.#frame++; // who is given one may ask for a key frame
    const isKey = frame % group === 0;
    if (isKey && this.#next !== undefined) {
      this.#loops = this.#next.loops;
      this.#size = this.#next.settings;
      this.#next = undefined;
    }
    const { width, height } = this.#size;
    const size = kind === "video" && isKey ? { width: width!, height: height! } : {};
    this.source.codecs.forEach((codec, i) => {
      if (!this.source.wants(codec)) return;
      const { frames } = this.#loops[i]!;
      this.source.emit({
        type: isKey ? "key" : "delta",
        timestamp: Math.round(due * 1000),
        duration: Math.round(1_000_000 / rate),
        data: frames[frame % frames.length]!,
        metadata: { ...metadata, mimeType: codec.mimeType, ...size },
      });
    });
  }
}
