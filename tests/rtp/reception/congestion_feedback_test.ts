import { assert, assertEquals } from "@std/assert";
import {
  CCFB_WINDOW,
  CongestionFeedbackGenerator,
  MAX_CCFB_REPORTS_AT_ONCE,
  MAX_CCFB_STREAMS,
  NtpClock,
  packetMetric,
  parseRtcp,
  serializeRtcp,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";

type Report = ReturnType<CongestionFeedbackGenerator["take"]>[number];

const CLOCK = new NtpClock(1_700_000_000_000);

function generator(): CongestionFeedbackGenerator {
  return new CongestionFeedbackGenerator(1, CLOCK);
}

/** What a report says: `ssrc:number` with how many 1/1024 s before it the packet came, or "lost". */
function told(reports: readonly Report[]): Record<string, number | "lost"> {
  return Object.fromEntries(
    reports.flatMap(({ streams }) =>
      streams.flatMap(({ ssrc, beginSequence, metrics }) =>
        Array.from(metrics, (block, i) => {
          const { received, arrivalOffset } = packetMetric(block);
          const key = `${ssrc}:${(beginSequence + i) & 0xffff}`;
          return [key, received ? arrivalOffset : "lost"] as const;
        })
      )
    ),
  );
}

Deno.test("RFC 8888 section 3.1: a report tells of each stream what arrived when, and what did not", () => {
  const feedback = generator();
  feedback.arrived(7, 65534, 1000);
  feedback.arrived(7, 0, 1050);
  feedback.arrived(8, 5, 1100);
  assertEquals(feedback.nextTimeout, 1100);
  assertEquals(feedback.take(1099), []);
  const reports = feedback.take(1100);
  assertEquals(told(reports), { "7:65534": 102, "7:65535": "lost", "7:0": 51, "8:5": 0 });
  assertEquals(reports.map(({ reportTimestamp }) => reportTimestamp), [CLOCK.compact(1100)]);
  assertEquals(parseRtcp(serializeRtcp(reports)), reports);
  assertEquals(feedback.nextTimeout, undefined);
});

Deno.test("a packet that comes after the report which missed it is told of again, one that comes twice is not", () => {
  const feedback = generator();
  for (const number of [1, 3]) feedback.arrived(7, number, 10);
  feedback.take(200);
  feedback.arrived(7, 2, 210);
  feedback.arrived(7, 3, 220);
  assertEquals(told(feedback.take(400)), { "7:2": 195, "7:3": 399 });
  assertEquals(feedback.discards.of("duplicate"), 1);
});

Deno.test("packets that reports have called lost are counted once, and again where they came after all", () => {
  const feedback = generator();
  const losses = () => {
    const { lost, recovered } = feedback.reported(7)!;
    return [lost, recovered];
  };
  for (const number of [1, 5]) feedback.arrived(7, number, 10);
  feedback.take(200);
  assertEquals(losses(), [3, 0]);
  feedback.arrived(7, 3, 210); // 4 is told of a second time
  feedback.take(400);
  assertEquals(losses(), [3, 1]);
  // In the same places, a window later: nothing is left of what was said of those before.
  for (const number of [CCFB_WINDOW + 1, CCFB_WINDOW + 5]) feedback.arrived(7, number, 500);
  feedback.take(600);
  assertEquals(losses()[1], 1);
  assertEquals(feedback.reported(8), undefined);
});

Deno.test("an arrival that is further back than can be said is overlong", () => {
  const feedback = generator();
  feedback.arrived(7, 1, 0);
  assertEquals(told(feedback.take(10_000)), { "7:1": 0x1ffe });
});

Deno.test("whatever numbers come, streams and reports stay within their bounds", () => {
  const random = new Random(seedForRun("arrivals of streams"));
  const feedback = generator();
  for (let now = 0; now < 20_000; now += 20) {
    for (let i = random.below(60); i > 0; i--) {
      feedback.arrived(random.below(200), random.below(0x10000), now);
    }
    const reports = feedback.take(now);
    const bytes = reports.map((report) => serializeRtcp([report]).length);
    assert(bytes.every((size) => size <= 1100), `${bytes}`);
    const streams = new Set(reports.flatMap((report) => report.streams.map(({ ssrc }) => ssrc)));
    assert(streams.size <= MAX_CCFB_STREAMS);
    assert(reports.length <= MAX_CCFB_REPORTS_AT_ONCE);
    assertEquals(parseRtcp(serializeRtcp(reports)), reports);
  }
});
