import { assert, assertEquals } from "@std/assert";
import { add32 } from "../../core/wire/mod.ts";
import { buildChunk, ChunkType } from "../../sctp/chunks/chunk.ts";
import {
  buildOutgoingReset,
  buildReconfigResponse,
  parseReconfig,
  ReconfigResult,
} from "../../sctp/chunks/reconfig.ts";
import { dataChunk, Peer } from "./peer.ts";
import { numbered, numberOf, Pair } from "./support.ts";

function reset(pair: Pair, from: "a" | "b", streamId: number): void {
  pair.run(from, (layer, now) => layer.handleOutbound([{ type: "reset", streamId }], now));
}

function answer(peer: Peer): number | undefined {
  const chunk = peer.take(ChunkType.RE_CONFIG);
  const [parameter] = chunk === undefined ? [] : parseReconfig(chunk.subarray(4))!;
  return parameter?.kind === "response" ? parameter.result : undefined;
}

Deno.test("RFC 6525 section 5.1.2: a reset follows what is queued, and the stream begins anew", () => {
  for (const loss of [0, 0.25]) {
    const pair = new Pair({ link: { loss }, seed: 8 }).connect();
    for (let life = 0; life < 5; life++) {
      for (let i = 0; i < 10; i++) pair.send("a", 7, numbered(life * 100 + i, 4000));
      reset(pair, "a", 7);
    }
    const resets = (at: "a" | "b", type: string) =>
      pair.received[at].filter((item) => item.type === type).length;
    pair.until(() => resets("a", "reset-done") === 5 && resets("b", "reset") === 5, 120_000);
    // Every life's messages come before its reset.
    let life = 0;
    let count = 0;
    for (const item of pair.received.b) {
      if (item.type === "message") assertEquals(numberOf(item.data), life * 100 + count++);
      if (item.type === "reset") assertEquals([item.streamId, count], [7, 10]), life++, count = 0;
    }
    assertEquals(life, 5);
  }
});

Deno.test("before the association is set up, what is queued can be taken back, and the peer hears nothing of it", () => {
  const pair = new Pair();
  for (let i = 0; i < 3; i++) pair.send("a", 7, numbered(i, 4000));
  pair.send("a", 8, numbered(8, 4000));
  const withdraw = (streamId: number) =>
    pair.run("a", (a, now) => a.handleOutbound([{ type: "withdraw", streamId }], now));
  withdraw(7);
  assertEquals(pair.received.a, [{ type: "withdrawn", streamId: 7 }]);
  assertEquals(pair.a.backlog, 4000);
  pair.send("a", 7, numbered(9, 10));
  pair.connect().until(() => pair.messages("b").length === 2);
  assertEquals(pair.messages("b").map(({ data }) => numberOf(data)).sort(), [8, 9]);
  assertEquals(pair.received.b.filter(({ type }) => type === "reset"), []);
  const sent = pair.received.a.flatMap((item) =>
    item.type === "sent" ? [[item.streamId, item.bytes]] : []
  );
  assertEquals(sent.sort(), [[7, 10], [8, 4000]]);
  withdraw(7); // now it is a reset
  pair.until(() => pair.received.a.some(({ type }) => type === "reset-done"));
});

Deno.test("many streams are reset in few requests", () => {
  const pair = new Pair().connect();
  for (let i = 0; i < 2000; i++) pair.send("a", i, numbered(i, 5));
  for (let i = 0; i < 2000; i++) reset(pair, "a", i);
  pair.until(() => pair.received.a.filter(({ type }) => type === "reset-done").length === 2000);
  assertEquals(pair.received.b.filter(({ type }) => type === "reset").length, 2000);
});

Deno.test("RFC 6525 section 5.2.2: a request that runs ahead of the data waits for it", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  const request = buildOutgoingReset({
    sequenceNumber: 1,
    responseSequenceNumber: 0,
    lastTsn: 2,
    streams: [5],
  });
  peer.receive(request);
  assertEquals(answer(peer), ReconfigResult.IN_PROGRESS);
  peer.receive(request);
  assertEquals(answer(peer), ReconfigResult.IN_PROGRESS);
  peer.receive(dataChunk({ tsn: 2, streamId: 5, ssn: 1, data: Uint8Array.of(2) }));
  peer.takeAll();
  peer.receive(dataChunk({ tsn: 1, streamId: 5, ssn: 0, data: Uint8Array.of(1) }));
  assertEquals(answer(peer), ReconfigResult.SUCCESS_PERFORMED);
  assertEquals(peer.out.above.map(({ type }) => type), ["message", "message", "reset"]);
  peer.receive(request);
  assertEquals(answer(peer), ReconfigResult.SUCCESS_PERFORMED, "the same answer again");
  assertEquals(peer.out.above.length, 3);
  peer.receive(dataChunk({ tsn: 3, streamId: 5, ssn: 0, data: Uint8Array.of(3) }));
  assertEquals(peer.messages().length, 3);
});

