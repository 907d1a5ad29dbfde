import { assertEquals } from "@std/assert";
import {
  avcReader,
  avcRecord,
  hevcReader,
  toLengthPrefixed,
} from "../../../media/containers/nal_formats.ts";
import { loadBars } from "../../../media/devices/assets.ts";
import { Random, seedForRun } from "../../support/random.ts";

const h264 = (await loadBars("320x240")).find(({ codec }) => codec.mimeType === "video/H264")!;

Deno.test("Annex B goes into a file and comes out as it was (ISO/IEC 14496-15 section 5.3)", () => {
  const record = avcRecord(h264.frames[0]!)!;
  const reader = avcReader(record);
  for (const frame of h264.frames.slice(0, 40)) {
    assertEquals(reader.toAnnexB(toLengthPrefixed(frame), false), frame);
  }
});

Deno.test("parameter sets that a file keeps apart stand in front of key frames", () => {
  const [key] = h264.frames as [Uint8Array];
  const record = avcRecord(key)!;
  const prefixed = toLengthPrefixed(key);
  // Cut off SPS and PPS, which lead.
  const view = new DataView(prefixed.buffer);
  const afterSps = 4 + view.getUint32(0);
  const picture = prefixed.subarray(afterSps + 4 + view.getUint32(afterSps));
  assertEquals(avcReader(record).toAnnexB(picture, true), key);
});

Deno.test("of H265 as well, where a record has an array for each type (section 8.3.3)", () => {
  const record = Uint8Array.from([
    ...new Array(21).fill(0),
    ...[0xff, 2], // lengths of four bytes, two arrays
    ...[33, 0, 1, 0, 3, 0x42, 1, 9],
    ...[34, 0, 1, 0, 3, 0x44, 1, 8],
  ]);
  const picture = Uint8Array.of(0, 0, 0, 3, 0x26, 1, 5);
  assertEquals(
    [...hevcReader(record).toAnnexB(picture, true)],
    [...[0, 0, 0, 1, 0x42, 1, 9], ...[0, 0, 0, 1, 0x44, 1, 8], ...[0, 0, 0, 1, 0x26, 1, 5]],
  );
});

Deno.test("a frame without parameter sets makes no record", () => {
  assertEquals(avcRecord(h264.frames[1]!), undefined);
  assertEquals(avcRecord(new Uint8Array(10)), undefined);
});

Deno.test("broken records and frames never throw", () => {
  const random = new Random(seedForRun("NAL units in files"));
  const record = avcRecord(h264.frames[0]!)!;
  const frame = toLengthPrefixed(h264.frames[1]!);
  for (let i = 0; i < 500; i++) {
    for (const reader of [avcReader, hevcReader]) {
      reader(random.mutate(record)).toAnnexB(random.mutate(frame), true);
    }
  }
});
