import { assert, assertEquals, assertThrows } from "@std/assert";
import { concat, toHex } from "../../../core/wire/mod.ts";
import {
  av1Depacketizer,
  Av1Packetizer,
  type Depacketizer,
  depacketizerFor,
  h264Depacketizer,
  h264Packetizer,
  h265Depacketizer,
  h265Packetizer,
  joinSuperframe,
  packetizerFor,
  parseAv1Payload,
  parseVp8Descriptor,
  parseVp9Descriptor,
  splitAnnexB,
  vp8Depacketizer,
  Vp8Packetizer,
  vp9Depacketizer,
  type Vp9Descriptor,
  Vp9Packetizer,
  withLongStartCodes,
  writeVp8Descriptor,
  writeVp9Descriptor,
} from "../../../rtp/mod.ts";
import { Writer } from "../../../core/wire/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { obu } from "./codecs.ts";
import { hex, rtpVectors, type Vector } from "../support.ts";

/** Payloads as the packets of one frame, the last with the marker. */
function push<D>(
  depacketizer: Depacketizer<D>,
  payloads: readonly Uint8Array[],
  sequenceNumber = 0,
) {
  return payloads.flatMap((payload, i) => [
    ...depacketizer.push({
      payload,
      marker: i === payloads.length - 1,
      timestamp: 1,
      sequenceNumber: sequenceNumber + i,
    }),
  ]);
}

function vectorsOf(codec: string): readonly Vector[] {
  return rtpVectors.filter((one) => one.codec === codec);
}

for (const { name, payload, expect } of vectorsOf("VP8")) {
  Deno.test(`VP8 vector: ${name} (RFC 7741 section 4.2)`, () => {
    const parsed = parseVp8Descriptor(hex(payload!));
    if (expect === "error") return assertEquals(parsed, undefined);
    const { descriptor, length } = parsed!;
    assertEquals(toHex(hex(payload!).subarray(length)), expect.frame);
    assertEquals(descriptor.startOfPartition, expect.start);
    assertEquals(descriptor.partition, expect.partition ?? 0);
    assertEquals(descriptor.pictureId, expect.pictureId);
    assertEquals(descriptor.tl0PicIdx, expect.tl0PicIdx);
    assertEquals(descriptor.temporalId, expect.tid);
    assertEquals(descriptor.keyIdx, expect.keyIdx);
    if (expect.y !== undefined) assertEquals(descriptor.layerSync, expect.y === 1);
    const writer = new Writer();
    writeVp8Descriptor(writer, descriptor);
    assertEquals(toHex(writer.finish()), payload!.slice(0, 2 * length));
  });
}

for (const { name, payload, expect } of vectorsOf("VP9")) {
  Deno.test(`VP9 vector: ${name} (RFC 9628 section 4.2)`, () => {
    const { descriptor, length } = parseVp9Descriptor(hex(payload!))!;
    assertEquals(descriptor.pictureId, expect.pictureId);
    assertEquals(descriptor.interPicture, expect.p === 1);
    assertEquals(descriptor.layer, undefined);
    assertEquals(descriptor.flexible, expect.f === 1);
    assertEquals([descriptor.startOfFrame, descriptor.endOfFrame], [true, true]);
    assertEquals(descriptor.structure, undefined);
    assertEquals(toHex(hex(payload!).subarray(length)), expect.frame);
  });
}

for (const { name, payload, payloads, expect } of vectorsOf("H264")) {
  Deno.test(`H264 vector: ${name}`, () => {
    const depacketizer = h264Depacketizer();
    const given = (payloads ?? [payload!]).map(hex);
    // Parameter sets are no frame without a picture.
    const [frame] = push(depacketizer, name.includes("SPS") ? [...given, hex("65880a")] : given);
    if (expect === "error") {
      assertEquals(frame, undefined);
      assertEquals(depacketizer.discards.of("malformed payload"), 1);
      return;
    }
    const nals = splitAnnexB(frame!.data).map(toHex);
    assertEquals(nals.slice(0, expect.nals.length), expect.nals);
    assertEquals(nals.length, expect.nals.length + (name.includes("SPS") ? 1 : 0));
  });
}

