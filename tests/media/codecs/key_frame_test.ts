import { assertEquals } from "@std/assert";
import { describeKeyFrame } from "../../../media/codecs/key_frame.ts";
import { type BarsSize, loadBars } from "../../../media/devices/assets.ts";
import { Random, seedForRun } from "../../support/random.ts";

const STRINGS: Readonly<Record<string, string>> = {
  "video/VP8": "vp8",
  "video/VP9": "vp09",
  "video/H264": "avc1",
  "video/AV1": "av01",
};

for (const size of ["640x480", "320x240"] as BarsSize[]) {
  for (const { codec, frames } of await loadBars(size)) {
    Deno.test(`a key frame of ${codec.mimeType} tells its size and codec (${size})`, () => {
      const [width, height] = size.split("x").map(Number);
      const found = describeKeyFrame(codec.mimeType, frames[0]!);
      assertEquals([found?.width, found?.height], [width, height]);
      assertEquals(describeKeyFrame(codec.mimeType, frames[30]!)?.codec, found?.codec);
      assertEquals(describeKeyFrame(codec.mimeType, frames[1]!), undefined);
      assertEquals(found?.codec.split(".")[0], STRINGS[codec.mimeType]);
    });

    Deno.test(`a broken frame of ${codec.mimeType} never throws (${size})`, () => {
      const random = new Random(seedForRun(`broken ${codec.mimeType}`));
      const start = frames[0]!.subarray(0, 200);
      for (let length = 0; length < 100; length++) {
        describeKeyFrame(codec.mimeType, start.subarray(0, length));
      }
      for (let i = 0; i < 300; i++) describeKeyFrame(codec.mimeType, random.mutate(start));
    });
  }
}

/** Parameter sets that x264 and x265 have made. */
const PARAMETER_SETS = [
  [
    "video/H265",
    "42010101600000030090000003000003003fa00502016965959a4932bc05a020000003002000000303c1",
    { width: 640, height: 360, codec: "hev1.1.6.L63.90" },
  ],
  [
    "video/H264",
    "6764001eacd940a42fe6930110000003001000000303c0f162d960",
    { width: 646, height: 362, codec: "avc1.64001e" },
  ],
  [
    "video/H264",
    "6764001eacd940a063f3e022000003000200000300783e28532c",
    { width: 640, height: 360, codec: "avc1.64001e" },
  ],
] as const;

for (const [mimeType, unit, expected] of PARAMETER_SETS) {
  Deno.test(`a parameter set of ${mimeType} tells ${expected.width}x${expected.height}`, () => {
    const frame = Uint8Array.of(0, 0, 0, 1, ...Uint8Array.fromHex(unit));
    assertEquals(describeKeyFrame(mimeType, frame), expected);
  });
}
