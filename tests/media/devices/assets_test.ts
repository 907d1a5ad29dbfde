import { assert, assertEquals } from "@std/assert";
import { decodedFrames, probe } from "../ffmpeg.ts";
import { ivfFrame, ivfHeader } from "../../../media/containers/ivf.ts";
import { withTemporalDelimiter } from "../../../media/containers/temporal_delimiter.ts";
import {
  BARS_GROUP,
  type BarsSize,
  type EncodedLoop,
  loadBars,
  loadTone,
} from "../../../media/devices/assets.ts";

/** Two rounds of a loop, and then one more from the second key frame on. */
function file({ codec, frames }: EncodedLoop): Uint8Array {
  const all = [...frames, ...frames, ...frames.slice(BARS_GROUP)];
  if (codec.mimeType === "video/H264") return Uint8Array.from(all.flatMap((frame) => [...frame]));
  const parts = [
    ivfHeader(codec, 640, 480),
    ...all.map((data, i) =>
      ivfFrame({
        timestamp: i * 33_333,
        data: codec.mimeType === "video/AV1" ? withTemporalDelimiter(data) : data,
      })
    ),
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

for (const size of ["640x480", "320x240"] as BarsSize[]) {
  for (const loop of await loadBars(size)) {
    Deno.test(`bars in ${loop.codec.mimeType} decode, over the seam and after a jump (${size})`, async () => {
      const bytes = file(loop);
      const { streams, complaints } = await probe(bytes);
      assertEquals(complaints.replace(/.*Estimating duration.*\n/, ""), "");
      assertEquals(streams[0]!.nb_read_frames, "150");
      const pictures = await decodedFrames(bytes, "v");
      assertEquals(pictures.slice(60, 120), pictures.slice(0, 60));
      assertEquals(pictures.slice(120), pictures.slice(30, 60));
      assert(new Set(pictures.slice(0, 60)).size > 50, "the bars move");
    });
  }
}

Deno.test("a second of tone is 50 packets in every codec", async () => {
  for (const { codec, frames } of await loadTone()) {
    assertEquals(frames.length, 50, codec.mimeType);
  }
});
