import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { crc32c } from "../../core/crypto/crc32c.ts";
import { fromHex, toHex } from "../../core/wire/mod.ts";
import { DataChunk, FLAG_BEGIN, FLAG_END, FLAG_UNORDERED } from "../../sctp/chunks/data.ts";
import { parseHeartbeat } from "../../sctp/chunks/heartbeat.ts";
import { parseInit } from "../../sctp/chunks/init.ts";
import { PacketReader } from "../../sctp/chunks/packet.ts";
import { parseReconfig } from "../../sctp/chunks/reconfig.ts";
import { SackChunk } from "../../sctp/chunks/sack.ts";
import { parseOpen } from "../../sctp/channels/dcep.ts";
import type { SctpAssociation } from "../../sctp/mod.ts";
import { ChunkType } from "../../sctp/chunks/chunk.ts";
import vectors from "../vectors/sctp.json" with { type: "json" };
import { dataChunk, Peer } from "./peer.ts";

// deno-lint-ignore no-explicit-any
type Vector = any;

function vector(name: string): Vector {
  const found = (vectors as Vector[]).find((one) => one.name === name);
  assert(found, name);
  return found;
}

function packetOf(name: string): Uint8Array<ArrayBuffer> {
  return fromHex(vector(name).packet)!;
}

/**
 * The vectors whose frame is broken. What the list calls a bad checksum of "init_bad_verification" is a right one: wrong is its
 * verification tag, as its name says.
 */
const BROKEN: Record<string, string> = {
  "wrong checksum": "bad checksum",
  "zero checksum": "bad checksum",
  "chunk length 0": "bad chunk length",
  "chunk that overruns the packet": "bad chunk length",
  "12 bytes, no chunk": "no chunk",
  "capture: data_truncated": "bad chunk length",
  "capture: data_zero_length": "bad chunk length",
};

for (const one of vectors as Vector[]) {
  if (one.data !== undefined) {
    Deno.test(`RFC 3720 appendix B.4: ${one.name}`, () => {
      const crc = crc32c(fromHex(one.data)!);
      assertEquals(crc, one.expect.value);
      const wire = Uint8Array.of(crc, crc >>> 8, crc >>> 16, crc >>> 24);
      assertEquals(toHex(wire), one.expect.crcBytesOnTheWire);
    });
    continue;
  }
  Deno.test(`packet vector: ${one.name}`, () => {
    const reader = new PacketReader();
    assertEquals(reader.load(fromHex(one.packet)!, false), BROKEN[one.name]);
    if (one.expect.verificationTag !== undefined) {
      assertEquals(reader.verificationTag, one.expect.verificationTag);
    }
    if (BROKEN[one.name] === undefined) {
      for (let i = 0; i < reader.chunkCount; i++) assert(reader.next());
    }
    assertEquals(
      reader.load(fromHex(one.packet)!, true) === undefined,
      BROKEN[one.name] === undefined || one.expect.checksum === "zero",
    );
  });
}

function chunks(name: string): PacketReader {
  const reader = new PacketReader();
  assertEquals(reader.load(packetOf(name), false), undefined);
  assert(reader.next());
  return reader;
}

Deno.test("RFC 9260 section 3.3.2: the INIT vector", () => {
  const name = "INIT with FORWARD-TSN, RE-CONFIG, I-DATA supported";
  const [expected] = vector(name).expect.chunks;
  const init = parseInit(chunks(name).value)!;
  assertEquals(init.initiateTag, expected.initiateTag);
  assertEquals(init.aRwnd, expected.aRwnd);
  assertEquals([init.outboundStreams, init.inboundStreams], [expected.outbound, expected.inbound]);
  assertEquals(init.initialTsn, expected.initialTsn);
  assertEquals([init.forwardTsn, init.reconfig, init.zeroChecksum], [true, true, false]);
});

Deno.test("INITs with a tag of 0, or with a parameter of length 0, are none", () => {
  assertEquals(parseInit(chunks("INIT with tag 0").value), undefined);
  assertEquals(parseInit(chunks("parameter length 0 in INIT").value), undefined);
  assert(parseInit(chunks("capture: init").value));
});

Deno.test("RFC 9260 section 3.3.1 and RFC 8832 section 5.1: the DATA and OPEN vectors", () => {
  for (
    const name of ["DATA with a DATA_CHANNEL_OPEN", "OPEN with a partially reliable, timed type"]
  ) {
    const reader = chunks(name);
    const [expected] = vector(name).expect.chunks;
    const data = new DataChunk();
    assert(data.parse(reader.bytes, reader.start, reader.end));
    if (expected.tsn !== undefined) {
      assertEquals(data.flags, FLAG_BEGIN | FLAG_END);
      assertEquals(data.flags & FLAG_UNORDERED, 0);
      assertEquals([data.tsn, data.streamId, data.ssn, data.ppid], [expected.tsn, 0, 0, 50]);
    }
    const open = parseOpen(data.payload)!;
    assertEquals([open.label, open.protocol], [expected.dcep.label, expected.dcep.protocol]);
    assertEquals(open.ordered, true);
    assertEquals(open.maxPacketLifeTime, expected.dcep.maxPacketLifeTime);
    assertEquals(open.maxRetransmits, undefined);
  }
  const reader = chunks("OPEN whose label length overruns");
  const data = new DataChunk();
  assert(data.parse(reader.bytes, reader.start, reader.end));
  assertEquals(parseOpen(data.payload), undefined);
});

