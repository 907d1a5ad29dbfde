import { audioDuration } from "../../../media/codecs/audio_duration.ts";
import { codecOfMimeType } from "../../../media/codec.ts";
import { linearLevel } from "../../../media/frame_metadata.ts";
import { decodePcma, decodePcmu } from "../../../rtp/mod.ts";

/** Hertz of G722: its RTP clock is half as fast (RFC 3551 section 4.5.2). */
const G722_SAMPLE_RATE = 16_000;

/** Beyond the loudest sample of 16 bits. */
const FULL_SCALE = 32_768;

/** A piece of encoded audio. */
export interface Piece {
  readonly mimeType: string;
  readonly data: Uint8Array;
  /** -dBov (RFC 6464), where it is told; nothing but G.711 is decoded here. */
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
    const level = audioLevel === undefined
      ? heardLevel(known.mimeType, data)
      : linearLevel(audioLevel);
    if (level !== undefined) {
      this.#level = level;
      this.#energy = (this.#energy ?? 0) + level ** 2 * seconds;
    }
    return samples;
  }
}

/** What is simple enough to be decoded can be listened to. */
const DECODERS: Readonly<Record<string, (data: Uint8Array) => Int16Array>> = {
  "audio/pcmu": decodePcmu,
  "audio/pcma": decodePcma,
};

/** The root of the mean square, from 0 to 1 (webrtc-stats section 8.4, `totalAudioEnergy`); undefined for other codecs. */
function heardLevel(mimeType: string, data: Uint8Array): number | undefined {
  const decode = DECODERS[mimeType];
  if (decode === undefined || data.length === 0) return undefined;
  const squares = decode(data).reduce((sum, sample) => sum + sample ** 2, 0);
  return Math.sqrt(squares / data.length) / FULL_SCALE;
}
