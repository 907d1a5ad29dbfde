import { sessionCore } from "../../../rtp/session/session.ts";
import { assert, assertEquals } from "@std/assert";
import {
  createRtpPacket,
  findElement,
  MID_URI,
  parseRtcp,
  parseRtpPacket,
  type RtpDatagram,
  serializeRtpPacket,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import {
  call,
  datagram,
  ends,
  eventsOf,
  EXTENSIONS,
  framesOf,
  receiver,
  sender,
  sendVideo,
  VIDEO,
  vp8,
} from "./ends.ts";

const LAYERS = ["q", "h", "f"].map((rid, i) => ({
  ...{ rid, ssrc: 3000 + 2 * i, rtxSsrc: 3001 + 2 * i, active: true },
}));

Deno.test("three layers of a simulcast arrive as three streams, repaired each by its own (RFC 8852)", () => {
  const seed = seedForRun("simulcast");
  const random = new Random(seed);
  const pair = ends(seed, { delay: 20, loss: 0.03 }, {
    encodings: LAYERS,
    startBitrate: 3_000_000,
  });
  let asked = 0;
  for (let i = 0; i < 150; i++) {
    const requests = eventsOf(pair, "a", "key-frame-request").slice(asked);
    asked += requests.length;
    for (const { rid } of LAYERS) {
      const keyFrame = i % 50 === 0 || requests.some((request) => request.rid === rid);
      sendVideo(pair, vp8(random, keyFrame, 800), keyFrame, { rid });
    }
    pair.advance(33);
  }
  pair.advance(1000);
  const frames = framesOf(pair);
  for (const { rid, ssrc } of LAYERS) {
    const own = frames.filter((frame) => frame.rid === rid);
    assert(own.length >= 140, `${own.length} frames of ${rid}`);
    assert(own.every((frame) => frame.ssrc === ssrc));
  }
  const streams = sessionCore(pair.b).receiver("1")!.streams();
  assertEquals(streams.length, 3);
  assert(streams.some(({ retransmittedPackets }) => retransmittedPackets > 0));
});

Deno.test("a key frame of one layer is asked for with its rid", () => {
  const pair = ends(1, {}, { encodings: LAYERS });
  const random = new Random(1);
  for (const { rid } of LAYERS) sendVideo(pair, vp8(random, true, 300), true, { rid });
  pair.advance(500);
  const before = eventsOf(pair, "a", "key-frame-request").length;
  pair.run("b", (b, now) => b.requestKeyFrame("1", "h", now));
  pair.advance(100);
  const [request, ...more] = eventsOf(pair, "a", "key-frame-request").slice(before);
  assertEquals([request?.rid, request?.ssrc, more.length], ["h", 3002, 0]);
});

Deno.test("RFC 9143 section 9.2: packets name their section until a report shows that the other side knows it, and key frames always do", () => {
  const pair = ends(15);
  const random = new Random(15);
  /** Whether all of the packets of a frame do, or none. */
  const named = (keyFrame: boolean): boolean => {
    const before = pair.sent.a.length;
    sendVideo(pair, vp8(random, keyFrame, 2500), keyFrame);
    pair.advance(400);
    const names = pair.sent.a.slice(before).flatMap(({ kind, data }) => {
      const packet = kind === "rtp" ? parseRtpPacket(data) : undefined;
      if (packet?.ssrc !== VIDEO.ssrc) return [];
      return [findElement(packet.extension, EXTENSIONS.get(MID_URI)!) !== undefined];
    });
    assert(names.length > 1 && new Set(names).size === 1);
    return names[0]!;
  };
  pair.filter = (packet, from) => from === "b" ? undefined : packet;
  assertEquals([named(true), named(false), named(false)], [true, true, true]);
  pair.filter = (packet) => packet;
  for (let i = 0; i < 10; i++) named(false);
  assertEquals([named(false), named(true), named(false)], [false, true, false]);
});

Deno.test("RFC 9143 section 9.2: without a MID, an announced source or a unique payload type tells the section", () => {
  const pair = ends(2);
  const packet = (ssrc: number, payloadType: number) =>
    datagram(serializeRtpPacket(createRtpPacket({
      ...{ ssrc, payloadType, sequenceNumber: 1, timestamp: 0 },
      payload: Uint8Array.of(0xf8, 1),
    })));
  pair.run("b", (b, now) => {
    b.setReceiver(receiver("audio", { mid: "2", sources: [{ ssrc: 77 }] }), now);
    b.handleInbound([packet(77, 111), packet(78, 111), packet(79, 96)], now);
  });
  const sources = eventsOf(pair, "b", "source").map(({ mid, ssrc }) => [mid, ssrc]);
  assertEquals(sources, [["2", 77], ["1", 79]]);
  assertEquals(pair.b.discards.of("unknown source"), 1);
});

Deno.test("RFC 9143 section 9.2: a payload type is unique again once the other section is gone, or takes it no more", () => {
  const pair = ends(2);
  const routed = (ssrc: number) => {
    const packet = createRtpPacket({
      ...{ ssrc, payloadType: 96, sequenceNumber: 1, timestamp: 0 },
      payload: Uint8Array.of(0x10, 0, 1),
    });
    pair.run("b", (b, now) => b.handleInbound([datagram(serializeRtpPacket(packet))], now));
    return eventsOf(pair, "b", "source").find((source) => source.ssrc === ssrc)?.mid;
  };
  assertEquals(routed(50), "1");
  pair.run("b", (b, now) => b.setReceiver(receiver("video", { mid: "2" }), now));
  assertEquals(routed(51), undefined);
  pair.run("b", (b, now) => b.setReceiver(receiver("audio", { mid: "2" }), now));
  assertEquals(routed(52), "1");
  pair.run("b", (b, now) => b.setReceiver(receiver("video", { mid: "2" }), now));
  pair.run("b", (b) => b.removeReceiver("1"));
  assertEquals(routed(53), "2");
});

Deno.test("an SSRC that a sender gives up is no longer its own, and another sender can have it", () => {
  const pair = ends(2);
  const encodings = [{ ...VIDEO, ssrc: 2002, rtxSsrc: 2003 }];
  const owner = (ssrc: number) => sessionCore(pair.a).outgoing(ssrc)?.name.mid;
  assertEquals([2000, 2001].map(owner), ["1", "1"]);
  pair.run("a", (a, now) => a.setSender(sender("video", [VIDEO], { mid: "2" }), now));
  pair.run("a", (a, now) => a.setSender(sender("video", encodings), now));
  assertEquals([2000, 2001, 2002, 2003].map(owner), ["2", "2", "1", "1"]);
  pair.run("a", (a) => a.removeSender("2"));
  assertEquals([2000, 2001, 2002, 2003].map(owner), [undefined, undefined, "1", "1"]);
});

Deno.test("what encodings may send is told once for all sections that one task sets", () => {
  const pair = ends(2);
  pair.advance(1);
  const before = eventsOf(pair, "a", "bitrate").length;
  for (let i = 0; i < 100; i++) {
    pair.run(
      "a",
      (a, now) =>
        a.setSender(sender("video", [{ ssrc: 5000 + i, active: true }], { mid: `more ${i}` }), now),
    );
  }
  pair.advance(1);
  const told = eventsOf(pair, "a", "bitrate").slice(before);
  assertEquals(told.map(({ encodings }) => encodings.length), [102]);
});

Deno.test("a packet with our own SSRC is dropped (RFC 3550 section 8.2)", () => {
  const pair = ends(3);
  pair.run("a", (a, now) => {
    a.setReceiver(receiver("video", { mid: "9" }), now);
    a.handleInbound([
      datagram(serializeRtpPacket(createRtpPacket({
        ...{ ssrc: 2000, payloadType: 96, sequenceNumber: 1, timestamp: 0 },
      }))),
    ], now);
  });
  assertEquals(pair.a.discards.of("own source"), 1);
});

Deno.test("a sender that is removed says goodbye (RFC 3550 section 6.6), and so does a session that closes", () => {
  const pair = ends(4);
  const random = new Random(4);
  sendVideo(pair, vp8(random, true, 500), true);
  pair.advance(100);
  pair.run("a", (a) => a.removeSender("1"));
  pair.advance(100);
  assertEquals(eventsOf(pair, "b", "source-ended").map(({ mid, ssrc }) => [mid, ssrc]), [[
    "1",
    2000,
  ]]);
  pair.run("a", (a, now) =>
    a.handleOutbound([{
      ...{ type: "frame", mid: "0", payloadType: 111, data: Uint8Array.of(0xf8) },
      ...{ keyFrame: true, timestamp: 0 },
    }], now));
  pair.run("a", (a, now) => a.close(now));
  const last = parseRtcp(pair.sent.a.at(-1)!.data);
  assertEquals(last.find(({ type }) => type === "BYE"), { type: "BYE", ssrcs: [1000] });
  assert(pair.a.done);
});

Deno.test("RFC 3550 section 6.6: a source is there again with the first new packet after its goodbye, not with one that was overtaken", () => {
  const pair = ends(5);
  const random = new Random(5);
  const told = () => eventsOf(pair, "b", "source").length;
  sendVideo(pair, vp8(random, true, 500), true);
  pair.advance(100);
  let held: RtpDatagram | undefined;
  pair.filter = (packet) => {
    if (packet.kind !== "rtp") return packet;
    held = packet;
    return undefined;
  };
  sendVideo(pair, vp8(random, false, 500), false);
  pair.filter = (packet) => packet;
  sendVideo(pair, vp8(random, false, 500), false);
  pair.advance(10);
  pair.run("a", (a) => a.removeSender("1"));
  pair.advance(100);
  pair.inject("a", held!);
  pair.advance(100);
  assertEquals([told(), eventsOf(pair, "b", "source-ended").length], [1, 1]);
  pair.run("a", (a, now) => a.setSender(sender("video", [VIDEO]), now));
  sendVideo(pair, vp8(random, true, 500), true);
  pair.advance(100);
  assertEquals(told(), 2);
});

Deno.test("a source that ends and begins again goes on with its timestamps, as time has (RFC 3550 section 5.1)", () => {
  const pair = ends(6);
  const random = new Random(6);
  for (let times = 0; times < 3; times++) {
    pair.run("a", (a, now) => a.setSender(sender("video", [VIDEO]), now));
    pair.run("b", (b, now) => b.setReceiver(receiver("video"), now));
    sendVideo(pair, vp8(random, true, 500), true);
    pair.advance(500);
    sendVideo(pair, vp8(random, false, 500), false);
    pair.advance(500);
    pair.run("a", (a) => a.removeSender("1"));
    pair.run("b", (b) => b.removeReceiver("1"));
    pair.advance(1000);
  }
  const timestamps = pair.sent.a.filter(({ kind }) => kind === "rtp")
    .map(({ data }) => parseRtpPacket(data)!).filter(({ ssrc }) => ssrc === VIDEO.ssrc)
    .map(({ timestamp }) => timestamp);
  const steps = timestamps.slice(1).map((timestamp, i) => (timestamp - timestamps[i]!) >>> 0);
  assertEquals(steps.map((step) => Math.round(step / 900)), [50, 150, 50, 150, 50]); // in 10 ms
  const presented = framesOf(pair, "b", "1").map(({ timestamp }) => timestamp);
  assertEquals(presented.map((at) => Math.round((at - presented[0]!) / 10_000)), [
    ...[0, 50, 200, 250, 400, 450],
  ]);
});

Deno.test("a source that ends and begins again goes on with its numbers: SRTP drops those that come twice (RFC 3711 section 9.1)", () => {
  for (let seed = 1; seed <= 10; seed++) {
    const pair = ends(seed);
    const random = new Random(seed);
    for (let times = 0; times < 3; times++) {
      pair.run("a", (a, now) => a.setSender(sender("video", [VIDEO]), now));
      sendVideo(pair, vp8(random, true, 2500), true);
      pair.advance(100);
      pair.run("a", (a) => a.removeSender("1"));
      pair.advance(100);
    }
    const numbers = pair.sent.a.filter(({ kind }) => kind === "rtp")
      .map(({ data }) => parseRtpPacket(data)!).filter(({ ssrc }) => ssrc === VIDEO.ssrc)
      .map(({ sequenceNumber }) => sequenceNumber);
    assert(numbers.length >= 9, `${numbers.length} packets`);
    assertEquals(numbers, numbers.map((_, index) => numbers[0]! + index));
  }
});

Deno.test("both sides learn the round trip, and reports say what is lost", () => {
  const seed = seedForRun("reports");
  const pair = ends(seed, { delay: 40, loss: 0.02 }, { startBitrate: 2_000_000 });
  call(pair, 10, new Random(seed));
  const [stream] = sessionCore(pair.a).sender("1")!.streams();
  const roundTrip = stream!.roundTrip.smoothed!;
  assert(Math.abs(roundTrip - 80) < 5, `${roundTrip}`);
  assert(stream!.remote.packetsLost > 0);
  const asked = sessionCore(pair.b).reporter.reference.roundTrip.smoothed!;
  assert(Math.abs(asked - 80) < 5, `${asked}`);
});

Deno.test("packets keep to the largest size, with every extension and as a retransmission", () => {
  const seed = seedForRun("size");
  const pair = ends(seed, { delay: 20, loss: 0.05 }, { startBitrate: 3_000_000 });
  call(pair, 5, new Random(seed), () => 20_000);
  const sizes = pair.sent.a.map(({ data }) => data.length);
  assert(Math.max(...sizes) <= 1150, `${Math.max(...sizes)}`);
  const rtx = pair.sent.a.map(({ data }) => parseRtpPacket(data)).filter((packet) =>
    packet?.payloadType === 97
  );
  assert(rtx.length > 0);
});