Deno.test("RFC 9260 section 3.3.4: the SACK vectors", () => {
  const reader = chunks("SACK with two gap blocks and a duplicate");
  const [expected] = vector("SACK with two gap blocks and a duplicate").expect.chunks;
  const sack = new SackChunk();
  assert(sack.parse(reader.bytes, reader.start, reader.end));
  assertEquals([sack.cumulativeTsnAck, sack.aRwnd], [expected.cumulativeTsn, expected.aRwnd]);
  const gaps = Array.from({ length: sack.gapCount }, (_, i) => [sack.gapStart(i), sack.gapEnd(i)]);
  assertEquals(gaps, expected.gaps);
  assertEquals([sack.duplicateCount, sack.duplicate(0)], [1, expected.duplicates[0]]);
  const lying = chunks("SACK that claims more gap blocks than it has");
  assertEquals(sack.parse(lying.bytes, lying.start, lying.end), false);
});

Deno.test("RFC 6525 section 4.1: the RE-CONFIG vectors", () => {
  assertEquals(parseReconfig(chunks("RE-CONFIG: outgoing stream reset of 0 and 2").value), [{
    kind: "outgoing reset",
    sequenceNumber: 1,
    responseSequenceNumber: 0,
    lastTsn: 99,
    streams: [0, 2],
  }]);
  const [reset] = parseReconfig(chunks("capture: reconfig_reset_out").value)!;
  assertEquals(reset!.kind, "outgoing reset");
  const [add] = parseReconfig(chunks("capture: reconfig_add_out").value)!;
  assertEquals(add!.kind, "other request");
  const [response] = parseReconfig(chunks("capture: reconfig_response").value)!;
  assertEquals(response, { kind: "response", sequenceNumber: 0x91531f54, result: 1 });
});

Deno.test("RFC 9260 section 8.3: a HEARTBEAT is echoed", () => {
  const name = "HEARTBEAT to be echoed";
  assertEquals(toHex(parseHeartbeat(chunks(name).value)!), vector(name).expect.chunks[0].info);
  const peer = new Peer().establish();
  peer.receive(chunks(name).chunk);
  const ack = peer.take(ChunkType.HEARTBEAT_ACK)!;
  assertEquals(toHex(parseHeartbeat(ack.subarray(4))!), vector(name).expect.chunks[0].info);
});

Deno.test("RFC 8831 section 6.6: the vector's empty messages and its message in three fragments arrive", () => {
  const peer = new Peer({ initialTsn: 5 }).establish();
  peer.receive(dataChunk({ tsn: 5, ssn: 0, ppid: 51, data: Uint8Array.of(1) }));
  peer.receivePacketChunks(packetOf("empty string and empty binary messages (PPID 56, 57)"));
  peer.receivePacketChunks(packetOf("a message in three fragments"));
  assertEquals(peer.messages().map(({ ppid, data }) => [ppid, data.length]), [[51, 1], [56, 1], [
    57,
    1,
  ], [53, 7]]);
  assertEquals(new TextDecoder().decode(peer.messages()[3]!.data), "abcdefg");
});

Deno.test("RFC 9260 section 3.2: an unknown chunk's upper bits say whether the packet is processed further", () => {
  for (
    const [name, messages] of [
      ["unknown chunk, upper bits 00: stop", 0],
      ["unknown chunk, upper bits 10: skip", 1],
    ] as const
  ) {
    const peer = new Peer({ initialTsn: 8 }).establish();
    // The vector's DATA is the fifth message of its stream.
    for (let i = 0; i < 4; i++) {
      peer.receive(dataChunk({ tsn: 8 + i, ssn: i, data: Uint8Array.of(1) }));
    }
    peer.receivePacketChunks(packetOf(name));
    assertEquals(peer.messages().length, 4 + messages, name);
    assertEquals(peer.association.discards.of("unknown chunk"), 1);
  }
});

Deno.test("no vector, sent to an association that waits for an INIT, creates one or throws", () => {
  for (const one of vectors as Vector[]) {
    if (one.packet === undefined) continue;
    const association: SctpAssociation = new Peer().association;
    association.handleInbound([fromHex(one.packet)!], 0);
    assertEquals(association.state, "CLOSED", one.name);
    assertNotEquals(association.done, true);
  }
});
