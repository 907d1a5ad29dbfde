import { assert, assertEquals } from "@std/assert";
import {
  type BufferedItem,
  JitterBuffer,
  MAX_BUFFER_DELAY,
  MAX_BUFFERED_PACKETS,
  PlayoutClock,
  type RtpPacket,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { packet, range } from "./packets.ts";

/** What came out, in brief: a number for a packet, `-first+count` for a gap. */
function brief(items: readonly BufferedItem[]): (number | string)[] {
  return items.map((item) =>
    item.type === "packet" ? item.sequence : `-${item.sequence}+${item.count}`
  );
}

Deno.test("packets in sequence come out at once", () => {
  const buffer = new JitterBuffer(90000);
  for (const sequence of [5, 6, 7]) {
    assert(buffer.push(packet(sequence), sequence, 0));
    assertEquals(brief(buffer.take(0)), [sequence]);
  }
  assertEquals([buffer.size, buffer.bytes, buffer.nextTimeout], [0, 0, undefined]);
});

Deno.test("packets that were overtaken are put in order; duplicates and late ones are dropped", () => {
  const buffer = new JitterBuffer(90000);
  for (const sequence of [5, 8, 8, 7]) buffer.push(packet(sequence), sequence, 0);
  assertEquals(brief(buffer.take(0)), [5]);
  assertEquals(buffer.size, 2);
  buffer.push(packet(6), 6, 10);
  assertEquals(brief(buffer.take(10)), [6, 7, 8]);
  assert(!buffer.push(packet(7), 7, 11));
  assertEquals(buffer.discards.of("duplicate packet"), 1);
  assertEquals(buffer.discards.of("late packet"), 1);
});

Deno.test("a gap is waited for since it was seen, and then said", () => {
  const buffer = new JitterBuffer(90000, { maxWait: 200 });
  buffer.push(packet(1), 1, 0);
  buffer.push(packet(4), 4, 10);
  buffer.push(packet(6), 6, 50);
  buffer.push(packet(3), 3, 60, true);
  assertEquals(brief(buffer.take(60)), [1]);
  assertEquals(buffer.nextTimeout, 210);
  assertEquals(brief(buffer.take(209)), []);
  assertEquals(brief(buffer.take(210)), ["-2+1", 3, 4]);
  assertEquals(buffer.nextTimeout, 250);
  assertEquals(brief(buffer.take(250)), ["-5+1", 6]);
});

Deno.test("what is missing between frames that adjoin is not waited for, nor is it said", () => {
  const options = { adjoins: (last: RtpPacket, next: RtpPacket) => last.marker && next.marker };
  const empty = new Uint8Array(0);
  const buffer = new JitterBuffer(90000, options);
  buffer.push(packet(1, { marker: true }), 1, 0);
  buffer.push(packet(3, { marker: true }), 3, 10);
  assertEquals(brief(buffer.take(10)), [1, 3]);
  // Packets without media say nothing: what counts is the next one that has some.
  buffer.push(packet(5, { payload: empty }), 5, 20);
  assertEquals(brief(buffer.take(20)), []);
  buffer.push(packet(7, { marker: true }), 7, 30);
  assertEquals(brief(buffer.take(30)), [5, 7]);
  buffer.push(packet(9), 9, 40);
  assertEquals([brief(buffer.take(40)), buffer.nextTimeout], [[], 540]);
  assertEquals(brief(buffer.take(540)), ["-8+1", 9]);
  // Behind a gap that was told of, nothing is known.
  buffer.push(packet(11, { marker: true }), 11, 550);
  assertEquals(brief(buffer.take(550)), []);
});

Deno.test("a buffer that is full does not wait any longer", () => {
  const packets = new JitterBuffer(90000, { maxPackets: 8 });
  for (const sequence of [0, 2, 3, 9, 30]) packets.push(packet(sequence), sequence, 0);
  assertEquals(brief(packets.take(0)), [0, "-1+1", 2, 3, "-4+5", 9, "-10+13"]);
  assertEquals([packets.size, packets.head], [1, 23]);
  const bytes = new JitterBuffer(90000, { maxBytes: 40 });
  for (const sequence of [0, 2, 3, 4, 5]) bytes.push(packet(sequence), sequence, 0);
  assertEquals(brief(bytes.take(0)), [0, "-1+1", 2, 3, 4, 5]);
  assertEquals(bytes.bytes, 0);
});

Deno.test("flushing gives what is left, and the buffer begins anew", () => {
  const buffer = new JitterBuffer(90000);
  for (const sequence of [10, 12]) buffer.push(packet(sequence), sequence, 0);
  assertEquals(brief(buffer.flush()), [10, "-11+1", 12]);
  buffer.push(packet(3), 3, 0);
  assertEquals(brief(buffer.take(0)), [3]);
});

Deno.test("with a playout delay, packets play as evenly as they were made", () => {
  const buffer = new JitterBuffer(90000);
  buffer.playout.setDelay(100);
  const random = new Random(seedForRun("playout delay"));
  const played: number[] = [];
  const arrivals = range(0, 100).map((i) => ({ i, at: 20 * i + (i === 0 ? 0 : random.below(50)) }))
    .sort((a, b) => a.at - b.at);
  for (let now = 0; now < 3000; now++) {
    for (; arrivals.length > 0 && arrivals[0]!.at <= now; arrivals.shift()) {
      const { i } = arrivals[0]!;
      buffer.push(packet(i, { timestamp: 1800 * i }), i, now);
    }
    for (const item of buffer.take(now)) {
      assert(item.type === "packet");
      played.push(now);
    }
  }
  assertEquals(played, range(0, 100).map((i) => 100 + 20 * i));
});

Deno.test("a packet never waits longer than the longest delay, whatever its timestamp", () => {
  const random = new Random(seedForRun("hostile timestamps"));
  const clock = new PlayoutClock(90000);
  clock.setDelay(Infinity);
  assertEquals(clock.delay, MAX_BUFFER_DELAY);
  for (let now = 0; now < 5000; now++) {
    const timestamp = random.u32();
    for (
      const at of [clock.playoutOf(timestamp, now), clock.playoutOfRepeated(random.u32(), now)]
    ) {
      assert(at >= now && at <= now + MAX_BUFFER_DELAY);
    }
  }
});

Deno.test("a path that became slower is followed within two windows", () => {
  const clock = new PlayoutClock(1000);
  clock.setDelay(100);
  for (let now = 0; now < 30_000; now += 20) clock.playoutOf(now, now);
  let last = 0;
  for (let now = 30_000; now < 60_000; now += 20) {
    last = clock.playoutOf(now, now + 300) - now - 300;
  }
  assertEquals(last, 100);
});

Deno.test("under loss, reordering and duplication every number comes out once, in order, as packet or gap, in bounded memory and time", () => {
  const random = new Random(seedForRun("jitter buffer"));
  for (let round = 0; round < 40; round++) {
    const buffer = new JitterBuffer(90000, { maxPackets: 64, maxBytes: 1000, maxWait: 40 });
    if (random.chance(0.5)) buffer.playout.setDelay(random.below(60));
    let next: number | undefined;
    let sequence = 70_000;
    const check = (items: readonly BufferedItem[], now: number) => {
      for (const item of items) {
        assertEquals(item.sequence, next ?? item.sequence);
        next = item.sequence + (item.type === "packet" ? 1 : item.count);
        if (item.type === "packet") assert(now - item.arrival <= 40 + 60 + MAX_BUFFER_DELAY);
      }
    };
    for (let now = 0, i = 0; i < 500; i++, now += random.below(8)) {
      const number = sequence - random.pick([0, 0, 0, 1, 2, random.below(100)]);
      sequence += random.pick([0, 1, 1, 1, 1, 2, random.below(random.chance(0.05) ? 3000 : 4)]);
      const payload = new Uint8Array(random.below(100));
      const recovered = random.chance(0.1);
      buffer.push(
        packet(number, { timestamp: number * 900 >>> 0, payload }),
        number,
        now,
        recovered,
      );
      assert(buffer.size <= 64 && buffer.bytes <= 1000);
      check(buffer.take(now), now);
      assert(buffer.nextTimeout === undefined || buffer.nextTimeout > now);
    }
    check(buffer.flush(), 0);
    assertEquals([buffer.size, buffer.bytes], [0, 0]);
  }
});

Deno.test("a stream of the most that is allowed stays cheap, even with a packet missing in front", () => {
  const buffer = new JitterBuffer(90000, { maxWait: 1e9 });
  buffer.push(packet(0), 0, 0);
  for (let sequence = 2; sequence < 50_000; sequence++) {
    buffer.push(packet(sequence), sequence, 0);
    buffer.take(0);
    assert(buffer.size <= MAX_BUFFERED_PACKETS);
  }
});
