import { assert, assertEquals, assertThrows } from "@std/assert";
import { toHex } from "../../core/wire/mod.ts";
import {
  type DecodeTargetIndication,
  type DependencyDescriptor,
  type DependencyStructure,
  parseAbsCaptureTime,
  parseAbsSendTime,
  parseAudioLevel,
  parseDependencyDescriptor,
  parseMid,
  parseMixerAudioLevels,
  parsePlayoutDelay,
  parseRepairedRid,
  parseRid,
  parseTransportSequence,
  parseVideoOrientation,
  templateOf,
  writeAbsCaptureTime,
  writeAbsSendTime,
  writeAudioLevel,
  writeDependencyDescriptor,
  writeMid,
  writeMixerAudioLevels,
  writePlayoutDelay,
  writeRepairedRid,
  writeRid,
  writeTransportSequence,
  writeVideoOrientation,
} from "../../rtp/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { hex } from "./support.ts";

Deno.test("mid, rid and repaired rid are texts (RFC 9143 section 15, RFC 8852 section 3.3)", () => {
  assertEquals(toHex(writeMid("audio")), "617564696f");
  assertEquals(parseMid(hex("617564696f")), "audio");
  assertEquals(parseRid(writeRid("hi-1_x")), "hi-1_x");
  assertEquals(parseRepairedRid(writeRepairedRid("lo")), "lo");
  for (const bad of ["", "ff", "c328"]) assertEquals(parseMid(hex(bad)), undefined);
  for (const bad of ["", "20", "613b62"]) assertEquals(parseRid(hex(bad)), undefined);
  assertThrows(() => writeMid(""), RangeError);
  assertThrows(() => writeRid("a b"), RangeError);
});

Deno.test("abs-send-time counts seconds in 6.18 fixed point and wraps after 64", () => {
  assertEquals(toHex(writeAbsSendTime(1000)), "040000");
  assertEquals(parseAbsSendTime(hex("fc0000")), 63_000);
  assertEquals(writeAbsSendTime(64_000 + 1500), writeAbsSendTime(1500));
  const back = parseAbsSendTime(writeAbsSendTime(12_345.67))!;
  assert(Math.abs(back - 12_345.67) < 0.004);
  assertEquals(parseAbsSendTime(hex("0400")), undefined);
});

Deno.test("transport-wide sequence numbers", () => {
  assertEquals(toHex(writeTransportSequence(0x1abcd)), "abcd");
  assertEquals(parseTransportSequence(hex("abcd")), 0xabcd);
  assertEquals(parseTransportSequence(hex("ab")), undefined);
});

Deno.test("audio levels (RFC 6464 section 3, RFC 6465 section 3)", () => {
  assertEquals(toHex(writeAudioLevel({ level: 30, voice: true })), "9e");
  assertEquals(parseAudioLevel(hex("7f")), { level: 127, voice: false });
  // With two-byte headers there may be padding behind it.
  assertEquals(parseAudioLevel(hex("9e00")), { level: 30, voice: true });
  assertEquals(parseAudioLevel(hex("")), undefined);
  assertEquals(parseMixerAudioLevels(writeMixerAudioLevels([0, 30, 200])), [0, 30, 127]);
  assertEquals(parseMixerAudioLevels(new Uint8Array(16)), undefined);
});

Deno.test("video orientation", () => {
  for (const rotation of [0, 90, 180, 270] as const) {
    for (let bits = 0; bits < 4; bits++) {
      const orientation = { rotation, flip: (bits & 1) !== 0, backCamera: (bits & 2) !== 0 };
      assertEquals(parseVideoOrientation(writeVideoOrientation(orientation)), orientation);
    }
  }
  assertEquals(toHex(writeVideoOrientation({ rotation: 90, flip: false, backCamera: true })), "09");
  assertEquals(parseVideoOrientation(hex("")), undefined);
});

Deno.test("abs-capture-time, with the clock offset and without", () => {
  const short = { captureTimestamp: 0xe1e2e3e4_e5e6e7e8n };
  assertEquals(toHex(writeAbsCaptureTime(short)), "e1e2e3e4e5e6e7e8");
  assertEquals(parseAbsCaptureTime(writeAbsCaptureTime(short)), short);
  const long = { captureTimestamp: 5n, clockOffset: -(1n << 32n) };
  assertEquals(parseAbsCaptureTime(writeAbsCaptureTime(long)), long);
  assertEquals(parseAbsCaptureTime(new Uint8Array(12)), undefined);
});

