import { assert, assertEquals } from "@std/assert";
import {
  AUDIO_LEVEL_URI,
  createRtpPacket,
  findElement,
  type InboundPacket,
  MID_URI,
  MIXER_AUDIO_LEVEL_URI,
  parseRtpPacket,
  type ReturnedPacket,
  type RtpPacket,
  TRANSPORT_CC_URI,
  type WrittenPacket,
} from "../../../rtp/mod.ts";
import {
  type Ends,
  ends,
  eventsOf,
  EXTENSIONS,
  framesOf,
  receiver,
  sendVideo,
  VIDEO,
  vp8,
} from "./ends.ts";
import { Random, seedForRun } from "../../support/random.ts";

function written(id: number, more: Partial<WrittenPacket> = {}): WrittenPacket {
  return {
    ...{ type: "written", mid: "1", id, payloadType: 96, timestamp: 90 * id, marker: false },
    ...{ csrcs: [], extensions: [], payload: Uint8Array.of(0x10, 0x10, id), paddingLength: 0 },
    ...more,
  };
}

function packetsOf(pair: Ends, ssrc: number): RtpPacket[] {
  return pair.sent.a.map(({ data }) => parseRtpPacket(data))
    .filter((packet) => packet !== undefined)
    .filter((packet) => packet.ssrc === ssrc && packet.payload.length > 0);
}

Deno.test("what is written leaves as it says, numbered and stamped by the session", () => {
  const ids = new Map([...EXTENSIONS, [MIXER_AUDIO_LEVEL_URI, 5]]);
  const pair = ends(1, {}, { video: { extensions: ids } });
  const level = { uri: AUDIO_LEVEL_URI, data: Uint8Array.of(0x85) };
  const mixed = { uri: MIXER_AUDIO_LEVEL_URI, data: Uint8Array.of(0x20) };
  const extensions = [level, mixed, { uri: MID_URI, data: Uint8Array.of(0x39) }, {
    uri: "no",
    data: level.data,
  }];
  pair.run("a", (a, now) =>
    a.handleOutbound([
      written(1, { csrcs: [5], extensions, marker: true }),
      written(2, { timestamp: 0xffff_ffff, paddingLength: 4 }),
    ], now));
  pair.advance(100);
  const [first, second] = packetsOf(pair, VIDEO.ssrc);
  assertEquals([first!.timestamp, first!.marker, first!.csrcs], [90, true, [5]]);
  assertEquals([second!.timestamp, second!.padding.length], [0xffff_ffff, 4]);
  assertEquals(second!.sequenceNumber, (first!.sequenceNumber + 1) & 0xffff);
  const valueOf = (uri: string) => findElement(first!.extension, ids.get(uri)!);
  assertEquals(valueOf(AUDIO_LEVEL_URI), level.data);
  assertEquals(valueOf(MIXER_AUDIO_LEVEL_URI), mixed.data);
  assertEquals(
    valueOf(MID_URI),
    new TextEncoder().encode("1"),
    "its own name is not to be changed",
  );
  assert(valueOf(TRANSPORT_CC_URI) !== undefined);
  assertEquals(
    eventsOf(pair, "a", "written").map(({ id, left }) => [id, left!.size > 15]),
    [[1, true], [2, true]],
  );
});

Deno.test("what can't be written is told of and counted, and takes no number", () => {
  const pair = ends(1);
  const bad: Partial<WrittenPacket>[] = [
    { payloadType: 77 },
    { mid: "9" },
    { csrcs: Array<number>(16).fill(1) },
    { paddingLength: 256 },
    { extensions: [{ uri: AUDIO_LEVEL_URI, data: new Uint8Array(256) }] },
  ];
  pair.run("a", (a, now) => {
    a.handleOutbound([written(0), ...bad.map((more, i) => written(i + 1, more)), written(6)], now);
    assertEquals(a.discards.of("no format"), 1);
    assertEquals(a.discards.of("no encoding"), 1);
    assertEquals(a.discards.of("unsendable frame"), 3);
  });
  pair.advance(100);
  const told = eventsOf(pair, "a", "written");
  assertEquals(told.filter(({ left }) => !left).map(({ id }) => id), [1, 2, 3, 4, 5]);
  assertEquals(told.filter(({ left }) => left).map(({ id }) => id), [0, 6]);
  const [first, second] = packetsOf(pair, VIDEO.ssrc);
  assertEquals(second!.sequenceNumber, (first!.sequenceNumber + 1) & 0xffff);
});

