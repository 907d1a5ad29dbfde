import { assertEquals } from "@std/assert";
import { ClientTransactions, crc32, transactionTimeout } from "../../../ice/mod.ts";
import { udp } from "../agent_pair.ts";

const TIMINGS = { rto: 500, maxRto: Infinity, rc: 7, rm: 16 };

function table(limit = 10) {
  const sentAt: number[] = [];
  let now = 0;
  const transactions = new ClientTransactions<string>(limit, () => void sentAt.push(now));
  const start = (byte: number, timings = TIMINGS) =>
    transactions.start({
      id: new Uint8Array(12).fill(byte),
      data: new Uint8Array(20),
      local: udp("192.0.2.1"),
      remote: udp("192.0.2.2"),
      subject: `request ${byte}`,
      timings,
    }, now);
  const run = () => {
    const ended: [number, string][] = [];
    for (let at; (at = transactions.nextTimeout) !== undefined;) {
      now = at;
      for (const { subject } of transactions.handleTimeout(now)) ended.push([now, subject]);
    }
    return ended;
  };
  return { transactions, start, run, sentAt };
}

Deno.test("requests leave at 0, 500, 1500, 3500, 7500, 15500 and 31500 ms, and fail at 39500 (RFC 8489 section 6.2.1)", () => {
  const { start, run, sentAt } = table();
  start(1);
  assertEquals(run(), [[39_500, "request 1"]]);
  assertEquals(sentAt, [0, 500, 1500, 3500, 7500, 15_500, 31_500]);
  assertEquals(transactionTimeout(TIMINGS), 39_500);
});

Deno.test("the doubling stops at the longest RTO", () => {
  const { start, run, sentAt } = table();
  const timings = { ...TIMINGS, maxRto: 2000 };
  start(1, timings);
  assertEquals(run(), [[17_500, "request 1"]]);
  assertEquals(sentAt, [0, 500, 1500, 3500, 5500, 7500, 9500]);
  assertEquals(transactionTimeout(timings), 17_500);
});

Deno.test("a finished transaction is sent no more and does not fail", () => {
  const { transactions, start, run, sentAt } = table();
  transactions.finish(start(1)!);
  assertEquals(run(), []);
  assertEquals(sentAt, [0]);
});

Deno.test("a canceled transaction keeps waiting, silent, and does not fail (RFC 8445 section 7.3.1.4)", () => {
  const { transactions, start, run, sentAt } = table();
  const transaction = start(1)!;
  transactions.cancel(transaction);
  assertEquals(transactions.find(transaction.id)?.subject, "request 1");
  assertEquals(run(), []);
  assertEquals(sentAt, [0]);
  assertEquals(transactions.size, 0);
});

Deno.test("there is a limit to the transactions that wait", () => {
  const { transactions, start } = table(2);
  assertEquals([start(1), start(2), start(3)].map((started) => started !== undefined), [
    true,
    true,
    false,
  ]);
  assertEquals(transactions.size, 2);
  transactions.clear();
  assertEquals(transactions.nextTimeout, undefined);
});

Deno.test("CRC-32 gives the check value of its definition", () => {
  assertEquals(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
});