Deno.test("playout delay", () => {
  assertEquals(toHex(writePlayoutDelay({ min: 10, max: 40_950 })), "001fff");
  assertEquals(parsePlayoutDelay(hex("001fff")), { min: 10, max: 40_950 });
  assertEquals(parsePlayoutDelay(hex("002001")), undefined);
  assertEquals(parsePlayoutDelay(hex("00")), undefined);
});

/** L1T3 of the AV1 RTP specification section A.10.2.1, which counts templates from 1. */
function l1t3(): DependencyStructure {
  const letters = { "-": "not present", D: "discardable", S: "switch", R: "required" } as const;
  const template = (temporalId: number, targets: string, diffs: number[], chain: number) => ({
    spatialId: 0,
    temporalId,
    decodeTargetIndications: [...targets].map((one) => letters[one as keyof typeof letters]),
    frameDiffs: diffs,
    chainDiffs: [chain],
  });
  return {
    templateIdOffset: 60,
    decodeTargetCount: 3,
    chainCount: 1,
    protectedBy: [0, 0, 0],
    templates: [
      template(0, "SSS", [], 0),
      template(0, "SSR", [4], 4),
      template(1, "SD-", [2], 2),
      template(2, "D--", [1], 1),
      template(2, "D--", [1], 3),
    ],
    resolutions: [{ width: 640, height: 360 }],
  };
}

Deno.test("a dependency structure comes back from its bits, and what follows it needs no more than 3 bytes", () => {
  const structure = l1t3();
  const first: DependencyDescriptor = {
    startOfFrame: true,
    endOfFrame: false,
    templateId: 60,
    frameNumber: 0xfffe,
    structure,
  };
  const bytes = writeDependencyDescriptor(first);
  assertEquals(parseDependencyDescriptor(bytes), first);
  const next = { startOfFrame: true, endOfFrame: true, templateId: 0, frameNumber: 7 };
  const short = writeDependencyDescriptor(next, structure);
  assertEquals(toHex(short), "c00007");
  assertEquals(parseDependencyDescriptor(short, structure), next);
  assertEquals(templateOf(next, structure), structure.templates[4]);
  // Neither without the structure, nor with a template that it doesn't have.
  assertEquals(parseDependencyDescriptor(short), undefined);
  assertEquals(parseDependencyDescriptor(hex("c10007"), structure), undefined);
});

