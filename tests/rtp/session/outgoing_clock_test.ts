import { assert, assertEquals } from "@std/assert";
import { OutgoingClock } from "../../../rtp/session/outbound/outgoing_clock.ts";

Deno.test("the parts of a tick that timestamps have no room for do not add up, whatever the frame rate", () => {
  for (const rate of [24_000 / 1001, 30_000 / 1001, 59.94, 100, 13]) {
    const clock = new OutgoingClock({ timestampOffset: 0xffff_0000, last: undefined });
    const frames = Math.round(3600 * rate);
    let timestamp = 0;
    for (let i = 0; i <= frames; i++) {
      // Whole microseconds, as chunks have them.
      const micros = Math.floor(i * 1e6 / rate);
      timestamp = clock.timestampOf(micros, 90_000, micros / 1000);
    }
    const elapsed = (timestamp - 0xffff_0000) >>> 0;
    const expected = frames * 90_000 / rate;
    assert(Math.abs(elapsed - expected) <= 1, `${rate}: ${elapsed - expected} ticks in an hour`);
  }
});

Deno.test("timestamps are whole numbers of 32 bits", () => {
  const clock = new OutgoingClock({ timestampOffset: 0xffff_fffe, last: undefined });
  const all = [0, 8, 16, 33, 40].map((micros) => clock.timestampOf(micros, 90_000, 0));
  assertEquals(all, [0xffff_fffe, 0xffff_ffff, 0xffff_ffff, 1, 2]);
  assertEquals(clock.timestampAt(1, 90_000), 92);
});

Deno.test("a stream that has been sent before goes on as time has (RFC 3550 section 5.1)", () => {
  const last = { timestamp: 0xffff_ff00, at: 5000 };
  const clock = new OutgoingClock({ timestampOffset: 7, last });
  assertEquals(clock.timestampOf(123_456, 90_000, 6000), 90_000 - 0x100);
  assertEquals(clock.timestampOf(156_789, 90_000, 6040), 93_000 - 0x100);
});
