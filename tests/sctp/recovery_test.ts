import { assert, assertEquals, assertGreater, assertLess, assertLessOrEqual } from "@std/assert";
import { ChunkType } from "../../sctp/chunks/chunk.ts";
import { DataChunk } from "../../sctp/chunks/data.ts";
import { dataChunk, Peer, sackChunk } from "./peer.ts";
import { numbered, Pair } from "./support.ts";

Deno.test("RFC 9260 section 7.2.4: a lost packet is sent again after three SACKs, long before T3-rtx", () => {
  const pair = new Pair().connect();
  let count = 0;
  pair.filter = (packet, from) =>
    from === "a" && packet[12] === ChunkType.DATA && ++count === 5 ? undefined : packet;
  const start = pair.now;
  for (let i = 0; i < 20; i++) {
    pair.send("a", 0, numbered(i, 1000));
    pair.advance(2);
  }
  pair.until(() => pair.messages("b").length === 20);
  assertLess(pair.now - start, 100);
  assertEquals(pair.a.retransmissions, 1);
});

Deno.test("RFC 9260 section 7.2.4: one SACK that tells of three later packets is as good as three", () => {
  const { peer, again } = sentInPackets(4);
  peer.receive(sackChunk(peer.theirTsn - 1, 1 << 20, [[2, 3]]));
  assertEquals(again(), [], "two later packets may just have overtaken");
  peer.receive(sackChunk(peer.theirTsn - 1, 1 << 20, [[2, 4]]));
  assertEquals(again(), [0]);
});

Deno.test("RFC 5827 section 3.2: with fewer than four packets in flight, all but one are enough", () => {
  for (const count of [2, 3]) {
    const { peer, again } = sentInPackets(count);
    peer.receive(sackChunk(peer.theirTsn - 1, 1 << 20, [[2, count]]));
    assertEquals(again(), [0], `${count} packets`);
  }
  const { peer, again } = sentInPackets(3);
  peer.receive(sackChunk(peer.theirTsn - 1, 1 << 20, [[2, 2]]));
  assertEquals(again(), [], "the third may still tell");
});

Deno.test("chunks that share a packet are one packet that has overtaken, not many", () => {
  const peer = new Peer().establish();
  const push = (...sizes: number[]) =>
    peer.association.handleOutbound(
      sizes.map((size) => ({ type: "message", streamId: 0, ppid: 53, data: numbered(0, size) })),
      peer.now,
    );
  push(1000);
  push(10, 10, 10, 10, 10);
  push(1000);
  peer.takeAll();
  peer.receive(sackChunk(peer.theirTsn - 1, 1 << 20, [[2, 6]]));
  assertEquals(peer.take(ChunkType.DATA), undefined);
});

Deno.test("RFC 9260 section 7.2.4: the first retransmission ignores the window, also when a SACK is due as well", () => {
  const peer = new Peer().establish();
  peer.association.handleOutbound(
    [{ type: "message", streamId: 0, ppid: 53, data: numbered(1, 200_000) }],
    peer.now,
  );
  let acknowledged = peer.theirTsn - 1;
  for (let round = 0; round < 3; round++) {
    acknowledged += peer.takeAll().filter(({ type }) => type === ChunkType.DATA).length;
    peer.receive(sackChunk(acknowledged));
  }
  peer.takeAll();
  peer.receive(
    sackChunk(acknowledged, 1 << 20, [[2, 4]]),
    dataChunk({ tsn: 1, data: numbered(1, 10) }),
  );
  assertGreater(peer.association.bytesInFlight, peer.association.congestionWindow);
  const data = new DataChunk();
  const sent = peer.takeAll().find(({ type }) => type === ChunkType.DATA);
  assert(sent && data.parse(sent.chunk, 0, sent.chunk.length));
  assertEquals(data.tsn, acknowledged + 1);
});

Deno.test("RFC 9260 section 6.3.3: T3-rtx sends a lone lost packet again", () => {
  const pair = new Pair().connect();
  let drop = true;
  pair.filter = (packet, from) => from === "a" && drop ? (drop = false, undefined) : packet;
  const start = pair.now;
  pair.send("a", 0, numbered(1, 10));
  pair.until(() => pair.messages("b").length === 1);
  assertLessOrEqual(pair.now - start, 1050);
});

Deno.test("RFC 9260 section 6.3.1: on a long, steady path the last packet's SACK may be delayed by 200 ms", () => {
  for (const roundTrip of [50, 150, 500]) {
    const peer = new Peer().establish();
    for (let i = 0; i < 100; i++) {
      peer.association.handleOutbound(
        [{ type: "message", streamId: 0, ppid: 53, data: numbered(i, 1000) }],
        peer.now,
      );
      peer.advance(i < 99 ? roundTrip : roundTrip + 200);
      peer.receive(sackChunk((peer.theirTsn + i) >>> 0));
    }
    assertEquals(peer.association.retransmissions, 0, `${roundTrip} ms`);
  }
});

