import { assert, assertEquals } from "@std/assert";
import { Random, seedForRun } from "../support/random.ts";
import { numbered, numberOf, Pair } from "./support.ts";

/** What was sent on one stream in one direction. */
interface Sent {
  readonly number: number;
  readonly length: number;
  readonly kind: "ordered" | "unordered" | "partial";
}

Deno.test("whatever the calls and the link: every reliable message arrives once, unchanged, and ordered ones in order", () => {
  const seed = seedForRun("SCTP properties");
  for (let round = 0; round < 40; round++) runOnce(seed + round);
});

function runOnce(seed: number): void {
  const random = new Random(seed);
  const pair = new Pair({ seed });
  const sent = { a: new Map<number, Sent[]>(), b: new Map<number, Sent[]>() };
  let number = 0;
  pair.run("a", (a, now) => a.connect(now));
  if (random.chance(0.5)) pair.run("b", (b, now) => b.connect(now));
  for (let step = 0; step < 150; step++) {
    const from = random.pick(["a", "b"] as const);
    switch (random.below(8)) {
      case 0:
        pair.link = {
          delay: random.pick([0, 1, 10, 100, 400]),
          jitter: random.pick([0, 0, 5, 60]),
          loss: random.pick([0, 0, 0.05, 0.3]),
          duplication: random.pick([0, 0, 0.2]),
        };
        break;
      case 1:
        pair.filter = random.chance(0.2) ? () => undefined : (packet) => packet;
        break;
      case 2:
      case 3:
        pair.advance(random.pick([0, 1, 10, 300, 2000]));
        break;
      case 4:
        pair.run(
          from,
          (layer, now) => layer.handleOutbound([{ type: "reset", streamId: random.below(5) }], now),
        );
        break;
      default: {
        const streamId = random.below(5);
        const kind = random.pick(["ordered", "ordered", "unordered", "partial"] as const);
        const length = random.pick([4, 50, 1132, 1133, 5000, 30_000]);
        pair.send(from, streamId, numbered(number, length), {
          unordered: kind === "unordered" || kind === "partial" && random.chance(0.5),
          ...(kind === "partial"
            ? random.pick([{ maxRetransmits: 0 }, { maxRetransmits: 1 }, { maxPacketLifeTime: 50 }])
            : {}),
        });
        const list = sent[from].get(streamId) ?? [];
        sent[from].set(streamId, [...list, { number: number++, length, kind }]);
      }
    }
  }
  pair.filter = (packet) => packet;
  pair.link = { delay: 10 };
  pair.advance(60_000);
  for (const [from, at] of [["a", "b"], ["b", "a"]] as const) {
    assertEquals([pair[from].backlog, pair[from].unacknowledgedChunks, pair[at].heldBytes], [
      0,
      0,
      0,
    ], `seed ${seed}`);
    for (const [streamId, list] of sent[from]) check(list, pair, at, streamId, seed);
  }
}

function check(
  list: readonly Sent[],
  pair: Pair,
  at: "a" | "b",
  streamId: number,
  seed: number,
): void {
  const got = pair.messages(at).filter((message) => message.streamId === streamId);
  const numbers = got.map(({ data }) => numberOf(data));
  assertEquals(numbers.length, new Set(numbers).size, `no message twice, seed ${seed}`);
  for (const { number, length, kind } of list) {
    const index = numbers.indexOf(number);
    if (index < 0) assert(kind === "partial", `message ${number} is lost, seed ${seed}`);
    else {assertEquals(
        got[index]!.data,
        numbered(number, length),
        `message ${number}, seed ${seed}`,
      );}
  }
  const ordered = list.filter(({ kind }) => kind === "ordered").map(({ number }) => number);
  assertEquals(numbers.filter((one) => ordered.includes(one)), ordered, `in order, seed ${seed}`);
}
