import { assert, assertEquals } from "@std/assert";
import { AimdRateControl } from "../../../rtp/congestion/aimd_rate_control.ts";
import { BitrateRange } from "../../../rtp/congestion/bitrate_range.ts";
import { LinkCapacityEstimator } from "../../../rtp/congestion/link_capacity_estimator.ts";
import { assertNear } from "./support.ts";

const RTT = 100;

function control(bitrate: number): AimdRateControl {
  return new AimdRateControl(bitrate, new BitrateRange(30_000, 2_000_000));
}

Deno.test("AimdRateControl: 8% a second while the capacity is unknown (draft-ietf-rmcat-gcc-02 section 5.5)", () => {
  const rate = control(500_000);
  for (let now = 0; now <= 1000; now += 50) rate.update("normal", 500_000, RTT, now);
  assertNear(rate.bitrate, 540_000, 1000);
  assertEquals(rate.state, "Increase");
});

Deno.test("AimdRateControl: over-use leaves 0.85 of what arrives, and growth is additive from there (draft-ietf-rmcat-gcc-02 section 5.5)", () => {
  const rate = control(500_000);
  rate.update("overuse", 480_000, RTT, 0);
  assertEquals(rate.bitrate, 0.85 * 480_000);
  assert(rate.isNearMax);
  for (let now = 50; now <= 1050; now += 50) rate.update("normal", 470_000, RTT, now);
  // Half a packet of 6800 bits in 200 ms, for 1 s: the first verdict only leaves Hold.
  assertNear(rate.bitrate, 408_000 + 6800 / 0.4, 500);
});

Deno.test("AimdRateControl: one queue is paid for once", () => {
  const rate = control(500_000);
  rate.update("overuse", 480_000, RTT, 0);
  rate.update("overuse", 400_000, RTT, 150);
  assertEquals(rate.bitrate, 408_000, "no second reduction before round trip and detection");
  rate.update("overuse", 400_000, RTT, 200);
  assertEquals(rate.bitrate, 340_000);
});

Deno.test("AimdRateControl: over-use never raises the rate, whatever arrives", () => {
  const rate = control(300_000);
  rate.update("overuse", 1_000_000, RTT, 0);
  assertEquals(rate.bitrate, 300_000);
});

Deno.test("AimdRateControl: under-use holds, for the queue drains (draft-ietf-rmcat-gcc-02 section 5.5)", () => {
  const rate = control(300_000);
  for (let now = 0; now < 2000; now += 50) rate.update("underuse", 300_000, RTT, now);
  assertEquals([rate.bitrate, rate.state], [300_000, "Hold"]);
});

Deno.test("AimdRateControl: no growth beyond 1.5 times what arrives (draft-ietf-rmcat-gcc-02 section 5.5)", () => {
  const rate = control(300_000);
  for (let now = 0; now < 60_000; now += 50) rate.update("normal", 250_000, RTT, now);
  assertEquals(rate.bitrate, 1.5 * 250_000 + 10_000);
});

Deno.test("AimdRateControl: stays within its range", () => {
  const rate = control(300_000);
  for (let now = 0; now < 60_000; now += 600) rate.update("overuse", 0, RTT, now);
  assertEquals(rate.bitrate, 30_000);
  rate.probed(1e12, 60_000);
  assertEquals(rate.bitrate, 2_000_000);
});

Deno.test("LinkCapacityEstimator: its bounds are three deviations from the mean, and narrow", () => {
  const capacity = new LinkCapacityEstimator();
  assertEquals([capacity.lowerBound, capacity.upperBound], [0, Infinity]);
  for (let i = 0; i < 100; i++) capacity.overused(500_000);
  assertNear(capacity.upperBound - 500_000, 3 * 14_142, 10);
  assertNear(500_000 - capacity.lowerBound, 3 * 14_142, 10);
  capacity.reset();
  assertEquals(capacity.estimate, undefined);
});
