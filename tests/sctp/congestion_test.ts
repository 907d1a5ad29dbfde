import { assertEquals, assertLessOrEqual } from "@std/assert";
import { CongestionControl } from "../../sctp/send/congestion.ts";
import { numbered, Pair } from "./support.ts";

const MTU = 1000;

/** A window that has grown to so many packets in slow start. */
function grownTo(packets: number): CongestionControl {
  const congestion = new CongestionControl(MTU);
  while (congestion.cwnd < packets * MTU) congestion.acknowledged(MTU, congestion.cwnd, 100);
  return congestion;
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
  congestion.acknowledged(cwnd, congestion.cwnd, 100);
  assertLessOrEqual(congestion.cwnd, congestion.ssthresh);
});

Deno.test("RFC 5681 section 3.1: an outage, however many timeouts it takes, halves ssthresh once", () => {
  const congestion = grownTo(600);
  const { cwnd } = congestion;
  for (let timeouts = 0; timeouts < 5; timeouts++) congestion.timedOut();
  assertEquals([congestion.ssthresh, congestion.cwnd], [cwnd / 2, 4 * MTU]);
  congestion.acknowledged(MTU, congestion.cwnd, 100);
  congestion.timedOut();
  assertEquals(congestion.ssthresh, 4 * MTU);
});