for (const { name, payload, expect } of vectorsOf("AV1")) {
  Deno.test(`AV1 vector: ${name}`, () => {
    const parsed = parseAv1Payload(hex(payload!));
    if (expect === "error") return assertEquals(parsed, undefined);
    assertEquals(parsed!.elements.map(toHex), expect.obus);
    assertEquals(parsed!.count, expect.w);
    if (expect.n !== undefined) assertEquals(parsed!.newSequence, expect.n === 1);
    if (expect.z !== undefined) assertEquals(parsed!.continuation, expect.z === 1);
    if (expect.y !== undefined) assertEquals(parsed!.continues, expect.y === 1);
  });
}

Deno.test("VP8: picture IDs count frames and wrap at 15 bits (RFC 7741 section 4.2)", () => {
  const packetizer = new Vp8Packetizer(0x7fff);
  const ids = [1, 2, 3].map(() => {
    const payloads = packetizer.packetize({ data: new Uint8Array(100) }, 50);
    const all = payloads.map(({ payload }) => parseVp8Descriptor(payload)!.descriptor);
    assertEquals(all.map((one) => one.startOfPartition), [true, false, false]);
    return all.map((one) => one.pictureId);
  });
  assertEquals(ids, [[0x7fff, 0x7fff, 0x7fff], [0, 0, 0], [1, 1, 1]]);
});

Deno.test("VP8: what the encoder says of layers goes into every packet and out with the frame", () => {
  const descriptor = {
    tl0PicIdx: 9,
    temporalId: 2,
    layerSync: true,
    keyIdx: 3,
    nonReference: true,
  };
  const payloads = new Vp8Packetizer(5).packetize({ data: new Uint8Array(90), descriptor }, 50);
  const [frame] = push(vp8Depacketizer(), payloads.map(({ payload }) => payload));
  const first = { startOfPartition: true, partition: 0, pictureId: 5, longPictureId: true };
  assertEquals(frame!.descriptor, { ...descriptor, ...first });
});

Deno.test("VP8: packets of different pictures do not make a frame", () => {
  const depacketizer = vp8Depacketizer();
  assertEquals(push(depacketizer, [hex("9080010a"), hex("8080020a")]), []);
  assertEquals(depacketizer.discards.of("malformed payload"), 1);
});

Deno.test("random VP8 and VP9 descriptors come back", () => {
  const random = new Random(seedForRun("VPx descriptors"));
  for (let i = 0; i < 1000; i++) {
    const longPictureId = random.chance(0.5);
    const picture = { pictureId: random.below(longPictureId ? 0x8000 : 0x80), longPictureId };
    const vp8 = {
      nonReference: random.chance(0.5),
      startOfPartition: random.chance(0.5),
      partition: random.below(8),
      ...(random.chance(0.5) ? picture : {}),
      ...(random.chance(0.5) ? { tl0PicIdx: random.below(256) } : {}),
      ...(random.chance(0.5) ? { temporalId: random.below(4), layerSync: random.chance(0.5) } : {}),
      ...(random.chance(0.5) ? { keyIdx: random.below(32) } : {}),
    };
    const writer = new Writer();
    writeVp8Descriptor(writer, vp8);
    assertEquals(parseVp8Descriptor(writer.finish()), { descriptor: vp8, length: writer.length });
    const vp9 = randomVp9(random, picture);
    const other = new Writer();
    writeVp9Descriptor(other, vp9);
    assertEquals(parseVp9Descriptor(other.finish()), { descriptor: vp9, length: other.length });
    for (let length = 0; length < other.length; length++) {
      assertEquals(parseVp9Descriptor(other.finish().subarray(0, length)), undefined);
    }
    for (let n = 0; n < 20; n++) parseVp9Descriptor(random.mutate(other.finish()));
  }
});

