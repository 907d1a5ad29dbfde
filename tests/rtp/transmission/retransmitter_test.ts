import { assert, assertEquals } from "@std/assert";
import {
  decapsulateRtx,
  MAX_HISTORY_BYTES,
  MAX_HISTORY_PACKETS,
  MAX_RETRANSMISSIONS,
  PacketHistory,
  RateLimit,
  Retransmitter,
  type RetransmitterOptions,
  SendStream,
} from "../../../rtp/mod.ts";
import { crypto } from "../../support/freeing_provider.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { packet, range } from "../reception/packets.ts";

const rtx = {
  stream: new SendStream({ ssrc: 8, clockRate: 90000 }, crypto),
  payloadTypes: new Map([[96, 97]]),
};

function retransmitter(options: RetransmitterOptions, numbers: readonly number[]): Retransmitter {
  const made = new Retransmitter(options);
  for (const number of numbers) made.sent(packet(number), 0);
  return made;
}

Deno.test("what was asked for goes again in the RTX stream (RFC 4588 section 4)", () => {
  const made = retransmitter({ rtx }, range(65530, 65545));
  const answers = made.answer([65535, 3], 10);
  assertEquals(answers.map((one) => [one.ssrc, one.payloadType]), [[8, 97], [8, 97]]);
  assertEquals(answers[1]!.sequenceNumber, answers[0]!.sequenceNumber + 1);
  assertEquals(
    answers.map((one) => decapsulateRtx(one, { ssrc: 7, payloadType: 96 })),
    [packet(65535), packet(3)],
  );
  assertEquals([made.packetsSent, made.bytesSent, made.stream!.packetCount], [2, 8, 2]);
});

Deno.test("without RTX it goes again as it was, with the extensions that it is given", () => {
  const extension = { profile: 0xbede, data: new Uint8Array(4) };
  const made = retransmitter({ extension: () => extension }, [1, 2]);
  assertEquals(made.answer([2], 10), [{ ...packet(2), extension }]);
  assertEquals(made.history.find(2)!.packet.extension, undefined);
});

Deno.test("packets that are unknown, too old, or have no RTX payload type do not go", () => {
  const made = retransmitter({ rtx, maxAge: 100 }, [1]);
  made.sent(packet(2, { payloadType: 100 }), 50);
  assertEquals(made.answer([0, 2, 3], 100), []);
  assertEquals(made.answer([1], 101), []);
  assertEquals(made.discards.of("unknown packet"), 3);
  assertEquals(made.discards.of("no payload type"), 1);
});

Deno.test("a packet goes once in a round trip, and so often in all", () => {
  const made = retransmitter({ maxAge: 1e6 }, [1]);
  assertEquals(made.answer([1, 1], 10, 50).length, 1);
  assertEquals(made.answer([1], 47, 50).length, 0);
  for (let i = 1; i < MAX_RETRANSMISSIONS; i++) {
    assertEquals(made.answer([1], 10 + 50 * i, 50).length, 1);
  }
  assertEquals(made.answer([1], 5000, 50).length, 0);
  assertEquals([made.discards.of("too soon"), made.discards.of("too often")], [2, 1]);
});

Deno.test("a flood of NACKs gets no more than the rate allows", () => {
  const random = new Random(seedForRun("NACK flood"));
  const made = new Retransmitter({ rtx, bitrate: 800_000 });
  let bytes = 0;
  for (let now = 0, number = 0; now < 10_000; now += 5) {
    for (let i = 0; i < 5; i++) made.sent(packet(number++, { payload: new Uint8Array(1000) }), now);
    const lost = Array.from({ length: 200 }, () => number - random.below(3000) & 0xffff);
    for (const answer of made.answer(lost, now)) bytes += answer.payload.length;
  }
  // 10 s, and what half a second saved up.
  assert(bytes <= 10.5 * 100_000, `${bytes} bytes`);
  assert(bytes >= 9 * 100_000, `${bytes} bytes`);
  assert(made.discards.of("rate limit") > 0);
});

Deno.test("a limit that is raised lets more through", () => {
  const limit = new RateLimit(0);
  assert(!limit.take(1, 1000));
  limit.setBitrate(8000);
  assert(limit.take(100, 1100));
  assert(!limit.take(1, 1100));
  assert(limit.take(500, 9000));
  assert(!limit.take(1, 9000));
});

Deno.test("packets that are forwarded out of order are all kept, each once", () => {
  const history = new PacketHistory(1000);
  for (const number of [65534, 1, 65535, 0, 0, 65530, 2]) history.add(packet(number), 0);
  assertEquals(history.size, 6);
  for (const number of [65530, 65534, 65535, 0, 1, 2]) {
    assertEquals(history.find(number)?.packet.sequenceNumber, number);
  }
  assertEquals(history.find(65531), undefined);
  history.expire(2000);
  assertEquals([history.size, history.bytes], [0, 0]);
});

Deno.test("the history is bounded in packets, bytes and time, whatever is sent", () => {
  const random = new Random(seedForRun("packet history"));
  for (let round = 0; round < 10; round++) {
    const history = new PacketHistory(1000);
    const kept = new Map<number, number>();
    const large = random.chance(0.5);
    let number = random.below(65536);
    for (let now = 0, i = 0; i < 8000; i++, now += random.below(4) / 4) {
      const late = random.pick([-3, -40, 5]);
      number =
        (number + random.pick([1, 1, 1, 1, 2, late, random.chance(0.001) ? random.u32() : 1])) &
        0xffff;
      const payload = new Uint8Array(large ? 2000 + random.below(2000) : 1);
      history.add(packet(number, { payload }), now);
      if (history.find(number)?.sentAt === now) kept.set(number, now);
      assert(history.size <= MAX_HISTORY_PACKETS && history.bytes <= MAX_HISTORY_BYTES);
      const asked = random.pick([
        number,
        random.below(65536),
        (number - random.below(100)) & 0xffff,
      ]);
      const found = history.find(asked);
      if (found === undefined) continue;
      assertEquals([found.packet.sequenceNumber, found.sentAt], [asked, kept.get(asked)]);
      assert(now - found.sentAt <= 2000); // what came late is looked at with those beside it
    }
    assert(history.size > 0);
    history.expire(1e9);
    assertEquals([history.size, history.bytes], [0, 0]);
  }
});
