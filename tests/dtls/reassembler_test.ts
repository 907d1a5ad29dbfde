import { assert, assertEquals } from "@std/assert";
import { Discards } from "../../core/stage/mod.ts";
import { Reader } from "../../core/wire/mod.ts";
import {
  handshakeMessage,
  readFragment,
  writeFragmentHeader,
} from "../../dtls/handshake/message.ts";
import { MAX_HANDSHAKE_BYTES, Reassembler } from "../../dtls/handshake/reassembler.ts";
import type { DtlsDiscard } from "../../dtls/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { bothConnected, connectedPair, startedPair } from "./support.ts";
import { hex, vectors } from "./vectors.ts";

function make() {
  const discards = new Discards<DtlsDiscard>();
  return { discards, reassembler: new Reassembler(discards) };
}

function fragment(
  messageSeq: number,
  body: Uint8Array,
  fragmentOffset = 0,
  end = body.length,
  length = body.length,
) {
  const content = body.subarray(fragmentOffset, end);
  return { type: 11, length, messageSeq, fragmentOffset, content };
}

Deno.test("fragments in any order, overlapping and repeated, make their messages (RFC 6347 section 4.2.3)", () => {
  const seeds = new Random(seedForRun("dtls reassembly"));
  for (let round = 0; round < 200; round++) {
    const random = new Random(seeds.u32());
    const { reassembler, discards } = make();
    const bodies = Array.from(
      { length: 1 + random.below(5) },
      () => random.bytes(random.below(300)),
    );
    const pieces = bodies.flatMap((body, seq) => {
      if (body.length === 0) return [fragment(seq, body)];
      const cuts = [];
      for (let at = 0; at < body.length;) {
        const end = Math.min(body.length, at + 1 + random.below(100));
        cuts.push(fragment(seq, body, Math.max(0, at - random.below(20)), end));
        if (random.chance(0.2)) cuts.push(fragment(seq, body, 0, end));
        at = end;
      }
      return cuts;
    });
    pieces.sort(() => random.fraction() - 0.5);
    const messages: Uint8Array[] = [];
    for (const piece of pieces) {
      if (piece.messageSeq >= reassembler.nextMessageSeq) reassembler.add(piece);
      for (let m; (m = reassembler.next()) !== undefined;) messages.push(m.whole);
    }
    const expected = bodies.map((body, seq) => handshakeMessage(11, seq, body).whole);
    assertEquals(messages, expected);
    assertEquals(discards.total, 0);
  }
});

Deno.test("a fragment that contradicts the first one of its message is dropped", () => {
  const { reassembler, discards } = make();
  reassembler.add(fragment(0, new Uint8Array(10), 0, 5));
  reassembler.add({ ...fragment(0, new Uint8Array(10), 5), type: 12 });
  reassembler.add(fragment(0, new Uint8Array(11), 5));
  assertEquals(discards.of("conflicting fragment"), 2);
  assertEquals(reassembler.next(), undefined);
  reassembler.add(fragment(0, new Uint8Array(10), 5));
  assert(reassembler.next() !== undefined);
});

Deno.test("ten messages ahead are kept, no more", () => {
  const { reassembler, discards } = make();
  for (let seq = 20; seq > 0; seq--) reassembler.add(fragment(seq, new Uint8Array(1)));
  assertEquals(discards.of("message too far ahead"), 11);
  reassembler.add(fragment(0, new Uint8Array(1)));
  let count = 0;
  while (reassembler.next() !== undefined) count++;
  assertEquals(count, 10);
});

Deno.test("a handshake has 64 KiB, and no byte of memory for what goes beyond", () => {
  const { reassembler, discards } = make();
  const one = new Uint8Array(1);
  reassembler.add(fragment(0, one, 0, 1, 0xffffff));
  reassembler.add(fragment(0, one, 0, 1, MAX_HANDSHAKE_BYTES - 1));
  reassembler.add(fragment(1, one, 0, 1, 2));
  assertEquals(discards.of("handshake too large"), 2);
  reassembler.add(fragment(1, one));
  assertEquals(discards.total, 2);
});

Deno.test("a fragment is read, or refused for what it claims", () => {
  const make = (length: number, offset: number, fragmentLength: number, present: number) => {
    const bytes = new Uint8Array(12 + present);
    writeFragmentHeader(bytes, 11, length, 3, offset, fragmentLength);
    return readFragment(new Reader(bytes));
  };
  assertEquals(make(10, 4, 6, 6)?.content.length, 6);
  assertEquals(make(0, 0, 0, 0)?.content.length, 0);
  assertEquals(make(10, 4, 7, 7), undefined, "past the end of the message");
  assertEquals(make(10, 4, 6, 5), undefined, "past the end of the record");
  assertEquals(make(10, 4, 0, 0), undefined, "empty");
  assertEquals(make(10, 10, 0, 0), undefined, "empty, at the end");
  assertEquals(make(10, 11, 0, 0), undefined, "empty, past the end");
  assertEquals(make(0xffffff, 0xffffff, 0xffffff, 4), undefined, "all ones");
});

for (const { name, datagram } of vectors("hostile record")) {
  Deno.test(`${name}: no answer, no harm, in a new handshake and in a connection`, () => {
    const quiet = startedPair({ filter: () => undefined });
    const connected = connectedPair();
    for (const pair of [quiet, connected]) {
      const states = [pair.a.state, pair.b.state];
      for (const end of ["a", "b"] as const) {
        const sent = pair.sent[end].length;
        for (let i = 0; i < 50; i++) {
          pair.run(end, (layer, now) => layer.handleInbound([hex(datagram)], now));
        }
        assertEquals(pair.sent[end].length, sent);
        assert(pair[end].discards.total >= 50 - 16, "dropped, or held up to a bound");
      }
      assertEquals([pair.a.state, pair.b.state], states);
    }
    connected.run("a", (a, now) => a.handleOutbound([Uint8Array.of(7)], now));
    connected.advance(20);
    assertEquals(connected.received.b, [Uint8Array.of(7)]);
  });
}

Deno.test("a whole message counts, though garbage follows it in its record", () => {
  const pair = startedPair({ filter: () => undefined });
  const hello = pair.sent.a[0]!;
  const longer = Uint8Array.from([...hello, 1, 2, 3]);
  new DataView(longer.buffer).setUint16(11, longer.length - 13);
  pair.run("b", (b, now) => b.handleInbound([longer], now));
  assertEquals(pair.b.discards.of("malformed fragment"), 1);
  assertEquals(pair.sent.b.length, 1);
});

Deno.test("a flood of fragments, early records and datagrams is held up to its bounds, and the handshake goes on", () => {
  const random = new Random(3);
  const pair = startedPair({ link: { delay: 40 } });
  for (const end of ["a", "b"] as const) {
    for (let i = 0; i < 2000; i++) {
      const noise = random.bytes(1000);
      noise.set([22 + random.below(2), 0xfe, 0xfd, 0, random.below(2), 0, 0, 0, 0, 0, i & 0xff]);
      noise.set([(noise.length - 13) >> 8, (noise.length - 13) & 0xff], 11);
      // A fragment of a far message, so that none of the peer's own is contradicted.
      writeFragmentHeader(noise.subarray(13), 11, 40_000, 8 + random.below(10), 0, 975);
      pair.run(end, (layer, now) => layer.handleInbound([noise], now));
    }
    assert(pair[end].discards.of("early record") > 400);
    assert(pair[end].discards.of("handshake too large") > 10);
    assert(pair[end].discards.of("message too far ahead") > 300);
  }
  pair.until(() => bothConnected(pair));
});
