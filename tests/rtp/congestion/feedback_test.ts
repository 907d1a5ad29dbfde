import { assertEquals } from "@std/assert";
import { FeedbackAdapter } from "../../../rtp/congestion/feedback_adapter.ts";
import {
  type CongestionControlFeedback,
  packetMetricBlock,
  type TransportFeedback,
} from "../../../rtp/rtcp/mod.ts";

function twcc(
  baseSequence: number,
  statuses: readonly number[],
  deltas: readonly number[],
  more: Partial<TransportFeedback> = {},
): TransportFeedback {
  return {
    ...{ type: "TWCC", senderSsrc: 1, mediaSsrc: 2, baseSequence, referenceTime: 0 },
    ...{ feedbackCount: 0, statuses: Uint8Array.from(statuses), deltas: Int16Array.from(deltas) },
    ...more,
  };
}

function ccfb(ssrc: number, beginSequence: number, blocks: readonly number[]) {
  const streams = [{ ssrc, beginSequence, metrics: Uint16Array.from(blocks) }];
  const feedback: CongestionControlFeedback = {
    ...{ type: "CCFB", senderSsrc: 1, streams, reportTimestamp: 0x10000 },
  };
  return feedback;
}

function adapterWith(first: number, count: number): FeedbackAdapter {
  const adapter = new FeedbackAdapter();
  for (let i = 0; i < count; i++) {
    const names = { ssrc: 5, sequenceNumber: (i + 65_534) & 0xffff };
    adapter.sent({ sequence: (first + i) & 0xffff, size: 100 + i, cluster: i, ...names }, 10 * i);
  }
  return adapter;
}

Deno.test("FeedbackAdapter: deltas count on from the packet before, over a wrap of sequence numbers and a loss", () => {
  const adapter = adapterWith(65_534, 4);
  assertEquals(adapter.transportFeedback(twcc(65_534, [1, 0, 2, 3], [4, 0, -8, 0]), 100), [
    { size: 100, sentAt: 0, received: true, receivedAt: 1, cluster: 0 },
    { size: 101, sentAt: 10, received: false, receivedAt: undefined, cluster: 1 },
    { size: 102, sentAt: 20, received: true, receivedAt: -1, cluster: 2 },
    { size: 103, sentAt: 30, received: true, receivedAt: undefined, cluster: 3 },
  ]);
});

Deno.test("FeedbackAdapter: a packet is settled once, but a loss can turn out as a late arrival", () => {
  const adapter = adapterWith(0, 3);
  adapter.transportFeedback(twcc(0, [1, 0, 1], [0, 0, 0]), 100);
  const again = adapter.transportFeedback(twcc(0, [0, 1, 1], [0, 4, 0]), 200);
  assertEquals(again.map(({ size, received }) => [size, received]), [[101, true]]);
  assertEquals(adapter.discards.of("repeated"), 2);
});

Deno.test("FeedbackAdapter: what was never sent, and what was sent a minute ago, is unknown", () => {
  const adapter = adapterWith(0, 3);
  assertEquals(adapter.transportFeedback(twcc(3, Array(50).fill(1), Array(50).fill(0)), 100), []);
  assertEquals(adapter.discards.of("unknown packet"), 50);
  assertEquals(adapter.transportFeedback(twcc(0, [1], [0]), 60_001), []);
  assertEquals(adapter.discards.of("unknown packet"), 51);
});

Deno.test("FeedbackAdapter: the reference time wraps, and a missing feedback is noticed", () => {
  const adapter = adapterWith(0, 3);
  adapter.transportFeedback(twcc(0, [1], [0], { referenceTime: 0x7fffff, feedbackCount: 255 }), 50);
  const [later] = adapter.transportFeedback(twcc(1, [1], [0], { referenceTime: -0x800000 }), 50);
  assertEquals([later!.receivedAt, adapter.hasGap], [64, false]);
  adapter.transportFeedback(twcc(2, [1], [0], { feedbackCount: 2 }), 50);
  assertEquals(adapter.hasGap, true);
});

Deno.test("FeedbackAdapter: RFC 8888 names packets by stream, and counts back from the report (RFC 8888 section 3.1)", () => {
  const adapter = adapterWith(7, 4);
  const at = (arrivalOffset: number) =>
    packetMetricBlock({ received: true, ecn: 0, arrivalOffset });
  const results = adapter.congestionFeedback(
    ccfb(5, 65_534, [at(1024), 0, at(512), at(0x1fff)]),
    90,
  );
  assertEquals(results.map(({ size, received, receivedAt }) => [size, received, receivedAt]), [
    [100, true, -1000],
    [101, false, undefined],
    [102, true, -500],
    [103, true, undefined],
  ]);
  assertEquals(adapter.congestionFeedback(ccfb(6, 0, [at(0)]), 90), []);
  assertEquals(adapter.congestionFeedback(ccfb(5, 2, [at(0)]), 90), []);
  assertEquals([...adapter.discards.entries()], [["unknown stream", 1], ["unknown packet", 1]]);
});

Deno.test("FeedbackAdapter: what reports say of a packet counts once, and the last word holds (RFC 8888 section 3.1)", () => {
  const adapter = adapterWith(7, 4);
  const marked = (ecn: number) => packetMetricBlock({ received: true, ecn, arrivalOffset: 0 });
  const reports = () => ({ ...adapter.reportsOf(5) });
  adapter.congestionFeedback(ccfb(5, 65_534, [marked(0b01), 0, 0, marked(0b11)]), 90);
  assertEquals(reports(), { lost: 2, recovered: 0, ect1: 1, ce: 1 });
  adapter.congestionFeedback(ccfb(5, 65_535, [0, marked(0b11), marked(0b11)]), 100);
  assertEquals(reports(), { lost: 2, recovered: 1, ect1: 1, ce: 2 });
  adapter.congestionFeedback(ccfb(5, 0, [0, 0]), 110);
  assertEquals(reports(), { lost: 2, recovered: 1, ect1: 1, ce: 2 });
  assertEquals(adapter.reportsOf(6), undefined);
});

Deno.test("FeedbackAdapter: as many packets and streams are remembered as there is room for", () => {
  const adapter = new FeedbackAdapter();
  for (let i = 0; i < 70; i++) {
    adapter.sent({ sequence: i, size: 1, ssrc: i, sequenceNumber: 0 }, 0);
  }
  const block = packetMetricBlock({ received: true, ecn: 0, arrivalOffset: 0 });
  assertEquals(adapter.congestionFeedback(ccfb(5, 0, [block]), 1), []);
  assertEquals(adapter.congestionFeedback(ccfb(6, 0, [block]), 1).length, 1);
  for (let i = 0; i < 8192; i++) adapter.sent({ sequence: 70 + i, size: 1 }, 0);
  assertEquals(adapter.transportFeedback(twcc(69, [1, 1], [0, 0]), 1).length, 1);
});