Deno.test("after this process stood still, SACKs that came meanwhile are read before T3-rtx counts", () => {
  const stalled = () => {
    const peer = new Peer().establish();
    peer.association.handleOutbound([{
      type: "message",
      streamId: 0,
      ppid: 53,
      data: numbered(1, 10),
    }], peer.now);
    peer.takeAll();
    peer.now += 5000;
    peer.association.handleTimeout(peer.now);
    assertEquals(peer.take(ChunkType.DATA), undefined);
    return peer;
  };
  const answered = stalled();
  answered.receive(sackChunk(answered.theirTsn));
  answered.advance(1000);
  assertEquals(answered.association.retransmissions, 0);
  const silent = stalled();
  silent.now += 5000;
  silent.association.handleTimeout(silent.now);
  assert(silent.take(ChunkType.DATA), "only once");
});

Deno.test("a receiver that drops what it had acknowledged in gap blocks gets it again (RFC 9260 section 6.2)", () => {
  const peer = new Peer().establish();
  for (let i = 0; i < 3; i++) {
    peer.association.handleOutbound([{
      type: "message",
      streamId: 0,
      ppid: 53,
      data: numbered(i, 1000),
    }], peer.now);
  }
  peer.takeAll();
  peer.receive(sackChunk(peer.theirTsn - 1, 1 << 20, [[2, 3]]));
  peer.receive(sackChunk(peer.theirTsn));
  peer.advance(5000);
  const again = peer.takeAll().filter(({ type }) => type === ChunkType.DATA).map(({ chunk }) => {
    const data = new DataChunk();
    data.parse(chunk, 0, chunk.length);
    return data.tsn - peer.theirTsn;
  });
  assert(again.includes(1) && again.includes(2));
});

Deno.test("RFC 9260 section 6.1, rule A: a closed window is probed with one chunk, and opens again", () => {
  const peer = new Peer({ aRwnd: 1500 }).establish();
  peer.association.handleOutbound([{
    type: "message",
    streamId: 0,
    ppid: 53,
    data: numbered(1, 6000),
  }], peer.now);
  const sent = () => peer.takeAll().filter(({ type }) => type === ChunkType.DATA).length;
  assertEquals(sent(), 1);
  peer.receive(sackChunk(peer.theirTsn, 0));
  assertEquals(sent(), 1, "a probe");
  peer.advance(100);
  assertEquals(sent(), 0);
  peer.receive(sackChunk(peer.theirTsn + 1, 100_000));
  assertGreater(sent(), 1);
});

Deno.test("RFC 9260 section 6.1, rule A: probes of a closed window that are answered are no sign of a dead peer", () => {
  const peer = new Peer().establish();
  peer.association.handleOutbound(
    [{ type: "message", streamId: 0, ppid: 53, data: numbered(1, 10) }],
    peer.now,
  );
  for (let elapsed = 0; elapsed < 600_000; elapsed += 500) {
    peer.receive(sackChunk(peer.theirTsn - 1, 0));
    peer.advance(500);
    peer.takeAll();
  }
  assertEquals(peer.association.state, "ESTABLISHED");
  peer.receive(sackChunk(peer.theirTsn));
  assertEquals(peer.association.unacknowledgedChunks, 0);
});

Deno.test("a blackout of 24 s is survived, and the next message is there within 1 s of its end", () => {
  for (const at of [0, 137, 500, 999]) {
    const pair = new Pair().connect();
    pair.send("a", 0, numbered(0, 10));
    pair.until(() => pair.messages("b").length === 1);
    pair.advance(at);
    pair.filter = () => undefined;
    for (let i = 1; i < 20; i++) pair.send("a", 0, numbered(i, 3000));
    pair.advance(24_000);
    pair.filter = (packet) => packet;
    const end = pair.now;
    pair.until(() => pair.messages("b").length >= 2, 1000);
    pair.until(() => pair.messages("b").length === 20, 3000);
    assertLess(pair.now - end, 2000);
  }
});

Deno.test("an outage of three minutes loses nothing, so that an ICE restart can mend it", () => {
  const pair = new Pair().connect();
  pair.filter = () => undefined;
  for (let i = 0; i < 20; i++) pair.send("a", 0, numbered(i, 3000));
  pair.advance(180_000);
  pair.filter = (packet) => packet;
  pair.until(() => pair.messages("b").length === 20, 3000);
});

Deno.test("a peer that is silent for good ends the association after some minutes", () => {
  const peer = new Peer().establish();
  peer.association.handleOutbound([{
    type: "message",
    streamId: 0,
    ppid: 53,
    data: numbered(1, 10),
  }], peer.now);
  peer.advance(600_000);
  assertEquals(peer.association.state, "CLOSED");
  assert(peer.association.failure);
});

/** An association that has sent messages of a packet each, and the places of the TSNs that it sends again. */
function sentInPackets(count: number): { peer: Peer; again: () => number[] } {
  const peer = new Peer().establish();
  for (let i = 0; i < count; i++) {
    peer.association.handleOutbound(
      [{ type: "message", streamId: 0, ppid: 53, data: numbered(i, 1000) }],
      peer.now,
    );
  }
  peer.takeAll();
  const data = new DataChunk();
  const again = () =>
    peer.takeAll().filter(({ type }) => type === ChunkType.DATA).map(({ chunk }) => {
      data.parse(chunk, 0, chunk.length);
      return data.tsn - peer.theirTsn;
    });
  return { peer, again };
}
