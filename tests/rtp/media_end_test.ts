import {
  type BufferedItem,
  isRtcp,
  MAX_BUFFERED_BYTES,
  MAX_BUFFERED_PACKETS,
  MAX_HISTORY_BYTES,
  MAX_MEMBERS,
  MAX_MISSING,
  MAX_REFERENCE_RECEIVERS,
  serializeRtcp,
  serializeRtpPacket,
} from "../../rtp/mod.ts";
import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { testCompliance } from "../core/compliance.ts";
import { crypto as nodeCrypto } from "../support/freeing_provider.ts";
import { LayerPair, type LinkModel } from "../support/layer_pair.ts";
import { Random, seedForRun } from "../support/random.ts";
import { assert, assertAlmostEquals, assertEquals } from "./assertions.ts";
import { MediaEnd, type MediaEndOptions, type TestFrame } from "./media_end.ts";
import { makers } from "./rtcp_packets.ts";
import { randomPacket } from "./support.ts";

type Pair = LayerPair<Uint8Array, BufferedItem | TestFrame, never, MediaEnd>;

function pair(seed: number, link: LinkModel, options: Partial<MediaEndOptions> = {}): Pair {
  const random = new Random(seed);
  const crypto: CryptoProvider = { ...nodeCrypto, random: (length) => random.bytes(length) };
  return new LayerPair<Uint8Array, BufferedItem | TestFrame, never, MediaEnd>(
    new MediaEnd({ ssrc: 100, peer: 200, crypto, ...options }, 1000),
    new MediaEnd({ ssrc: 200, peer: 100, crypto, ...options }, 1000),
    { link, seed },
  );
}

/** Video of about 1 Mb/s at 30 frames a second from a to b, with a large key frame every three seconds; then a second to settle. */
function call(ends: Pair, seconds: number, random: Random): number {
  const frames = 30 * seconds;
  for (let i = 0; i < frames; i++) {
    const size = i % 90 === 0 ? 30_000 : 2000 + random.below(4000);
    const frame = { timestamp: 0xffff_0000 + 3000 * i, size };
    ends.run("a", (end, now) => end.handleOutbound([frame], now));
    ends.advance(1000 / 30);
  }
  ends.advance(1000);
  return frames;
}

/** Packets and gaps came out in sequence, each packet once. */
function assertInSequence(items: readonly (BufferedItem | TestFrame)[]): void {
  let next: number | undefined;
  for (const item of items) {
    assert("sequence" in item);
    assertEquals(item.sequence, next ?? item.sequence);
    next = item.sequence + (item.type === "packet" ? 1 : item.count);
  }
}

for (const rtx of [true, false]) {
  const how = rtx ? "NACK and RTX" : "NACK alone";
  Deno.test(`at 5% loss and a round trip of 50 ms, ${how} make 99% of frames complete`, () => {
    const seed = seedForRun(how);
    const ends = pair(seed, { delay: 25, loss: 0.05 }, { rtx });
    const frames = call(ends, 60, new Random(seed));
    const { complete } = ends.b.frames;
    assert(complete >= 0.99 * frames, `${complete} of ${frames}`);
    assertInSequence(ends.received.b);
    const { packetsSent } = ends.a.retransmitter;
    const share = packetsSent / ends.a.stream.packetCount;
    // Each loss takes little more than one retransmission.
    assert(share > 0.04 && share < 0.09, `${share} of packets were sent again`);
  });
}

Deno.test("without NACK, loss at 5% breaks frames, and the figures say so", () => {
  const seed = seedForRun("no NACK");
  const ends = pair(seed, { delay: 25, loss: 0.05 }, { nack: false });
  const frames = call(ends, 30, new Random(seed));
  assert(ends.b.frames.complete < 0.9 * frames);
  assertInSequence(ends.received.b);
  const lost = ends.b.receiver.statistics.lost / ends.a.stream.packetCount;
  assert(lost > 0.02 && lost < 0.09, `${lost}`);
  assert(Math.abs(ends.a.remote.packetsLost - ends.b.receiver.statistics.lost) < 60);
});

Deno.test("reordering and duplication cost no frame, and hardly a retransmission", () => {
  const seed = seedForRun("reordering");
  const ends = pair(seed, { delay: 25, jitter: 4, duplication: 0.1 });
  const frames = call(ends, 30, new Random(seed));
  const { complete, incomplete } = ends.b.frames;
  assert(complete >= frames - 1 && incomplete <= 1, `${complete} of ${frames}, ${incomplete}`);
  assertEquals(ends.a.retransmitter.packetsSent, 0);
  assert(ends.b.receiver.buffer.discards.total > 300);
  assertInSequence(ends.received.b);
});