function randomVp9(
  random: Random,
  picture: { pictureId: number; longPictureId: boolean },
): Vp9Descriptor {
  const flexible = random.chance(0.5);
  const interPicture = random.chance(0.5);
  const spatialLayers = 1 + random.below(8);
  const list = <T>(length: number, make: () => T) => Array.from({ length }, make);
  const layer = {
    temporalId: random.below(8),
    switchingUp: random.chance(0.5),
    spatialId: random.below(8),
    interLayer: random.chance(0.5),
    ...(flexible ? {} : { tl0PicIdx: random.below(256) }),
  };
  const structure = {
    spatialLayers,
    ...(random.chance(0.5)
      ? { resolutions: list(spatialLayers, () => ({ width: random.below(65536), height: 9 })) }
      : {}),
    ...(random.chance(0.5)
      ? {
        pictureGroup: list(random.below(256), () => ({
          temporalId: random.below(8),
          switchingUp: random.chance(0.5),
          references: list(random.below(4), () => random.below(256)),
        })),
      }
      : {}),
  };
  return {
    interPicture,
    flexible,
    startOfFrame: random.chance(0.5),
    endOfFrame: random.chance(0.5),
    notReferencedAbove: random.chance(0.5),
    ...(flexible || random.chance(0.5) ? picture : {}),
    ...(random.chance(0.5) ? { layer } : {}),
    ...(flexible && interPicture
      ? { references: list(1 + random.below(3), () => random.below(128)) }
      : {}),
    ...(random.chance(0.5) ? { structure } : {}),
  };
}

Deno.test("VP9: a fourth reference, and flexible mode without picture ID, are malformed (RFC 9628 section 4.2)", () => {
  assertEquals(parseVp9Descriptor(hex("dc01030302aa"))!.descriptor.references, [1, 1, 1]);
  assertEquals(parseVp9Descriptor(hex("dc0103030302aa")), undefined);
  assertEquals(parseVp9Descriptor(hex("1caa")), undefined);
});

Deno.test("VP9: a scalability structure that claims more than there is (CVE-2026-34235)", () => {
  // Eight layers with sizes, and 255 pictures with three references each, in a few bytes.
  for (const text of ["8e01f8", "8e01f80100010001", "8e0108ff", "8e0108ff0c010101"]) {
    assertEquals(parseVp9Descriptor(hex(text)), undefined);
    const depacketizer = vp9Depacketizer();
    assertEquals(push(depacketizer, [hex(text)]), []);
    assertEquals(depacketizer.discards.total, 1);
  }
});

Deno.test("VP9: the structure goes with the first packet only, in whatever room there is", () => {
  const structure = { spatialLayers: 1, resolutions: [{ width: 640, height: 360 }] };
  const data = new Random(1).bytes(60);
  for (let maxSize = 9; maxSize < 80; maxSize++) {
    const packetizer = new Vp9Packetizer(0);
    const payloads = packetizer.packetize(
      { data, keyFrame: true, descriptor: { structure } },
      maxSize,
    )
      .map(({ payload }) => payload);
    assert(payloads.every(({ length }) => length <= maxSize));
    const structures = payloads.map((one) => parseVp9Descriptor(one)!.descriptor.structure);
    assertEquals(structures, payloads.map((_, i) => i === 0 ? structure : undefined));
    assertEquals(push(vp9Depacketizer(), payloads)[0]!.data, data);
  }
  const tooSmall = () => new Vp9Packetizer(0).packetize({ data, descriptor: { structure } }, 8);
  assertThrows(tooSmall, RangeError);
});

Deno.test("VP9: spatial layers make one picture, and a picture that lost its lowest layer is none", () => {
  const packetizer = new Vp9Packetizer(7);
  const random = new Random(2);
  const depacketizer = vp9Depacketizer();
  const layers = [0, 1, 2].map((spatialId) => ({
    data: random.bytes(100),
    keyFrame: true,
    endOfPicture: spatialId === 2,
    descriptor: {
      layer: {
        ...{ temporalId: 0, switchingUp: false, spatialId, interLayer: spatialId > 0 },
        tl0PicIdx: 4,
      },
    },
  }));
  const payloads = layers.flatMap((frame) => packetizer.packetize(frame, 60));
  assertEquals(payloads.map(({ marker }) => marker), payloads.map((_, i) => i === 5));
  const bytes = payloads.map(({ payload }) => payload);
  const [picture] = push(depacketizer, bytes);
  assertEquals(picture!.data, joinSuperframe(layers.map(({ data }) => data)));
  assertEquals(picture!.descriptor.layers.map(({ layer }) => layer!.spatialId), [0, 1, 2]);
  assert(picture!.keyFrame);
  assertEquals(push(depacketizer, bytes.slice(2), 8), []);
  assertEquals(depacketizer.discards.of("incomplete frame"), 1);
});

