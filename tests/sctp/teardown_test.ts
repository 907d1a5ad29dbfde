import { assert, assertEquals } from "@std/assert";
import { emptyOutputs, ProtocolError } from "../../core/stage/mod.ts";
import { ChunkType } from "../../sctp/chunks/chunk.ts";
import { parseErrorCauses } from "../../sctp/chunks/error_cause.ts";
import { buildInit } from "../../sctp/chunks/init.ts";
import {
  buildShutdown,
  buildShutdownAck,
  buildShutdownComplete,
} from "../../sctp/chunks/shutdown.ts";
import type { SctpEvent, SctpItem } from "../../sctp/mod.ts";
import { dataChunk, Peer } from "./peer.ts";
import { numbered, Pair } from "./support.ts";

Deno.test("RFC 9260 section 9.2: a close delivers what is queued in both directions, and ends both sides", () => {
  for (const loss of [0, 0.2]) {
    const pair = new Pair({ link: { loss }, seed: 6 }).connect();
    for (let i = 0; i < 20; i++) {
      pair.send("a", 0, numbered(i, 5000));
      pair.send("b", 0, numbered(i, 5000));
    }
    pair.run("a", (a, now) => a.close(now));
    pair.until(() => pair.a.done && pair.b.done, 70_000);
    assertEquals([pair.messages("a").length, pair.messages("b").length], [20, 20]);
    assertEquals([pair.a.failure, pair.b.failure], [undefined, undefined]);
    assertEquals(pair.events.b.at(-1), { type: "state", state: "closed" });
  }
});

Deno.test("RFC 9260 section 9.2: a close waits for what is queued behind a reset", () => {
  const pair = new Pair().connect();
  pair.send("a", 0, numbered(1, 10));
  pair.run("a", (a, now) => a.handleOutbound([{ type: "reset", streamId: 0 }], now));
  pair.send("a", 0, numbered(2, 10));
  pair.run("a", (a, now) => a.close(now));
  pair.until(() => pair.a.done && pair.b.done);
  assertEquals(pair.messages("b").length, 2);
});

Deno.test("RFC 9260 section 9.2: both sides close at once", () => {
  const pair = new Pair().connect();
  pair.run("a", (a, now) => a.close(now));
  pair.run("b", (b, now) => b.close(now));
  pair.until(() => pair.a.done && pair.b.done, 1000);
});

Deno.test("a SHUTDOWN COMPLETE that got lost, with its sender gone, makes no failure", () => {
  const peer = new Peer().establish();
  peer.receive(buildShutdown(peer.theirTsn - 1));
  assertEquals(peer.association.state, "SHUTDOWN-ACK-SENT");
  peer.advance(61_000);
  assertEquals([peer.association.done, peer.association.failure], [true, undefined]);
});

Deno.test("RFC 9260 section 9.2: the sequence, step by step, from either side", () => {
  const closer = new Peer().establish();
  closer.takeAll();
  closer.association.close(closer.now);
  assert(closer.take(ChunkType.SHUTDOWN));
  assertEquals(closer.association.state, "SHUTDOWN-SENT");
  // DATA that is still coming is answered by SACK and SHUTDOWN.
  closer.receive(dataChunk({ tsn: 1, data: Uint8Array.of(1) }));
  const types = closer.takeAll().map(({ type }) => type);
  assert(types.includes(ChunkType.SACK) && types.includes(ChunkType.SHUTDOWN));
  closer.advance(1000);
  assert(closer.take(ChunkType.SHUTDOWN), "T2-shutdown");
  closer.receive(buildShutdownAck());
  assert(closer.take(ChunkType.SHUTDOWN_COMPLETE));
  assertEquals([closer.association.state, closer.association.done], ["CLOSED", true]);

  const closed = new Peer().establish();
  closed.takeAll();
  closed.receive(buildShutdown(closed.theirTsn - 1));
  assert(closed.take(ChunkType.SHUTDOWN_ACK));
  assertEquals(closed.association.state, "SHUTDOWN-ACK-SENT");
  closed.receiveWithTag(0, buildInit(closed.fields, false));
  assert(closed.take(ChunkType.SHUTDOWN_ACK), "an INIT shows that the peer has missed it");
  closed.receive(buildShutdownComplete());
  assertEquals(closed.association.done, true);
});

Deno.test("a peer that does not answer the shutdown is aborted by T5-shutdown-guard", () => {
  const peer = new Peer().establish();
  peer.association.handleOutbound([{
    type: "message",
    streamId: 0,
    ppid: 53,
    data: numbered(1, 10),
  }], peer.now);
  peer.association.close(peer.now);
  peer.takeAll();
  peer.advance(61_000);
  assert(peer.take(ChunkType.ABORT));
  assert(peer.association.failure instanceof ProtocolError);
});

Deno.test("RFC 9260 section 9.1: abort sends cause 12 with its reason, at once", () => {
  const pair = new Pair().connect();
  pair.send("b", 0, numbered(1, 10));
  pair.advance(10);
  pair.run("a", (a, now) => a.abort(now, "Close called"));
  assert(pair.a.done);
  const [cause] = parseErrorCauses(pair.sent.a.at(-1)!.subarray(16))!;
  assertEquals([cause!.type, new TextDecoder().decode(cause!.value)], [12, "Close called"]);
  pair.until(() => pair.b.done, 1000);
  const { error } = pair.events.b.at(-1)!;
  assert(error instanceof ProtocolError && error.code === 12 && error.received);
});

Deno.test("an association that was never connected closes without a word", () => {
  const peer = new Peer();
  peer.association.close(1);
  assertEquals(peer.association.done, true);
  assertEquals(peer.takeAll(), []);
});

Deno.test("handleEnd ends the association without a packet, and reports it", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  peer.association.handleEnd(peer.now);
  const out = emptyOutputs<Uint8Array, SctpItem, SctpEvent>();
  peer.association.poll(out);
  assertEquals([out.below.length, out.events.map(({ state }) => state)], [0, ["closed"]]);
});