Deno.test("both ends measure the round trip: the sender by LSR and DLSR, the receiver by RRTR and DLRR", () => {
  const seed = seedForRun("round trips");
  const ends = pair(seed, { delay: 40 });
  call(ends, 10, new Random(seed));
  assertAlmostEquals(ends.a.remote.roundTrip.smoothed!, 80, 1);
  assertAlmostEquals(ends.b.reference.roundTrip.smoothed!, 80, 1);
  assert(ends.b.remote.roundTrip.count === 0, "who sends nothing gets no report");
});

Deno.test("RTCP stays within its bandwidth, and names its sources (RFC 3550 section 6.2)", () => {
  const seed = seedForRun("RTCP bandwidth");
  const ends = pair(seed, { delay: 25, loss: 0.05 });
  call(ends, 30, new Random(seed));
  const bytes = ends.sent.b.filter(isRtcp).reduce((sum, one) => sum + one.length + 42, 0);
  assert(bytes * 8 / 31 < 200_000, `${bytes * 8 / 31} bits per second`);
  assert(ends.a.rtcp.some(({ type }) => type === "SDES"));
  assert(ends.a.rtcp.some(({ type }) => type === "TWCC"));
});

Deno.test("a burst that takes everything for 400 ms is survived", () => {
  const seed = seedForRun("burst");
  const ends = pair(seed, { delay: 25 });
  call(ends, 5, new Random(seed));
  const before = ends.b.frames.complete;
  ends.link.loss = 1;
  for (let i = 0; i < 12; i++) {
    ends.run("a", (end, now) => end.handleOutbound([{ timestamp: 3000 * i, size: 3000 }], now));
    ends.advance(1000 / 30);
  }
  ends.link.loss = 0;
  const frames = call(ends, 5, new Random(seed));
  const { complete, incomplete } = ends.b.frames;
  assert(complete - before >= frames + 11, `${complete - before} of ${frames + 12}`);
  assert(incomplete <= 1);
});

/** Something that an authenticated peer may send. */
function hostile(random: Random): Uint8Array {
  const ssrc = random.pick([100, 101, 200, 201, random.u32()]);
  if (random.chance(0.5)) {
    const packet = { ...randomPacket(random), ssrc, payloadType: random.pick([96, 97, 1]) };
    const bytes = serializeRtpPacket(packet);
    return random.chance(0.3) ? random.mutate(bytes) : bytes;
  }
  const make = random.pick(Object.values(makers));
  const packets = Array.from({ length: 1 + random.below(3) }, () => {
    const packet = { ...make(random) } as unknown as { [key: string]: unknown };
    for (const key of ["ssrc", "senderSsrc", "mediaSsrc"]) {
      if (key in packet) packet[key] = random.pick([ssrc, packet[key]]);
    }
    return packet;
  });
  const bytes = serializeRtcp(packets as unknown as Parameters<typeof serializeRtcp>[0]);
  return random.chance(0.3) ? random.mutate(bytes) : bytes;
}

function assertBounded(end: MediaEnd): void {
  assert(end.receiver.buffer.size <= MAX_BUFFERED_PACKETS);
  assert(end.receiver.buffer.bytes <= MAX_BUFFERED_BYTES);
  assert(end.receiver.nack!.size <= MAX_MISSING);
  assert(end.retransmitter.history.bytes <= MAX_HISTORY_BYTES);
  assert(end.scheduler.members.size <= MAX_MEMBERS);
  assert(end.reference.size <= MAX_REFERENCE_RECEIVERS);
}

Deno.test("RTCP that lies and RTP that jumps: nothing throws, every part stays within its bounds, and media gets through", () => {
  const seed = seedForRun("hostile RTP");
  const random = new Random(seed);
  const ends = pair(seed, { delay: 5, jitter: 10 });
  for (let i = 0; i < 400; i++) {
    ends.run("a", (end, now) => end.handleOutbound([{ timestamp: 3000 * i, size: 3000 }], now));
    for (let n = random.below(20); n > 0; n--) {
      ends.inject(random.pick(["a", "b"]), hostile(random));
    }
    ends.advance(30);
    ends.a.rtcp.length = ends.b.rtcp.length = 0;
    assertBounded(ends.a);
    assertBounded(ends.b);
  }
  assertInSequenceUnlessRestarted(ends);
  // A last packet from a little ahead makes those that follow late. Once that is over, media arrives as if nothing had been.
  call(ends, 2, random);
  const before = ends.b.frames.complete;
  const frames = call(ends, 5, random);
  assert(ends.b.frames.complete - before >= frames - 1);
});

function assertInSequenceUnlessRestarted(ends: Pair): void {
  if (ends.b.receiver.statistics.sequence.restarts === 0) assertInSequence(ends.received.b);
}

testCompliance("An end of RTP", {
  make: (now, random) => {
    const crypto: CryptoProvider = { ...nodeCrypto, random: (length) => random.bytes(length) };
    return new MediaEnd({ ssrc: 100, peer: 200, crypto }, now);
  },
  inbound: hostile,
  outbound: (random): BufferedItem | TestFrame => ({
    timestamp: random.u32(),
    size: 1 + random.below(5000),
  }),
});
