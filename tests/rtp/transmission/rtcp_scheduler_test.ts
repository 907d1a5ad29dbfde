import {
  COMPENSATION,
  DEFAULT_REPORT_INTERVAL,
  deterministicInterval,
  MAX_MEMBERS,
  MemberTable,
  randomInterval,
  type RtcpOccasion,
  RtcpScheduler,
  type RtcpSchedulerOptions,
} from "../../../rtp/mod.ts";
import type { CryptoProvider } from "../../../core/crypto/provider.ts";
import { crypto as nodeCrypto } from "../../support/freeing_provider.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { assert, assertAlmostEquals, assertEquals } from "../assertions.ts";

function seeded(random: Random): CryptoProvider {
  return { ...nodeCrypto, random: (length) => random.bytes(length) };
}

function started(random: Random, options?: RtcpSchedulerOptions): RtcpScheduler {
  const scheduler = new RtcpScheduler(seeded(random), options);
  scheduler.start(0);
  return scheduler;
}

/** Runs until `end`; returns what was sent when. */
function run(
  scheduler: RtcpScheduler,
  end: number,
  feedbackEvery = Infinity,
): { at: number; occasion: RtcpOccasion }[] {
  const sent: { at: number; occasion: RtcpOccasion }[] = [];
  let feedback = feedbackEvery;
  for (let now = 0;;) {
    const next = Math.max(scheduler.nextTimeout ?? Infinity, now);
    now = Math.min(next, feedback);
    if (now > end) return sent;
    if (now === feedback) {
      scheduler.requestFeedback(now);
      feedback += feedbackEvery;
    }
    const occasion = scheduler.take(now);
    if (occasion !== undefined) {
      sent.push({ at: now, occasion });
      scheduler.sent(100);
    }
    assert(scheduler.nextTimeout! > now, "a timeout that was served is over");
  }
}

Deno.test("the interval shares the bandwidth among members, a quarter for few senders (RFC 3550 section 6.3.1)", () => {
  const parameters = { bandwidth: 8000, averageSize: 100, minimum: 0, weSent: false };
  assertEquals(deterministicInterval({ ...parameters, members: 2, senders: 1 }), 200);
  assertAlmostEquals(deterministicInterval({ ...parameters, members: 40, senders: 10 }), 4000);
  const weSent = { ...parameters, members: 40, senders: 2, weSent: true };
  assertEquals(deterministicInterval(weSent), 800);
  assertEquals(deterministicInterval({ ...parameters, members: 2, senders: 1, minimum: 500 }), 500);
  assertEquals(randomInterval(100, 0), 50 / COMPENSATION);
  assertEquals(randomInterval(100, 1), 150 / COMPENSATION);
});

Deno.test("the first report comes at once (RFC 3550 section 6.2), the others about once in the interval (RFC 4585 section 3.5.3)", () => {
  const seed = seedForRun("RTCP schedule");
  let total = 0;
  for (let round = 0; round < 20; round++) {
    const sent = run(started(new Random(seed + round)), 60_000);
    assert(sent.every(({ occasion }) => occasion === "regular"));
    assert(sent[0]!.at > 0 && sent[0]!.at < 100, `${sent[0]!.at}`);
    for (let i = 1; i < sent.length; i++) {
      const gap = sent[i]!.at - sent[i - 1]!.at;
      assert(gap >= 0.5 * DEFAULT_REPORT_INTERVAL && gap < 1.7 * DEFAULT_REPORT_INTERVAL, `${gap}`);
    }
    total += sent.length;
  }
  assertAlmostEquals(total / 20, 60, 6);
});

Deno.test("feedback goes at once, the next one by the bandwidth (RFC 4585 section 3.5.2)", () => {
  const random = new Random(seedForRun("early feedback"));
  const scheduler = started(random);
  run(scheduler, 10_000);
  scheduler.requestFeedback(10_050);
  assertEquals(scheduler.nextTimeout, 0);
  assert(scheduler.take(10_050) !== undefined);
  // The first may have met its regular time, and then the second one is ahead of its own; but not the third.
  scheduler.requestFeedback(10_051);
  scheduler.take(10_051);
  scheduler.requestFeedback(10_052);
  assertEquals(scheduler.take(10_052), undefined);
  const next = scheduler.nextTimeout!;
  assert(next > 10_052 && next < 10_200, `${next}`);
});

