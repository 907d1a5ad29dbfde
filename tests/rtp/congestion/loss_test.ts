import { assert, assertEquals } from "@std/assert";
import { BitrateRange } from "../../../rtp/congestion/bitrate_range.ts";
import { FeedbackWatchdog } from "../../../rtp/congestion/feedback_watchdog.ts";
import { LossBasedController } from "../../../rtp/congestion/loss_based_controller.ts";
import { ReceiverLimit } from "../../../rtp/congestion/receiver_limit.ts";
import { assertNear } from "./support.ts";

function lose(loss: LossBasedController, lost: number, from: number, to: number, target = 1e6) {
  for (let now = from; now < to; now += 100) {
    loss.count(100, lost, Math.min(target, loss.bitrate), 50, now);
  }
}

Deno.test("LossBasedController: no limit below 10% (draft-ietf-rmcat-gcc-02 section 6)", () => {
  const loss = new LossBasedController(new BitrateRange(30_000, 2_000_000));
  lose(loss, 9, 0, 60_000);
  assertEquals(loss.bitrate, Infinity);
  assertNear(loss.lossFraction, 0.09, 1e-6);
});

Deno.test("LossBasedController: above 10%, half the loss is taken off the rate, once in 300 ms and a round trip (draft-ietf-rmcat-gcc-02 section 6)", () => {
  const loss = new LossBasedController(new BitrateRange(30_000, 2_000_000));
  lose(loss, 100, 0, 100);
  assertNear(loss.bitrate, 1e6 * (1 - 1 / 12), 1);
  lose(loss, 100, 100, 400);
  assertNear(loss.bitrate, 1e6 * (1 - 1 / 12), 1);
  lose(loss, 100, 400, 60_000);
  assertEquals(loss.bitrate, 30_000);
});

Deno.test("LossBasedController: grows below 2% until it is no limit any more (draft-ietf-rmcat-gcc-02 section 6)", () => {
  const loss = new LossBasedController(new BitrateRange(30_000, 2_000_000));
  lose(loss, 50, 0, 2000);
  const low = loss.bitrate;
  assert(low < 700_000, `${low}`);
  lose(loss, 0, 2000, 10_000);
  assert(loss.bitrate > low && loss.bitrate < 2 * low, `${loss.bitrate}`);
  lose(loss, 0, 10_000, 60_000);
  assertEquals(loss.bitrate, Infinity);
});

Deno.test("LossBasedController: receiver reports that count more lost than sent, or less than none", () => {
  const loss = new LossBasedController(new BitrateRange());
  loss.count(100, -1e9, 1e6, 50, 0);
  assertEquals(loss.lossFraction, 0);
  for (let i = 0; i < 100; i++) loss.count(100, 1e9, 1e6, 50, i);
  assertNear(loss.lossFraction, 1, 1e-6);
});

Deno.test("ReceiverLimit: a REMB holds for ten seconds", () => {
  const limit = new ReceiverLimit();
  limit.update({ type: "REMB", senderSsrc: 1, bitrate: 64_000, ssrcs: [2] }, 1000);
  assertEquals([limit.bitrate, limit.nextTimeout], [64_000, 11_000]);
  limit.handleTimeout(10_999);
  assertEquals(limit.bitrate, 64_000);
  limit.handleTimeout(11_000);
  assertEquals([limit.bitrate, limit.nextTimeout], [Infinity, undefined]);
});

Deno.test("FeedbackWatchdog: two seconds without a word, then once a second", () => {
  const watchdog = new FeedbackWatchdog();
  assertEquals(watchdog.nextTimeout, undefined);
  watchdog.sent(true, 100);
  watchdog.sent(true, 1500);
  assertEquals(watchdog.nextTimeout, 2100);
  assertEquals(watchdog.handleTimeout(2099), false);
  assertEquals(watchdog.handleTimeout(2100), true);
  assertEquals(watchdog.nextTimeout, 3100);
  watchdog.heard();
  assertEquals(watchdog.nextTimeout, undefined);
  watchdog.sent(false, 4000);
  assertEquals(watchdog.nextTimeout, 19_000, "receiver reports come rarely");
});