Deno.test("RFC 6525 section 5.2.2: a request that names no stream is for all, whatever they have carried", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  peer.receive(dataChunk({ tsn: 1, streamId: 5, ssn: 0, data: Uint8Array.of(1) }));
  peer.receive(dataChunk({ tsn: 2, streamId: 6, ssn: 1, data: Uint8Array.of(2) })); // waits for another
  peer.receive(
    buildOutgoingReset({ sequenceNumber: 1, responseSequenceNumber: 0, lastTsn: 2, streams: [] }),
  );
  assertEquals(answer(peer), ReconfigResult.SUCCESS_PERFORMED);
  assertEquals(peer.out.above.at(-1), { type: "reset-all" });
  assertEquals(peer.association.heldBytes, 0);
  for (const [tsn, streamId] of [[3, 5], [4, 6]] as const) {
    peer.receive(dataChunk({ tsn, streamId, ssn: 0, data: Uint8Array.of(tsn) }));
  }
  assertEquals(peer.messages().map(({ data }) => data[0]), [1, 3, 4]);
});

Deno.test("RFC 6525 section 5.2.1: requests with a wrong number are refused, and those we have no use for", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  for (const sequenceNumber of [3, 0xffff_ffff, 0x8000_0000]) {
    peer.receive(
      buildOutgoingReset({ sequenceNumber, responseSequenceNumber: 0, lastTsn: 0, streams: [1] }),
    );
    assertEquals(answer(peer), ReconfigResult.ERROR_BAD_SEQUENCE_NUMBER);
  }
  const other = (type: number, sequenceNumber: number) =>
    buildChunk(ChunkType.RE_CONFIG, 0, (writer) => {
      writer.u16(type);
      writer.u16(12);
      writer.u32(sequenceNumber);
      writer.u32(0);
    });
  [14, 15, 17, 18].forEach((type, i) => {
    peer.receive(other(type, 1 + i));
    assertEquals(answer(peer), ReconfigResult.DENIED);
  });
  assertEquals(peer.out.above.length, 0);
});

Deno.test("RFC 6525 section 5.2.7: a request is repeated until it is answered, and asked again when it is in progress", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  peer.association.handleOutbound([{ type: "reset", streamId: 3 }], peer.now);
  const requests = () => peer.takeAll().filter(({ type }) => type === ChunkType.RE_CONFIG).length;
  assertEquals(requests(), 1);
  peer.advance(5000);
  assert(requests() >= 3);
  peer.receive(buildReconfigResponse(add32(peer.theirTsn, 5), ReconfigResult.SUCCESS_PERFORMED));
  peer.receive(buildReconfigResponse(peer.theirTsn, ReconfigResult.IN_PROGRESS));
  assertEquals(peer.out.above.length, 0);
  peer.takeAll();
  peer.advance(1001);
  assertEquals(requests(), 1);
  peer.receive(buildReconfigResponse(peer.theirTsn, ReconfigResult.SUCCESS_PERFORMED));
  assertEquals(peer.out.above, [{ type: "reset-done", streamId: 3 }]);
  peer.advance(20_000);
  assertEquals(requests(), 0);
});

Deno.test("a peer without RE-CONFIG, or one that denies, does not leave a reset pending", () => {
  const plain = new Peer({ extensions: false }).establish();
  plain.association.handleOutbound([{ type: "reset", streamId: 3 }], plain.now);
  assertEquals(plain.take(ChunkType.RE_CONFIG), undefined);
  assertEquals(plain.out.above, [{ type: "reset-done", streamId: 3 }]);
  const denying = new Peer().establish();
  denying.association.handleOutbound([{ type: "reset", streamId: 3 }], denying.now);
  denying.receive(buildReconfigResponse(denying.theirTsn, ReconfigResult.DENIED));
  assertEquals(denying.out.above, [{ type: "reset-done", streamId: 3 }]);
});