Deno.test("feedback that is always wanted keeps to the bandwidth, and reports go on (RFC 4585 section 3.5)", () => {
  const random = new Random(seedForRun("much feedback"));
  const scheduler = started(random, { bandwidth: 40_000 });
  scheduler.mediaReceived(1, 0);
  const sent = run(scheduler, 30_000, 5);
  const bits = sent.length * 142 * 8;
  // Two members: each has half. Early feedback comes before its time, but the next one later by as much.
  assert(bits / 30 <= 1.5 * 20_000, `${bits / 30} bits per second`);
  assert(bits / 30 >= 0.4 * 20_000, `${bits / 30} bits per second`);
  const regular = sent.filter(({ occasion }) => occasion === "regular");
  assert(regular.length >= 15 && regular.length <= 60, `${regular.length} regular ones`);
});

Deno.test("more members make us send less, and a goodbye makes it more again (RFC 3550 section 6.3.4)", () => {
  const random = new Random(seedForRun("members"));
  const scheduler = started(random, { bandwidth: 2000, reportInterval: 0 });
  for (let ssrc = 0; ssrc < 20; ssrc++) scheduler.received(ssrc, 100, 0);
  const few = run(scheduler, 100_000);
  const next = scheduler.nextTimeout!;
  for (let ssrc = 0; ssrc < 20; ssrc++) scheduler.received(ssrc, 100, 100_000);
  run(scheduler, next);
  const before = scheduler.nextTimeout! - next;
  for (let ssrc = 0; ssrc < 19; ssrc++) scheduler.left(ssrc, next);
  assert(scheduler.nextTimeout! - next < before / 3);
  assert(few.length > 3 && few.length < 100, `${few.length}`);
});

Deno.test("RFC 3550 section 6.3.6: a report whose time has come waits where many have joined meanwhile", () => {
  const scheduler = started(new Random(1));
  const next = scheduler.nextTimeout!;
  for (let ssrc = 1; ssrc <= 50; ssrc++) scheduler.mediaReceived(ssrc, next);
  assertEquals(scheduler.take(next), undefined);
  assert(scheduler.nextTimeout! > next + 100, `${scheduler.nextTimeout! - next} ms later`);
});

Deno.test("RFC 3550 section 6.3.4: each goodbye shortens the wait by what one member takes", () => {
  const scheduler = started(new Random(1), { bandwidth: 2000, reportInterval: 0 });
  for (let ssrc = 1; ssrc <= 9; ssrc++) scheduler.mediaReceived(ssrc, 0);
  let now = 0;
  while (scheduler.take(now) === undefined) now = scheduler.nextTimeout!; // ten members, with us
  const wait = scheduler.nextTimeout! - now;
  for (const [left, ssrc] of [[0.9, 1], [0.8, 2], [0.8, 2], [0.7, 3]] as const) {
    scheduler.left(ssrc, now);
    assertAlmostEquals((scheduler.nextTimeout! - now) / wait, left);
  }
});

Deno.test("a peer that makes up sources is bounded in what it takes of memory and time", () => {
  const random = new Random(seedForRun("made-up sources"));
  const scheduler = started(random);
  for (let now = 0; now < 5000; now++) {
    scheduler.received(random.u32(), random.below(1500), now);
    scheduler.mediaReceived(random.u32(), now);
    if (random.chance(0.1)) scheduler.left(random.u32(), now);
    scheduler.take(now);
    assert(scheduler.members.size <= MAX_MEMBERS);
    const wait = (scheduler.nextTimeout ?? Infinity) - now;
    assert(wait < 20_000, `${wait} ms`);
  }
});

Deno.test("silent members are forgotten, and those without media are no senders (RFC 3550 section 6.3.5)", () => {
  const members = new MemberTable();
  members.heard(1, 0, true);
  members.heard(2, 100, true);
  members.heard(2, 200, false);
  assertEquals([members.size, members.senders], [2, 2]);
  members.expire(50, 150);
  assertEquals([members.size, members.senders], [1, 0]);
  assert(members.leave(2) && !members.leave(2));
  const random = new Random(1);
  const scheduler = started(random);
  scheduler.mediaReceived(1, 0);
  run(scheduler, 20_000);
  assertEquals([scheduler.members.size, scheduler.members.senders], [1, 0]);
  run(scheduler, 40_000);
  assertEquals(scheduler.members.size, 0);
});

Deno.test("nothing is due before the start and after the end", () => {
  const scheduler = new RtcpScheduler(nodeCrypto);
  scheduler.requestFeedback(0);
  assertEquals([scheduler.nextTimeout, scheduler.take(1e6)], [undefined, undefined]);
  scheduler.start(0);
  assert(scheduler.take(0) === "early");
  scheduler.stop();
  assertEquals([scheduler.nextTimeout, scheduler.take(1e6)], [undefined, undefined]);
});
