import { assertEquals } from "@std/assert";
import { RequestBackoff } from "../../../peer/rtp_transport/request_backoff.ts";

Deno.test("requests in a row pass ever more rarely, and none is forgotten", () => {
  const backoff = new RequestBackoff();
  const passed: number[] = [];
  for (let now = 0; now < 10_000; now += 100) if (backoff.want(now)) passed.push(now);
  assertEquals(passed, [0, 300, 900, 2100, 4500, 6900, 9300]);
  assertEquals(backoff.want(9500), false);
  assertEquals([11_600, 11_700, 11_800].map((now) => backoff.isDue(now)), [false, true, false]);
});

Deno.test("after a calm, the next request passes at once, and so does one soon after", () => {
  const backoff = new RequestBackoff();
  for (let now = 0; now < 10_000; now += 100) backoff.want(now);
  assertEquals([20_000, 20_200, 20_300].map((now) => backoff.want(now)), [true, false, true]);
});
