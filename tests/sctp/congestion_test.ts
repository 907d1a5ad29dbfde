import { assertEquals, assertGreater, assertLessOrEqual } from "@std/assert";
import { CongestionControl } from "../../sctp/send/congestion.ts";
import { numbered, Pair } from "./support.ts";

const MTU = 1000;

/** A window that has grown to so many packets in slow start. */
function grownTo(packets: number): CongestionControl {
  const congestion = new CongestionControl(MTU, 0);
  congestion.measured(100, 100);
  while (congestion.cwnd < packets * MTU) congestion.acknowledged(MTU, congestion.cwnd);
  return congestion;
}

/** Round-trip times, of a path that takes 100 ms: enough of them to tell. */
function measure(congestion: CongestionControl, rtt: number): void {
  for (let sample = 0; sample < 16; sample++) congestion.measured(rtt, 100);
}

Deno.test("RFC 6928 section 2: a message of ten packets goes out at once, at first and after a pause", () => {
  const pair = new Pair({ link: { delay: 25 } }).connect();
  for (let i = 1; i <= 3; i++) {
    const start = pair.now;
    pair.send("a", 0, numbered(i, 10_000));
    pair.until(() => pair.messages("b").length === i);
    assertEquals(pair.now - start, 25);
    pair.advance(60_000);
  }
});

Deno.test("RFC 9260 section 7.2.1: slow start ends at ssthresh, however much one SACK acknowledges", () => {
  const congestion = grownTo(600);
  const { cwnd } = congestion;
  congestion.timedOut();
  assertEquals(congestion.ssthresh, cwnd / 2);
  congestion.acknowledged(cwnd, congestion.cwnd);
  assertLessOrEqual(congestion.cwnd, congestion.ssthresh);
});

Deno.test("RFC 5681 section 3.1: an outage, however many timeouts it takes, halves ssthresh once", () => {
  const congestion = grownTo(600);
  const { cwnd } = congestion;
  for (let timeouts = 0; timeouts < 5; timeouts++) congestion.timedOut();
  assertEquals([congestion.ssthresh, congestion.cwnd], [cwnd / 2, 4 * MTU]);
  congestion.acknowledged(MTU, congestion.cwnd);
  congestion.timedOut();
  assertEquals(congestion.ssthresh, 4 * MTU);
});

Deno.test("RFC 9260 section 7.2.3: a loss halves the window where packets queue, and takes an eighth where none do", () => {
  for (const [rtt, kept] of [[100, 7 / 8], [125, 4 / 5], [300, 1 / 2]] as const) {
    const congestion = grownTo(600);
    congestion.enterFastRecovery(1000);
    congestion.advancedTo(1000, 1000, 0);
    const { cwnd } = congestion;
    assertEquals(cwnd, 300 * MTU, "slow start went too far");
    measure(congestion, rtt);
    congestion.enterFastRecovery(2000);
    assertEquals(congestion.cwnd, cwnd * kept, `${rtt} ms of which 100 are the path's`);
  }
});

Deno.test("RFC 9406 section 4.2: slow start pauses at the sight of a queue, and ends if that lasts for a round", () => {
  const congestion = grownTo(600);
  const { cwnd } = congestion;
  measure(congestion, 150);
  congestion.acknowledged(100 * MTU, cwnd);
  assertEquals(congestion.cwnd, cwnd);
  assertEquals(congestion.ssthresh, Infinity);
  congestion.advancedTo(1000, 2000, 0);
  assertEquals(congestion.ssthresh, cwnd);
});

Deno.test("RFC 9260 section 7.2.2: growth gathers pace round by round where no packets queue, and is an MTU a round where they do", () => {
  for (const [rtt, quick] of [[100, true], [150, false]] as const) {
    const congestion = grownTo(600);
    congestion.enterFastRecovery(1000);
    congestion.advancedTo(1000, 1000, 0);
    let before = congestion.cwnd;
    const growth = Array.from({ length: 8 }, (_, round) => {
      measure(congestion, rtt);
      congestion.acknowledged(congestion.cwnd, congestion.cwnd);
      congestion.advancedTo(1000 * (round + 2), 1000 * (round + 2), 0);
      const grown = congestion.cwnd - before;
      before = congestion.cwnd;
      return grown;
    });
    for (let i = 1; quick && i < growth.length; i++) assertGreater(growth[i]!, growth[i - 1]!);
    if (!quick) assertLessOrEqual(Math.max(...growth), MTU);
  }
});

Deno.test("RFC 9260 section 7.2.1: a window that isn't used grows no further, nor does its growth gather pace", () => {
  const congestion = grownTo(600);
  congestion.enterFastRecovery(1000);
  congestion.advancedTo(1000, 1000, 0);
  const { cwnd } = congestion;
  for (let round = 2; round < 50; round++) {
    congestion.acknowledged(10 * MTU, 10 * MTU);
    congestion.advancedTo(1000 * round, 1000 * round, 0);
  }
  congestion.acknowledged(cwnd, cwnd);
  assertEquals(congestion.cwnd, cwnd + MTU);
});

Deno.test("beside media that is being sent, the window leaves the queue each round, and for a second after the last of it", () => {
  const congestion = grownTo(600);
  measure(congestion, 100);
  congestion.advancedTo(500, 500, 5000);
  measure(congestion, 150);
  congestion.mediaSent(5000);
  congestion.advancedTo(1000, 1000, 5999);
  assertEquals(Math.round(congestion.cwnd), 400 * MTU);
  measure(congestion, 150);
  congestion.advancedTo(2000, 2000, 6000);
  assertEquals(Math.round(congestion.cwnd), 400 * MTU, "it is over");
  congestion.mediaSent(6000);
  measure(congestion, 1000);
  congestion.advancedTo(3000, 3000, 6001);
  assertEquals(Math.round(congestion.cwnd), 200 * MTU, "by half at most");
  congestion.advancedTo(3500, 3500, 6001);
  assertEquals(
    Math.round(congestion.cwnd),
    200 * MTU,
    "a round that measured nothing tells nothing",
  );
  measure(congestion, 103);
  congestion.advancedTo(4000, 4000, 6002);
  assertEquals(Math.round(congestion.cwnd), 200 * MTU, "no queue");
});
