import { assert, assertAlmostEquals, assertEquals } from "../assertions.ts";
import {
  compactNtp,
  InterarrivalJitter,
  MAX_REFERENCE_RECEIVERS,
  MAX_ROUND_TRIP,
  NtpClock,
  ntpFromUnixMillis,
  ReceiverReference,
  ReceptionStatistics,
  RoundTrip,
  roundTripOf,
  type SenderReport,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { packet } from "./packets.ts";

Deno.test("loss is what is expected less what arrived, in all and since the last report (RFC 3550 appendix A.3)", () => {
  const statistics = new ReceptionStatistics(7, 90000, 1);
  for (const number of [1, 2, 3, 5]) statistics.receive(packet(number), 0);
  const first = statistics.report(0)!;
  assertEquals([first.ssrc, first.fractionLost, first.cumulativeLost], [7, 51, 1]);
  assertEquals(first.highestSequence, 5);
  statistics.receive(packet(6), 0);
  const second = statistics.report(0)!;
  assertEquals([second.fractionLost, second.cumulativeLost], [0, 1]);
});

Deno.test("RFC 3550 section 6.4.1: the fraction is in 256ths: 64 where one of four is lost, and 255 at most", () => {
  const statistics = new ReceptionStatistics(7, 90000, 1);
  for (const number of [1, 2, 4]) statistics.receive(packet(number), 0);
  assertEquals(statistics.report(0)!.fractionLost, 64);
  statistics.receive(packet(2000), 0);
  assertEquals(statistics.report(0)!.fractionLost, 255);
});

Deno.test("duplicates make the loss negative, and its fraction 0 (RFC 3550 section 6.4.1)", () => {
  const statistics = new ReceptionStatistics(7, 90000, 1);
  for (const number of [1, 2, 2, 2]) statistics.receive(packet(number), 0);
  const report = statistics.report(0)!;
  assertEquals([report.fractionLost, report.cumulativeLost], [0, -2]);
});

Deno.test("a source that was silent since the last report is not reported (RFC 3550 section 6.4)", () => {
  const statistics = new ReceptionStatistics(7, 90000);
  assertEquals(statistics.report(0), undefined);
  statistics.receive(packet(1), 0);
  assertEquals(statistics.report(0), undefined);
  statistics.receive(packet(2), 0);
  assert(statistics.report(0) !== undefined);
  assertEquals(statistics.report(0), undefined);
});

Deno.test("highest sequence counts wraps above 16 bits; a restart keeps what was lost", () => {
  const statistics = new ReceptionStatistics(7, 90000, 1);
  for (const number of [65534, 65535, 1]) statistics.receive(packet(number), 0);
  assertEquals(statistics.report(0)!.highestSequence, 0x10001);
  for (const number of [30000, 30001, 30003]) statistics.receive(packet(number), 0);
  const report = statistics.report(0)!;
  assertEquals([report.highestSequence, report.cumulativeLost], [30003, 2]);
});

Deno.test("LSR and DLSR come from the last sender report (RFC 3550 section 6.4.1)", () => {
  const statistics = new ReceptionStatistics(7, 90000, 1);
  statistics.receive(packet(1), 0);
  const before = statistics.report(0)!;
  assertEquals([before.lastSenderReport, before.delaySinceLastSenderReport], [0, 0]);
  const ntpTimestamp = ntpFromUnixMillis(1_700_000_000_123);
  const report: SenderReport = {
    ...{ type: "SR", ssrc: 7, ntpTimestamp, rtpTimestamp: 1, packetCount: 1, octetCount: 1 },
    reports: [],
  };
  statistics.reported(report, 100);
  statistics.receive(packet(2), 100);
  const after = statistics.report(600)!;
  assertEquals(after.lastSenderReport, compactNtp(ntpTimestamp));
  assertEquals(after.delaySinceLastSenderReport, 32768);
});

Deno.test("jitter is 0 at an even pace, even where timestamps wrap, and follows an uneven one (RFC 3550 appendix A.8)", () => {
  const jitter = new InterarrivalJitter(90000);
  let timestamp = 0xffff_f000;
  for (let i = 0; i < 100; i++, timestamp += 1800) jitter.update(timestamp >>> 0, 20 * i);
  assertAlmostEquals(jitter.value, 0);
  // Every other packet 10 ms late: differences of 10 ms.
  for (let i = 100; i < 400; i++, timestamp += 1800) {
    jitter.update(timestamp >>> 0, 20 * i + 10 * (i % 2));
  }
  assertAlmostEquals(jitter.value, 900, 1);
});

Deno.test("RFC 3550 section 6.4.1: a difference counts for a sixteenth", () => {
  const jitter = new InterarrivalJitter(8000);
  jitter.update(0, 0);
  jitter.update(160, 40); // 20 ms late
  assertEquals(jitter.value, 10);
  jitter.update(320, 60);
  assertEquals(jitter.value, 10 - 10 / 16);
});

Deno.test("a jump of the sender's clock is no jitter", () => {
  const jitter = new InterarrivalJitter(8000);
  jitter.update(0, 0);
  jitter.update(0x7000_0000, 20);
  assertEquals(jitter.value, 0);
});

Deno.test("a round trip that can't be is none", () => {
  assertEquals(roundTripOf(0x10000, 0x0f000, 0), 62.5);
  assertEquals(roundTripOf(0x10000, 0, 0), undefined);
  assertEquals(roundTripOf(0x10000, 0x0f000, 0x2000), undefined);
  assertEquals(roundTripOf(0x10000, 0x0fff0, 0x11), 0);
  assertEquals(roundTripOf(0x7000_0000, 1, 0), undefined);
  assertEquals(roundTripOf(5, 0xffff_fff0, 0), 21 / 65.536);
});

Deno.test("a round trip is smoothed", () => {
  const roundTrip = new RoundTrip();
  assertEquals(roundTrip.smoothed, undefined);
  for (const millis of [80, 160]) roundTrip.add(millis);
  assertEquals([roundTrip.latest, roundTrip.smoothed], [160, 90]);
  assertEquals([roundTrip.total, roundTrip.count], [240, 2]);
});

Deno.test("who sends nothing measures the round trip by RRTR and DLRR (RFC 3611 sections 4.4 and 4.5)", () => {
  const asking = new ReceiverReference(1, new NtpClock(1_700_000_000_000));
  const answering = new ReceiverReference(2, new NtpClock(1_600_000_000_000));
  answering.receive(asking.ask(1000), 1030);
  const answer = answering.answer(1500)!;
  assertEquals(answering.answer(1501), undefined);
  asking.receive(answer, 1520);
  assertAlmostEquals(asking.roundTrip.latest!, 50, 0.1);
});

Deno.test("forged answers and questions: no round trip from before the first question, and bounded memory", () => {
  const random = new Random(seedForRun("forged XR"));
  const reference = new ReceiverReference(1, new NtpClock(1_700_000_000_000));
  reference.ask(1000);
  for (let i = 0; i < 5000; i++) {
    const ssrc = random.u32();
    const now = 1000 + i;
    reference.receive({
      type: "XR",
      ssrc,
      blocks: [
        { type: "RRTR", ntpTimestamp: BigInt(random.u32()) << 20n },
        {
          type: "DLRR",
          reports: [{
            ssrc: 1,
            lastReceiverReport: random.u32(),
            delaySinceLastReceiverReport: random.u32(),
          }],
        },
      ],
    }, now);
    assert(reference.size <= MAX_REFERENCE_RECEIVERS);
    assert((reference.roundTrip.latest ?? 0) <= Math.min(MAX_ROUND_TRIP, now - 1000 + 1));
  }
  const answer = reference.answer(7000)!.blocks[0]!;
  assert(answer.type === "DLRR" && answer.reports.length === MAX_REFERENCE_RECEIVERS);
});
