import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { ChunkType } from "../../sctp/chunks/chunk.ts";
import { FLAG_BEGIN, FLAG_END, FLAG_UNORDERED } from "../../sctp/chunks/data.ts";
import { buildForwardTsn, parseForwardTsn } from "../../sctp/chunks/forward_tsn.ts";
import { buildHeartbeatAck } from "../../sctp/chunks/heartbeat.ts";
import { buildPacket } from "../../sctp/chunks/packet.ts";
import { SackChunk } from "../../sctp/chunks/sack.ts";
import { dataChunk, Peer, sackChunk } from "./peer.ts";
import { numbered, numberOf, Pair } from "./support.ts";

Deno.test("RFC 9260 section 6.2: every second packet is acknowledged at once, a lone one after the delay", () => {
  const peer = new Peer().establish();
  peer.receive(dataChunk({ tsn: 1, ssn: 0, data: Uint8Array.of(1) }));
  assert(peer.take(ChunkType.SACK), "the first one at once");
  peer.receive(dataChunk({ tsn: 2, ssn: 1, data: Uint8Array.of(1) }));
  assertEquals(peer.take(ChunkType.SACK), undefined);
  peer.receive(dataChunk({ tsn: 3, ssn: 2, data: Uint8Array.of(1) }));
  assert(peer.take(ChunkType.SACK));
  peer.receive(dataChunk({ tsn: 4, ssn: 3, data: Uint8Array.of(1) }));
  peer.advance(39);
  assertEquals(peer.take(ChunkType.SACK), undefined);
  peer.advance(2);
  assert(peer.take(ChunkType.SACK));
  // RFC 9260 section 3.3.1: the I bit.
  peer.receive(dataChunk({ tsn: 5, ssn: 4, flags: 11, data: Uint8Array.of(1) }));
  assert(peer.take(ChunkType.SACK));
});

Deno.test("the one SACK of a batch of more than two packets is sent once more, if nothing follows", () => {
  const peer = new Peer().establish();
  const packets = (first: number, count: number) =>
    Array.from({ length: count }, (_, i) => {
      const chunk = dataChunk({ tsn: first + i, ssn: first + i - 1, data: numbered(i, 100) });
      return buildPacket(5000, 5000, peer.tag, chunk);
    });
  const sacks = () => peer.takeAll().filter(({ type }) => type === ChunkType.SACK).length;
  sacks();
  peer.association.handleInbound(packets(1, 3), peer.now);
  assertEquals(sacks(), 1);
  peer.association.handleInbound(packets(4, 3), peer.now);
  assertEquals(sacks(), 1);
  peer.advance(1000);
  assertEquals(sacks(), 1, "once more");
  peer.advance(1000);
  assertEquals(sacks(), 0);
});

Deno.test("RFC 9260 section 6.7: gaps and duplicates are reported at once", () => {
  const peer = new Peer().establish();
  const send = (tsn: number) =>
    peer.receive(dataChunk({ tsn, flags: 7, data: Uint8Array.of(tsn) }));
  const sackOf = () => {
    const chunk = peer.take(ChunkType.SACK)!;
    const sack = new SackChunk();
    assert(sack.parse(chunk, 0, chunk.length));
    const gaps = Array.from(
      { length: sack.gapCount },
      (_, i) => [sack.gapStart(i), sack.gapEnd(i)],
    );
    return { cumulative: sack.cumulativeTsnAck, gaps, duplicates: sack.duplicateCount };
  };
  send(1);
  sackOf();
  send(3);
  assertEquals(sackOf(), { cumulative: 1, gaps: [[2, 2]], duplicates: 0 });
  send(4);
  send(7);
  assertEquals(peer.takeAll().length, 2);
  send(7);
  assertEquals(sackOf(), { cumulative: 1, gaps: [[2, 3], [6, 6]], duplicates: 1 });
  send(2);
  assertEquals(sackOf(), { cumulative: 4, gaps: [[3, 3]], duplicates: 0 });
  send(5);
  send(6);
  peer.take(ChunkType.SACK);
  send(6);
  assertEquals(sackOf(), { cumulative: 7, gaps: [], duplicates: 1 });
});

