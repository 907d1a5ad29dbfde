import { sessionCore } from "../../../rtp/session/session.ts";
import { MAX_STREAMS } from "../../../rtp/session/parameters.ts";
import { assert, assertEquals } from "@std/assert";
import {
  buildHeaderExtension,
  createRtpPacket,
  isOutbound,
  parseRtcp,
  type RtpDatagram,
  type RtpItem,
  type RtpPacket,
  type RtpSessionEvent,
  serializeRtcp,
  serializeRtpPacket,
  writeMid,
  writeRepairedRid,
  writeRid,
} from "../../../rtp/mod.ts";
import { testCompliance } from "../../core/compliance.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { makers } from "../rtcp_packets.ts";
import { randomPacket } from "../support.ts";
import {
  AUDIO,
  call,
  datagram,
  ends,
  eventsOf,
  framesOf,
  receiver,
  sender,
  session,
  VIDEO,
  vp8,
} from "./ends.ts";

function anyPacket(random: Random): Uint8Array {
  if (random.chance(0.4)) {
    return serializeRtcp([random.pick(Object.values(makers))(random)]);
  }
  const packet = randomPacket(random);
  if (random.chance(0.7)) {
    packet.payloadType = random.pick([96, 97, 98, 102, 45, 49, 111, 63, 110]);
    packet.ssrc = random.pick([5, 6, 7]);
    packet.sequenceNumber = random.below(200);
  }
  return serializeRtpPacket(packet);
}

function noise(random: Random): RtpDatagram {
  const bytes = anyPacket(random);
  const kind = random.chance(0.1) ? random.pick(["rtp", "rtcp"] as const) : datagram(bytes).kind;
  if (random.chance(0.3)) return { kind, data: bytes.subarray(0, random.below(bytes.length + 1)) };
  for (let flips = random.below(4); flips > 0; flips--) {
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  }
  return { kind, data: bytes };
}

testCompliance<RtpDatagram, RtpItem, RtpSessionEvent>("RtpSession", {
  make(now, random) {
    const made = session(random.below(1000));
    made.setSender(sender("audio", [AUDIO]), now);
    made.setSender(sender("video", [VIDEO]), now);
    made.setReceiver(receiver("audio"), now);
    made.setReceiver(receiver("video", { delivery: "both" }), now);
    return made;
  },
  inbound: noise,
  outbound(random) {
    const keyFrame = random.chance(0.2);
    const mid = random.pick(["0", "1", "7"]);
    const timestamp = random.below(1e9);
    if (random.chance(0.3)) {
      return { type: "packet", mid, payloadType: 96, packet: randomPacket(random) };
    }
    const data = vp8(random, keyFrame, random.below(4000) + 1);
    const payloadType = random.pick([96, 111, 63, 102, 5]);
    return { type: "frame", mid, payloadType, data, keyFrame, timestamp };
  },
});

Deno.test("mutated packets never throw, and what a session keeps stays bounded", () => {
  const random = new Random(seedForRun("mutation"));
  const made = session(1);
  made.setSender(sender("video", [VIDEO]), 0);
  made.setReceiver(receiver("audio"), 0);
  made.setReceiver(receiver("video", { delivery: "both" }), 0);
  const out = { below: [], above: [], events: [] };
  for (let now = 0; now < 20_000; now++) {
    made.handleInbound([noise(random)], now);
    if (now % 10 === 0) made.handleTimeout(now);
    out.below.length = out.above.length = out.events.length = 0;
    made.poll(out);
  }
  assert(made.discards.total > 0);
  for (const mid of ["0", "1"]) assert(sessionCore(made).receiver(mid)!.streams().length <= 16);
});

Deno.test("sources without number are no more than what is kept for each section", () => {
  const made = session(2);
  made.setReceiver(receiver("audio"), 0);
  for (let ssrc = 1; ssrc <= 20_000; ssrc++) {
    const packet = createRtpPacket({ ssrc, payloadType: 111, sequenceNumber: 1, timestamp: 0 });
    made.handleInbound([datagram(serializeRtpPacket(packet))], ssrc);
  }
  assertEquals(sessionCore(made).receiver("0")!.streams().length, 16);
});

