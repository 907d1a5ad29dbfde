import { assert, assertEquals } from "@std/assert";
import { Random, seedForRun } from "../../support/random.ts";
import { type Scenario, Simulation } from "./bottleneck.ts";

const CAP = 500_000;
const RUNS = 5;

/** Runs a scenario from several seeds. */
function runs(name: string, scenario: Scenario, check: (simulation: Simulation) => void): void {
  Deno.test(name, () => {
    const seed = seedForRun(name);
    for (let run = 0; run < RUNS; run++) {
      check(new Simulation(new Random(seed + run), scenario));
    }
  });
}

/** When the target was first within 20% of `rate`. */
function foundAt({ samples }: Simulation, rate: number, from = 0): number {
  const near = (target: number) => target >= 0.8 * rate && target <= 1.2 * rate;
  return samples.find(({ at, target }) => at > from && near(target))?.at ?? Infinity;
}

/** That each 5 s what gets through is within 20% of `rate`, and that no long queue stands. */
function assertKept(simulation: Simulation, rate: number, from: number, to: number): void {
  for (let at = from; at < to; at += 5000) {
    for (const key of ["target", "delivered"] as const) {
      const mean = simulation.mean(key, at, at + 5000);
      assert(
        mean >= 0.8 * rate && mean <= 1.2 * rate,
        `${key} ${Math.round(mean)} from ${at} on, seed ${simulation.random.seed}`,
      );
    }
  }
  const queueing = simulation.mean("queueing", from, to);
  assert(queueing < 150, `${Math.round(queueing)} ms of queue`);
}

for (const feedback of ["TWCC", "CCFB"] as const) {
  runs(
    `${feedback}: a cap of 500 kb/s is found within 10 s and kept within 20%`,
    { feedback },
    (simulation) => {
      simulation.run(60_000);
      assert(foundAt(simulation, CAP) <= 10_000);
      assertKept(simulation, CAP, 10_000, 60_000);
      assertEquals(simulation.estimation.discards.total, 0);
    },
  );
}

runs("the same from far above: 3 Mb/s to begin with", { startBitrate: 3e6 }, (simulation) => {
  simulation.run(40_000);
  assert(foundAt(simulation, CAP) <= 10_000);
  assertKept(simulation, CAP, 10_000, 40_000);
});

runs(
  "the same with a round trip of 200 ms and jitter",
  { delay: 100, jitter: 5 },
  (simulation) => {
    simulation.run(40_000);
    assert(foundAt(simulation, CAP) <= 10_000);
    assertKept(simulation, CAP, 15_000, 40_000);
  },
);

runs(
  "a cap that rises to 2 Mb/s is found within 15 s, and one that falls again within 5",
  {},
  (simulation) => {
    simulation.run(20_000);
    simulation.path.rate = 2e6;
    simulation.run(50_000);
    assert(foundAt(simulation, 2e6, 20_000) <= 35_000, `seed ${simulation.random.seed}`);
    assert(simulation.mean("delivered", 35_000, 50_000) >= 1.5e6);
    simulation.path.rate = CAP;
    simulation.run(80_000);
    assert(foundAt(simulation, CAP, 50_000) <= 55_000);
    assertKept(simulation, CAP, 60_000, 80_000);
  },
);

runs(
  "what others send is left to them, and taken back when they stop",
  { rate: 1e6 },
  (simulation) => {
    simulation.run(15_000);
    simulation.path.competing = 600_000;
    simulation.run(40_000);
    assert(simulation.mean("target", 20_000, 40_000) < 1.2 * 400_000);
    assert(simulation.mean("delivered", 20_000, 40_000) > 0.75 * 400_000);
    simulation.path.competing = 0;
    simulation.run(60_000);
    assert(simulation.mean("delivered", 50_000, 60_000) > 700_000);
  },
);

runs("5% of random loss without a queue does not collapse the rate", {
  rate: 5e6,
  loss: 0.05,
  maxBitrate: 2e6,
}, (simulation) => {
  simulation.run(40_000);
  const mean = simulation.mean("target", 10_000, 40_000);
  assert(mean > 1e6, `${mean}, seed ${simulation.random.seed}`);
});

runs(
  "20% of random loss lowers the rate",
  { rate: 5e6, loss: 0.2, maxBitrate: 2e6 },
  (simulation) => {
    simulation.run(30_000);
    assert(simulation.estimation.targetBitrate < 300_000);
    assert(simulation.estimation.lossFraction > 0.1);
  },
);

runs(
  "the cap is found and kept though each fifth feedback is lost",
  { feedbackLoss: 0.2 },
  (simulation) => {
    simulation.run(60_000);
    assert(foundAt(simulation, CAP) <= 10_000);
    assertKept(simulation, CAP, 15_000, 60_000);
  },
);

runs("without feedback the rate falls to the minimum, and comes back with it", {}, (simulation) => {
  simulation.run(15_000);
  const before = simulation.estimation.targetBitrate;
  simulation.path.feedbackLoss = 1;
  simulation.run(17_900);
  assert(simulation.estimation.targetBitrate <= before);
  simulation.run(40_000);
  assertEquals(simulation.estimation.targetBitrate, 30_000);
  simulation.path.feedbackLoss = 0;
  simulation.run(60_000);
  assert(simulation.mean("delivered", 55_000, 60_000) > 300_000, `seed ${simulation.random.seed}`);
});

runs("a source that uses a third of what it may does not lose it", {
  rate: 2e6,
  use: 0.3,
  maxBitrate: 1e6,
}, (simulation) => {
  simulation.run(40_000);
  assert(simulation.mean("target", 20_000, 40_000) > 600_000, `seed ${simulation.random.seed}`);
});

runs("the estimate never leaves its range, nor the pacer its burst", {
  rate: 10e6,
  maxBitrate: 1e6,
}, (simulation) => {
  simulation.run(20_000);
  assert(simulation.samples.every(({ target }) => target >= 30_000 && target <= 1e6));
  assert(simulation.mean("target", 15_000, 20_000) > 950_000);
  assert(
    simulation.longestBurst <= 1e6 * 2.5 / 8000 * 5 + 1200 + 6 * 1200,
    `${simulation.longestBurst}`,
  );
});
