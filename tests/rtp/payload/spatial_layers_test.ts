import { assert, assertEquals } from "@std/assert";
import { concat } from "../../../core/wire/mod.ts";
import { joinSuperframe, splitSpatialLayers, splitSuperframe } from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { obu } from "./codecs.ts";
import { hex } from "../support.ts";

Deno.test("VP9 bitstream specification annex B: a superframe's index tells the sizes of its frames", () => {
  const [first, second] = [hex("8201"), hex("860203")];
  // 110, sizes of one byte, two frames
  const data = concat([first, second, hex("c10203c1")]);
  assertEquals(splitSuperframe(data), [first, second]);
  assertEquals(joinSuperframe([first, second]), data);
});

Deno.test("VP9: any frames come back from their superframe, and one alone needs no index", () => {
  const random = new Random(seedForRun("superframes"));
  for (let i = 0; i < 200; i++) {
    const frames = Array.from(
      { length: 1 + random.below(8) },
      () => random.bytes(1 + random.below(random.chance(0.1) ? 70_000 : 300)),
    );
    for (const frame of frames) frame[frame.length - 1]! &= 0x7f; // none ends like an index itself
    const data = joinSuperframe(frames);
    if (frames.length === 1) assertEquals(data, frames[0]);
    else assertEquals(splitSuperframe(data), frames, `seed ${random.seed}`);
  }
});

Deno.test("VP9: what only looks like an index is data of the frame", () => {
  for (
    const text of ["", "c0", "82c1", "c1c1", "8201860203c10204c1", "8201860203c00203c1", "82c100c1"]
  ) {
    const data = hex(text);
    assertEquals(splitSuperframe(data), [data], text);
  }
  const random = new Random(seedForRun("no superframes"));
  for (let i = 0; i < 5000; i++) {
    const data = random.bytes(random.below(12));
    const frames = splitSuperframe(data);
    assert(frames.reduce((sum, { length }) => sum + length, 0) <= data.length);
  }
});

Deno.test("AV1: the OBUs of a temporal unit are told apart by their spatial layer, and what has none belongs to that before", () => {
  const sequence = obu(0x0a, hex("010203"));
  const frame = (spatialId: number, temporalId = 0) =>
    concat([Uint8Array.of(0x36, temporalId << 5 | spatialId << 3, 3), hex("200107")]);
  const layers = splitSpatialLayers(
    "video/AV1",
    concat([hex("1200"), sequence, frame(0), frame(0), frame(1), obu(0x2a, hex("0102")), frame(2)]),
  );
  assertEquals(layers, [
    { spatialId: 0, data: concat([hex("1200"), sequence, frame(0), frame(0)]) },
    { spatialId: 1, data: concat([frame(1), obu(0x2a, hex("0102"))]) },
    { spatialId: 2, data: frame(2) },
  ]);
});

Deno.test("frames without spatial layers, of other codecs, or malformed stay whole", () => {
  const unit = concat([obu(0x0a, hex("01")), obu(0x32, hex("1002"))]);
  const cut = hex("36080720");
  const goingBack = concat([Uint8Array.of(0x36, 1 << 3, 1, 0x20), Uint8Array.of(0x36, 0, 1, 0x20)]);
  for (const data of [unit, cut, goingBack]) {
    assertEquals(splitSpatialLayers("video/AV1", data).map((one) => one.data), [data]);
  }
  assertEquals(splitSpatialLayers("video/VP8", unit), [{ spatialId: 0, data: unit }]);
  assertEquals(splitSpatialLayers("video/VP9", unit), [{ spatialId: 0, data: unit }]);
});
