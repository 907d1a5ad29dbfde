import { assert, assertEquals } from "@std/assert";
import { packetizerFor, startsKeyFrame } from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { obu } from "./codecs.ts";

/** Annex B, from NAL units. */
function annexB(...units: number[][]): Uint8Array {
  return Uint8Array.from(units.flatMap((unit) => [0, 0, 0, 1, ...unit]));
}

/** A slice too long for one packet. */
function slice(...header: number[]): number[] {
  return [...header, ...Array<number>(2000).fill(7)];
}

const SEQUENCE_HEADER = obu(0x0a, Uint8Array.of(0, 0, 0));

/** A frame of each codec that is a key frame, and one that is none: both take several packets. */
const FRAMES: Readonly<Record<string, { key: Uint8Array; delta: Uint8Array }>> = {
  "video/VP8": {
    key: Uint8Array.from(slice(0x10)),
    delta: Uint8Array.from(slice(0x11)),
  },
  "video/VP9": {
    key: Uint8Array.from(slice(0x82)),
    delta: Uint8Array.from(slice(0x86)),
  },
  "video/H264": {
    key: annexB([0x67, 0x42, 0, 0x1f], [0x68, 0xce], slice(0x65, 0x88)),
    delta: annexB(slice(0x41, 0x9a)),
  },
  "video/H265": {
    key: annexB([0x40, 1, 2], [0x42, 1, 2], [0x44, 1, 2], slice(0x26, 1, 0x80)),
    delta: annexB(slice(2, 1, 0x80)),
  },
  "video/AV1": {
    key: Uint8Array.from([...SEQUENCE_HEADER, ...obu(0x32, Uint8Array.from(slice(0x10)))]),
    delta: obu(0x32, Uint8Array.from(slice(0x30))),
  },
};

for (const [mimeType, { key, delta }] of Object.entries(FRAMES)) {
  Deno.test(`a key frame of ${mimeType} begins with its first packet, and other frames begin none`, () => {
    const packetizer = packetizerFor(mimeType, { packetizationMode: 1 })!;
    const starts = (data: Uint8Array, keyFrame: boolean) =>
      packetizer.packetize({ data, keyFrame }, 500)
        .map(({ payload }) => startsKeyFrame(mimeType.toUpperCase(), payload));
    const [first, ...others] = starts(key, true);
    assert(first);
    assert(others.length > 1);
    assert(others.every((start) => !start) || mimeType.startsWith("video/H26"));
    assert(starts(delta, false).every((start) => !start));
  });
}

Deno.test("an H.264 key frame whose parameter sets are in the SDP begins with its first slice (RFC 6184 section 5.4)", () => {
  assert(startsKeyFrame("video/H264", Uint8Array.of(0x65, 0x88, 1)));
  assert(!startsKeyFrame("video/H264", Uint8Array.of(0x65, 0x08, 1)), "a later slice");
  assert(startsKeyFrame("video/H264", Uint8Array.of(0x7c, 0x85, 0x88)), "its first fragment");
  assert(!startsKeyFrame("video/H264", Uint8Array.of(0x7c, 0x05, 0x88)), "a later fragment");
});

Deno.test("an upper spatial layer of VP9 begins no key frame (RFC 9628 section 4.2)", () => {
  // L and B are set: layer index 0, then 1, which refers to the one below.
  assert(startsKeyFrame("video/VP9", Uint8Array.of(0x28, 0x00, 0x01, 0x82)));
  assert(!startsKeyFrame("video/VP9", Uint8Array.of(0x28, 0x03, 0x01, 0x82)));
});

Deno.test("audio and unknown codecs don't tell where key frames begin, and no key frame begins with nothing", () => {
  assertEquals(startsKeyFrame("audio/opus", Uint8Array.of(0, 0)), undefined);
  assertEquals(startsKeyFrame("video/unknown", Uint8Array.of(0x10, 0)), undefined);
  for (const mimeType of Object.keys(FRAMES)) {
    assertEquals(startsKeyFrame(mimeType, new Uint8Array(0)), false);
  }
});

Deno.test("no payload makes the search for key frames throw", () => {
  const random = new Random(seedForRun("mutated payloads"));
  for (const [mimeType, { key }] of Object.entries(FRAMES)) {
    const payloads = packetizerFor(mimeType, { packetizationMode: 1 })!.packetize({
      ...{ data: key, keyFrame: true },
    }, 300);
    for (let i = 0; i < 2000; i++) {
      const { payload } = payloads[random.below(payloads.length)]!;
      const mutated = payload.slice(0, random.below(payload.length + 1));
      if (mutated.length > 0) mutated[random.below(mutated.length)] = random.below(256);
      startsKeyFrame(mimeType, mutated);
    }
  }
});
