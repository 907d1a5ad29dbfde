import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import { concat, type Writer } from "../../core/wire/mod.ts";
import { buildChunk, ChunkType } from "../../sctp/chunks/chunk.ts";
import { FLAG_BEGIN, FLAG_END, FLAG_UNORDERED } from "../../sctp/chunks/data.ts";
import { buildForwardTsn } from "../../sctp/chunks/forward_tsn.ts";
import { buildHeartbeat } from "../../sctp/chunks/heartbeat.ts";
import { buildInit } from "../../sctp/chunks/init.ts";
import { buildPacket, PacketReader } from "../../sctp/chunks/packet.ts";
import { buildOutgoingReset } from "../../sctp/chunks/reconfig.ts";
import { SackChunk } from "../../sctp/chunks/sack.ts";
import { RECEIVE_BUFFER } from "../../sctp/constants.ts";
import { Outstanding } from "../../sctp/send/outstanding.ts";
import { ProtocolError } from "../../core/stage/mod.ts";
import vectors from "../vectors/sctp.json" with { type: "json" };
import { fromHex } from "../../core/wire/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { dataChunk, Peer, sackChunk } from "./peer.ts";
import { HANG } from "../support/hang.ts";

/** The most that one association may hold for a peer that lies: twice the buffer (the next TSN has that much), and one part. */
const BOUND = 2 * RECEIVE_BUFFER + (64 << 10);

Deno.test("an endless message ends the association at the largest size that is taken", () => {
  const peer = new Peer({ sctp: { maxMessageSize: 100_000 } }).establish();
  for (let tsn = 1; tsn < 200 && !peer.association.done; tsn++) {
    peer.receive(dataChunk({ tsn, flags: tsn === 1 ? FLAG_BEGIN : 0, data: new Uint8Array(1000) }));
    assertLess(peer.association.heldBytes, 250_000);
  }
  assert(peer.association.failure instanceof ProtocolError);
  assertEquals(peer.association.failure.code, 13);
  assert(peer.take(ChunkType.ABORT));
  assertEquals(peer.association.heldBytes, 0);
});

Deno.test("a whole message that is too large ends the association too, one that is just as large does not", () => {
  const peer = new Peer({ sctp: { maxMessageSize: 1000 } }).establish();
  peer.receive(dataChunk({ tsn: 1, data: new Uint8Array(1000) }));
  assertEquals(peer.messages().length, 1);
  peer.receive(dataChunk({ tsn: 2, ssn: 1, data: new Uint8Array(1001) }));
  assertEquals([peer.messages().length, peer.association.done], [1, true]);
});

Deno.test("fragments that never become a message fill no more than the buffer, tiny or large", () => {
  for (
    const [length, step, flags] of [[1, 2, 0], [1000, 2, 0], [1100, 2, FLAG_BEGIN], [
      1,
      1,
      FLAG_BEGIN,
    ], [1000, 1, FLAG_UNORDERED]] as const
  ) {
    const peer = new Peer().establish();
    const data = new Uint8Array(length);
    for (let n = 0; n < 12_000; n++) {
      peer.receive(
        dataChunk({ tsn: 2 + n * step, flags, streamId: n % 65535, ssn: n & 0xffff, data }),
      );
      if (n % 100 === 0) peer.takeAll();
    }
    assertLessOrEqual(peer.association.heldBytes, BOUND);
    assertEquals(peer.association.done, false);
    assertEquals(peer.messages().length, 0);
  }
});

Deno.test("messages that wait for one that never comes fill no more than the buffer", () => {
  for (const length of [1, 1100]) {
    const peer = new Peer().establish();
    for (let n = 0; n < 40_000; n++) {
      peer.receive(
        dataChunk({
          tsn: 1 + n,
          streamId: n % 60_000,
          ssn: 5 + (n % 30_000),
          data: new Uint8Array(length),
        }),
      );
      if (n % 100 === 0) peer.takeAll();
    }
    assertLessOrEqual(peer.association.heldBytes, BOUND);
    assertEquals(peer.messages().length, 0);
  }
});

Deno.test("TSNs far out of the window are dropped and counted", () => {
  const peer = new Peer().establish();
  for (const tsn of [1 + 65_536, 1_000_000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff]) {
    peer.receive(dataChunk({ tsn, data: new Uint8Array(10) }));
  }
  assertEquals(
    peer.association.discards.of("TSN outside the window") +
      peer.association.discards.of("duplicate TSN"),
    5,
  );
  assertEquals(peer.association.heldBytes, 0);
});

