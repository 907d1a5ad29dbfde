import { assert, assertEquals } from "@std/assert";
import { OveruseDetector } from "../../../rtp/congestion/overuse_detector.ts";
import {
  TRENDLINE_WINDOW,
  TrendlineEstimator,
} from "../../../rtp/congestion/trendline_estimator.ts";
import { assertNear } from "./support.ts";

function trendOf(extra: number): TrendlineEstimator {
  const estimator = new TrendlineEstimator();
  let receivedAt = 5000;
  for (let i = 0; i < 100; i++) {
    receivedAt += 20 + extra;
    estimator.push({ send: 20, arrival: 20 + extra, receivedAt });
  }
  return estimator;
}

Deno.test("TrendlineEstimator: the slope of a queue that grows 1 ms in 21, one that is steady, one that drains", () => {
  assertNear(trendOf(1).trend, 1 / 21, 1e-4);
  assertEquals(trendOf(0).trend, 0);
  assertNear(trendOf(-1).trend, -1 / 19, 1e-4);
});

Deno.test("TrendlineEstimator: no slope before there are enough groups, nor when all arrive at once", () => {
  const estimator = new TrendlineEstimator();
  for (let i = 1; i < TRENDLINE_WINDOW; i++) {
    assertEquals(estimator.push({ send: 10, arrival: 50, receivedAt: 50 * i }), 0);
  }
  const atOnce = new TrendlineEstimator();
  for (let i = 0; i < 50; i++) atOnce.push({ send: 10, arrival: 0, receivedAt: 7 });
  assertEquals(atOnce.trend, 0);
});

Deno.test("OveruseDetector: over-use takes two groups and more than 10 ms of a gradient that does not fall (draft-ietf-rmcat-gcc-02 section 5.4)", () => {
  const detector = new OveruseDetector();
  assertEquals(detector.push(0.1, 60, 8, 0), "normal", "4 ms of it");
  assertEquals(detector.push(0.1, 60, 8, 8), "overuse", "12 ms");
  const falling = new OveruseDetector();
  for (let i = 0; i < 10; i++) {
    assertEquals(falling.push(0.2 - i / 100, 60, 8, 8 * i), "normal", `gradient ${i} falls`);
  }
});

Deno.test("OveruseDetector: a queue that drains is under-use, and a flat one is normal", () => {
  const detector = new OveruseDetector();
  assertEquals(detector.push(-0.1, 60, 8, 0), "underuse");
  assertEquals(detector.push(0, 60, 8, 8), "normal");
});

Deno.test("OveruseDetector: the threshold follows the gradient between 6 and 600 ms, but no spikes (draft-ietf-rmcat-gcc-02 section 5.4)", () => {
  const detector = new OveruseDetector();
  assertEquals(detector.threshold, 12.5);
  for (let i = 0; i < 100; i++) detector.push(0, 60, 20, 20 * i);
  assertEquals(detector.threshold, 6);
  detector.push(1, 60, 20, 2020);
  assertEquals(detector.threshold, 6, "240 is a spike");
  for (let i = 0; i < 2000; i++) detector.push(0.06, 60, 20, 2040 + 20 * i);
  assert(detector.threshold > 14 && detector.threshold < 14.5, `${detector.threshold}`);
});
