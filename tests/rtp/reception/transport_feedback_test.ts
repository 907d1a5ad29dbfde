import { assert, assertEquals } from "@std/assert";
import {
  FEEDBACK_WINDOW,
  PacketStatus,
  parseRtcp,
  serializeRtcp,
  type TransportFeedback,
  TransportFeedbackGenerator,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";

/** Arrival in milliseconds of each number that feedback tells of. */
function arrivalsOf(feedback: TransportFeedback): Map<number, number> {
  const arrivals = new Map<number, number>();
  let ticks = feedback.referenceTime * 256;
  feedback.statuses.forEach((status, i) => {
    if (status === PacketStatus.NOT_RECEIVED) return;
    ticks += feedback.deltas[i]!;
    arrivals.set((feedback.baseSequence + i) & 0xffff, ticks / 4);
  });
  return arrivals;
}

Deno.test("feedback tells what arrived when, and what did not", () => {
  const generator = new TransportFeedbackGenerator(1);
  generator.arrived(65534, 7, 1000);
  generator.arrived(0, 7, 1010.25);
  generator.arrived(1, 8, 1009);
  assertEquals(generator.nextTimeout, 1100);
  assertEquals(generator.take(1099), []);
  const [feedback, ...others] = generator.take(1100);
  assertEquals(others, []);
  assertEquals([feedback!.baseSequence, feedback!.feedbackCount, feedback!.mediaSsrc], [
    65534,
    0,
    8,
  ]);
  assertEquals([...feedback!.statuses], [1, 0, 1, 2]);
  assertEquals([...arrivalsOf(feedback!)], [[65534, 1000], [0, 1010.25], [1, 1009]]);
  assertEquals(generator.nextTimeout, undefined);
});

Deno.test("a packet that comes after the feedback which missed it is told of again", () => {
  const generator = new TransportFeedbackGenerator(1);
  for (const number of [1, 3]) generator.arrived(number, 7, 10);
  generator.take(200);
  generator.arrived(2, 7, 210);
  const [feedback] = generator.take(400);
  assertEquals([...arrivalsOf(feedback!)], [[2, 210], [3, 10]]);
  assertEquals(feedback!.feedbackCount, 1);
});

Deno.test("duplicates and numbers from long ago are dropped", () => {
  const generator = new TransportFeedbackGenerator(1);
  for (const number of [20_000, 20_000, 20_000 - FEEDBACK_WINDOW]) generator.arrived(number, 7, 10);
  assertEquals(generator.discards.of("duplicate"), 1);
  assertEquals(generator.discards.of("too old"), 1);
});

Deno.test("packets that are too far apart in time go into feedback of their own", () => {
  const generator = new TransportFeedbackGenerator(1, 60_000);
  generator.arrived(1, 7, 1000);
  generator.arrived(2, 7, 20_000);
  const all = generator.take(70_000);
  assertEquals(all.map((one) => [...arrivalsOf(one)]), [[[1, 1000]], [[2, 20_000]]]);
});

Deno.test("whatever arrives: exact times, feedback that fits a datagram and is read as written, bounded work", () => {
  const random = new Random(seedForRun("transport-wide feedback"));
  for (let round = 0; round < 20; round++) {
    const generator = new TransportFeedbackGenerator(1);
    const arrivals = new Map<number, number>();
    let number = random.below(65536);
    let now = 100_000;
    let told = 0;
    for (let i = 0; i < 3000; i++, now += random.below(8) / 4) {
      number += random.pick([1, 1, 1, 1, 2, -1, random.below(20), random.chance(0.01) ? 9000 : 1]);
      number &= 0xffff;
      const before = generator.discards.total;
      generator.arrived(number, 7, now);
      if (generator.discards.total === before) arrivals.set(number, now);
      if (generator.nextTimeout! > now) continue;
      const all = generator.take(now);
      assert(all.length <= 60);
      for (const feedback of all) {
        const bytes = serializeRtcp([feedback]);
        assert(bytes.length <= 1200, `${bytes.length} bytes`);
        assertEquals(parseRtcp(bytes), [feedback]);
        for (const [sequence, arrival] of arrivalsOf(feedback)) {
          told++;
          assertEquals(arrivals.get(sequence), arrival);
        }
      }
    }
    assert(told >= arrivals.size / 2);
  }
});