Deno.test("RTCP that lies about what was lost is not believed", () => {
  const seed = seedForRun("liar");
  const pair = ends(seed, {}, { startBitrate: 2_000_000 });
  call(pair, 1, new Random(seed));
  const block = {
    ...{ ssrc: 2000, fractionLost: 255, cumulativeLost: 0x7fffff, highestSequence: 0xffffffff },
    ...{ jitter: 0, lastSenderReport: 1, delaySinceLastSenderReport: 0xffffffff },
  };
  const before = sessionCore(pair.a).estimation.targetBitrate;
  pair.run("a", (a, now) =>
    a.handleInbound([
      datagram(serializeRtcp([{ type: "RR", ssrc: 5, reports: [block] }])),
      datagram(serializeRtcp([{ type: "NACK", senderSsrc: 5, mediaSsrc: 4711, lost: [1, 2, 3] }])),
      datagram(serializeRtcp([{ type: "PLI", senderSsrc: 5, mediaSsrc: 4711 }])),
    ], now));
  assertEquals(pair.a.discards.of("implausible feedback"), 3);
  assertEquals(sessionCore(pair.a).estimation.targetBitrate, before);
  const { remote } = sessionCore(pair.a).sender("1")!.streams()[0]!;
  assertEquals([remote.packetsLost, remote.fractionLost], [0, 0]);
});

Deno.test("a flood of NACKs gets no more than a share of the rate", () => {
  const seed = seedForRun("nack flood");
  const pair = ends(seed, {}, { startBitrate: 1_000_000 });
  call(pair, 1, new Random(seed));
  const { media } = sessionCore(pair.a).sender("1")!.streams()[0]!;
  const lost = Array.from({ length: 50 }, (_, i) => (media.nextSequenceNumber - 51 + i) & 0xffff);
  const before = pair.sent.a.length;
  for (let i = 0; i < 200; i++) {
    pair.run(
      "a",
      (a, now) =>
        a.handleInbound(
          [datagram(serializeRtcp([{ type: "NACK", senderSsrc: 5, mediaSsrc: 2000, lost }]))],
          now,
        ),
    );
    pair.advance(5);
  }
  const bytes = pair.sent.a.slice(before).reduce((sum, { data }) => sum + data.length, 0);
  // Half of the rate for retransmissions, once more for probes, and a burst.
  const allowed = sessionCore(pair.a).estimation.targetBitrate / 8 + 100_000;
  assert(bytes < allowed, `${bytes} bytes in a second, of ${allowed}`);
  const wanted = 200 * 50 * 1100;
  assert(bytes < wanted / 5);
});

Deno.test("requests for key frames are passed on, FIR only once for each number (RFC 5104 section 4.3.1.1)", () => {
  const pair = ends(9);
  const fir = (sequence: number) =>
    datagram(serializeRtcp([{ type: "FIR", senderSsrc: 5, entries: [{ ssrc: 2000, sequence }] }]));
  const asked = (...sequences: number[]) => {
    const before = eventsOf(pair, "a", "key-frame-request").length;
    pair.run("a", (a, now) => a.handleInbound(sequences.map(fir), now));
    return eventsOf(pair, "a", "key-frame-request").length - before;
  };
  assertEquals(asked(1, 1), 1);
  pair.advance(400);
  assertEquals(asked(1), 0);
  assertEquals(asked(2, 3), 1, "two at once");
  pair.advance(400);
  assertEquals(asked(3), 1, "what came too soon is heard when it comes again");
  assertEquals(sessionCore(pair.a).sender("1")!.streams()[0]!.firCount, 6);
});

