import { audioDuration } from "../../../media/codecs/audio_duration.ts";
import { codecOfMimeType } from "../../../media/codec.ts";
import { linearLevel } from "../../../media/frame_metadata.ts";

/** Hertz of G722: its RTP clock is half as fast (RFC 3551 section 4.5.2). */
const G722_SAMPLE_RATE = 16_000;

/** A piece of encoded audio. */
export interface Piece {
  readonly mimeType: string;
  readonly data: Uint8Array;
  /** -dBov (RFC 6464), where it is known: nothing decodes here. */
  readonly audioLevel?: number;
}

/** How much sound there was, and how loud it was where that was told. */
export class Sound {
  samples = 0;
  /** Seconds. */
  duration = 0;
  #energy: number | undefined;
  #level: number | undefined;

  /** The sum of squared levels, each times its seconds; undefined while nobody has told one. */
  get energy(): number | undefined {
    return this.#energy;
  }

  /** The latest level, from 0 (silence) to 1 (0 dBov). */
  get level(): number | undefined {
    return this.#level;
  }

  /** Takes a piece; returns how many samples it has. */
  add({ mimeType, data, audioLevel }: Piece): number {
    const codec = codecOfMimeType(mimeType);
    if (codec === undefined) return 0;
    const known = { ...codec, mimeType: codec.mimeType.toLowerCase() };
    const seconds = (audioDuration(known, data) ?? 0) / 1_000_000;
    const samples = Math.round(
      seconds * (known.mimeType === "audio/g722" ? G722_SAMPLE_RATE : codec.clockRate),
    );
    this.samples += samples;
    this.duration += seconds;
    if (audioLevel !== undefined) {
      this.#level = linearLevel(audioLevel);
      this.#energy = (this.#energy ?? 0) + this.#level ** 2 * seconds;
    }
    return samples;
  }
}
