import { assert, assertEquals } from "@std/assert";
import {
  type BufferedItem,
  encapsulateRtx,
  ReceiveStream,
  type ReceiveStreamOptions,
  rtpPadding,
} from "../../../rtp/mod.ts";
import { packet, range } from "./packets.ts";

const rtx = new Map([[97, 96]]);

function receiving(options: Partial<ReceiveStreamOptions> = {}): ReceiveStream {
  return new ReceiveStream({ ssrc: 7, clockRate: 90000, nack: {}, ...options });
}

function numbers(items: readonly BufferedItem[]): (number | string)[] {
  return items.map((item) =>
    item.type === "packet" ? item.packet.sequenceNumber : `gap of ${item.count}`
  );
}

Deno.test("a retransmission fills its gap, and is no packet of the stream (RFC 4588 section 6.2)", () => {
  const stream = receiving({ rtx });
  for (const number of [1, 2, 4]) stream.receive(packet(number), 0);
  assertEquals(stream.takeLost(10), [3]);
  assert(stream.receiveRtx(encapsulateRtx(packet(3), { ssrc: 8, payloadType: 97 }, 500), 50));
  assertEquals(numbers(stream.take(50)), [1, 2, 3, 4]);
  assertEquals([stream.packetsReceived, stream.packetsRepaired], [3, 1]);
  assertEquals([stream.bytesReceived, stream.bytesRepaired], [12, 4]);
  assertEquals([stream.statistics.lost, stream.report(50)!.cumulativeLost], [1, 1]);
  assertEquals(stream.nextTimeout, undefined);
});

Deno.test("RTX packets of padding, of alien payload types, or far from the stream are of no use", () => {
  const stream = receiving({ rtx });
  const repeat = (number: number, payloadType = 97) =>
    stream.receiveRtx(encapsulateRtx(packet(number), { ssrc: 8, payloadType }, 1), 0);
  assert(!repeat(1), "before the first packet");
  stream.receive(packet(1000), 0);
  assert(!repeat(1001, 98));
  assert(!repeat(1101));
  assert(!repeat(31_000));
  assert(!stream.receiveRtx(packet(1, { payloadType: 97, payload: new Uint8Array(1) }), 0));
  const padding = rtpPadding(200);
  assert(
    !stream.receiveRtx(packet(1, { payloadType: 97, payload: new Uint8Array(0), padding }), 0),
  );
  assertEquals(stream.rtx!.discards.of("unknown payload type"), 1);
  assertEquals(stream.rtx!.discards.of("padding"), 2);
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
  const stream = receiving({ rtx });
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
