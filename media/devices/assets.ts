/**
 * What the synthetic devices show and sound like. The modules are loaded when a device is opened: a program that opens none does not pay
 * for them.
 *
 * @module
 */
import { type MediaCodec, parseCodec } from "../codec.ts";
import { encodePcma, encodePcmu } from "../../rtp/mod.ts";

/** Encoded media that can be repeated without a seam. */
export interface EncodedLoop {
  readonly codec: MediaCodec;
  readonly frames: readonly Uint8Array[];
}

type AssetModule = Promise<{ readonly default: readonly string[] }>;

/** The sizes in which there are bars. */
export type BarsSize = "640x480" | "320x240";

/** Pictures a second. */
export const BARS_FRAME_RATE = 30;
/** Each group of so many frames begins with a key frame. */
export const BARS_GROUP = 30;
/** Pieces of sound a second. */
export const TONE_PACKET_RATE = 50;

const BARS: Readonly<Record<BarsSize, Readonly<Record<string, () => AssetModule>>>> = {
  "640x480": {
    "vp8": () => import("../assets/bars_640x480_vp8.ts"),
    "vp09.00.21.08": () => import("../assets/bars_640x480_vp9.ts"),
    "avc1.42e01f": () => import("../assets/bars_640x480_h264.ts"),
    "av01.0.04M.08": () => import("../assets/bars_640x480_av1.ts"),
  },
  "320x240": {
    "vp8": () => import("../assets/bars_320x240_vp8.ts"),
    "vp09.00.11.08": () => import("../assets/bars_320x240_vp9.ts"),
    "avc1.42e01f": () => import("../assets/bars_320x240_h264.ts"),
    "av01.0.00M.08": () => import("../assets/bars_320x240_av1.ts"),
  },
};

/** Bars that move through the picture once in two seconds, in every video codec but H265. */
export function loadBars(size: BarsSize): Promise<EncodedLoop[]> {
  return Promise.all(Object.entries(BARS[size]).map(([codec, load]) => loaded(codec, load())));
}

/** Its loudness in -dBov (RFC 6464): a sine of an eighth of what there can be. */
export const TONE_LEVEL = 21;

/** A tone of 440 Hz, in every audio codec. */
export async function loadTone(): Promise<EncodedLoop[]> {
  const [opus, g722] = await Promise.all([
    loaded("opus", import("../assets/tone_opus.ts")),
    loaded("g722", import("../assets/tone_g722.ts")),
  ]);
  return [opus, g722, computedTone("ulaw", encodePcmu), computedTone("alaw", encodePcma)];
}

async function loaded(codec: string, module: AssetModule): Promise<EncodedLoop> {
  const { default: frames } = await module;
  return { codec: parseCodec(codec)!, frames: frames.map(decodeBase64) };
}

function decodeBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** A second of G.711: 8000 samples. */
function computedTone(codec: string, encode: (samples: Int16Array) => Uint8Array): EncodedLoop {
  const [rate, frequency, loudness] = [8000, 440, 4096];
  const samples = Int16Array.from(
    { length: rate },
    (_, i) => Math.round(loudness * Math.sin(2 * Math.PI * frequency * i / rate)),
  );
  const size = rate / TONE_PACKET_RATE;
  const frames = Array.from(
    { length: TONE_PACKET_RATE },
    (_, i) => encode(samples.subarray(i * size, (i + 1) * size)),
  );
  return { codec: parseCodec(codec)!, frames };
}