Deno.test("TSNs wrap around, and so do stream sequence numbers", () => {
  const peer = new Peer({ initialTsn: 0xffff_fffe }).establish();
  for (let i = 0; i < 5; i++) {
    peer.receive(dataChunk({ tsn: (0xffff_fffe + i) >>> 0, ssn: i, data: Uint8Array.of(i) }));
  }
  assertEquals(peer.messages().map(({ data }) => data[0]), [0, 1, 2, 3, 4]);
  const pair = new Pair({ link: { delay: 0.1 } }).connect();
  for (let i = 0; i < 70_000; i++) {
    pair.send("a", 3, Uint8Array.of(i, i >> 8, i >> 16));
    if (i % 500 === 0) pair.advance(20);
  }
  pair.until(() => pair.messages("b").length === 70_000);
  pair.messages("b").forEach(({ data }, i) => assertEquals(numberOf(data), i));
});

Deno.test("streams take turns: a short message does not wait for a long queue on another stream", () => {
  const pair = new Pair().connect();
  for (let i = 0; i < 50; i++) pair.send("a", 0, numbered(i, 20_000));
  pair.send("a", 1, numbered(99, 10));
  pair.until(() => pair.messages("b").some(({ streamId }) => streamId === 1));
  assertLess(pair.messages("b").filter(({ streamId }) => streamId === 0).length, 5);
});

Deno.test("RFC 9260 section 6.5: 64 streams deliver each in its own order, unheld by the losses of others", () => {
  const pair = new Pair({ link: { loss: 0.1 }, seed: 9 }).connect();
  for (let i = 0; i < 640; i++) pair.send("a", i % 64, numbered(i, 50 + i));
  pair.until(() => pair.messages("b").length === 640, 120_000);
  const next = new Array(64).fill(0);
  for (const { streamId, data } of pair.messages("b")) {
    assertEquals(numberOf(data), streamId + 64 * next[streamId]++);
  }
});