Deno.test("VP9: frames that do not begin or end where they should, or come in the wrong order, are dropped (RFC 9628 section 4.2)", () => {
  const cases = {
    "no beginning": ["8401aa"],
    "a second beginning": ["8801aa", "8c01bb"],
    "something behind the end": ["8c01aa", "8401bb"],
    "a second frame without layers": ["8c01aa", "8c01bb"],
    "another picture": ["8801aa", "8402bb"],
    "the lower layer last": ["ac010200aa", "ac010000bb"],
    "no data": ["8c01"],
  };
  for (const [name, payloads] of Object.entries(cases)) {
    const depacketizer = vp9Depacketizer();
    push(depacketizer, [hex("8c00aa")]);
    assertEquals(push(depacketizer, payloads.map(hex), 1), [], name);
    assertEquals(depacketizer.discards.of("malformed payload"), 1, name);
  }
  const open = vp9Depacketizer();
  assertEquals(push(open, [hex("8801aa"), hex("8001bb")]), []);
  assertEquals(open.discards.of("incomplete frame"), 1);
});

Deno.test("Annex B: start codes of both lengths, trailing zeros, and what comes before the first", () => {
  const nals = (text: string) => splitAnnexB(hex(text)).map(toHex);
  assertEquals(nals("000000016742000000000168ce00000165"), ["6742", "68ce", "65"]);
  assertEquals(nals("aabb0000016742000003000000"), ["6742000003"]);
  assertEquals(nals("000001000001000001"), []);
  assertEquals(nals("6742"), []);
  assertEquals(nals(""), []);
});

Deno.test("H264: zeros at the end of a frame are sent: what was encrypted may end so", () => {
  const data = hex("0000000165010200");
  const payloads = h264Packetizer(1).packetize({ data }, 100).map(({ payload }) => toHex(payload));
  assertEquals(payloads, ["65010200"]);
});

Deno.test("Annex B as it comes out at the other end has start codes of four bytes", () => {
  const long = (text: string) => toHex(withLongStartCodes(hex(text)));
  assertEquals(long("00000001674200000168ce0000016500"), "0000000167420000000168ce000000016500");
  const data = hex("00000001650100");
  assertEquals(withLongStartCodes(data) === data, true, "no copy where there is nothing to do");
});

Deno.test("H264: small NAL units share a STAP-A with the highest NRI (RFC 6184 section 5.7)", () => {
  const data = hex("000000016742c01f0000000128ce3c00000001650102030405060708");
  const payloads = h264Packetizer(1).packetize({ data }, 14).map(({ payload }) => toHex(payload));
  assertEquals(payloads, ["7800046742c01f000328ce3c", "650102030405060708"]);
});

Deno.test("H264: mode 0 has single NAL units only (RFC 6184 section 6.2)", () => {
  const data = hex("000000016742c01f0000000128ce3c");
  const packetizer = h264Packetizer(0);
  const payloads = packetizer.packetize({ data }, 4).map(({ payload }) => toHex(payload));
  assertEquals(payloads, ["6742c01f", "28ce3c"]);
  assertThrows(() => packetizer.packetize({ data }, 3), RangeError);
});

Deno.test("H264: fragments that contradict each other are dropped (RFC 6184 section 5.8)", () => {
  const cases = {
    "start and end at once": ["7cc5aabb"],
    "a second start": ["7c85aa", "7c85bb", "7c45cc"],
    "another type": ["7c85aa", "7c41bb"],
    "no start": ["7c05aa", "7c45bb"],
    "a single NAL unit in between": ["7c85aa", "6588", "7c45bb"],
    "no data": ["7c85", "7c45"],
    "a STAP-A in fragments": ["7c98aa", "7c58bb"],
    "a STAP-A in a STAP-A": ["78000578000267aa"],
    "an empty STAP-A": ["78"],
    "an empty unit in a STAP-A": ["780000"],
  };
  for (const [name, payloads] of Object.entries(cases)) {
    const depacketizer = h264Depacketizer();
    // So that it is not the start which is missing.
    push(depacketizer, [hex("6742")]);
    assertEquals(push(depacketizer, payloads.map(hex), 1), [], name);
    assertEquals(depacketizer.discards.total, 1, name);
  }
  const interleaved = h264Depacketizer();
  push(interleaved, [hex("6742"), hex("790000aabb")]);
  assertEquals(interleaved.discards.of("unsupported payload"), 1);
});