Deno.test("a flood of gaps: SACKs stay within a packet, and each costs little", () => {
  const peer = new Peer().establish();
  const start = performance.now();
  for (let tsn = 3; tsn < 8000; tsn += 2) {
    peer.receive(
      dataChunk({ tsn, flags: FLAG_UNORDERED | FLAG_BEGIN | FLAG_END, data: new Uint8Array(1) }),
    );
  }
  assert(peer.out.below.every((packet) => packet.length <= 1160));
  assertLess(performance.now() - start, HANG);
});

Deno.test("SACKs that lie are dropped: of what was not sent, stale ones, gap blocks upside down and out of range", () => {
  const peer = new Peer().establish();
  peer.association.handleOutbound([{
    type: "message",
    streamId: 0,
    ppid: 53,
    data: new Uint8Array(50_000),
  }], peer.now);
  peer.takeAll();
  const first = peer.theirTsn;
  peer.receive(sackChunk(first + 1000));
  peer.receive(sackChunk(first - 2));
  assertEquals(
    peer.association.discards.of("SACK of unsent TSN") + peer.association.discards.of("stale SACK"),
    2,
  );
  peer.receive(
    sackChunk(first - 1, 1 << 20, [[0, 0], [9, 2], [60_000, 65_535], [0, 65_535], [65_535, 0]]),
  );
  assert(peer.association.bytesInFlight >= 0);
  peer.receive(sackChunk(first, 0));
  assertEquals(peer.association.done, false);
});

Deno.test("a SACK of thousands of blocks that overlap looks at each chunk a few times, not at each for every block", () => {
  const chunks = 3000;
  const outstanding = new Outstanding(1);
  for (let i = 0; i < chunks; i++) outstanding.transmitted(outstanding.append(), 0);
  const bytes = sackChunk(0, 0, Array.from({ length: 4000 }, (_, i) => [2 + i % chunks, chunks]));
  const sack = new SackChunk();
  assert(sack.parse(bytes, 0, bytes.length));
  let looks = 0;
  const at = outstanding.at.bind(outstanding);
  outstanding.at = (index) => (looks++, at(index));
  const told = {
    bytes: 0,
    sampleSentAt: undefined,
    highestOrder: 0,
    packets: 0,
    lastCounted: 0,
    coveredEnd: 0,
  };
  outstanding.acknowledgeGaps(sack, told);
  assertEquals(told.coveredEnd, chunks);
  assertLess(looks, 10 * chunks);
});

Deno.test("FORWARD-TSN abuse: far ahead, with thousands of streams, back and forth", () => {
  const peer = new Peer().establish();
  peer.receive(buildForwardTsn({ newCumulativeTsn: 70_000, skipped: [] }));
  assertEquals(peer.association.discards.of("FORWARD-TSN outside the window"), 1);
  const skipped = Array.from({ length: 280 }, (_, i) => ({ streamId: i * 200, ssn: 65_535 - i }));
  const start = performance.now();
  for (let i = 1; i < 3000; i++) {
    peer.receive(buildForwardTsn({ newCumulativeTsn: i % 3 === 0 ? 1 : i, skipped }));
  }
  assertLess(performance.now() - start, HANG);
  assertEquals([peer.association.heldBytes, peer.messages().length], [0, 0]);
});

Deno.test("a FORWARD-TSN that names a stream thousands of times does not look through its early messages each time", () => {
  const peer = new Peer().establish();
  const early = 5000;
  for (let i = 0; i < early; i++) {
    peer.receive(dataChunk({ tsn: 1 + i, streamId: 1, ssn: 9000 + i, data: new Uint8Array(1) }));
  }
  peer.takeAll();
  const skipped = Array.from({ length: 4000 }, (_, ssn) => ({ streamId: 1, ssn }));
  const listings = countListings(() =>
    peer.receive(buildForwardTsn({ newCumulativeTsn: early + 1, skipped }))
  );
  assertLess(listings, 10);
  assertEquals(peer.messages().length, 0);
  peer.receive(
    buildForwardTsn({ newCumulativeTsn: early + 2, skipped: [{ streamId: 1, ssn: 9001 }] }),
  );
  assertEquals(peer.messages().length, early, "what is in order behind it comes, too");
});

/** How often all keys of a map are asked for. */
function countListings(run: () => void): number {
  const { keys } = Map.prototype;
  let count = 0;
  Map.prototype.keys = function () {
    count++;
    return keys.call(this);
  };
  try {
    run();
  } finally {
    Map.prototype.keys = keys;
  }
  return count;
}

Deno.test("RE-CONFIG abuse: every request is answered once, and none leaves state behind", () => {
  const peer = new Peer().establish();
  for (let i = 0; i < 3000; i++) {
    peer.receive(
      buildOutgoingReset({
        sequenceNumber: 1 + i,
        responseSequenceNumber: i,
        lastTsn: 1000 + i,
        streams: [i],
      }),
    );
    peer.takeAll();
  }
  assertEquals(peer.out.above.length, 0, "all wait for data");
  peer.receive(
    buildOutgoingReset({
      sequenceNumber: 3001,
      responseSequenceNumber: 0,
      lastTsn: 0,
      streams: [],
    }),
  );
  assertEquals(peer.out.above, [{ type: "reset-all" }]);
});