Deno.test("unordered messages overtake those that were lost", () => {
  const pair = new Pair().connect();
  let drop = true;
  pair.filter = (packet, from) => {
    if (from === "a" && packet[12] === ChunkType.DATA && drop) return drop = false, undefined;
    return packet;
  };
  for (let i = 0; i < 10; i++) {
    pair.send("a", 0, numbered(i, 1000), { unordered: true });
    pair.advance(1);
  }
  pair.until(() => pair.messages("b").length === 10);
  const numbers = pair.messages("b").map(({ data }) => numberOf(data));
  assertGreater(numbers.indexOf(0), 3);
  assertEquals(numbers.filter((number) => number !== 0), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert(pair.messages("b").every(({ unordered }) => unordered));
});

Deno.test("RFC 9260 section 6.5: data on a stream that was not negotiated is acknowledged, reported and dropped", () => {
  const peer = new Peer({ streams: 10 }).establish();
  assertEquals(peer.association.negotiatedInboundStreams, 10);
  peer.takeAll();
  peer.receive(dataChunk({ tsn: 1, streamId: 10, data: Uint8Array.of(1) }));
  const sent = peer.takeAll();
  assert(sent.some(({ type }) => type === ChunkType.SACK));
  const error = sent.find(({ type }) => type === ChunkType.ERROR)!.chunk;
  assertEquals([...error.subarray(4)], [0, 1, 0, 8, 0, 10, 0, 0]);
  assertEquals(peer.messages().length, 0);
});

Deno.test("`sent` adds up to the bytes of every message, and backlog to what is left", () => {
  const pair = new Pair().connect();
  let total = 0;
  for (let i = 0; i < 60; i++) {
    total += 1000 * i + 1;
    pair.send("a", i % 4, numbered(i, 1000 * i + 1));
  }
  const sent = () =>
    pair.received.a.reduce((sum, item) => item.type === "sent" ? sum + item.bytes : sum, 0);
  assertEquals(sent() + pair.a.backlog, total);
  pair.until(() => pair.messages("b").length === 60);
  assertEquals([sent(), pair.a.backlog], [total, 0]);
});

Deno.test("RFC 3758 section 3.5: with maxRetransmits 0 a lost message is not sent again, and nobody waits for it", () => {
  for (const unordered of [false, true]) {
    const pair = new Pair({ link: { loss: 0.2 }, seed: 4 }).connect();
    for (let i = 0; i < 200; i++) {
      pair.send("a", 0, numbered(i, 1 + (i % 3) * 1500), { maxRetransmits: 0, unordered });
      pair.advance(5);
    }
    pair.advance(20_000);
    const got = pair.messages("b").map(({ data }) => numberOf(data));
    assertGreater(got.length, 100);
    assertLess(got.length, 200);
    assertEquals(got.length, new Set(got).size);
    assertEquals(got, got.toSorted((x, y) => x - y), "in order");
    assertEquals(pair.a.retransmissions, 0);
    assertEquals([pair.a.unacknowledgedChunks, pair.b.heldBytes], [0, 0]);
    pair.link = {};
    pair.send("a", 0, numbered(777, 5000));
    pair.until(() => numberOf(pair.messages("b").at(-1)!.data) === 777, 2000);
  }
});

Deno.test("RFC 3758 section 4.1: a message that is too old is given up, sent in part or not at all", () => {
  const pair = new Pair().connect();
  pair.filter = (packet, from) =>
    from === "a" && packet[12] === ChunkType.DATA ? undefined : packet;
  for (let i = 0; i < 20; i++) pair.send("a", 0, numbered(i, 3000), { maxPacketLifeTime: 200 });
  pair.advance(5000);
  pair.filter = (packet) => packet;
  assertEquals(pair.a.abandonedMessages > 0, true);
  pair.send("a", 0, numbered(50, 10));
  pair.until(() => pair.messages("b").length === 1, 3000);
  assertEquals(numberOf(pair.messages("b")[0]!.data), 50);
  assertEquals([pair.a.backlog, pair.b.heldBytes], [0, 0]);
});

Deno.test("RFC 3758 section 3.5: a message whose sent fragments all arrived is still skipped when its rest expires", () => {
  const peer = new Peer({ aRwnd: 3000 });
  peer.establish();
  // Twice an MTU of window, and an answer too late for the rest.
  peer.association.handleOutbound([
    { type: "message", streamId: 4, ppid: 53, data: numbered(1, 20_000), maxPacketLifeTime: 100 },
  ], peer.now);
  const sent = peer.takeAll().filter(({ type }) => type === ChunkType.DATA).length;
  assertGreater(sent, 1);
  peer.now += 200;
  peer.receive(sackChunk(peer.theirTsn + sent - 1));
  const forward = parseForwardTsn(peer.take(ChunkType.FORWARD_TSN)!.subarray(4))!;
  assertEquals(forward, {
    newCumulativeTsn: (peer.theirTsn + sent) >>> 0,
    skipped: [{ streamId: 4, ssn: 0 }],
  });
  assertEquals(peer.association.backlog, 0);
  peer.receive(sackChunk(peer.theirTsn + sent));
  assertEquals(peer.association.unacknowledgedChunks, 0);
});

Deno.test("RFC 3758 section 3.6: FORWARD-TSN drops what is incomplete and delivers what waited for it", () => {
  const peer = new Peer().establish();
  peer.receive(dataChunk({ tsn: 1, ssn: 0, flags: FLAG_BEGIN, data: new Uint8Array(100) }));
  peer.receive(dataChunk({ tsn: 4, ssn: 1, data: Uint8Array.of(1) }));
  peer.receive(dataChunk({ tsn: 6, ssn: 3, data: Uint8Array.of(3) }));
  peer.receive(
    dataChunk({ tsn: 7, ssn: 9, flags: FLAG_UNORDERED | FLAG_BEGIN, data: Uint8Array.of(9) }),
  );
  assertEquals(peer.messages().length, 0);
  peer.receive(buildForwardTsn({ newCumulativeTsn: 3, skipped: [{ streamId: 0, ssn: 0 }] }));
  assertEquals(peer.messages().map(({ data }) => data[0]), [1]);
  peer.receive(buildForwardTsn({ newCumulativeTsn: 5, skipped: [{ streamId: 0, ssn: 2 }] }));
  assertEquals(peer.messages().map(({ data }) => data[0]), [1, 3]);
  peer.receive(
    dataChunk({ tsn: 8, ssn: 9, flags: FLAG_UNORDERED | FLAG_END, data: Uint8Array.of(10) }),
  );
  assertEquals([...peer.messages()[2]!.data], [9, 10]);
  assertEquals(peer.association.heldBytes, 0);
});

Deno.test("without FORWARD-TSN in the peer, every message is reliable", () => {
  const peer = new Peer({ extensions: false }).establish();
  peer.association.handleOutbound([
    { type: "message", streamId: 0, ppid: 53, data: numbered(1, 10), maxRetransmits: 0 },
    { type: "message", streamId: 0, ppid: 53, data: numbered(2, 10), maxPacketLifeTime: 1 },
  ], peer.now);
  peer.takeAll();
  peer.advance(60_000);
  const sent = peer.takeAll();
  assertGreater(sent.filter(({ type }) => type === ChunkType.DATA).length, 20);
  assertEquals(sent.filter(({ type }) => type === ChunkType.FORWARD_TSN).length, 0);
  assertEquals(peer.association.abandonedMessages, 0);
});

Deno.test("RFC 9260 section 8.3: an idle path is probed every half minute, and the answer measures it", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  peer.advance(31_000);
  const heartbeat = peer.take(ChunkType.HEARTBEAT)!;
  peer.now += 70;
  peer.receive(buildHeartbeatAck(heartbeat.subarray(4)));
  assertEquals(peer.association.smoothedRoundTripTime, 70);
});