Deno.test("a NAL unit that is but a header, such as the end of a sequence, costs no frame", () => {
  const h264 = h264Depacketizer();
  assertEquals(toHex(push(h264, [hex("65880a"), hex("0a")])[0]!.data), "0000000165880a000000010a");
  const together = push(h264, [hex("78000365880a00010b")], 5);
  assertEquals(toHex(together[0]!.data), "0000000165880a000000010b");
  const h265 = h265Depacketizer();
  const [frame] = push(h265, [hex("2601af"), hex("4801")]);
  assertEquals(toHex(frame!.data), "000000012601af000000014801");
  assertEquals([h264, h265].map(({ discards }) => discards.total), [0, 0]);
});

Deno.test("H264: parameter sets with a marker of their own go with the picture behind them", () => {
  const depacketizer = h264Depacketizer();
  const take = (sequenceNumber: number, text: string, timestamp: number) =>
    depacketizer.push({ sequenceNumber, payload: hex(text), timestamp, marker: true });
  assertEquals([take(0, "6742c01f", 1), take(1, "68ce3c", 1)].flat(), []);
  const [frame] = take(2, "65880a", 1);
  const whole = "000000016742c01f0000000168ce3c0000000165880a";
  assertEquals(
    [toHex(frame!.data), frame!.keyFrame, frame!.firstSequence, frame!.lastSequence],
    [whole, true, 0, 2],
  );
  // With a time of their own, too.
  assertEquals([take(3, "6742c01f", 2), take(4, "68ce3c", 2)].flat(), []);
  assertEquals(take(5, "65880a", 3).map(({ data }) => toHex(data)), [whole]);
  assertEquals(depacketizer.discards.total, 0);
  // What is lost behind them takes them along.
  assertEquals(take(6, "6742c01f", 4), []);
  assertEquals(take(8, "65880a", 4), []);
  assertEquals(take(9, "419a0b", 5).map(({ data }) => toHex(data)), ["00000001419a0b"]);
});

Deno.test("H264: a fragment without end is no frame", () => {
  const depacketizer = h264Depacketizer();
  assertEquals(push(depacketizer, [hex("7c85aa"), hex("7c05bb")]), []);
  assertEquals(depacketizer.discards.of("incomplete frame"), 1);
});

Deno.test("H264: a key frame whose parameter sets were lost is dropped where others had theirs in band", () => {
  const sets = hex("7800046742c01f000368ce3c");
  const idr = hex("6588840a");
  const outOfBand = h264Depacketizer();
  assertEquals(push(outOfBand, [idr]).length, 1);
  assertEquals(push(outOfBand, [idr], 5).length, 1);
  const inBand = h264Depacketizer();
  assertEquals(push(inBand, [sets, idr])[0]!.descriptor, { parameterSets: true });
  assertEquals(push(inBand, [idr], 5), []);
  assertEquals(inBand.discards.of("incomplete frame"), 1);
});

Deno.test("H264: what begins a frame is not asked where nothing is missing before it", () => {
  const depacketizer = h264Depacketizer();
  const take = (sequenceNumber: number, text: string, timestamp: number, marker: boolean) =>
    depacketizer.push({ sequenceNumber, payload: hex(text), timestamp, marker }).length;
  // A frame that begins with SEI might have lost something before that.
  assertEquals(take(0, "0605", 1, false), 0);
  assertEquals(take(1, "419a", 1, true), 0);
  assertEquals(depacketizer.discards.of("incomplete frame"), 1);
  // Behind a marker, and behind another timestamp, it can't.
  assertEquals(take(2, "0605", 2, false), 0);
  assertEquals(take(3, "419a", 2, true), 1);
  assertEquals(take(5, "0605", 3, false), 0);
  assertEquals(take(6, "0605", 4, false), 0);
  assertEquals(take(7, "419a", 4, true), 1);
  assertEquals(depacketizer.discards.total, 2);
});