Deno.test("a flood of control chunks yields a bounded number of answers", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  const heartbeat = buildHeartbeat(new Uint8Array(4));
  const packet = buildPacket(5000, 5000, peer.tag, ...Array.from({ length: 90 }, () => heartbeat));
  peer.association.handleInbound(Array.from({ length: 100 }, () => packet), peer.now);
  assertLessOrEqual(peer.takeAll().length, 64);
  assert(peer.association.discards.of("too many control chunks") > 0);
});

Deno.test("unknown chunks that want to be reported are, cut short", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  peer.receive(buildChunk(0x7f, 0, (writer: Writer) => writer.zeros(1000)));
  const error = peer.take(ChunkType.ERROR)!;
  assertLess(error.length, 300);
  assertEquals(error[5], 6);
});

Deno.test("every length that lies leaves an established association as it was", () => {
  const chunks = [
    dataChunk({ tsn: 1, data: new Uint8Array(4) }),
    sackChunk(0, 1000, [[1, 2]]),
    buildForwardTsn({ newCumulativeTsn: 2, skipped: [{ streamId: 1, ssn: 1 }] }),
    buildOutgoingReset({
      sequenceNumber: 1,
      responseSequenceNumber: 0,
      lastTsn: 0,
      streams: [1, 2],
    }),
    buildHeartbeat(new Uint8Array(8)),
    buildChunk(ChunkType.SHUTDOWN, 0, (writer: Writer) => writer.u32(0)),
  ];
  for (const chunk of chunks) {
    for (const length of [0, 1, 2, 3, chunk.length + 1, chunk.length + 4, 0x7fff, 0xffff]) {
      const peer = new Peer().establish();
      const lying = chunk.slice();
      lying[2] = length >> 8;
      lying[3] = length & 0xff;
      peer.receivePacket(buildPacket(5000, 5000, peer.tag, lying));
      assertEquals(peer.association.discards.of("bad chunk length"), 1, `${chunk[0]} ${length}`);
      assertEquals(peer.messages().length, 0);
    }
    for (let length = 4; length < chunk.length - 4; length++) {
      const peer = new Peer().establish();
      const cut = chunk.slice(0, length + 3 & ~3);
      cut[2] = 0;
      cut[3] = length;
      peer.receivePacket(buildPacket(5000, 5000, peer.tag, cut));
      assertEquals(peer.association.backlog, 0);
      assertEquals(peer.out.above.filter(({ type }) => type === "reset").length <= 1, true);
    }
  }
});

Deno.test("mutated packets give a typed refusal or are taken, and never an exception", () => {
  const random = new Random(seedForRun("SCTP packet mutation"));
  const packets = (vectors as { packet?: string }[]).flatMap(({ packet }) =>
    packet === undefined ? [] : [fromHex(packet)!]
  );
  const reader = new PacketReader();
  let peer = new Peer().establish();
  for (let round = 0; round < 6000; round++) {
    const mutated = random.mutate(random.pick(packets));
    const fault = reader.load(mutated, false);
    if (fault === undefined) {
      for (let count = 0; reader.next(); count++) assertLess(count, reader.chunkCount);
    }
    // Once more behind the checksum and the tag, where it hurts.
    if (mutated.length > 12) peer.receivePacket(repaired(peer.tag, mutated));
    if (random.chance(0.1)) peer.advance(random.below(100));
    peer.takeAll();
    assertLessOrEqual(peer.association.heldBytes, BOUND);
    if (peer.association.done || peer.association.state !== "ESTABLISHED") {
      peer = new Peer().establish();
    }
  }
});

function repaired(tag: number, packet: Uint8Array): Uint8Array {
  return buildPacket(5000, 5000, packet[12] === ChunkType.INIT ? 0 : tag, packet.subarray(12));
}

Deno.test("a megabyte of noise and repeated INITs leaves other associations and this one alone", () => {
  const random = new Random(seedForRun("SCTP noise"));
  const peer = new Peer().establish();
  for (let i = 0; i < 500; i++) {
    peer.receivePacket(random.bytes(random.below(1200)));
    peer.receiveWithTag(
      0,
      buildInit({ ...peer.fields, initiateTag: 1 + random.u32() % 1000 }, false),
    );
    peer.takeAll();
  }
  peer.receive(dataChunk({ tsn: 1, data: concat([Uint8Array.of(1)]) }));
  assertEquals(peer.messages().length, 1);
});
