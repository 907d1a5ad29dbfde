import { assertEquals } from "@std/assert";
import {
  buildHeaderExtension,
  DEPENDENCY_DESCRIPTOR_URI,
  type DependencyDescriptor,
  type DependencyStructure,
  parseRtpPacket,
  serializeRtpPacket,
  writeDependencyDescriptor,
} from "../../../rtp/mod.ts";
import { Random } from "../../support/random.ts";
import { type Ends, ends, EXTENSIONS, framesOf, sendVideo, VIDEO, vp8 } from "./ends.ts";

const ID = 13;

const layer = (temporalId: number, frameDiffs: readonly number[]) => ({
  ...{ spatialId: 0, temporalId, frameDiffs, chainDiffs: [] },
  decodeTargetIndications: ["required"] as const,
});

/** One spatial and two temporal layers (AV1 RTP specification section A.8). */
const STRUCTURE: DependencyStructure = {
  ...{ templateIdOffset: 3, decodeTargetCount: 1, chainCount: 0, protectedBy: [] },
  templates: [layer(0, []), layer(0, [2]), layer(1, [1])],
};

/** Has each frame that is sent say this of itself. */
function describe(pair: Ends, of: (frame: number) => Partial<DependencyDescriptor>): void {
  let frame = -1;
  let timestamp: number | undefined;
  pair.filter = (datagram, from) => {
    if (from !== "a" || datagram.kind !== "rtp") return datagram;
    const packet = parseRtpPacket(datagram.data)!;
    if (packet.ssrc !== VIDEO.ssrc) return datagram;
    if (packet.timestamp !== timestamp) frame++;
    timestamp = packet.timestamp;
    const { frameNumber = frame, templateId = 3, ...more } = of(frame);
    const data = writeDependencyDescriptor(
      { startOfFrame: true, endOfFrame: true, templateId, frameNumber, ...more },
      STRUCTURE,
    );
    const extension = buildHeaderExtension([{ id: ID, data }]);
    return { ...datagram, data: serializeRtpPacket({ ...packet, extension }) };
  };
}

function receivingEnds(): Ends {
  const extensions = new Map([...EXTENSIONS, [DEPENDENCY_DESCRIPTOR_URI, ID]]);
  return ends(1, {}, { receiving: { extensions } });
}

function sendFrames(pair: Ends, count: number): void {
  const random = new Random(1);
  for (let frame = 0; frame < count; frame++) {
    sendVideo(pair, vp8(random, frame === 0, 2000), frame === 0);
    pair.advance(40);
  }
}

Deno.test("AV1 RTP specification appendix A: frames tell their numbers, their layers and what they need", () => {
  const pair = receivingEnds();
  describe(pair, (frame) => ({
    frameNumber: (65534 + frame) & 0xffff,
    templateId: frame === 0 ? 3 : frame % 2 === 0 ? 4 : 5,
    ...(frame === 0 && { structure: STRUCTURE }),
  }));
  sendFrames(pair, 5);
  assertEquals(framesOf(pair).map(({ dependencies }) => dependencies), [
    { frameId: 65534, dependencies: [], spatialId: 0, temporalId: 0 },
    { frameId: 65535, dependencies: [65534], spatialId: 0, temporalId: 1 },
    { frameId: 65536, dependencies: [65534], spatialId: 0, temporalId: 0 },
    { frameId: 65537, dependencies: [65536], spatialId: 0, temporalId: 1 },
    { frameId: 65538, dependencies: [65536], spatialId: 0, temporalId: 0 },
  ]);
});

Deno.test("a descriptor without its structure, or of a template that there is not, tells nothing and costs no frame", () => {
  for (const templateId of [3, 40]) {
    const pair = receivingEnds();
    describe(pair, (frame) => ({
      templateId,
      ...(templateId === 40 && frame === 0 && { structure: STRUCTURE }),
    }));
    sendFrames(pair, 3);
    assertEquals(framesOf(pair).map(({ dependencies }) => dependencies), Array(3).fill(undefined));
  }
});
