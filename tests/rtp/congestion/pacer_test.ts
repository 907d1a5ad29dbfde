import { assert, assertEquals } from "@std/assert";
import {
  BURST_INTERVAL,
  MAX_LATENESS,
  MAX_PACED_PACKETS,
  Pacer,
  PACING_FACTOR,
} from "../../../rtp/congestion/mod.ts";
import { probeCluster } from "../../../rtp/congestion/probe_cluster.ts";
import { Random, seedForRun } from "../../support/random.ts";

function takeAll(pacer: Pacer<number>, now: number): number[] {
  const taken: number[] = [];
  for (let packet; (packet = pacer.take(now)) !== undefined;) taken.push(packet);
  return taken;
}

Deno.test("Pacer: no more than 5 ms of the pacing rate, and one packet, leave at once (draft-ietf-rmcat-gcc-02 section 4)", () => {
  const random = new Random(seedForRun("pacer bursts"));
  const target = 2_000_000;
  const burst = target * PACING_FACTOR / 8000 * BURST_INTERVAL;
  const pacer = new Pacer<number>(target);
  let sent = 0;
  for (let now = 0; now < 1000;) {
    for (let i = random.below(3); i > 0; i--) pacer.enqueue(1200, 1200, "video", now);
    const bytes = takeAll(pacer, now).reduce((sum, size) => sum + size, 0);
    assert(bytes <= burst + 1200, `${bytes} at once`);
    sent += bytes;
    assert(sent <= now * target * PACING_FACTOR / 8000 + burst + 1200, `${sent} by ${now}`);
    const next = pacer.nextTimeout;
    assert(next === undefined || next > now, "all that may go has gone");
    now = Math.min(next ?? Infinity, now + 1 + random.below(5));
  }
  assert(sent > 100_000, `${sent}`);
});

Deno.test("Pacer: where timers come late, what should have left meanwhile leaves, within a bound", () => {
  const target = 2_000_000;
  const rate = target * PACING_FACTOR / 8000;
  const sentBy = (late: number) => {
    const pacer = new Pacer<number>(target);
    for (let i = 0; i < 500; i++) pacer.enqueue(1200, 1200, "video", 0);
    let [sent, most] = [0, 0];
    for (let now = 0; now <= 500; now = pacer.nextTimeout! + late) {
      const bytes = takeAll(pacer, now).reduce((sum, size) => sum + size, 0);
      sent += bytes;
      most = Math.max(most, bytes);
    }
    return { sent, most };
  };
  const inTime = sentBy(0);
  for (const late of [3, 20, 50]) {
    const { sent, most } = sentBy(late);
    assert(sent > 0.85 * inTime.sent, `${sent} of ${inTime.sent}, ${late} ms late`);
    assert(most <= (late + 2 * BURST_INTERVAL) * rate + 1200, `${most} at once, ${late} ms late`);
  }
  const { most } = sentBy(1000);
  assert(most <= (MAX_LATENESS + BURST_INTERVAL) * rate + 1200, `${most} at once`);
});

Deno.test("Pacer: time in which nothing waited is no claim to send more at once", () => {
  const target = 2_000_000;
  const burst = target * PACING_FACTOR / 8000 * BURST_INTERVAL;
  const pacer = new Pacer<number>(target);
  pacer.enqueue(1200, 1200, "video", 0);
  assertEquals(takeAll(pacer, 1000), [1200]);
  for (const now of [1000, 3000]) {
    for (let i = 0; i < 50; i++) pacer.enqueue(1200, 1200, "video", now);
    const bytes = takeAll(pacer, now).reduce((sum, size) => sum + size, 0);
    assert(bytes <= burst + 1200, `${bytes} at once`);
    while (pacer.nextTimeout !== undefined) takeAll(pacer, pacer.nextTimeout);
  }
});