Deno.test("what was written is sent again when it gets lost, and counted in reports", () => {
  const pair = ends(3, { loss: 0.1, delay: 10 }, { receiving: { delivery: "packets" } });
  for (let id = 0; id < 300; id++) {
    pair.run("a", (a, now) => a.handleOutbound([written(id)], now));
    pair.advance(10);
  }
  pair.advance(1000);
  const arrived = pair.received.b.filter(({ type }) => type === "packet").length;
  assert(arrived >= 297, `${arrived} of 300`);
  pair.run("a", (a) => assert(a.outbound("1")[0]!.packetsSent >= 300));
});

Deno.test("packets of frames come out above where the parameters say so, and leave as they are written", () => {
  const pair = ends(1, {}, { video: { handsUpPackets: true } });
  const data = vp8(new Random(seedForRun("packetized")), true, 3000);
  pair.run("a", (a, now) =>
    a.handleOutbound([
      { ...{ type: "frame", mid: "1", payloadType: 96 }, data, keyFrame: true, timestamp: 0 },
    ], now));
  pair.advance(100);
  assertEquals(packetsOf(pair, VIDEO.ssrc), []);
  const handed = pair.received.a.filter((item) => item.type === "packetized");
  assert(handed.length >= 3);
  assertEquals(handed.map(({ packet }) => packet.marker), [
    ...Array<boolean>(handed.length - 1).fill(false),
    true,
  ]);
  pair.run("a", (a, now) =>
    a.handleOutbound(
      handed.map(({ packet: { payloadType, timestamp, marker, payload } }, id) =>
        written(id, { payloadType, timestamp, marker, payload })
      ),
      now,
    ));
  pair.advance(1000);
  const frames = pair.received.b.filter((item) => item.type === "frame");
  assertEquals(frames.map((frame) => frame.data), [data]);
});

Deno.test("packets that are taken and given back become frames, in order and once each", () => {
  const seed = seedForRun("returned packets");
  const random = new Random(seed);
  const pair = ends(seed, { delay: 10 }, { receiving: { delivery: "packets" } });
  const sent: Uint8Array[] = [];
  let taken = 0;
  const giveBack = () => {
    const items = pair.received.b.slice(taken).filter((item) => item.type === "packet");
    taken = pair.received.b.length;
    pair.run("b", (b, now) =>
      b.handleOutbound(
        items.flatMap((item): ReturnedPacket[] => {
          const { mid, packet } = item as InboundPacket;
          const returned: ReturnedPacket = { type: "returned", mid, packet };
          return random.chance(0.1) ? [returned, returned] : [returned];
        }),
        now,
      ));
  };
  for (let i = 0; i < 100; i++) {
    const asked = eventsOf(pair, "a", "key-frame-request").length > 0;
    const data = vp8(random, i === 0 || asked && i % 10 === 0, 3000);
    sent.push(data);
    sendVideo(pair, data, (data[0]! & 1) === 0);
    pair.advance(33);
    giveBack();
    pair.link = { loss: 0.03, delay: 10 }; // nobody would know that the very first packet is missing
  }
  for (let i = 0; i < 20; i++) {
    pair.advance(50);
    giveBack();
  }
  const frames = framesOf(pair).map(({ data }) => data);
  assert(frames.length >= 95, `${frames.length} of 100 frames`);
  const indices = frames.map((data) => sent.findIndex((one) => isSame(one, data)));
  assertEquals(indices, [...new Set(indices)].sort((a, b) => a - b));
});

Deno.test("packets that are given back where nobody took them, or of no payload type, are counted", () => {
  const pair = ends(1);
  const packet = createRtpPacket({ payloadType: 96, sequenceNumber: 1, timestamp: 1, ssrc: 5 });
  pair.run("b", (b, now) => {
    b.handleOutbound([{ type: "returned", mid: "1", packet }], now);
    b.setReceiver(receiver("video", { delivery: "packets" }), now);
    for (let ssrc = 0; ssrc < 100; ssrc++) {
      b.handleOutbound([{ type: "returned", mid: "1", packet: { ...packet, ssrc } }], now);
    }
    b.handleOutbound([
      { type: "returned", mid: "1", packet: { ...packet, payloadType: 77 } },
      { type: "returned", mid: "9", packet },
    ], now);
    assertEquals([b.discards.of("not taken"), b.discards.of("unknown payload type")], [1, 1]);
  });
});

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
