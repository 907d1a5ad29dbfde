import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { LAN_WINDOW, MAX_BURST } from "../../sctp/constants.ts";
import { Pacer } from "../../sctp/send/pacer.ts";

const MTU = 1160;

/** A pacer for a window of so many bytes and a round trip of 50 ms, in congestion avoidance. */
function pacerOf(cwnd: number): Pacer {
  const pacer = new Pacer(MTU);
  pacer.follow(cwnd, false, 50);
  return pacer;
}

/** Sends as much as it may; returns how many packets. */
function sendAll(pacer: Pacer, now: number): number {
  let count = 0;
  for (; count < 1000 && pacer.open(now); count++) pacer.spend(MTU);
  return count;
}

Deno.test("RFC 9002 section 7.7: a window takes four fifths of a round trip, a burst after the other", () => {
  const pacer = pacerOf(1000 * MTU);
  let count = sendAll(pacer, 0);
  assertEquals(count, MAX_BURST);
  for (let now = pacer.opensAt; now <= 400; now = pacer.opensAt) {
    const burst = sendAll(pacer, now);
    assertLessOrEqual(burst, MAX_BURST);
    assertLessOrEqual(now + 1, pacer.opensAt);
    count += burst;
  }
  assertLessOrEqual(Math.abs(count - 400 / 50 * 1.25 * 1000), 100);
});

Deno.test("after a pause, however long, no more than a burst goes at once", () => {
  const pacer = pacerOf(1000 * MTU);
  sendAll(pacer, 0);
  assertEquals(sendAll(pacer, 60_000), MAX_BURST);
});

Deno.test("acknowledgements that come meanwhile open nothing before the time", () => {
  const pacer = pacerOf(1000 * MTU);
  sendAll(pacer, 0);
  assert(!pacer.open(0.9));
  assert(pacer.open(1));
});

Deno.test("a window that any kernel's buffer holds is not paced, nor is what goes before the first measurement", () => {
  assertEquals(sendAll(pacerOf(LAN_WINDOW), 0), 1000);
  const pacer = new Pacer(MTU);
  pacer.follow(1000 * MTU, true, undefined);
  assertEquals(sendAll(pacer, 0), 1000);
  pacer.follow(1000 * MTU, true, 50);
  assertEquals(sendAll(pacer, 1), MAX_BURST, "what went before owes nothing");
});
