import { assert, assertEquals } from "@std/assert";
import { MAX_MISSING, MAX_NACK_RETRIES, NackGenerator } from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { range } from "./packets.ts";

Deno.test("a packet that was only overtaken is not asked for", () => {
  const nack = new NackGenerator();
  for (const sequence of [1, 3]) nack.received(sequence, 0);
  assertEquals(nack.size, 1);
  assertEquals(nack.nextTimeout, 5);
  assertEquals(nack.take(4), []);
  nack.received(2, 4);
  assertEquals(nack.nextTimeout, undefined);
  assertEquals(nack.take(100), []);
  assertEquals([nack.size, nack.givenUp], [0, 0]);
});

Deno.test("a packet is asked for again after each round trip, and then given up (RFC 4585 section 6.2.1)", () => {
  const nack = new NackGenerator({ giveUpAfter: 10_000 });
  nack.setRoundTrip(50);
  for (const sequence of [65535, 65538]) nack.received(sequence, 0);
  const asked: number[] = [];
  for (let now = 0; nack.nextTimeout !== undefined; now = nack.nextTimeout ?? now) {
    const lost = nack.take(now);
    if (lost.length === 0) continue;
    assertEquals(lost, [0, 1]);
    asked.push(now);
  }
  assertEquals(asked, range(0, MAX_NACK_RETRIES).map((i) => 5 + 62.5 * i));
  assertEquals([nack.size, nack.givenUp], [0, 2]);
});

Deno.test("a packet is not asked for once it is too old", () => {
  const nack = new NackGenerator({ giveUpAfter: 200 });
  for (const sequence of [1, 3]) nack.received(sequence, 0);
  assertEquals(nack.take(5), [2]);
  assertEquals(nack.take(130), [2]);
  assertEquals(nack.take(255), []);
  assertEquals([nack.givenUp, nack.nextTimeout], [1, undefined]);
});

Deno.test("of a large loss, the newest packets are asked for", () => {
  const nack = new NackGenerator();
  for (const sequence of [0, 600, 2000]) nack.received(sequence, 0);
  assertEquals(nack.size, MAX_MISSING);
  assertEquals(nack.givenUp, 599 + 399);
  assertEquals(nack.take(5), range(1000, 2000));
});

Deno.test("what is let go is not asked for any more", () => {
  const nack = new NackGenerator();
  for (const sequence of [0, 10]) nack.received(sequence, 0);
  nack.forgetBefore(8);
  assertEquals(nack.take(5), [8, 9]);
  nack.forgetBefore(100);
  assertEquals([nack.size, nack.nextTimeout, nack.givenUp], [0, undefined, 9]);
});

Deno.test("whatever arrives: bounded, rising, none twice within a round trip, and a timeout that has passed is served", () => {
  const random = new Random(seedForRun("NACK generator"));
  for (let round = 0; round < 30; round++) {
    const nack = new NackGenerator();
    nack.setRoundTrip(60);
    const last = new Map<number, number>();
    let highest = 70_000;
    for (let now = 0, i = 0; i < 400; i++, now += random.below(30)) {
      const step = random.pick([1, 1, 1, 2, 5, -3, -random.below(2000), random.below(5000)]);
      highest = Math.max(highest, highest + step);
      nack.received(step > 0 ? highest : highest + step, now);
      const lost = nack.take(now);
      assert(nack.size <= MAX_MISSING && lost.length <= MAX_MISSING);
      for (const [at, number] of lost.entries()) {
        if (at > 0) assert(((number - lost[at - 1]!) & 0xffff) < 0x8000);
        const before = last.get(number);
        assert(before === undefined || now - before >= 60, `${number} at ${before} and ${now}`);
        last.set(number, now);
      }
      assert(nack.nextTimeout === undefined || nack.nextTimeout > now);
      if (highest > 100_000) break;
    }
  }
});
