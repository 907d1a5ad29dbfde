import { assertEquals } from "@std/assert";
import {
  buildHeaderExtension,
  DEPENDENCY_DESCRIPTOR_URI,
  type DependencyDescriptor,
  type DependencyStructure,
  parseRtpPacket,
  type RtpDatagram,
  serializeRtpPacket,
  writeDependencyDescriptor,
} from "../../../rtp/mod.ts";
import { Random } from "../../support/random.ts";
import {
  type Ends,
  ends,
  eventsOf,
  EXTENSIONS,
  format,
  framesOf,
  sendVideo,
  VIDEO,
  vp8,
} from "./ends.ts";

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

/** Sends frames of two temporal layers, of which one is lost, and nothing is sent again; returns those that come out. */
function losing(lost: number, options: { markers?: boolean; told?: boolean } = {}) {
  const { markers = true, told = true } = options;
  const formats = [format(96, "video/VP8", { feedback: ["nack pli"] })];
  const extensions = new Map([...EXTENSIONS, [DEPENDENCY_DESCRIPTOR_URI, told ? ID : ID + 1]]);
  const pair = ends(1, {}, { video: { formats }, receiving: { extensions, formats } });
  describe(pair, (frame) => ({
    templateId: frame === 0 ? 3 : frame % 2 === 0 ? 4 : 5,
    ...(frame === 0 && { structure: STRUCTURE }),
  }));
  const described = pair.filter!;
  let [timestamp, frame]: [number | undefined, number] = [undefined, -1];
  pair.filter = (datagram, from) => {
    const packet = datagram.kind === "rtp" ? parseRtpPacket(datagram.data)! : undefined;
    if (packet?.ssrc !== VIDEO.ssrc) return datagram;
    if (packet.timestamp !== timestamp) frame++;
    timestamp = packet.timestamp;
    const sent = described(datagram, from) as RtpDatagram;
    if (!markers) sent.data[1]! &= 0x7f;
    return frame === lost ? undefined : sent;
  };
  sendFrames(pair, 10);
  pair.advance(1000);
  // Each stream begins with a request.
  const asked = eventsOf(pair, "a", "key-frame-request").length > 1;
  const [first] = framesOf(pair);
  const frames = framesOf(pair).map((one) =>
    Math.round((one.rtpTimestamp - first!.rtpTimestamp) / 3600)
  );
  return { frames, asked };
}

Deno.test("a frame that is lost and that no other needs costs nothing but itself (AV1 RTP specification section A.1)", () => {
  const without = (...missing: number[]) =>
    Array.from({ length: 10 }, (_, i) => i).filter((i) => !missing.includes(i));
  assertEquals(losing(3), { frames: without(3), asked: false });
  // One that others need costs these, until a key frame comes.
  assertEquals(losing(4), { frames: [0, 1, 2, 3], asked: true });
  // Without markers, a frame ends where the next one begins; the last one has not ended.
  assertEquals(losing(-1, { markers: false }), { frames: without(9), asked: false });
  // Without descriptors, any may be needed.
  assertEquals(losing(3, { told: false }), { frames: [0, 1, 2], asked: true });
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
