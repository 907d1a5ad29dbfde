import { assert, assertEquals } from "@std/assert";
import { concat } from "../../../core/wire/mod.ts";
import {
  DEPENDENCY_DESCRIPTOR_URI,
  type DependencyStructure,
  findElement,
  joinSuperframe,
  type LayerCounts,
  type OutboundFrame,
  parseDependencyDescriptor,
  parseRtpPacket,
  parseVp8Descriptor,
  parseVp9Descriptor,
  type RtpPacket,
  templateOf,
  type Vp8Descriptor,
  type Vp9Descriptor,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { sessionCore } from "../../../rtp/session/session.ts";
import { obu } from "../payload/codecs.ts";
import { type Ends, ends, EXTENSIONS, framesOf, sender, VIDEO, vp8 } from "./ends.ts";

const VP8 = 96;
const VP9 = 98;
const AV1 = 45;

function layeredEnds(layers?: LayerCounts): Ends {
  return ends(1, {}, { encodings: [{ ...VIDEO, ...(layers && { layers }) }] });
}

type Sent = Partial<OutboundFrame> & { size?: number; after?: number };

function send(pair: Ends, { size = 500, after = 40, ...more }: Sent): void {
  const { keyFrame = false } = more;
  const frame: OutboundFrame = {
    ...{ type: "frame", mid: "1", payloadType: VP8, timestamp: pair.now * 1000, keyFrame },
    data: vp8(new Random(1), keyFrame, size),
    ...more,
  };
  pair.run("a", (a, now) => a.handleOutbound([frame], now));
  pair.advance(after);
}

/** Frames of these temporal layers, the first of which is a key frame. */
function sendTemporal(pair: Ends, payloadType: number, temporalIds: readonly number[]): void {
  for (const [i, temporalId] of temporalIds.entries()) {
    send(pair, { payloadType, keyFrame: i === 0, dependencies: { spatialId: 0, temporalId } });
  }
}

function packetsOf(pair: Ends): RtpPacket[] {
  return pair.sent.a.filter(({ kind }) => kind === "rtp").map(({ data }) => parseRtpPacket(data)!)
    .filter(({ ssrc, payload }) => ssrc === VIDEO.ssrc && payload.length > 0);
}

function vp8Of(pair: Ends): Vp8Descriptor[] {
  return packetsOf(pair).map(({ payload }) => parseVp8Descriptor(payload)!.descriptor);
}

function vp9Of(pair: Ends): Vp9Descriptor[] {
  return packetsOf(pair).map(({ payload }) => parseVp9Descriptor(payload)!.descriptor);
}

Deno.test("RFC 7741 section 4.2: packets tell the temporal layer of a frame, and on which of the lowest layer it depends", () => {
  const pair = layeredEnds({ spatial: 1, temporal: 3 });
  sendTemporal(pair, VP8, [0, 2, 1, 2, 0, 2]);
  const told = vp8Of(pair).map(({ temporalId, tl0PicIdx, layerSync }) => [
    ...[temporalId, tl0PicIdx, layerSync],
  ]);
  assertEquals(told, [
    [0, 0, false],
    [2, 0, true],
    [1, 0, true],
    [2, 0, false], // It refers to the one before (W3C WebRTC SVC section 6).
    [0, 1, false],
    [2, 1, true],
  ]);
  assertEquals(framesOf(pair).length, 6);
});

Deno.test("RFC 7741 section 4.2: every packet of a frame tells its layer", () => {
  const pair = layeredEnds({ spatial: 1, temporal: 2 });
  const dependencies = { spatialId: 0, temporalId: 0 };
  send(pair, { keyFrame: true, dependencies, size: 3000 });
  assertEquals(vp8Of(pair).map((one) => [one.startOfPartition, one.temporalId, one.tl0PicIdx]), [
    [true, 0, 0],
    [false, 0, 0],
    [false, 0, 0],
  ]);
});

Deno.test("RFC 7741 section 4.2: Y says that a frame needs the lowest layer only, where its source says so", () => {
  const pair = layeredEnds({ spatial: 1, temporal: 2 });
  const frames: [frameId: number, temporalId: number, dependencies: number[]][] = [
    [100, 0, []],
    [101, 1, [100]],
    [103, 0, [100]], // The source has left one out.
    [104, 1, [103]],
    [105, 0, [103]],
    [106, 1, [105, 104]],
    [107, 0, [105]],
    [108, 1, [105]], // This needs the base layer's frame before the latest.
  ];
  for (const [frameId, temporalId, dependencies] of frames) {
    const said = { spatialId: 0, temporalId, frameId, dependencies };
    send(pair, { keyFrame: frameId === 100, dependencies: said });
  }
  const told = vp8Of(pair).filter(({ temporalId }) => temporalId === 1);
  assertEquals(told.map(({ layerSync }) => layerSync), [true, true, false, false]);
});

Deno.test("a frame of which no more is known than whether it needs the lowest layer only may need its own, too", () => {
  for (const payloadType of [VP8, VP9]) {
    const pair = layeredEnds({ spatial: 1, temporal: 2 });
    for (
      const [i, needsBaseOnly] of [undefined, true, undefined, false, undefined, true].entries()
    ) {
      const dependencies = {
        ...{ spatialId: 0, temporalId: i % 2 },
        ...(needsBaseOnly !== undefined && { needsBaseOnly }),
      };
      send(pair, { payloadType, keyFrame: i === 0, dependencies });
    }
    if (payloadType === VP8) {
      assertEquals(vp8Of(pair).map(({ layerSync }) => layerSync), [
        ...[false, true, false, false, false, true],
      ]);
    } else {
      assertEquals(vp9Of(pair).map(({ references }) => references), [
        ...[undefined, [1], [2], [1, 2], [2], [1]],
      ]);
    }
  }
});

Deno.test("streams without layers say nothing of layers", () => {
  const pair = layeredEnds();
  for (const payloadType of [VP8, VP9]) sendTemporal(pair, payloadType, [0, 0, 0]);
  assertEquals(vp8Of(pair).slice(0, 3).map((one) => [one.temporalId, one.tl0PicIdx]), [
    ...Array.from({ length: 3 }, () => [undefined, undefined]),
  ]);
  assertEquals(vp9Of(pair).slice(3).map(({ layer, flexible }) => [layer, flexible]), [
    ...Array.from({ length: 3 }, () => [undefined, false]),
  ]);
});

Deno.test("layers that turn up unannounced are told from the next key frame on: receivers could not make sense of them before", () => {
  for (const payloadType of [VP8, VP9]) {
    const pair = layeredEnds();
    sendTemporal(pair, payloadType, [0, 1, 0]);
    sendTemporal(pair, payloadType, [0, 1, 0]);
    const told = payloadType === VP8
      ? vp8Of(pair).map(({ temporalId }) => temporalId)
      : vp9Of(pair).map(({ layer }) => layer?.temporalId);
    assertEquals(told, [undefined, undefined, undefined, 0, 1, 0]);
    assertEquals(framesOf(pair).length, 6);
  }
});

Deno.test("RFC 9628 section 4.2: packets tell the temporal layer of a picture, and which earlier ones it refers to", () => {
  const pair = layeredEnds({ spatial: 1, temporal: 3 });
  sendTemporal(pair, VP9, [0, 2, 1, 2, 0, 2]);
  const told = vp9Of(pair);
  assert(told.every(({ flexible }) => flexible));
  assertEquals(told.map(({ layer }) => layer!.temporalId), [0, 2, 1, 2, 0, 2]);
  // Which layers need which is what the diagrams say (W3C WebRTC SVC section 6).
  assertEquals(told.map(({ layer }) => layer!.switchingUp), Array(6).fill(true));
  assertEquals(told.map(({ interPicture }) => interPicture), [
    ...[false, true, true, true, true, true],
  ]);
  assertEquals(told.map(({ references }) => references), [
    ...[undefined, [1], [2], [1], [4], [1]],
  ]);
  const [first] = told;
  assertEquals(told.map(({ pictureId }) => (pictureId! - first!.pictureId!) & 0x7fff), [
    ...[0, 1, 2, 3, 4, 5],
  ]);
});

Deno.test("RFC 9628 section 4.2: what a picture's source says that it needs is what it refers to, at most three and no further back than there is room for", () => {
  const pair = layeredEnds({ spatial: 1, temporal: 2 });
  const needs: [frameId: number, dependencies: number[]][] = [
    ...[[10, []], [12, [10]], [13, [10, 12]], [14, [10, 12, 13]]] as [number, number[]][],
    [15, [10, 12, 13, 14]],
    [16, [9]], // which was never there
  ];
  for (const [frameId, dependencies] of needs) {
    const said = { spatialId: 0, temporalId: 0, frameId, dependencies };
    send(pair, { payloadType: VP9, keyFrame: frameId === 10, dependencies: said });
  }
  for (let frameId = 17; frameId < 150; frameId++) {
    const said = { spatialId: 0, temporalId: 0, frameId, dependencies: [frameId - 1, 13] };
    send(pair, { payloadType: VP9, dependencies: said, after: 10 });
  }
  const references = vp9Of(pair).map((one) => one.references);
  assertEquals(references.slice(0, 6), [undefined, [1], [1, 2], [1, 2, 3], [1, 2, 3], [1]]);
  assertEquals(references[6], [1, 4]);
  assertEquals(references.at(-1), [1]);
});

/** Pictures of VP9 whose two spatial layers come one after the other, the first with a key frame. */
function sendByLayers(pair: Ends, pictures: number): void {
  for (let i = 0; i < pictures; i++) {
    const timestamp = pair.now * 1000;
    for (const spatialId of [0, 1]) {
      const keyFrame = i === 0 && spatialId === 0;
      const dependencies = { spatialId, temporalId: 0 };
      send(pair, { payloadType: VP9, keyFrame, timestamp, dependencies, after: spatialId * 40 });
    }
  }
}

Deno.test("RFC 9628 section 3: the spatial layers of a picture share its ID, and the last has the marker", () => {
  const pair = layeredEnds({ spatial: 2, temporal: 1 });
  sendByLayers(pair, 1); // by which it is known that more may follow the lowest layer
  sendByLayers(pair, 3);
  const told = vp9Of(pair).slice(2);
  const [{ pictureId } = {}] = told;
  assertEquals(told.map((one) => (one.pictureId! - pictureId!) & 0x7fff), [0, 0, 1, 1, 2, 2]);
  assertEquals(told.map(({ layer }) => [layer!.spatialId, layer!.interLayer]), [
    ...[[0, false], [1, true], [0, false], [1, true], [0, false], [1, true]],
  ] as [number, boolean][]);
  assertEquals(told.map(({ references }) => references), [
    ...[undefined, undefined, [1], [1], [1], [1]],
  ]);
  assertEquals(packetsOf(pair).slice(2).map(({ marker }) => marker), [
    ...[false, true, false, true, false, true],
  ]);
  assertEquals(framesOf(pair).length, 2 + 3);
});

Deno.test("W3C WebRTC SVC section 6: which pictures refer to the layer below depends on the mode", () => {
  const told = (interLayer: LayerCounts["interLayer"]) => {
    const pair = layeredEnds({ spatial: 2, temporal: 1, ...(interLayer && { interLayer }) });
    sendByLayers(pair, 1);
    sendByLayers(pair, 2);
    return vp9Of(pair).slice(2).map(({ layer, references }) => [layer!.interLayer, references]);
  };
  assertEquals(told("full"), [[false, undefined], [true, undefined], [false, [1]], [true, [1]]]);
  assertEquals(told("key"), [[false, undefined], [true, undefined], [false, [1]], [false, [1]]]);
  assertEquals(told("none"), [[false, undefined], [false, undefined], [false, [1]], [false, [1]]]);
});

Deno.test("a picture of the lowest layer alone ends with it, wherever its source gives whole pictures", () => {
  const pair = layeredEnds({ spatial: 2, temporal: 1 });
  for (let i = 0; i < 3; i++) {
    const dependencies = { spatialId: 0, temporalId: 0 };
    send(pair, { payloadType: VP9, keyFrame: i === 0, dependencies });
  }
  const [first, ...others] = vp9Of(pair).map(({ pictureId }) => pictureId!);
  assertEquals(others.map((id) => (id - first!) & 0x7fff), [1, 2]);
  assert(packetsOf(pair).every(({ marker }) => marker));
});

Deno.test("a picture whose highest layer is left out is followed by another one", () => {
  const pair = layeredEnds({ spatial: 2, temporal: 1 });
  sendByLayers(pair, 1);
  for (let i = 0; i < 3; i++) {
    const dependencies = { spatialId: 0, temporalId: 0 };
    send(pair, { payloadType: VP9, keyFrame: i === 0, dependencies });
  }
  const [first, ...others] = vp9Of(pair).slice(2).map(({ pictureId }) => pictureId!);
  assertEquals(others.map((id) => (id - first!) & 0x7fff), [1, 2]);
});

Deno.test("a frame that can't be sent is none that others could refer to", () => {
  const pair = layeredEnds({ spatial: 1, temporal: 2 });
  const dependencies = { spatialId: 0, temporalId: 0 };
  send(pair, { payloadType: VP9, keyFrame: true, dependencies });
  send(pair, { payloadType: VP9, data: new Uint8Array(0), dependencies });
  send(pair, { payloadType: VP9, dependencies });
  assertEquals(vp9Of(pair).map(({ references }) => references), [undefined, [1]]);
});

Deno.test("layers end with a key frame of an encoding without", () => {
  const pair = layeredEnds({ spatial: 1, temporal: 2 });
  sendTemporal(pair, VP9, [0, 1]);
  const encodings = [{ ...VIDEO, layers: { spatial: 1, temporal: 1 } }];
  pair.run("a", (a, now) => a.setSender(sender("video", encodings), now));
  sendTemporal(pair, VP9, [0, 0]);
  // RFC 9628 section 4.2: the mode may change at a key picture only.
  assertEquals(vp9Of(pair).map(({ flexible }) => flexible), [true, true, false, false]);
  assertEquals(framesOf(pair).length, 4);
});

Deno.test("whatever is said of frames, receivers find their way through the layers", () => {
  const seed = seedForRun("layered payloads");
  const random = new Random(seed);
  for (let round = 0; round < 40; round++) {
    const layers = { spatial: 1, temporal: 2 + random.below(4) };
    const pair = layeredEnds(layers);
    const payloadType = random.below(2) === 0 ? VP8 : VP9;
    for (let i = 0; i < 30; i++) {
      const layer = { spatialId: 0, temporalId: random.below(6) };
      const frameId = random.below(40);
      const dependencies = Array.from({ length: random.below(9) }, () => random.below(40));
      const said = [undefined, layer, { ...layer, frameId, dependencies }][random.below(3)];
      const size = 1 + random.below(3000);
      const keyFrame = i === 0 || random.below(10) === 0;
      send(pair, { payloadType, keyFrame, size, ...(said && { dependencies: said }) });
    }
    assertEquals(framesOf(pair).length, 30, `seed ${seed}, round ${round}`);
    if (payloadType === VP9) {
      for (const { references, interPicture } of vp9Of(pair)) {
        assertEquals(references !== undefined, interPicture, `seed ${seed}, round ${round}`);
      }
      continue;
    }
    let index = -1;
    for (const { startOfPartition, temporalId, tl0PicIdx } of vp8Of(pair)) {
      if (startOfPartition && temporalId === 0) index++;
      assertEquals(tl0PicIdx, index & 0xff, `seed ${seed}, round ${round}`);
      assert(temporalId! < Math.min(layers.temporal, 4), `seed ${seed}, round ${round}`);
    }
  }
});

/** The descriptors of all packets, and their markers. */
function described(pair: Ends): [frameNumber: number, spatialId: number, marker: boolean][] {
  let structure: DependencyStructure | undefined;
  return packetsOf(pair).map(({ extension, marker }) => {
    const descriptor = parseDependencyDescriptor(findElement(extension, 13)!, structure)!;
    structure = descriptor.structure ?? structure;
    const { spatialId } = templateOf(descriptor, structure!)!;
    return [descriptor.frameNumber, spatialId, marker];
  });
}

function spatialEnds(spatial: number): Ends {
  const extensions = new Map([...EXTENSIONS, [DEPENDENCY_DESCRIPTOR_URI, 13]]);
  const encodings = [{ ...VIDEO, layers: { spatial, temporal: 1 } }];
  return ends(1, {}, { encodings, video: { extensions }, receiving: { extensions } });
}

Deno.test("a superframe of VP9 goes as its spatial layers, each described by itself, and comes back whole", () => {
  const pair = spatialEnds(2);
  const pictures = Array.from(
    { length: 3 },
    (_, i) => joinSuperframe([new Uint8Array(300).fill(i + 1), new Uint8Array(900).fill(i + 4)]),
  );
  for (const [i, data] of pictures.entries()) {
    send(pair, { payloadType: VP9, keyFrame: i === 0, data });
  }
  assertEquals(vp9Of(pair).map(({ layer }) => [layer!.spatialId, layer!.interLayer]), [
    ...Array.from({ length: 3 }, () => [[0, false], [1, true]] as [number, boolean][]).flat(),
  ]);
  assertEquals(described(pair), [
    ...[[0, 0, false], [1, 1, true], [2, 0, false], [3, 1, true], [4, 0, false], [5, 1, true]],
  ] as [number, number, boolean][]);
  assertEquals(framesOf(pair).map(({ data }) => data), pictures);
  assertEquals(sessionCore(pair.a).sender("1")!.streams()[0]!.framesSent, 3);
});

Deno.test("AV1 specification section 5.3.3: a temporal unit goes as its spatial layers, of which the highest may be missing, and its last packet has the marker", () => {
  const pair = spatialEnds(3);
  const frame = (spatialId: number, keyFrame: boolean) =>
    Uint8Array.of(0x36, spatialId << 3, 3, keyFrame ? 0x10 : 0x30, spatialId, 7);
  const pictures = [[0, 1, 2], [0, 1, 2], [0, 1], [0]].map((layers, i) =>
    concat([
      ...i === 0 ? [obu(0x0a, Uint8Array.of(1, 2, 3))] : [],
      ...layers.map((spatialId) => frame(spatialId, i === 0 && spatialId === 0)),
    ])
  );
  for (const [i, data] of pictures.entries()) {
    send(pair, { payloadType: AV1, keyFrame: i === 0, data });
  }
  assertEquals(described(pair).map(([, ...rest]) => rest), [
    ...[[0, false], [1, false], [2, true], [0, false], [1, false], [2, true]],
    ...[[0, false], [1, true], [0, true]],
  ] as [number, boolean][]);
  assertEquals(framesOf(pair).map(({ data }) => data), pictures);
});

Deno.test("numbers that a source gives to whole pictures are those of their lowest layers", () => {
  const pair = spatialEnds(2);
  const picture = joinSuperframe([new Uint8Array(300).fill(1), new Uint8Array(900).fill(2)]);
  for (let i = 0; i < 4; i++) {
    const told = { frameId: 70 + i, dependencies: i === 0 ? [] : [69 + i] };
    const dependencies = { spatialId: 0, temporalId: 0, ...told };
    send(pair, { payloadType: VP9, keyFrame: i === 0, data: picture, dependencies });
  }
  assertEquals(described(pair).map(([number]) => number), [0, 1, 2, 3, 4, 5, 6, 7]);
  const needed = framesOf(pair).map(({ dependencies }) => dependencies!.dependencies);
  assertEquals(needed, [[], [0], [2], [4]]);
});
