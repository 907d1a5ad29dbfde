import { assert, assertEquals } from "@std/assert";
import { Round } from "../../sctp/send/round.ts";

/** A round that has seen these round-trip times, of a path that takes 50 ms. */
function roundOf(...rtts: number[]): Round {
  const round = new Round(0);
  for (const rtt of rtts) round.measure(rtt, 50);
  return round;
}

Deno.test("RFC 9406 section 4.2: eight round-trip times in a row, all longer by an eighth, tell of a queue", () => {
  assert(roundOf(57, 58, 59, 60, 61, 62, 63, 64).queues);
  assert(!roundOf(57, 58, 59, 60, 61, 62, 63).queues, "seven don't yet");
  assert(!roundOf(56, 58, 59, 60, 61, 62, 63, 64).queues, "6 ms are less than an eighth");
  assert(!roundOf(90, 90, 90, 51, 90, 90, 90, 90).queues, "a peer that is late now and then");
});

Deno.test("a round of few packets tells of a queue once it is over", () => {
  const round = roundOf(60, 62);
  assert(!round.advancedTo(-1 >>> 0, 2));
  assert(!round.queues);
  assert(round.advancedTo(0, 2));
  assert(round.queues);
  assert(!round.advancedTo(1, 4));
  assert(round.advancedTo(2, 4));
  assert(round.queues, "a round without measurements leaves it at that");
  round.measure(50, 50);
  assert(round.advancedTo(4, 6));
  assert(!round.queues);
});

Deno.test("the path's share is that of the least round-trip time", () => {
  assertEquals(roundOf().pathShare, 1);
  assertEquals(roundOf(...Array(8).fill(50)).pathShare, 1);
  assertEquals(roundOf(...Array(8).fill(100)).pathShare, 0.5);
});

Deno.test("a queue stands if no packet of a round got through without waiting for 4 ms, of at least eight", () => {
  const standing = (...rtts: number[]) => {
    const round = roundOf(...rtts);
    round.advancedTo(0, 2);
    return round.shareBesideStanding;
  };
  assertEquals(standing(...Array(8).fill(62.5)), 0.8);
  assertEquals(standing(...Array(7).fill(62.5)), 1, "seven don't tell");
  assertEquals(standing(53, ...Array(16).fill(62.5)), 1);
  assertEquals(standing(62.5, ...Array(16).fill(90)), 0.8, "also if it has grown since");
});

Deno.test("rounds of few packets tell together whether a queue stands, and once", () => {
  const round = new Round(0);
  for (let i = 0; i < 4; i++) {
    round.measure(100, 50);
    round.measure(110, 50);
    assert(round.advancedTo(i, i + 1));
    assertEquals(round.shareBesideStanding, i === 3 ? 0.5 : 1);
  }
  assert(round.advancedTo(4, 5));
  assertEquals(round.shareBesideStanding, 1);
});
