import { assert, assertEquals } from "@std/assert";
import { AcknowledgedBitrateEstimator } from "../../../rtp/congestion/acknowledged_bitrate_estimator.ts";
import { RoundTripTime } from "../../../rtp/congestion/round_trip_time.ts";
import { arrived, assertNear } from "./support.ts";

function feed(estimator: AcknowledgedBitrateEstimator, from: number, to: number, gap: number) {
  for (let at = from; at < to; at += gap) estimator.push([arrived(at, at, 1000)]);
}

Deno.test("AcknowledgedBitrateEstimator: nothing for half a second, then the rate (draft-ietf-rmcat-gcc-02 section 5.5)", () => {
  const estimator = new AcknowledgedBitrateEstimator();
  feed(estimator, 0, 500, 10);
  assertEquals(estimator.bitrate, undefined);
  feed(estimator, 500, 1500, 10);
  assertNear(estimator.bitrate!, 800_000, 60_000);
});

Deno.test("AcknowledgedBitrateEstimator: follows a fall to a quarter within a second", () => {
  const estimator = new AcknowledgedBitrateEstimator();
  feed(estimator, 0, 3000, 10);
  feed(estimator, 3000, 4000, 40);
  assert(estimator.bitrate! < 450_000, `${estimator.bitrate}`);
});

Deno.test("AcknowledgedBitrateEstimator: time in lost feedback does not count, nor does a clock that goes back", () => {
  const estimator = new AcknowledgedBitrateEstimator();
  for (let at = 0; at < 10_000; at += 100) {
    estimator.skip();
    feed(estimator, at, at + 50, 10);
  }
  // Five packets in each 40 ms.
  assertNear(estimator.bitrate!, 1_000_000, 60_000);
  feed(estimator, -1e9, -1e9 + 3000, 10);
  assertNear(estimator.bitrate!, 800_000, 60_000);
});

Deno.test("RoundTripTime: does not count how long feedback waited for more packets", () => {
  const roundTrip = new RoundTripTime();
  assertEquals(roundTrip.value, 200);
  roundTrip.update([arrived(0, 1020), arrived(50, 1070), arrived(80, 1120)], 120);
  assertEquals(roundTrip.value, 20);
});

Deno.test("RoundTripTime: arrival times that lie make it neither negative nor endless", () => {
  const roundTrip = new RoundTripTime();
  roundTrip.update([arrived(0, -1e12), arrived(1, 1e12)], 50);
  assertEquals(roundTrip.value, 0);
  roundTrip.update([arrived(0, 0)], 1e9);
  assertEquals(roundTrip.value, 10_000 / 8);
});
