import { assertEquals } from "@std/assert";
import { NtpClock, unixMillisFromNtp } from "../../../rtp/mod.ts";
import { CaptureTimes } from "../../../rtp/session/outbound/capture_times.ts";

/** What frames say that are given at these times, of which each is so many ticks of 48 kHz later than the first. */
function told(frames: readonly (readonly [now: number, ticks: number])[]): (number | undefined)[] {
  const times = new CaptureTimes(new NtpClock(1_000_000));
  return frames.map(([now, ticks]) => {
    const time = times.of(undefined, (2 ** 32 - 960 + ticks) >>> 0, 48_000, now);
    return time && Math.round(unixMillisFromNtp(time.captureTimestamp) - 1_000_000);
  });
}

Deno.test("absolute capture time: it is said once a second when frames were captured", () => {
  const frames = Array.from({ length: 120 }, (_, i) => [500 + 20 * i, 960 * i] as const);
  const said = told(frames).flatMap((time, i) => time === undefined ? [] : [[i, time]]);
  assertEquals(said, [[0, 500], [50, 1500], [100, 2500]]);
});

Deno.test("absolute capture time: nothing seems to be captured after it was given", () => {
  // The first was late; the second comes when it should.
  assertEquals(told([[513, 0], [520, 960], [540, 1920]]), [513, 520, undefined]);
  // One that is late itself has been captured when its RTP clock says.
  assertEquals(told([[500, 0], [533, 960], [540, 1920]]), [500, undefined, undefined]);
});

Deno.test("absolute capture time: what frames say themselves is passed on, and reckoned with for a second", () => {
  const times = new CaptureTimes(new NtpClock(0));
  const own = { captureTimestamp: 5n };
  assertEquals(times.of(own, 0, 48_000, 0), own);
  assertEquals(times.of(own, 960, 48_000, 20), own);
  assertEquals(times.of(undefined, 960_000, 48_000, 40), undefined);
  assertEquals(times.of(undefined, 960_000, 48_000, 1019), undefined);
  assertEquals(times.of(undefined, 960_000, 48_000, 1020)?.clockOffset, 0n);
});