Deno.test("a flood of requests for key frames does not make every frame one", () => {
  const pair = ends(10);
  const pli = datagram(serializeRtcp([{ type: "PLI", senderSsrc: 5, mediaSsrc: 2000 }]));
  for (let i = 0; i < 1000; i++) {
    pair.run("a", (a, now) => a.handleInbound([pli], now));
    pair.advance(1);
  }
  assertEquals(eventsOf(pair, "a", "key-frame-request").length, 4);
});

Deno.test("announcing other sources again and again leaves no trace of those before", () => {
  const pair = ends(11);
  for (let i = 0; i < 500; i++) {
    const sources = Array.from({ length: 20 }, (_, j) => ({
      ssrc: 10_000 + 100 * i + 2 * j,
      rtx: 10_001 + 100 * i + 2 * j,
    }));
    pair.run("b", (b, now) => b.setReceiver(receiver("video", { mid: "1", sources }), now));
  }
  assert(sessionCore(pair.b).receiver("1")!.repairing <= 2 * MAX_STREAMS);
  call(pair, 1, new Random(11));
  assert(framesOf(pair, "b").length > 0, "the demultiplexer has room for those that do send");
});

Deno.test("a loop of what we sent does not come back as media", () => {
  const seed = seedForRun("loop");
  const pair = ends(seed);
  pair.run("a", (a, now) => a.setReceiver(receiver("video", { mid: "1" }), now));
  pair.filter = (packet, from) => {
    if (from === "a") pair.inject("b", packet);
    return packet;
  };
  call(pair, 1, new Random(seed));
  assertEquals(framesOf(pair, "a").length, 0);
  assert(framesOf(pair, "b").length > 0);
  assert(
    isOutbound({
      type: "frame",
      mid: "1",
      payloadType: 96,
      data: new Uint8Array(1),
      keyFrame: true,
      timestamp: 0,
    }),
  );
});

Deno.test("sources that take each other's place with their retransmissions, or never become a stream, leave room for those that follow", () => {
  const made = session(3);
  made.setReceiver(receiver("video"), 0);
  const give = (packet: RtpPacket, now: number) =>
    made.handleInbound([datagram(serializeRtpPacket(packet))], now);
  const mid = { id: 4, data: writeMid("1") };
  const extension = buildHeaderExtension([mid, { id: 10, data: writeRid("a") }]);
  const repairs = buildHeaderExtension([mid, { id: 11, data: writeRepairedRid("a") }]);
  for (let i = 0; i < 9000; i++) {
    const now = 100 * i;
    const ssrc = 10_000 + 3 * i;
    const media = { payloadType: 96, sequenceNumber: 1, timestamp: 0 };
    give(createRtpPacket({ ...media, ssrc, extension, payload: new Uint8Array(9) }), now);
    give(createRtpPacket({ ...media, ssrc: ssrc + 1, payloadType: 97, extension: repairs }), now);
    give(createRtpPacket({ ...media, ssrc: ssrc + 2, payloadType: 5, extension }), now);
  }
  assertEquals(made.discards.of("too many sources"), 0);
  assertEquals(sessionCore(made).receiver("1")!.streams().at(-1)!.ssrc, 10_000 + 3 * 8999);
});

Deno.test("feedback that waits is bounded, and the newest counts", () => {
  const pair = ends(12);
  const plis = Array.from({ length: 1000 }, (_, mediaSsrc) => ({
    ...{ type: "PLI" as const, senderSsrc: 1, mediaSsrc },
  }));
  pair.run("b", (b, now) => {
    const { reporter } = sessionCore(b);
    for (const pli of plis) reporter.request([pli], now);
  });
  pair.advance(5000);
  const sent = pair.sent.b.filter(({ kind }) => kind === "rtcp").flatMap(({ data }) =>
    parseRtcp(data)
  );
  const asked = sent.flatMap((packet) => packet.type === "PLI" ? [packet.mediaSsrc] : []);
  assertEquals(asked, plis.slice(-256).map(({ mediaSsrc }) => mediaSsrc));
});
