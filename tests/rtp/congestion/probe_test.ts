import { assertEquals } from "@std/assert";
import { BitrateProber } from "../../../rtp/congestion/bitrate_prober.ts";
import { BitrateRange } from "../../../rtp/congestion/bitrate_range.ts";
import { ProbeBitrateEstimator } from "../../../rtp/congestion/probe_bitrate_estimator.ts";
import { probeCluster } from "../../../rtp/congestion/probe_cluster.ts";
import { ProbeController } from "../../../rtp/congestion/probe_controller.ts";
import { arrived, assertNear } from "./support.ts";

const rates = (controller: ProbeController) => controller.take().map(({ bitrate }) => bitrate);

Deno.test("ProbeController: begins with three and six times the start rate, within the range", () => {
  const controller = new ProbeController(300_000, new BitrateRange(30_000, 5_000_000));
  controller.start(0);
  controller.start(1);
  assertEquals(rates(controller), [900_000, 1_800_000]);
  const narrow = new ProbeController(300_000, new BitrateRange(30_000, 700_000));
  narrow.start(0);
  assertEquals(rates(narrow), [700_000]);
});

Deno.test("ProbeController: tries no more than 5 Mb/s where nobody wants more, however well it comes through", () => {
  const unlimited = new ProbeController(300_000, new BitrateRange());
  unlimited.start(0);
  const tried = rates(unlimited);
  for (let now = 100; now < 2000; now += 100) {
    unlimited.estimated(Math.max(...tried), false, now);
    tried.push(...rates(unlimited));
  }
  assertEquals(tried, [900_000, 1_800_000, 3_600_000, 5_000_000]);
  assertEquals(unlimited.nextTimeout, undefined, "there is nothing more to try");
  const wanting = new ProbeController(3_000_000, new BitrateRange(30_000, 50_000_000));
  wanting.start(0);
  assertEquals(rates(wanting), [9_000_000, 18_000_000]);
});

Deno.test("ProbeController: goes on while probes come through, and stops when one doesn't", () => {
  const controller = new ProbeController(300_000, new BitrateRange(30_000, 5_000_000));
  controller.start(0);
  controller.take();
  controller.estimated(1_700_000, false, 200);
  assertEquals(rates(controller), [3_400_000]);
  controller.estimated(2_000_000, false, 400);
  assertEquals(rates(controller), []);
  controller.estimated(3_000_000, false, 1500);
  assertEquals(rates(controller), [], "too late to be the probe's result");
});

Deno.test("ProbeController: tries twice the rate every 5 s, but calms down after reductions, longer where the path is known to be full", () => {
  const controller = new ProbeController(300_000, new BitrateRange(30_000, 5_000_000));
  assertEquals(controller.nextTimeout, undefined);
  controller.start(0);
  controller.take();
  assertEquals(controller.nextTimeout, 5000);
  controller.handleTimeout(4999);
  assertEquals(rates(controller), []);
  controller.handleTimeout(5000);
  assertEquals(rates(controller), [600_000]);
  controller.estimated(290_000, false, 9500);
  assertEquals(controller.nextTimeout, 12_500);
  controller.estimated(280_000, true, 9600);
  assertEquals(controller.nextTimeout, 19_600);
  controller.estimated(5_000_000, false, 9700);
  assertEquals(controller.nextTimeout, undefined, "there is nothing more to want");
});

Deno.test("ProbeController: tries 0.85 of what was lost in one large fall, once", () => {
  const controller = new ProbeController(1_000_000, new BitrateRange(30_000, 5_000_000));
  controller.start(0);
  controller.take();
  controller.estimated(500_000, true, 2000);
  controller.recovered(3000);
  controller.recovered(3001);
  assertEquals(rates(controller), [850_000]);
});

function probe(
  sendGap: number,
  arrivalGap: number,
  count = 5,
  estimate = 300_000,
): number | undefined {
  const estimator = new ProbeBitrateEstimator();
  estimator.follow(probeCluster(1, 1_000_000));
  const packets = Array.from(
    { length: count },
    (_, i) => arrived(i * sendGap, 50 + i * arrivalGap, 1000, 1),
  );
  return estimator.push(packets, estimate);
}

Deno.test("ProbeBitrateEstimator: the send rate if it came through, else 95% of what did", () => {
  assertEquals(probe(8, 8), 1_000_000);
  assertEquals(probe(8, 7), 1_000_000);
  assertNear(probe(8, 16)!, 0.95 * 500_000, 1);
});

Deno.test("ProbeBitrateEstimator: no result from too few packets, no time, too much time, or an arrival that is too good to be true", () => {
  assertEquals(probe(8, 8, 3), undefined);
  assertEquals(probe(0, 8), undefined);
  assertEquals(probe(8, 0), undefined);
  assertEquals(probe(400, 400), undefined);
  assertEquals(probe(8, 3), undefined);
});

Deno.test("ProbeBitrateEstimator: what was sent below the estimate, for want of packets, and came through, says nothing", () => {
  assertEquals(probe(80, 80), undefined);
  assertNear(probe(80, 80, 5, 90_000)!, 100_000, 1);
  assertNear(probe(80, 100)!, 0.95 * 80_000, 1); // but that is all that came through
});

Deno.test("ProbeBitrateEstimator: packets of unknown probes are nobody's", () => {
  const estimator = new ProbeBitrateEstimator();
  const packets = Array.from({ length: 9 }, (_, i) => arrived(8 * i, 8 * i, 1000, 77));
  assertEquals(estimator.push(packets, 300_000), undefined);
});

Deno.test("BitrateProber: packets leave at the probe's rate until there are enough", () => {
  const prober = new BitrateProber();
  prober.add(probeCluster(3, 1_000_000));
  assertEquals([prober.cluster, prober.nextTimeout], [3, -Infinity]);
  for (let i = 0; i < 5; i++) {
    assertEquals(prober.isDue(8 * i - 0.1), i === 0);
    assertEquals(prober.isDue(8 * i), true);
    prober.sent(1000, 8 * i);
  }
  assertEquals([prober.cluster, prober.nextTimeout], [0, undefined]);
});

Deno.test("BitrateProber: a probe that can't be sent within a second is given up, and no more than five wait", () => {
  const prober = new BitrateProber();
  for (let id = 1; id <= 9; id++) prober.add(probeCluster(id, 1_000_000));
  assertEquals(prober.cluster, 5);
  prober.sent(100, 0);
  prober.isDue(1001);
  assertEquals(prober.cluster, 6);
});
