import { assert, assertEquals } from "@std/assert";
import { type BufferedItem, ReceiveStream, type ReceiveStreamOptions } from "../../../rtp/mod.ts";
import { packet, range } from "./packets.ts";

function receiving(options: Partial<ReceiveStreamOptions> = {}): ReceiveStream {
  return new ReceiveStream({ ssrc: 7, clockRate: 90000, nack: {}, ...options });
}

function numbers(items: readonly BufferedItem[]): (number | string)[] {
  return items.map((item) =>
    item.type === "packet" ? item.packet.sequenceNumber : `gap of ${item.count}`
  );
}

Deno.test("a retransmission fills its gap, and is no packet of the stream (RFC 4588 section 6.2)", () => {
  const stream = receiving({ rtx: true });
  for (const number of [1, 2, 4]) stream.receive(packet(number), 0);
  assertEquals(stream.takeLost(10), [3]);
  assert(stream.receiveRecovered(packet(3), 50));
  assertEquals(numbers(stream.take(50)), [1, 2, 3, 4]);
  assertEquals([stream.statistics.lost, stream.report(50)!.cumulativeLost], [1, 1]);
  assertEquals(stream.nextTimeout, undefined);
});

Deno.test("packets that come again are of no use before the first one, or far from the stream", () => {
  const stream = receiving({ rtx: true });
  const repeat = (number: number) => stream.receiveRecovered(packet(number), 0);
  assert(!repeat(1), "before the first packet");
  stream.receive(packet(1000), 0);
  assert(!repeat(1101));
  assert(!repeat(31_000));
  assert(repeat(1001), "a little ahead");
  assertEquals(numbers(stream.take(0)), [1000, 1001]);
});

Deno.test("without RTX, packets that are sent again twice are no restart", () => {
  const stream = receiving();
  const missing = new Set([50, 51]);
  for (const number of range(0, 400)) if (!missing.has(number)) stream.receive(packet(number), 0);
  for (const number of [50, 51, 50, 51, 52, 53]) stream.receive(packet(number), 100);
  assertEquals(stream.statistics.sequence.restarts, 0);
  assertEquals(numbers(stream.take(100)), range(0, 400));
});

Deno.test("what is left of a source that restarts comes out before what follows (RFC 3550 appendix A.1)", () => {
  const stream = receiving({ rtx: true });
  for (const number of [1, 2, 4, 20_000, 20_001, 20_002]) stream.receive(packet(number), 0);
  assertEquals(numbers(stream.take(0)), [1, 2, "gap of 1", 4, 20_001, 20_002]);
  assertEquals(stream.takeLost(1000), []);
});

Deno.test("what is given up is not asked for any more", () => {
  const stream = receiving({ buffer: { maxWait: 100 } });
  for (const number of [1, 3]) stream.receive(packet(number), 0);
  assertEquals(stream.takeLost(5), [2]);
  assertEquals(numbers(stream.take(100)), [1, "gap of 1", 3]);
  assertEquals([stream.nextTimeout, stream.nack!.givenUp], [undefined, 1]);
});

Deno.test("without NACK, packets are waited for only as long as they may be overtaken", () => {
  const stream = new ReceiveStream({ ssrc: 7, clockRate: 90000 });
  for (const number of [1, 3]) stream.receive(packet(number), 0);
  assertEquals(stream.takeLost(1000), []);
  assertEquals(stream.nextTimeout, 0);
  stream.take(0);
  assertEquals(stream.nextTimeout, 50);
  assertEquals(numbers(stream.take(50)), ["gap of 1", 3]);
});