Deno.test("Pacer: sound goes first and at once, then retransmissions, then the rest in order", () => {
  const pacer = new Pacer<number>(100_000);
  pacer.enqueue(1, 1200, "video", 0);
  assertEquals(takeAll(pacer, 0), [1]);
  pacer.enqueue(2, 1200, "video", 1);
  pacer.enqueue(3, 1200, "retransmission", 1);
  pacer.enqueue(4, 200, "audio", 1);
  assertEquals(pacer.nextTimeout, 1);
  assertEquals(takeAll(pacer, 1), [4]);
  const order: number[] = [];
  while (pacer.nextTimeout !== undefined) order.push(...takeAll(pacer, pacer.nextTimeout));
  assertEquals(order, [3, 2]);
});

Deno.test("Pacer: the queue is bounded, and what waits long leaves quicker", () => {
  const pacer = new Pacer<number>(30_000);
  for (let i = 0; i < MAX_PACED_PACKETS; i++) assert(pacer.enqueue(i, 100, "video", 0));
  assertEquals(pacer.enqueue(-1, 100, "video", 0), false);
  assertEquals(pacer.queueTime, 2000);
  let next = 0;
  let last = 0;
  while (pacer.nextTimeout !== undefined) {
    last = pacer.nextTimeout;
    for (const packet of takeAll(pacer, last)) assertEquals(packet, next++);
  }
  assertEquals(next, MAX_PACED_PACKETS);
  assert(last < 60_000, `${last}; at the pacing rate alone it would be 87 s`);
  const large = new Pacer<number>(30_000);
  let bytes = 0;
  while (large.enqueue(0, 65_000, "video", 0)) bytes += 65_000;
  assert(bytes <= 8 * 1024 * 1024);
});

Deno.test("Pacer: a probe leaves at its own rate, marked, and padding fills what media leaves", () => {
  const pacer = new Pacer<number>(100_000, true);
  pacer.probe(probeCluster(9, 960_000));
  assertEquals(
    [pacer.nextTimeout, pacer.paddingDue(0)],
    [undefined, 0],
    "not before there is media",
  );
  pacer.enqueue(1, 1200, "video", 0);
  pacer.enqueue(2, 1200, "video", 0);
  assertEquals([pacer.take(0), pacer.cluster, pacer.take(0)], [1, 9, undefined]);
  assertEquals(pacer.nextTimeout, 10);
  assertEquals([pacer.take(10), pacer.cluster], [2, 9]);
  for (const now of [20, 30, 40]) {
    assertEquals(pacer.nextTimeout, now);
    assertEquals(pacer.take(now), undefined);
    assertEquals(pacer.paddingDue(now), 240);
    assertEquals(pacer.cluster, 9);
    pacer.paddingSent(1200, now);
  }
  assertEquals(pacer.nextTimeout, undefined);
  pacer.enqueue(3, 1200, "video", 60_000);
  assertEquals([pacer.take(60_000), pacer.cluster], [3, 0]);
});

Deno.test("Pacer: a probe does not begin with sound, which can't be sent at its rate, but takes along what there is of it", () => {
  const pacer = new Pacer<number>(100_000, true);
  pacer.probe(probeCluster(9, 960_000));
  pacer.enqueue(1, 200, "audio", 0);
  assertEquals([pacer.take(0), pacer.cluster], [1, 0]);
  assertEquals([pacer.paddingDue(20), pacer.nextTimeout], [0, undefined]);
  for (const packet of [2, 3]) pacer.enqueue(packet, 1200, "video", 40);
  assertEquals([pacer.take(40), pacer.cluster], [2, 9]);
  pacer.enqueue(4, 200, "audio", 41);
  assertEquals([pacer.take(41), pacer.cluster], [4, 9]);
});

Deno.test("Pacer: padding that was asked for and has not come is asked for later, not at once", () => {
  const pacer = new Pacer<number>(100_000, true);
  pacer.enqueue(1, 1200, "video", 0);
  pacer.take(0);
  pacer.probe(probeCluster(1, 960_000));
  assert(pacer.paddingDue(5) > 0);
  assertEquals(pacer.paddingDue(5), 0);
  assert(pacer.nextTimeout! > 5);
});