Deno.test("H265: aggregates have the lowest layer and temporal ID, fragments their type (RFC 7798 section 4.4)", () => {
  const data = hex("0000000140010c0000000142020d000000012601aabbccddeeff");
  const payloads = h265Packetizer().packetize({ data }, 12).map(({ payload }) => toHex(payload));
  assertEquals(payloads, ["6001000340010c000342020d", "2601aabbccddeeff"]);
  const fragments = h265Packetizer().packetize({ data }, 6).map(({ payload }) => toHex(payload));
  assertEquals(fragments, ["40010c", "42020d", "620193aabbcc", "620153ddeeff"]);
  const [frame] = push(h265Depacketizer(), fragments.map(hex));
  assertEquals(frame!.data, data);
  assert(frame!.keyFrame);
});

Deno.test("AV1: the sequence header shares its packet with the start of the frame, and says N (AV1 RTP specification section 4.4)", () => {
  const header = obu(0x0a, hex("01020304"));
  const data = concat([obu(0x12, hex("")), header, obu(0x32, hex("00112233445566778899aabbccdd"))]);
  const payloads = new Av1Packetizer().packetize({ data }, 16).map(({ payload }) => toHex(payload));
  // Without temporal delimiter, without sizes: 68 is Y, two elements, N.
  assertEquals(payloads, ["68050801020304300011223344556677", "908899aabbccdd"]);
  const [frame] = push(av1Depacketizer(), payloads.map(hex));
  assertEquals(frame!.data, data.subarray(2));
  assertEquals(frame!.descriptor, { newSequence: true, sequenceHeader: true });
});

Deno.test("AV1: OBUs of different layers are in different packets (AV1 RTP specification section 5)", () => {
  const layer = (spatialId: number) => Uint8Array.of(0x36, spatialId << 3, 3, 0x20, spatialId, 7);
  const data = concat([layer(0), layer(0), layer(1)]);
  const payloads = new Av1Packetizer().packetize({ data }, 100).map(({ payload }) =>
    toHex(payload)
  );
  assertEquals(payloads, [
    "200534002000073400200007",
    "103408200107",
  ]);
  assertEquals(push(av1Depacketizer(), payloads.map(hex))[0]!.data, data);
});

Deno.test("AV1: four OBUs in a packet need all their lengths (AV1 RTP specification section 4.4)", () => {
  const data = concat([1, 2, 3, 4].map((byte) => obu(0x32, Uint8Array.of(0x20, byte))));
  const [only] = new Av1Packetizer().packetize({ data }, 100);
  assertEquals(toHex(only!.payload), "00" + [1, 2, 3, 4].map((byte) => `0330200${byte}`).join(""));
});

Deno.test("AV1: contradictions are dropped", () => {
  const cases = {
    "a continuation of nothing": ["9030aabb"],
    "an OBU that does not go on": ["5030aa", "1030bb"],
    "a new sequence that continues": ["5030aa", "9830bb"],
    "fewer elements than W": ["200130"],
    "a length beyond the payload": ["00ff0130"],
    "a length of ten bytes": ["00ffffffffffffffffff01"],
    "no element": ["00"],
    "the forbidden bit": ["10b0aa"],
    "an OBU that is longer than its element": ["103205aa"],
  };
  for (const [name, payloads] of Object.entries(cases)) {
    const depacketizer = av1Depacketizer();
    push(depacketizer, [hex("1830aa")]);
    assertEquals(push(depacketizer, payloads.map(hex), 1), [], name);
    assertEquals(depacketizer.discards.of("malformed payload"), 1, name);
  }
});

Deno.test("AV1: a temporal unit that is cut off is not sent", () => {
  assertEquals(new Av1Packetizer().packetize({ data: hex("3205aabb") }, 100), []);
  assertEquals(new Av1Packetizer().packetize({ data: hex("1200") }, 100), []);
});

Deno.test("codecs are found by their MIME type, in any case", () => {
  for (
    const type of ["audio/opus", "AUDIO/pcmu", "audio/G722", "video/vp8", "video/AV1", "video/h265"]
  ) {
    assert(packetizerFor(type) !== undefined && depacketizerFor(type) !== undefined, type);
  }
  assertEquals(packetizerFor("video/rtx"), undefined);
  assertEquals(depacketizerFor("video/x-unknown"), undefined);
});
