import { assertEquals } from "@std/assert";
import { afterEach, beforeEach, describe, it } from "@std/testing/bdd";
import { FakeTime } from "@std/testing/time";
import { systemClock } from "../../core/stage/clock.ts";

describe("the clock of the machine", () => {
  let time: FakeTime;
  let runs: number;
  beforeEach(() => {
    time = new FakeTime();
    runs = 0;
  });
  afterEach(() => time.restore());

  it("runs what it was given once, after the delay", () => {
    systemClock.after(100, () => runs++);
    time.tick(99);
    assertEquals(runs, 0);
    time.tick(1);
    assertEquals(runs, 1);
    time.tick(1000);
    assertEquals(runs, 1);
  });

  it("can be told not to", () => {
    const cancel = systemClock.after(100, () => runs++);
    time.tick(50);
    cancel();
    time.tick(1000);
    assertEquals(runs, 0);
  });

  it("waits for months, of which the machine's timers would make a millisecond", () => {
    const longest = 2 ** 31 - 1;
    const { setTimeout } = globalThis;
    const delays: number[] = [];
    const noted = (run: () => void, delay: number) => {
      delays.push(delay);
      return setTimeout(run, delay);
    };
    Object.assign(globalThis, { setTimeout: noted });
    systemClock.after(3 * longest, () => runs++);
    const cancel = systemClock.after(2 * longest, () => runs++);
    time.tick(longest + 1);
    cancel();
    time.tick(2 * longest - 2);
    assertEquals(runs, 0);
    time.tick(1);
    assertEquals([runs, Math.max(...delays)], [1, longest]);
  });

  it("doesn't mind being told so after the run", () => {
    const cancel = systemClock.after(100, () => runs++);
    systemClock.after(200, () => runs++);
    time.tick(100);
    cancel();
    time.tick(100);
    assertEquals(runs, 2);
  });
});

Deno.test("the clock of the machine doesn't follow the wall clock", () => {
  const time = new FakeTime();
  try {
    const before = systemClock.now();
    time.tick(3_600_000);
    const after = systemClock.now();
    assertEquals(after >= before && after < before + 3_600_000, true);
  } finally {
    time.restore();
  }
});
