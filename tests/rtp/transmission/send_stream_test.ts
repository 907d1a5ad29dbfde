import {
  compactNtp,
  createRtpPacket,
  NtpClock,
  RemoteInbound,
  type ReportBlock,
  SendStream,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { crypto } from "../../support/freeing_provider.ts";
import { assert, assertAlmostEquals, assertEquals } from "../assertions.ts";

const clock = new NtpClock(1_700_000_000_000);

function send(stream: SendStream, count: number, now = 0): void {
  for (let i = 0; i < count; i++) {
    const init = { payloadType: 96, timestamp: 0, payload: new Uint8Array(10) };
    stream.sent(stream.packet(init), now);
  }
}

function block(init: Partial<ReportBlock>): ReportBlock {
  return {
    ...{ ssrc: 7, fractionLost: 0, cumulativeLost: 0, highestSequence: 0, jitter: 0 },
    ...{ lastSenderReport: 0, delaySinceLastSenderReport: 0 },
    ...init,
  };
}

Deno.test("a stream begins at random, in the lower half of sequence numbers (RFC 3711 section 3.3.1)", () => {
  const streams = Array.from(
    { length: 200 },
    () => new SendStream({ ssrc: 7, clockRate: 1 }, crypto),
  );
  const numbers = streams.map((one) => one.nextSequenceNumber);
  assert(numbers.every((number) => number < 32768));
  assert(new Set(numbers).size > 100);
  assert(new Set(streams.map((one) => one.timestampOffset)).size > 100);
});

Deno.test("sequence numbers rise by one and wrap; padding is no octet (RFC 3550 section 6.4.1)", () => {
  const stream = new SendStream({ ssrc: 7, clockRate: 90000 }, crypto);
  const first = stream.nextSequenceNumber;
  send(stream, 65536 + 5);
  assertEquals(stream.nextSequenceNumber, (first + 5) & 0xffff);
  stream.sent(
    createRtpPacket({
      ...{ ssrc: 7, payloadType: 96, sequenceNumber: 1, timestamp: 0 },
      padding: Uint8Array.of(0, 0, 3),
    }),
    0,
  );
  assertEquals([stream.packetCount, stream.octetCount], [65542, 655410]);
});

Deno.test("a sender report ties its RTP clock to the wall clock, across a wrap (RFC 3550 section 6.4.1)", () => {
  const stream = new SendStream({ ssrc: 7, clockRate: 90000 }, crypto);
  assertEquals(stream.report(0, clock, []), undefined);
  const init = { payloadType: 96, timestamp: 0xffff_ff00, payload: new Uint8Array(1) };
  stream.sent(stream.packet(init), 1000);
  // The second packet of a frame is paced: the frame is as old as its first one.
  stream.sent(stream.packet(init), 1010);
  const report = stream.report(2000, clock, [])!;
  assertEquals(report.rtpTimestamp, (0xffff_ff00 + 90000) >>> 0);
  assertEquals(report.ntpTimestamp, clock.at(2000));
});

Deno.test("a report block gives loss, jitter and round trip (RFC 3550 section 6.4.1)", () => {
  const stream = new SendStream({ ssrc: 7, clockRate: 90000 }, crypto);
  const inbound = new RemoteInbound(stream, clock);
  send(stream, 100);
  const highestSequence = stream.nextSequenceNumber - 1;
  const lastSenderReport = compactNtp(stream.report(1000, clock, [])!.ntpTimestamp);
  const good = block({ highestSequence, fractionLost: 64, cumulativeLost: 25, jitter: 900 });
  assert(inbound.receive({ ...good, lastSenderReport, delaySinceLastSenderReport: 32768 }, 1580));
  assertAlmostEquals(inbound.roundTrip.latest!, 80, 0.1);
  assertEquals([inbound.packetsLost, inbound.fractionLost, inbound.jitter], [25, 0.25, 10]);
});

Deno.test("forged reports are dropped: alien sources, packets never sent, more lost than sent", () => {
  const stream = new SendStream({ ssrc: 7, clockRate: 90000 }, crypto);
  const inbound = new RemoteInbound(stream, clock);
  send(stream, 100);
  const highestSequence = stream.nextSequenceNumber - 1;
  assert(!inbound.receive(block({ highestSequence, ssrc: 8 }), 0));
  assert(!inbound.receive(block({ highestSequence: highestSequence + 1 }), 0));
  assert(!inbound.receive(block({ highestSequence: (highestSequence - 100) & 0xffff }), 0));
  assert(!inbound.receive(block({ highestSequence, cumulativeLost: 101 }), 0));
  assertEquals([...inbound.discards.entries()], [
    ["alien source", 1],
    ["never sent", 2],
    ["impossible loss", 1],
  ]);
  assertEquals(inbound.report, undefined);
  assert(inbound.receive(block({ highestSequence, lastSenderReport: 1 }), 0));
  assertEquals(inbound.discards.of("impossible round trip"), 1);
  assertEquals(inbound.roundTrip.count, 0);
});

Deno.test("whatever reports say: figures stay within what can be", () => {
  const random = new Random(seedForRun("forged report blocks"));
  const stream = new SendStream({ ssrc: 7, clockRate: 90000 }, crypto);
  const inbound = new RemoteInbound(stream, clock);
  for (let i = 0; i < 5000; i++) {
    if (random.chance(0.1)) send(stream, 1, i);
    inbound.receive(
      block({
        highestSequence: stream.nextSequenceNumber - random.below(10),
        cumulativeLost: random.u32() >> 8,
        fractionLost: random.below(256),
        jitter: random.u32(),
        lastSenderReport: random.pick([random.u32(), clock.compact(i)]),
        delaySinceLastSenderReport: random.pick([0, random.u32()]),
      }),
      i,
    );
    assert(inbound.packetsLost <= stream.packetCount);
    assert((inbound.roundTrip.smoothed ?? 0) >= 0 && (inbound.roundTrip.smoothed ?? 0) <= 30_000);
  }
});
