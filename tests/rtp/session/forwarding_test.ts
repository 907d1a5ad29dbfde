import { assert, assertEquals } from "@std/assert";
import {
  createRtpPacket,
  type OutboundPacket,
  parseRtpPacket,
  type RtpPacket,
  SendStream,
} from "../../../rtp/mod.ts";
import { StreamRewriter } from "../../../rtp/session/outbound/stream_rewriter.ts";
import { crypto } from "../../support/freeing_provider.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { ends, eventsOf, sender } from "./ends.ts";

function rewriter(): {
  stream: SendStream;
  rewrite: (packet: RtpPacket, now: number) => RtpPacket | undefined;
} {
  const stream = new SendStream({ ssrc: 99, clockRate: 90_000 }, crypto);
  const made = new StreamRewriter(stream);
  return { stream, rewrite: (packet, now) => made.rewrite(packet, 90_000, now) };
}

function packet(ssrc: number, sequenceNumber: number, timestamp: number): RtpPacket {
  return createRtpPacket({
    ...{ ssrc, sequenceNumber: sequenceNumber & 0xffff, timestamp: timestamp >>> 0 },
    ...{ payloadType: 96, payload: Uint8Array.of(sequenceNumber) },
  });
}

Deno.test("a forwarded source keeps its gaps and its order, across the wrap of its numbers", () => {
  const { rewrite } = rewriter();
  const numbers = [65533, 65534, 0, 65535, 3].map((n) => rewrite(packet(1, n, 0xffff_ff00), 0)!);
  const first = numbers[0]!.sequenceNumber;
  assertEquals(numbers.map((one) => (one.sequenceNumber - first) & 0xffff), [0, 1, 3, 2, 6]);
  assert(numbers.every(({ ssrc }) => ssrc === 99));
});

Deno.test("switching to another source leaves no gap, and time goes on with the wall clock (RFC 7667 section 3.7)", () => {
  const { rewrite } = rewriter();
  const before = rewrite(packet(1, 100, 5000), 1000)!;
  const after = rewrite(packet(2, 40_000, 123_456_789), 1100)!;
  assertEquals((after.sequenceNumber - before.sequenceNumber) & 0xffff, 1);
  assertEquals((after.timestamp - before.timestamp) >>> 0, 9000);
  const next = rewrite(packet(2, 40_001, 123_456_789 + 3000), 1133)!;
  assertEquals((next.timestamp - after.timestamp) >>> 0, 3000);
});

Deno.test("what is forwarded goes on behind what the stream has sent before, of a track", () => {
  const { stream, rewrite } = rewriter();
  const timestamp = stream.timestampOffset + 900_000;
  stream.sent(stream.packet({ payloadType: 96, timestamp, payload: Uint8Array.of(1) }), 10_000);
  const first = rewrite(packet(1, 100, 5000), 10_100)!;
  assertEquals((first.timestamp - timestamp) >>> 0, 9000);
  // The track goes on meanwhile; and so does another source, after that.
  const later = first.timestamp + 90_000;
  stream.sent(
    stream.packet({ payloadType: 96, timestamp: later, payload: Uint8Array.of(1) }),
    11_100,
  );
  assertEquals((rewrite(packet(2, 7, 5000), 11_200)!.timestamp - later) >>> 0, 9000);
});

Deno.test("what a source sent before the switch is not forwarded late", () => {
  const { rewrite } = rewriter();
  rewrite(packet(1, 100, 0), 0);
  rewrite(packet(2, 500, 0), 10);
  assertEquals(rewrite(packet(2, 499, 0), 11), undefined);
  rewrite(packet(2, 502, 0), 12);
  assertEquals(
    rewrite(packet(2, 501, 0), 13)!.sequenceNumber,
    rewrite(packet(2, 502, 0), 13)!.sequenceNumber - 1,
  );
});

Deno.test("two sources may have the same SSRC, if they are told apart otherwise", () => {
  const stream = new SendStream({ ssrc: 99, clockRate: 90_000 }, crypto);
  const rewriter = new StreamRewriter(stream);
  const numbers = [1, 1, 2].map((source, i) =>
    rewriter.rewrite(packet(7, 100 + 2 * i, 0), 90_000, 0, source)!.sequenceNumber
  );
  assertEquals(numbers.map((number) => number - numbers[0]!), [0, 2, 3]);
});

