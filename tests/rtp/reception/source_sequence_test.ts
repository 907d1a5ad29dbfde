import { assert, assertEquals } from "@std/assert";
import { MAX_DROPOUT, MAX_MISORDER, SourceSequence } from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";

Deno.test("a source is valid after two packets in sequence (RFC 3550 appendix A.1)", () => {
  const sequence = new SourceSequence();
  assertEquals(sequence.update(10), undefined);
  assertEquals(sequence.update(20), undefined);
  assert(!sequence.valid);
  assertEquals(sequence.update(21), 0x10000 + 21);
  assert(sequence.valid);
  assertEquals([sequence.received, sequence.expected], [1, 1]);
});

Deno.test("one packet is enough where the source has proved itself otherwise", () => {
  const sequence = new SourceSequence(1);
  assertEquals(sequence.update(65535), 0x1ffff);
  assertEquals(sequence.update(0), 0x20000);
  assertEquals(sequence.update(65535), 0x1ffff);
  assertEquals([sequence.received, sequence.expected], [3, 2]);
});

Deno.test("a packet may be 99 behind; one further back is a jump (RFC 3550 appendix A.1)", () => {
  const sequence = new SourceSequence(1);
  sequence.update(1000);
  assertEquals(sequence.update(1000 - MAX_MISORDER + 1), 0x10000 + 901);
  assertEquals(sequence.update(1000 - MAX_MISORDER), undefined);
  assertEquals(sequence.highest, 0x10000 + 1000);
});

Deno.test("two packets in sequence behind a jump are a restart, one is not (RFC 3550 appendix A.1)", () => {
  const sequence = new SourceSequence(1);
  sequence.update(1000);
  assertEquals(sequence.update(1000 + MAX_DROPOUT), undefined);
  assertEquals(sequence.update(1001), 0x10000 + 1001);
  assertEquals(sequence.update(4001), undefined);
  assertEquals(sequence.restarts, 0);
  assertEquals(sequence.update(4002), 0x10000 + 4002);
  assertEquals([sequence.restarts, sequence.received, sequence.expected], [1, 1, 1]);
});

Deno.test("extended numbers are those of the sender, through loss, reordering and many wraps", () => {
  const random = new Random(seedForRun("extended sequence numbers"));
  const sequence = new SourceSequence(1);
  const start = random.below(65536);
  sequence.update(start);
  let highest = start;
  for (let i = 0; i < 20_000; i++) {
    const number = highest +
      random.pick([1, 1, 1, 0, -1, -random.below(90), 1 + random.below(2900)]);
    if (number < start) continue;
    assertEquals(sequence.update(number & 0xffff), 0x10000 + number);
    highest = Math.max(highest, number);
  }
  assert(highest > 10 * 65536);
  assertEquals(sequence.expected, highest - start + 1);
  assertEquals(sequence.restarts, 0);
});