Deno.test("what Chromium says of an L3T3 stream is read, and written as it was", () => {
  // Bytes of livekit's dependencydescriptorextension_test.go, which has them from a capture.
  const first =
    "c1017280081485214eafffaaaa863cf0430c10c302afc0aaa0063c00430010c002a000a80006000040001d954926" +
    "e082b04a0941b820ac1282503157f974000ca864330e222222eca8655304224230eca877530077004200ef008601df010d";
  const descriptor = parseDependencyDescriptor(hex(first))!;
  const structure = descriptor.structure!;
  assertEquals(descriptor.frameNumber, 0x172);
  assertEquals([structure.decodeTargetCount, structure.chainCount], [9, 3]);
  assertEquals(structure.resolutions?.map(({ width }) => width), [120, 240, 480]);
  assertEquals(structure.templates.length, 15);
  assertEquals(structure.protectedBy, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
  assertEquals(toHex(writeDependencyDescriptor(descriptor)), first);
  for (const text of ["86017340fc", "46017340fc", "c3017540fc", "88017640fc", "c2017840fc"]) {
    const next = parseDependencyDescriptor(hex(text), structure)!;
    assertEquals(next.activeDecodeTargets, 0b000_111_111);
    assertEquals(toHex(writeDependencyDescriptor(next, structure)), text);
  }
});

Deno.test("a structure with more templates than there are identifiers, or a frame with more references than anyone keeps, is refused", () => {
  const [template] = l1t3().templates;
  const withTemplates = (count: number): DependencyDescriptor => ({
    startOfFrame: true,
    endOfFrame: true,
    templateId: 60,
    frameNumber: 1,
    structure: { ...l1t3(), templates: new Array(count).fill(template) },
  });
  const parse = (descriptor: DependencyDescriptor) =>
    parseDependencyDescriptor(writeDependencyDescriptor(descriptor));
  assertEquals(parse(withTemplates(64)), withTemplates(64));
  assertEquals(parse(withTemplates(65)), undefined);
  const referring = (count: number) => ({
    ...withTemplates(1),
    frameDiffs: new Array(count).fill(1),
  });
  assertEquals(parse(referring(16)), referring(16));
  assertEquals(parse(referring(17)), undefined);
});

Deno.test("random dependency descriptors come back (AV1 RTP specification section A.8.2)", () => {
  const random = new Random(seedForRun("dependency descriptors"));
  for (let i = 0; i < 500; i++) {
    const structure = randomStructure(random);
    const descriptor = randomDescriptor(random, structure);
    const bytes = writeDependencyDescriptor(descriptor, structure);
    assertEquals(parseDependencyDescriptor(bytes, structure), descriptor, `round ${i}`);
  }
});

Deno.test("no truncation and no mutation of a dependency descriptor throws", () => {
  const random = new Random(seedForRun("dependency descriptor mutation"));
  for (let i = 0; i < 60; i++) {
    const structure = randomStructure(random);
    const bytes = writeDependencyDescriptor(randomDescriptor(random, structure), structure);
    for (let length = 0; length < bytes.length; length++) {
      parseDependencyDescriptor(bytes.subarray(0, length), structure);
    }
    for (let n = 0; n < 50; n++) {
      const parsed = parseDependencyDescriptor(random.mutate(bytes), structure);
      assert((parsed?.structure?.templates.length ?? 0) <= 64);
    }
  }
  for (let i = 0; i < 500; i++) parseDependencyDescriptor(random.bytes(random.below(255)));
});

function randomStructure(random: Random): DependencyStructure {
  const decodeTargetCount = 1 + random.below(32);
  const chainCount = random.below(decodeTargetCount + 1);
  const templates = [];
  let spatialId = 0;
  let temporalId = 0;
  for (let n = 1 + random.below(20); n > 0; n--) {
    templates.push({
      spatialId,
      temporalId,
      decodeTargetIndications: randomIndications(random, decodeTargetCount),
      frameDiffs: list(random, random.below(5), () => 1 + random.below(16)),
      chainDiffs: list(random, chainCount, () => random.below(16)),
    });
    const step = random.below(3);
    if (step === 1) temporalId++;
    if (step === 2) [spatialId, temporalId] = [spatialId + 1, 0];
  }
  const layers = templates[templates.length - 1]!.spatialId + 1;
  const size = () => ({ width: 1 + random.below(65536), height: 1 + random.below(65536) });
  return {
    templateIdOffset: random.below(64),
    decodeTargetCount,
    chainCount,
    protectedBy: chainCount === 0
      ? []
      : list(random, decodeTargetCount, () => random.below(chainCount)),
    templates,
    ...(random.chance(0.5) ? { resolutions: list(random, layers, size) } : {}),
  };
}

function randomDescriptor(random: Random, structure: DependencyStructure): DependencyDescriptor {
  const { templates, templateIdOffset, decodeTargetCount, chainCount } = structure;
  return {
    startOfFrame: random.chance(0.5),
    endOfFrame: random.chance(0.5),
    templateId: (templateIdOffset + random.below(templates.length)) % 64,
    frameNumber: random.below(65536),
    ...(random.chance(0.5) ? { structure } : {}),
    ...(random.chance(0.3) ? { activeDecodeTargets: random.below(2 ** decodeTargetCount) } : {}),
    ...(random.chance(0.3)
      ? { decodeTargetIndications: randomIndications(random, decodeTargetCount) }
      : {}),
    ...(random.chance(0.3)
      ? { frameDiffs: list(random, random.below(6), () => 1 + random.below(4096)) }
      : {}),
    ...(random.chance(0.3)
      ? { chainDiffs: list(random, chainCount, () => random.below(256)) }
      : {}),
  };
}

function randomIndications(random: Random, count: number): DecodeTargetIndication[] {
  return list(
    random,
    count,
    () => random.pick(["not present", "discardable", "switch", "required"] as const),
  );
}

function list<T>(_random: Random, length: number, make: () => T): T[] {
  return Array.from({ length }, make);
}
