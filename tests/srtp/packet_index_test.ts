import { assertEquals } from "@std/assert";
import { estimateIndex } from "../../srtp/packet_index.ts";
import { Random, seedForRun } from "../support/random.ts";

/** RFC 3711 appendix A, letter by letter. */
function appendixA(highest: number, seq: number): number {
  const roc = Math.floor(highest / 65536), sL = highest % 65536;
  let v;
  if (sL < 32768) v = seq - sL > 32768 ? roc - 1 : roc;
  else v = sL - 32768 > seq ? roc + 1 : roc;
  return v * 65536 + seq;
}

Deno.test("RFC 3711 section 3.3.1: the first packet begins with ROC 0, wherever it is", () => {
  for (const seq of [0, 1, 32768, 65535]) assertEquals(estimateIndex(-1, seq), seq);
});

Deno.test("RFC 3711 appendix A: the estimate is that of the pseudocode", () => {
  const random = new Random(seedForRun("index"));
  const edges = [0, 1, 32767, 32768, 32769, 65534, 65535];
  const pick = () => random.chance(0.3) ? random.pick(edges) : random.below(65536);
  for (let round = 0; round < 50_000; round++) {
    const roc = random.pick([1, 2, 65535, 65536, 2 ** 31, 2 ** 32 - 2]);
    const highest = roc * 65536 + pick(), seq = pick();
    assertEquals(estimateIndex(highest, seq), appendixA(highest, seq), `${highest}, ${seq}`);
  }
});

Deno.test("RFC 3711 section 3.3.1: before the first roll-over there is no index below 0", () => {
  assertEquals(estimateIndex(5, 65535), 65535);
  assertEquals(estimateIndex(65535, 5), 65536 + 5);
  assertEquals(estimateIndex(65536 + 5, 65535), 65535);
});

Deno.test("RFC 3711 section 9.2: past the last roll-over the index is too large, and does not wrap", () => {
  assertEquals(estimateIndex(2 ** 48 - 1, 0), 2 ** 48);
});