Deno.test("corruption does no harm where checksums are on", () => {
  const pair = new Pair({ a: { zeroChecksum: false }, seed: 3 });
  let count = 0;
  pair.filter = (packet) => {
    if (++count % 7 !== 0) return packet;
    const changed = packet.slice();
    changed[(count * 13) % changed.length]! ^= 0x10;
    return changed;
  };
  pair.connect();
  for (let i = 0; i < 60; i++) pair.send("a", 0, numbered(i, 3000));
  pair.until(() => pair.messages("b").length === 60, 120_000);
  pair.messages("b").forEach(({ data }, i) => assertEquals(data, numbered(i, 3000)));
  assertGreater(pair.b.discards.of("bad checksum"), 0);
});

Deno.test("a link of 64 kbit/s with a queue of 30 packets carries everything", () => {
  const pair = new Pair().connect();
  const freeAt = { a: 0, b: 0 };
  const held: { at: number; from: "a" | "b"; packet: Uint8Array }[] = [];
  let passing = false;
  pair.filter = (packet, from) => {
    if (passing) return packet;
    const start = Math.max(pair.now, freeAt[from]);
    if (start - pair.now > 30 * 145) return undefined;
    freeAt[from] = start + packet.length / 8;
    held.push({ at: freeAt[from], from, packet });
    return undefined;
  };
  for (let i = 0; i < 40; i++) pair.send("a", 0, numbered(i, 2000));
  for (let step = 0; step < 20_000 && pair.messages("b").length < 40; step++) {
    pair.advance(5);
    for (const one of held.filter(({ at }) => at <= pair.now)) {
      held.splice(held.indexOf(one), 1);
      passing = true;
      pair.inject(one.from, one.packet);
      passing = false;
    }
  }
  assertEquals(pair.messages("b").length, 40);
  pair.messages("b").forEach(({ data }, i) => assertEquals(numberOf(data), i));
});

Deno.test("64 packets are in flight at most on a short path, so that no kernel buffer overflows", () => {
  const pair = new Pair({ link: { delay: 0.2 } }).connect();
  for (let i = 0; i < 300; i++) pair.send("a", 0, numbered(i, 16_000));
  let most = 0;
  while (pair.messages("b").length < 300) {
    pair.advance(0.1);
    most = Math.max(most, pair.a.bytesInFlight);
  }
  assertLessOrEqual(most, 64 * 1160 + 1160);
  assertGreater(most, 60 * 1160);
  assertEquals(pair.a.retransmissions, 0);
});

Deno.test("no drain sends more than 32 packets; the burst timer lets the rest follow", () => {
  const peer = new Peer({ aRwnd: 8 << 20 }).establish();
  for (let i = 0; i < 8; i++) {
    peer.association.handleOutbound([{
      type: "message",
      streamId: 0,
      ppid: 53,
      data: numbered(i, 1 << 20),
    }], peer.now);
  }
  let tsn = peer.theirTsn - 1;
  let bursts = 0;
  for (let round = 0; round < 12; round++) {
    for (let more = true; more;) {
      assertLessOrEqual(peer.out.below.length, 32);
      const sent = peer.takeAll().filter(({ type }) => type === ChunkType.DATA).length;
      tsn += sent;
      const next = peer.association.nextTimeout!;
      more = next <= peer.now + 1;
      if (more) bursts++, peer.advance(1);
    }
    peer.now += 100;
    peer.receive(sackChunk(tsn >>> 0, 8 << 20));
  }
  assertGreater(bursts, 10);
});
