import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { LongPath } from "./long_path.ts";

/** Bytes of messages that a path of 100 Mb/s can carry in a second, without headers. */
const PATH = 1e8 / 8 * 0.93;

/** How a process on a busy machine stands still: its kernel drops what comes meanwhile beyond 92 packets. */
const STALLS = { length: 8, every: 300 };

Deno.test("100 Mb/s with a round trip of 50 ms are filled within a second, and no queue overflows", () => {
  const path = new LongPath({ rate: 1e8, delay: 25 });
  path.run(1000);
  const [rate] = path.run(2000);
  assertGreater(rate!, 0.95 * PATH);
  assertLessOrEqual(path.overflows, 5);
});

Deno.test("300 Mb/s with a round trip of 50 ms are used, though the receiving process stands still now and then", () => {
  for (const seed of [1, 2, 3]) {
    const path = new LongPath({ rate: 3e8, delay: 25, queue: 1e6 }, { stalls: STALLS, seed });
    const [rate] = path.run(4000);
    assertGreater(path.transfers[0]!.kernelDrops, 100, "there is loss");
    assertGreater(rate!, 0.5 * 3 * PATH, `seed ${seed}`);
  }
});

Deno.test("RFC 9002 section 7.7: a receiver that fetches packets now and then is not overrun by bursts", () => {
  for (const seed of [1, 2]) {
    const stalls = { length: 1, every: 10 };
    const path = new LongPath({ rate: 1e9, delay: 10, queue: 1e6 }, { stalls, seed });
    assertGreater(path.run(2000)[0]!, 20e6, `seed ${seed}`);
  }
});

Deno.test("RFC 9406 section 4.2: slow start ends before it overflows a queue of 80 ms", () => {
  const path = new LongPath({ rate: 2e7, delay: 25, queue: 200_000 });
  path.run(2000);
  assertEquals(path.overflows, 0);
});

Deno.test("a queue of 20 ms at the bottleneck is no reason to leave some of the path unused", () => {
  const path = new LongPath({ rate: 2e7, delay: 25, queue: 50_000 });
  path.run(1000);
  assertGreater(path.run(8000)[0]!, 0.9 * PATH / 5);
});

Deno.test("a loss of 1% on a round trip of 50 ms leaves 500 kB/s, of 3% 250 kB/s", () => {
  for (const [loss, least] of [[0.01, 500_000], [0.03, 250_000]] as const) {
    const path = new LongPath({ loss });
    assertGreater(path.run(10_000)[0]!, least, `${loss}`);
  }
});

Deno.test("after 5 s of nothing, a transfer is back at its rate within a second and a half", () => {
  const path = new LongPath({});
  path.run(2000);
  path.model.blackout = true;
  path.run(5000);
  path.model.blackout = false;
  path.run(1500);
  assertGreater(path.run(500)[0]!, 0.9 * PATH);
});

Deno.test("two transfers share a path, neither starves", () => {
  for (const queue of [50_000, 200_000]) {
    const path = new LongPath({ rate: 2e7, delay: 25, queue }, { transfers: 2 });
    path.run(5000);
    const [a, b] = path.run(10_000);
    assertGreater(Math.min(a!, b!), Math.max(a!, b!) / 2, `queue of ${queue} bytes`);
    assertGreater(a! + b!, 0.9 * PATH / 5);
  }
});
