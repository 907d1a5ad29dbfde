import { assert, assertEquals } from "@std/assert";
import { FrameReader, type StreamFraming, writeFrame } from "../../transport/framing.ts";
import { Random, seedForRun } from "../support/random.ts";

/** Puts bytes into a reader, in pieces of these sizes. */
function feed(
  reader: FrameReader,
  bytes: Uint8Array,
  size: () => number,
): Uint8Array[] | undefined {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const space = reader.space();
    const piece = bytes.subarray(at, at + Math.min(size(), space.length));
    space.set(piece);
    const datagrams = reader.take(piece.length);
    if (datagrams === undefined) return undefined;
    found.push(...datagrams);
    at += piece.length;
  }
  return found;
}

function stun(length: number): Uint8Array {
  const message = new Uint8Array(20 + length).fill(7);
  message.set([0, 1, length >> 8, length & 0xff, 0x21, 0x12, 0xa4, 0x42]);
  return message;
}

function channelData(length: number): Uint8Array {
  const message = new Uint8Array(4 + length).fill(9);
  message.set([0x40, 1, length >> 8, length & 0xff]);
  return message;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("RFC 8656 section 12.5: over a stream ChannelData is padded to four bytes, STUN as it is", () => {
  assertEquals(writeFrame("turn", channelData(5))?.length, 12);
  assertEquals(writeFrame("turn", channelData(8))?.length, 12);
  assertEquals(writeFrame("turn", stun(8)), stun(8));
});

Deno.test("RFC 4571 section 2: two bytes of length stand before each packet", () => {
  assertEquals(writeFrame("rfc4571", Uint8Array.of(1, 2, 3)), Uint8Array.of(0, 3, 1, 2, 3));
  assertEquals(writeFrame("rfc4571", new Uint8Array(65_536)), undefined);
});

Deno.test("whatever pieces a stream comes in, the datagrams come out of it", () => {
  const random = new Random(seedForRun("framing"));
  for (const framing of ["turn", "rfc4571"] as StreamFraming[]) {
    const datagrams = Array.from({ length: 300 }, () => {
      const length = random.pick([0, 1, 3, 4, 100, 1200, 65_000]);
      if (framing === "rfc4571") return random.bytes(1 + length);
      return random.chance(0.5) ? stun(length & ~3) : channelData(length);
    });
    const bytes = joined(datagrams.map((datagram) => writeFrame(framing, datagram)!));
    for (const size of [() => 1400, () => 65_536, () => 1 + random.below(3000)]) {
      const found = feed(new FrameReader(framing), bytes, size);
      assertEquals(found?.length, datagrams.length);
      assert(datagrams.every((datagram, i) => datagram.every((byte, j) => found![i]![j] === byte)));
      assert(datagrams.every((datagram, i) => datagram.length === found![i]!.length));
    }
  }
});

Deno.test("a stream byte by byte", () => {
  const bytes = joined([stun(4), writeFrame("turn", channelData(3))!, stun(0)]);
  const found = feed(new FrameReader("turn"), bytes, () => 1);
  assertEquals(found, [stun(4), channelData(3), stun(0)]);
});

Deno.test("datagrams that were given away are not written over", () => {
  const reader = new FrameReader("rfc4571");
  const bytes = joined(
    Array.from({ length: 400 }, (_, i) => writeFrame("rfc4571", new Uint8Array(1000).fill(i))!),
  );
  const found = feed(reader, bytes, () => 5000)!;
  assert(found.every((datagram, i) => datagram.every((byte) => byte === (i & 0xff))));
});

Deno.test("what is neither STUN nor ChannelData breaks the stream", () => {
  const take = (...bytes: number[]) =>
    feed(new FrameReader("turn"), Uint8Array.from(bytes), () => 100);
  assertEquals(take(0x80, 0, 0, 0), undefined);
  assertEquals(take(0xff, 0, 0, 0), undefined);
  assertEquals(take(0, 1, 0, 3), undefined); // no multiple of four
  assertEquals(take(0, 1, 0, 4, 0x21, 0x13), undefined); // another cookie
  assertEquals(take(0x15, 3, 1, 0, 2, 2, 0x28), undefined); // an alert of TLS
});

Deno.test("random bytes end or wait, and never make a datagram that is longer than they are", () => {
  const seed = seedForRun("framing, random bytes");
  for (let round = 0; round < 500; round++) {
    const random = new Random(seed + round);
    const bytes = random.bytes(random.below(2000));
    const found = feed(new FrameReader(random.pick(["turn", "rfc4571"])), bytes, () => 333) ?? [];
    assert(found.reduce((sum, { length }) => sum + length, 0) <= bytes.length);
  }
});
