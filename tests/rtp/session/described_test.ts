import { assert, assertEquals } from "@std/assert";
import {
  buildHeaderExtension,
  createRtpPacket,
  DEPENDENCY_DESCRIPTOR_URI,
  type DependencyDescriptor,
  type DependencyStructure,
  findElement,
  type LayerCounts,
  type OutboundFrame,
  parseDependencyDescriptor,
  parseRtpPacket,
  type RtpPacket,
  templateOf,
  writeDependencyDescriptor,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { call, type Ends, ends, EXTENSIONS, framesOf, sender, VIDEO, vp8 } from "./ends.ts";

const ID = 13;
const extensions = new Map([...EXTENSIONS, [DEPENDENCY_DESCRIPTOR_URI, ID]]);

function describingEnds(layers?: LayerCounts): Ends {
  const encodings = [{ ...VIDEO, ...(layers && { layers }) }];
  return ends(1, {}, { video: { extensions }, receiving: { extensions }, encodings });
}

function send(pair: Ends, more: Partial<OutboundFrame> & { size?: number } = {}): void {
  const { keyFrame = false, size = 500 } = more;
  const data = more.data ?? vp8(new Random(1), keyFrame, size);
  const frame: OutboundFrame = {
    ...{ type: "frame", mid: "1", payloadType: 96, timestamp: pair.now * 1000, keyFrame },
    ...more,
    data,
  };
  pair.run("a", (a, now) => a.handleOutbound([frame], now));
  pair.advance(40);
}

/** The packets of the video that left. */
function packetsOf(pair: Ends): RtpPacket[] {
  return pair.sent.a.filter(({ kind }) => kind === "rtp").map(({ data }) => parseRtpPacket(data)!)
    .filter(({ ssrc, payload }) => ssrc === VIDEO.ssrc && payload.length > 0);
}

/** Their descriptors, each read as a receiver would. */
function descriptorsOf(pair: Ends): DependencyDescriptor[] {
  let structure: DependencyStructure | undefined;
  return packetsOf(pair).map(({ extension }) => {
    const data = findElement(extension, ID)!;
    const descriptor = parseDependencyDescriptor(data, structure)!;
    structure = descriptor.structure ?? structure;
    // There is nothing else in it.
    assertEquals(writeDependencyDescriptor(descriptor, structure), data);
    return descriptor;
  });
}

/** What frames without layers need, by their numbers. */
function needsOf(pair: Ends): (readonly number[])[] {
  return framesOf(pair).map(({ dependencies }) => dependencies!.dependencies);
}

Deno.test("AV1 RTP specification section A.8.3: each packet tells where its frame begins and ends, and which one it is", () => {
  const pair = describingEnds();
  send(pair, { keyFrame: true, size: 2500 });
  send(pair, { size: 300 });
  send(pair, { size: 1500 });
  const told = descriptorsOf(pair).map((one) =>
    [one.startOfFrame, one.endOfFrame, one.frameNumber, one.structure !== undefined] as const
  );
  assertEquals(told, [
    [true, false, 0, true],
    [false, false, 0, false],
    [false, true, 0, false],
    [true, true, 1, false],
    [true, false, 2, false],
    [false, true, 2, false],
  ]);
  assertEquals(needsOf(pair), [[], [0], [1]]);
});

Deno.test("without layers, only key frames need more than three bytes, and a header of one byte is enough", () => {
  const pair = describingEnds();
  send(pair, { keyFrame: true });
  send(pair);
  const sizes = packetsOf(pair).map(({ extension }) => findElement(extension, ID)!.length);
  assertEquals(sizes, [9, 3]);
  assert(packetsOf(pair).every(({ extension }) => extension!.profile === 0xbede));
});

Deno.test("AV1 RTP specification section A.8.3: each key frame brings a structure, whose templates are not those before", () => {
  const pair = describingEnds();
  for (let i = 0; i < 50; i++) send(pair, { keyFrame: i % 2 === 0 });
  const descriptors = descriptorsOf(pair);
  assertEquals(
    descriptors.map(({ structure }) => structure?.templateIdOffset),
    Array.from({ length: 50 }, (_, i) => i % 2 === 0 ? i % 64 : undefined),
  );
  assertEquals(needsOf(pair), Array.from({ length: 50 }, (_, i) => i % 2 === 0 ? [] : [i - 1]));
});

Deno.test("where no descriptor was agreed upon, or before a key frame, none is sent", () => {
  const without = ends(1, {}, { receiving: { extensions } });
  send(without, { keyFrame: true });
  assertEquals(findElement(packetsOf(without)[0]!.extension, ID), undefined);
  const pair = describingEnds();
  send(pair);
  assertEquals(findElement(packetsOf(pair)[0]!.extension, ID), undefined);
});

Deno.test("layers that are known before are announced with the key frame; a frame needs the latest of a lower one (W3C WebRTC SVC section 6)", () => {
  const pair = describingEnds({ spatial: 1, temporal: 3 });
  for (const [i, temporalId] of [0, 2, 1, 2, 0, 2].entries()) {
    send(pair, { keyFrame: i === 0, dependencies: { spatialId: 0, temporalId } });
  }
  const [{ structure } = {}, ...others] = descriptorsOf(pair);
  const sizes = packetsOf(pair).map(({ extension }) => findElement(extension, ID)!.length);
  assert(sizes[0]! <= 16, `${sizes[0]} bytes do not go into a header of one byte`);
  assertEquals([structure!.decodeTargetCount, structure!.chainCount], [3, 1]);
  const templates = others.map((one) => templateOf(one, structure!)!);
  assertEquals(templates.map(({ temporalId }) => temporalId), [2, 1, 2, 0, 2]);
  assertEquals(templates.map(({ frameDiffs }) => frameDiffs), [
    ...[[1], [2], [1], [4], [1]],
  ]);
  // The chain is the lowest layer: its first frame is four before the next.
  assertEquals(templates.map(({ chainDiffs }) => chainDiffs), [[1], [2], [3], [4], [1]]);
  assertEquals(templates.map((one) => one.decodeTargetIndications), [
    ["not present", "not present", "switch"],
    ["not present", "switch", "required"],
    ["not present", "not present", "switch"],
    ["switch", "required", "required"],
    ["not present", "not present", "switch"],
  ]);
});

Deno.test("a spatial layer needs the one below it in the same picture, and its chain goes through both", () => {
  const pair = describingEnds({ spatial: 2, temporal: 1 });
  for (let i = 0; i < 3; i++) {
    for (const spatialId of [0, 1]) {
      send(pair, { keyFrame: i === 0, dependencies: { spatialId, temporalId: 0 } });
    }
  }
  const [first, ...others] = descriptorsOf(pair);
  const { structure } = first!;
  assertEquals(others.map((one) => one.structure), Array(5).fill(undefined));
  const templates = others.map((one) => templateOf(one, structure!)!);
  assertEquals(templates.map(({ frameDiffs }) => frameDiffs), [[1], [2], [1, 2], [2], [1, 2]]);
  assertEquals(templates.map(({ chainDiffs }) => chainDiffs), [
    ...[[1, 1], [2, 1], [1, 1], [2, 1], [1, 1]],
  ]);
});

/** What pictures of three spatial layers say: differences to the frames that each needs, its chains, and what it is to each layer. */
function threeLayers(interLayer: LayerCounts["interLayer"]) {
  const pair = describingEnds({ spatial: 3, temporal: 1, ...(interLayer && { interLayer }) });
  for (let i = 0; i < 2; i++) {
    for (const spatialId of [0, 1, 2]) {
      const keyFrame = i === 0 && spatialId === 0;
      send(pair, { keyFrame, dependencies: { spatialId, temporalId: 0 } });
    }
  }
  const [{ structure } = {}, ...others] = descriptorsOf(pair);
  return others.map((one) => {
    const template = templateOf(one, structure!)!;
    return [template.frameDiffs, template.chainDiffs, template.decodeTargetIndications] as const;
  });
}

Deno.test("W3C WebRTC SVC section 6: modes of keys need the layer below in the first picture only, so that a server may leave it out", () => {
  const [none, own, all] = ["not present", "switch", "required"] as const;
  assertEquals(threeLayers("key"), [
    [[1], [1, 1, 1], [none, own, all]],
    [[1], [2, 1, 1], [none, none, own]],
    [[3], [3, 2, 1], [own, none, none]],
    [[3], [1, 3, 2], [none, own, none]],
    [[3], [2, 1, 3], [none, none, own]],
  ]);
});

Deno.test("W3C WebRTC SVC section 6: layers that are independent need none of the others", () => {
  const [none, own] = ["not present", "switch"] as const;
  assertEquals(threeLayers("none"), [
    [[], [1, 0, 0], [none, own, none]],
    [[], [2, 1, 0], [none, none, own]],
    [[3], [3, 2, 1], [own, none, none]],
    [[3], [1, 3, 2], [none, own, none]],
    [[3], [2, 1, 3], [none, none, own]],
  ]);
});

Deno.test("layers that turn up unannounced count as the lowest until the next key frame", () => {
  const pair = describingEnds();
  for (const [i, temporalId] of [0, 1, 0, 0, 1].entries()) {
    send(pair, { keyFrame: i % 3 === 0, dependencies: { spatialId: 0, temporalId } });
  }
  const layers = framesOf(pair).map(({ dependencies }) => dependencies!.temporalId);
  assertEquals(layers, [0, 0, 0, 0, 1]);
  assertEquals(needsOf(pair), [[], [0], [1], [], [3]]);
});

Deno.test("what the source says of its frames is kept: their needs, and the gaps between their numbers", () => {
  const pair = describingEnds();
  const frames: [frameId: number, dependencies: number[]][] = [
    ...[[1000, []], [1002, [1000]], [1003, [1000]], [1005, [1002, 1003]]] as [number, number[]][],
    [7, [6]], // another source, of which the key frame was lost
    [8, [7]],
  ];
  for (const [i, [frameId, dependencies]] of frames.entries()) {
    const layer = { spatialId: 0, temporalId: 0 };
    send(pair, { keyFrame: i === 0, dependencies: { ...layer, frameId, dependencies } });
  }
  send(pair); // which says nothing
  assertEquals(needsOf(pair), [[], [0], [0], [3, 2], [5], [6], [7]]);
  assertEquals(descriptorsOf(pair).map(({ frameNumber }) => frameNumber), [0, 2, 3, 5, 6, 7, 8]);
});

Deno.test("a frame that can't be sent takes no number", () => {
  const pair = describingEnds();
  send(pair, { keyFrame: true });
  send(pair, { data: new Uint8Array(0) });
  send(pair);
  assertEquals(needsOf(pair), [[], [0]]);
});

Deno.test("whatever is said of frames, their descriptors can be read and tell the same", () => {
  const seed = seedForRun("described frames");
  const random = new Random(seed);
  for (let round = 0; round < 40; round++) {
    const layers = { spatial: 1 + random.below(5), temporal: 1 + random.below(9) };
    const pair = describingEnds(random.below(2) === 0 ? layers : undefined);
    let frameId = random.below(2 ** 32);
    const before: number[] = [];
    for (let i = 0; i < 30; i++) {
      const isMad = random.below(8) === 0;
      frameId = isMad ? random.below(2 ** 32) : frameId + 1 + random.below(3);
      const known = before.filter(() => random.below(3) === 0);
      const dependencies = isMad
        ? Array.from({ length: random.below(40) }, () => random.below(2 ** 32))
        : known;
      before.push(frameId);
      const layer = { spatialId: random.below(6), temporalId: random.below(12) };
      const told = [undefined, layer, { ...layer, frameId }, { ...layer, frameId, dependencies }];
      const said = i === 0 ? undefined : told[random.below(4)];
      send(pair, {
        ...{ keyFrame: i === 0 || random.below(10) === 0, size: 1 + random.below(3000) },
        ...(said && { dependencies: said }),
      });
    }
    const descriptors = descriptorsOf(pair);
    assert(descriptors.every((one) => one !== undefined), `seed ${seed}, round ${round}`);
    const numbers = descriptors.map(({ frameNumber }) => frameNumber);
    assertEquals(numbers, numbers.toSorted((a, b) => a - b), `seed ${seed}, round ${round}`);
    for (const packet of packetsOf(pair)) {
      const size = 12 + (packet.extension!.data.length + 4) + packet.payload.length;
      assert(size <= 1200, `${size} bytes: seed ${seed}, round ${round}`);
    }
    const starts = descriptors.filter(({ startOfFrame }) => startOfFrame);
    const ends = descriptors.filter(({ endOfFrame }) => endOfFrame);
    assertEquals([starts.length, ends.length], [30, 30], `seed ${seed}, round ${round}`);
  }
});

Deno.test("RFC 8285 section 4.1.2: what needs a longer header is left out where headers may not be mixed", () => {
  const sizesWith = (extmapAllowMixed: boolean, layers: { spatial: number; temporal: number }) => {
    const video = { extensions, extmapAllowMixed };
    const pair = ends(1, {}, { video, encodings: [{ ...VIDEO, layers }] });
    send(pair, { keyFrame: true });
    send(pair);
    send(pair, { keyFrame: true });
    return packetsOf(pair).map(({ extension }) => findElement(extension, ID)?.length);
  };
  const few = { spatial: 1, temporal: 3 };
  const many = { spatial: 3, temporal: 3 };
  assertEquals(sizesWith(false, few), sizesWith(true, few));
  assertEquals(sizesWith(true, many)[1], 3);
  assert(sizesWith(true, many)[0]! > 16);
  // Without their structure, the others would tell nothing.
  assertEquals(sizesWith(false, many), [undefined, undefined, undefined]);
});

Deno.test("descriptors survive loss: what is sent again tells the same of its frame", () => {
  const seed = seedForRun("described loss");
  const random = new Random(seed);
  const link = { delay: 25, loss: 0.05 };
  const pair = ends(seed, link, { video: { extensions }, receiving: { extensions } });
  const { sent } = call(pair, 10, random);
  const frames = framesOf(pair);
  assert(frames.length >= 0.99 * sent.length, `${frames.length} of ${sent.length}, seed ${seed}`);
  for (const { keyFrame, dependencies } of frames) {
    const { frameId, dependencies: needed } = dependencies!;
    assertEquals(needed, keyFrame ? [] : [frameId - 1], `seed ${seed}`);
  }
});

/** One spatial layer, without any in time. */
const STRUCTURE: DependencyStructure = {
  ...{ templateIdOffset: 0, decodeTargetCount: 1, chainCount: 0, protectedBy: [] },
  templates: [[], [1]].map((frameDiffs) => ({
    ...{ spatialId: 0, temporalId: 0, frameDiffs, chainDiffs: [] },
    decodeTargetIndications: ["switch"],
  })),
};

/** Forwards a frame of one packet, as another session has received it. */
function forward(
  pair: Ends,
  { ssrc, sequenceNumber, frameNumber }: {
    ssrc: number;
    sequenceNumber: number;
    frameNumber: number;
  },
  keyFrame: boolean,
): RtpPacket {
  const data = writeDependencyDescriptor({
    ...{ startOfFrame: true, endOfFrame: true, frameNumber, templateId: keyFrame ? 0 : 1 },
    ...(keyFrame && { structure: STRUCTURE }),
  }, STRUCTURE);
  const packet = createRtpPacket({
    ...{ ssrc, sequenceNumber, timestamp: 3000 * frameNumber, payloadType: 96, marker: true },
    payload: Uint8Array.of(0x10, keyFrame ? 0 : 1, 0, 0),
    extension: buildHeaderExtension([{ id: 5, data }])!,
  });
  pair.run("a", (a, now) =>
    a.handleOutbound([{
      ...{ type: "packet", mid: "1", payloadType: 96, packet },
      extensions: new Map([[DEPENDENCY_DESCRIPTOR_URI, 5]]),
    }], now));
  pair.advance(40);
  return packet;
}

Deno.test("the frame numbers of forwarded sources are one row: a receiver would drop what goes back", () => {
  const pair = describingEnds();
  forward(pair, { ssrc: 1, sequenceNumber: 10, frameNumber: 65_535 }, true);
  forward(pair, { ssrc: 1, sequenceNumber: 11, frameNumber: 0 }, false);
  forward(pair, { ssrc: 1, sequenceNumber: 13, frameNumber: 2 }, false); // one was lost
  forward(pair, { ssrc: 1, sequenceNumber: 12, frameNumber: 1 }, false); // but comes late
  const other = forward(pair, { ssrc: 2, sequenceNumber: 500, frameNumber: 40_000 }, true);
  forward(pair, { ssrc: 2, sequenceNumber: 501, frameNumber: 40_001 }, false);
  assertEquals(descriptorsOf(pair).map(({ frameNumber }) => frameNumber), [0, 1, 3, 2, 4, 5]);
  // What other receivers get of the same packet is not touched.
  const original = parseDependencyDescriptor(findElement(other.extension, 5)!)!;
  assertEquals(original.frameNumber, 40_000);
  assertEquals(needsOf(pair), [[], [0], [1], [2], [], [4]]);
});

Deno.test("forwarded frames and frames of a track are numbered in one row", () => {
  const pair = describingEnds();
  forward(pair, { ssrc: 1, sequenceNumber: 10, frameNumber: 77 }, true);
  send(pair, { keyFrame: true });
  send(pair);
  forward(pair, { ssrc: 1, sequenceNumber: 20, frameNumber: 78 }, true);
  assertEquals(descriptorsOf(pair).map(({ frameNumber }) => frameNumber), [0, 1, 2, 3]);
});

Deno.test("a descriptor that is cut off is forwarded as it is", () => {
  const pair = describingEnds();
  pair.run("a", (a, now) => {
    a.setSender(sender("video", [VIDEO], { extensions }), now);
    a.handleOutbound([{
      ...{ type: "packet", mid: "1", payloadType: 96 },
      extensions: new Map([[DEPENDENCY_DESCRIPTOR_URI, 5]]),
      packet: createRtpPacket({
        ...{ ssrc: 1, sequenceNumber: 1, timestamp: 1, payloadType: 96 },
        payload: Uint8Array.of(0x10, 0, 0, 0),
        extension: buildHeaderExtension([{ id: 5, data: Uint8Array.of(1, 2) }])!,
      }),
    }], now);
  });
  const [packet] = packetsOf(pair);
  assertEquals(findElement(packet!.extension, ID), Uint8Array.of(1, 2));
});