Deno.test("a session forwards packets under the other side's payload type, the payload untouched", () => {
  const pair = ends(1);
  const payload = Uint8Array.of(0x90, 0x80, 0x01, 0, 1, 2, 3);
  pair.run("a", (a, now) => {
    a.setSender(sender("video", [{ ssrc: 2000, rtxSsrc: 2001, active: true }]), now);
    a.handleOutbound([{
      ...{ type: "packet", mid: "1", payloadType: 98 },
      packet: createRtpPacket({
        ...{ ssrc: 5, sequenceNumber: 7, timestamp: 8, payloadType: 35, marker: true, payload },
      }),
    }], now);
  });
  const sent = pair.sent.a.map(({ data }) => parseRtpPacket(data)).find((one) =>
    one?.ssrc === 2000
  )!;
  assertEquals([sent.payloadType, sent.marker, sent.payload], [98, true, payload]);
});

Deno.test("a way that is too narrow loses whole frames of what is forwarded, up to a key frame that is asked for", () => {
  const random = new Random(seedForRun("congested forwarding"));
  const pair = ends(1, {}, { startBitrate: 100_000 });
  let sequenceNumber = 0;
  const keyFrames: number[] = [];
  for (let frame = 0; frame < 60; frame++) {
    const asked = eventsOf(pair, "a", "key-frame-request").length > keyFrames.length;
    const keyFrame = frame === 0 || asked;
    if (asked) keyFrames.push(frame);
    const items = Array.from({ length: 20 }, (_, i): OutboundPacket => {
      const data = random.bytes(1000);
      data.set([i === 0 ? 0x10 : 0, keyFrame ? 0x10 : 0x11]);
      return {
        ...{ type: "packet", mid: "1", payloadType: 96 },
        packet: createRtpPacket({
          ...{ ssrc: 5, sequenceNumber: sequenceNumber++, timestamp: frame * 3000 },
          ...{ payloadType: 96, marker: i === 19, payload: data },
        }),
      };
    });
    pair.run("a", (a, now) => a.handleOutbound(items, now));
    pair.advance(33);
  }
  pair.advance(60_000);
  assert(keyFrames.length > 0);
  const sent = pair.sent.a.map(({ data }) => parseRtpPacket(data))
    .filter((one) => one?.ssrc === 2000 && one.payload.length > 0);
  const perFrame = new Map<number, number>();
  for (const one of sent) perFrame.set(one!.timestamp, (perFrame.get(one!.timestamp) ?? 0) + 1);
  assert(perFrame.size < 60, `${perFrame.size} frames left`);
  assertEquals([...new Set(perFrame.values())], [20]);
  const numbers = sent.map((one) => one!.sequenceNumber);
  assertEquals(numbers, Array.from(numbers, (_, i) => (numbers[0]! + i) & 0xffff));
});

Deno.test("a stream that waits for a key frame asks for it until it comes, a few times a second", () => {
  const pair = ends(1, {}, { startBitrate: 100_000 });
  let sequenceNumber = 0;
  for (let frame = 0; frame < 60; frame++) {
    const items = Array.from({ length: 20 }, (_, i): OutboundPacket => {
      const data = new Uint8Array(1000);
      data.set([i === 0 ? 0x10 : 0, frame === 0 ? 0x10 : 0x11]);
      const fields = { ssrc: 5, sequenceNumber: sequenceNumber++, timestamp: frame * 3000 };
      const packet = createRtpPacket({ ...fields, payloadType: 96, payload: data });
      return { type: "packet", mid: "1", payloadType: 96, packet };
    });
    pair.run("a", (a, now) => a.handleOutbound(items, now));
    pair.advance(33);
  }
  const asked = eventsOf(pair, "a", "key-frame-request").length;
  assert(asked >= 3 && asked <= 7, `asked ${asked} times in two seconds`);
});
