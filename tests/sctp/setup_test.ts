import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { nodeProvider } from "../../core/crypto/node_provider.ts";
import { emptyOutputs, ProtocolError } from "../../core/stage/mod.ts";
import { fromHex, toHex } from "../../core/wire/mod.ts";
import { buildChunk, ChunkType } from "../../sctp/chunks/chunk.ts";
import { buildCookieAck, buildCookieEcho } from "../../sctp/chunks/cookie.ts";
import { buildAbort, buildError, CauseCode } from "../../sctp/chunks/error_cause.ts";
import { buildInit, parseInit } from "../../sctp/chunks/init.ts";
import { buildShutdownAck, buildShutdownComplete } from "../../sctp/chunks/shutdown.ts";
import { SctpAssociation, type SctpEvent, type SctpItem } from "../../sctp/mod.ts";
import { dataChunk, Peer, PEER_TAG } from "./peer.ts";
import { numbered, Pair } from "./support.ts";

Deno.test("RFC 9260 section 5.1: one side connects, the other only answers", () => {
  const pair = new Pair();
  pair.run("a", (a, now) => a.connect(now));
  pair.until(() => pair.a.state === "ESTABLISHED" && pair.b.state === "ESTABLISHED");
  assertEquals(pair.now, 1040);
  assertEquals(pair.events.a.map(({ state }) => state), ["connecting", "connected"]);
  assertEquals(pair.events.b.map(({ state }) => state), ["connected"]);
  assertEquals(pair.a.negotiatedOutboundStreams, 65535);
});

Deno.test("RFC 9260 section 5.2: both sides connect at once, over any delay between them", () => {
  for (const apart of [0, 3, 10, 15, 20, 25, 30, 35, 39, 50]) {
    const pair = new Pair();
    pair.run("a", (a, now) => a.connect(now));
    pair.advance(apart);
    pair.run("b", (b, now) => b.connect(now));
    pair.until(() => pair.a.state === "ESTABLISHED" && pair.b.state === "ESTABLISHED", 200);
    pair.send("a", 0, numbered(1, 10));
    pair.send("b", 0, numbered(2, 10));
    pair.until(() => pair.messages("a").length === 1 && pair.messages("b").length === 1, 200);
  }
});

Deno.test("RFC 9260 section 5.1: T1 repeats what is lost of the set-up", () => {
  for (let seed = 1; seed <= 30; seed++) {
    const pair = new Pair({ link: { loss: 0.3 }, seed }).connect(30_000);
    pair.send("a", 0, numbered(seed, 100));
    pair.until(() => pair.messages("b").length === 1, 30_000);
  }
});

Deno.test("an association is set up within 5 s at 10% loss in 99 of 100 runs", () => {
  let late = 0;
  for (let seed = 1; seed <= 100; seed++) {
    const pair = new Pair({ link: { loss: 0.1 }, seed }).connect(60_000);
    if (pair.now > 6000) late++;
  }
  assert(late <= 1, `${late} late`);
});

Deno.test("RFC 8841 section 5: a peer has the port that its description tells", () => {
  const pair = new Pair({ a: { localPort: 5001 }, b: { localPort: 6000, remotePort: 5001 } });
  pair.run("a", (a) => a.setRemotePort(6000));
  pair.connect(1000);
  pair.run("a", (a) => a.setRemotePort(7000)); // too late
  pair.send("a", 0, numbered(1, 3000));
  pair.until(() => pair.messages("b").length === 1, 1000);
});

Deno.test("messages sent before the association is set up wait for it", () => {
  const pair = new Pair();
  pair.send("a", 0, numbered(1, 5000));
  assertEquals(pair.a.backlog, 5000);
  pair.connect();
  pair.until(() => pair.messages("b").length === 1);
  assertEquals(pair.a.backlog, 0);
});

Deno.test("Chromium's side of a recorded association is understood, and our packets are like its own", async () => {
  const trace = await Deno.readTextFile(
    new URL("../vectors/browsers/chromium-sctp-trace.txt", import.meta.url),
  );
  const packets = trace.split("\n").filter((line) => /^[OI] /.test(line)).map((line) => ({
    ours: line.startsWith("O"),
    bytes: fromHex(line.split(" 0000 ")[1]!.split(" #")[0]!.replaceAll(" ", ""))!,
  }));
  const theirs = packets.filter(({ ours }) => !ours).map(({ bytes }) => bytes);
  const recorded = packets.filter(({ ours }) => ours).map(({ bytes }) => bytes);
  // The association draws its tag and its initial TSN first: it gets Chromium's.
  const draws = [fromHex("079100ec")!, fromHex("11541c28")!];
  const association = new SctpAssociation({
    crypto: { ...nodeProvider, random: (length) => draws.shift() ?? nodeProvider.random(length) },
    zeroChecksum: false,
  });
  const out = emptyOutputs<Uint8Array, SctpItem, SctpEvent>();
  const exchange = (packet: Uint8Array): Uint8Array[] => {
    association.handleInbound([packet], 1);
    association.poll(out);
    return out.below.splice(0);
  };
  association.connect(0);
  association.poll(out);
  // INIT: but for a_rwnd, byte by byte.
  assertEquals(toHex(out.below[0]!.subarray(12, 20)), toHex(recorded[0]!.subarray(12, 20)));
  assertEquals(toHex(out.below[0]!.subarray(24)), toHex(recorded[0]!.subarray(24)));
  out.below.length = 0;
  const [init, initAck, , cookieAck, open, openSack, abort] = [0, 1, 2, 3, 4, 5, 6].map((i) =>
    theirs[i]!
  );
  assertEquals(exchange(init!)[0]![12], ChunkType.INIT_ACK);
  // INIT ACK, to which the answer is the very COOKIE ECHO that Chromium sent.
  assertEquals(exchange(initAck!).map(toHex), [toHex(recorded[2]!)]);
  exchange(cookieAck!);
  assertEquals(association.state, "ESTABLISHED");
  // DATA with an OPEN: SACKed at once, with Chromium's bytes but for a_rwnd.
  const [sack] = exchange(open!);
  assertEquals(toHex(sack!.subarray(12, 20)), toHex(recorded[4]!.subarray(12, 20)));
  assertEquals(toHex(sack!.subarray(24)), toHex(recorded[4]!.subarray(24)));
  assertEquals(out.above.map((item) => item.type === "message" && item.ppid), [50]);
  // DATA with the ACK, whose bytes are Chromium's.
  association.handleOutbound(
    [{ type: "message", streamId: 1, ppid: 50, data: Uint8Array.of(2) }],
    2,
  );
  association.poll(out);
  assertEquals(
    toHex(out.below.splice(0)[0]!.subarray(12, 33)),
    toHex(recorded[5]!.subarray(12, 33)),
  );
  exchange(openSack!);
  assertEquals(association.unacknowledgedChunks, 0);
  exchange(abort!);
  const closed = out.events.at(-1)!;
  assertEquals(closed.state, "closed");
  assert(closed.error instanceof ProtocolError && closed.error.received);
  assertEquals(closed.error.code, CauseCode.USER_INITIATED_ABORT);
  assert(closed.error.message.includes("Close called"));
  assertEquals(
    association.failure,
    undefined,
    "a peer's user may abort: what has arrived is still read",
  );
});

Deno.test("RFC 9260 section 8.5: packets with a wrong verification tag are dropped, a blind ABORT among them", () => {
  const peer = new Peer().establish();
  for (const tag of [0, 1, peer.tag ^ 1, PEER_TAG, 0xffff_ffff]) {
    peer.receiveWithTag(tag, buildAbort({ code: 12 }));
    peer.receiveWithTag(tag, buildShutdownComplete());
    peer.receiveWithTag(tag, dataChunk({ tsn: 1, data: Uint8Array.of(1) }));
  }
  // The T bit wants the peer's tag, not ours.
  peer.receiveWithTag(peer.tag, buildChunk(ChunkType.ABORT, 1));
  assertEquals(peer.association.state, "ESTABLISHED");
  assertEquals(peer.messages().length, 0);
  assertEquals(peer.association.discards.of("wrong verification tag"), 16);
  peer.receiveWithTag(PEER_TAG, buildChunk(ChunkType.ABORT, 1));
  assertEquals(peer.association.state, "CLOSED");
});

Deno.test("RFC 9260 section 8.5.1, rule A: an INIT has tag 0 and is alone", () => {
  const peer = new Peer();
  const init = buildInit(peer.fields, false);
  peer.receiveWithTag(7, init);
  peer.receiveWithTag(0, init, buildCookieAck());
  assertEquals(peer.takeAll(), []);
  peer.receiveWithTag(0, init);
  assertEquals(peer.takeAll().map(({ type, tag }) => [type, tag]), [[
    ChunkType.INIT_ACK,
    PEER_TAG,
  ]]);
});

Deno.test("RFC 9260 section 8.4: packets out of the blue", () => {
  const peer = new Peer();
  peer.receiveWithTag(9, dataChunk({ tsn: 1, data: Uint8Array.of(1) }));
  assertEquals(peer.takeAll().map(({ type, tag, chunk }) => [type, tag, chunk[1]]), [[
    ChunkType.ABORT,
    9,
    1,
  ]]);
  peer.receiveWithTag(9, buildShutdownAck());
  assertEquals(peer.takeAll().map(({ type, tag, chunk }) => [type, tag, chunk[1]]), [[
    ChunkType.SHUTDOWN_COMPLETE,
    9,
    1,
  ]]);
  peer.receiveWithTag(9, buildAbort());
  peer.receiveWithTag(9, buildCookieAck());
  peer.receiveWithTag(9, buildError(CauseCode.STALE_COOKIE, new Uint8Array(4)));
  peer.receiveWithTag(9, buildShutdownComplete());
  assertEquals(peer.takeAll(), []);
  assertEquals(peer.association.discards.of("out of the blue"), 6);
});

Deno.test("RFC 9260 section 5.1.5: a cookie that was changed, is another's, or is old makes no association", () => {
  const cookieOf = (peer: Peer) => {
    peer.receiveWithTag(0, buildInit(peer.fields, false));
    const initAck = parseInit(peer.take(ChunkType.INIT_ACK)!.subarray(4))!;
    peer.tag = initAck.initiateTag;
    return initAck.stateCookie!;
  };
  const peer = new Peer();
  const cookie = cookieOf(peer);
  for (let i = 0; i < cookie.length; i++) {
    const changed = cookie.slice();
    changed[i]! ^= 0x40;
    peer.receive(buildCookieEcho(changed));
  }
  for (const length of [0, 1, 31, 32, 33, cookie.length - 1]) {
    peer.receive(buildCookieEcho(cookie.subarray(0, length)));
  }
  assertEquals(peer.association.state, "CLOSED");
  assertEquals(peer.association.discards.of("bad cookie"), cookie.length + 6);
  peer.now += 61_000;
  peer.takeAll();
  peer.receive(buildCookieEcho(cookie));
  assertEquals(peer.association.state, "CLOSED");
  const error = peer.take(ChunkType.ERROR)!;
  assertEquals([...error.subarray(4, 8)], [0, CauseCode.STALE_COOKIE, 0, 8]);
  peer.receive(buildCookieEcho(cookieOf(peer)));
  assertEquals(peer.association.state, "ESTABLISHED");
});

Deno.test("RFC 9260 section 5.2.6: a peer that calls the cookie stale gets another INIT", () => {
  const peer = new Peer();
  peer.association.connect(peer.now);
  const tag = parseInit(peer.take(ChunkType.INIT)!.subarray(4))!.initiateTag;
  const other = new Peer();
  other.receiveWithTag(0, buildInit({ ...other.fields, initiateTag: tag }, false));
  peer.receiveWithTag(tag, other.take(ChunkType.INIT_ACK)!);
  assertEquals(peer.association.state, "COOKIE-ECHOED");
  peer.takeAll();
  peer.receiveWithTag(tag, buildError(CauseCode.STALE_COOKIE, new Uint8Array(4)));
  assertEquals(peer.association.state, "COOKIE-WAIT");
  assert(peer.take(ChunkType.INIT));
});

Deno.test("RFC 9260 section 5.2.2: INITs to an established association change nothing", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  for (let i = 0; i < 100; i++) {
    peer.receiveWithTag(0, buildInit({ ...peer.fields, initiateTag: 99 }, false));
  }
  const answers = peer.takeAll();
  assertEquals(answers.length, 100);
  for (const { type, tag, chunk } of answers) {
    assertEquals([type, tag], [ChunkType.INIT_ACK, 99]);
    assertNotEquals(parseInit(chunk.subarray(4))!.initiateTag, peer.tag);
  }
  peer.receive(dataChunk({ tsn: 1, data: Uint8Array.of(7) }));
  assertEquals(peer.messages().length, 1);
});

Deno.test("RFC 9260 section 5.2.4, action D: a COOKIE ECHO that comes again is acknowledged again", () => {
  const peer = new Peer();
  peer.receiveWithTag(0, buildInit(peer.fields, false));
  const initAck = parseInit(peer.take(ChunkType.INIT_ACK)!.subarray(4))!;
  peer.tag = initAck.initiateTag;
  for (let i = 0; i < 3; i++) {
    peer.receive(buildCookieEcho(initAck.stateCookie!));
    assert(peer.take(ChunkType.COOKIE_ACK));
  }
  assertEquals(peer.out.events.length, 1);
});

Deno.test("RFC 9260 section 5.2.4, action A: a restart ends the association, since its channels could not survive", () => {
  const peer = new Peer().establish();
  peer.takeAll();
  peer.receiveWithTag(0, buildInit({ ...peer.fields, initiateTag: 99 }, false));
  const initAck = parseInit(peer.take(ChunkType.INIT_ACK)!.subarray(4))!;
  peer.receiveWithTag(initAck.initiateTag, buildCookieEcho(initAck.stateCookie!));
  assertEquals(peer.association.state, "CLOSED");
  assert(peer.association.failure instanceof ProtocolError);
  assert(peer.take(ChunkType.ABORT));
});

Deno.test("RFC 9260 section 3.2.1: unknown parameters are reported as their upper bits say", () => {
  const peer = new Peer();
  const init = buildInit(peer.fields, false);
  const parameter = (type: number) => Uint8Array.of(type >>> 8, type & 0xff, 0, 5, 42, 0, 0, 0);
  const reports = (type: number): [boolean, boolean] => {
    // The unknown one comes before FORWARD-TSN: whether that is seen tells whether the rest was processed.
    const chunk = buildChunk(ChunkType.INIT, 0, (writer) => {
      writer.bytes(init.subarray(4, 20));
      writer.bytes(parameter(type));
      writer.bytes(Uint8Array.of(0xc0, 0, 0, 4));
    });
    peer.receiveWithTag(0, chunk);
    const ack = peer.take(ChunkType.INIT_ACK)!;
    return [
      toHex(ack).includes(`0008000a${toHex(parameter(type)).slice(0, 10)}`) ||
      toHex(ack).includes(`00080009${toHex(parameter(type)).slice(0, 10)}`),
      parseInit(chunk.subarray(4))!.forwardTsn,
    ];
  };
  assertEquals(reports(0x1234), [false, false]);
  assertEquals(reports(0x5234), [true, false]);
  assertEquals(reports(0x9234), [false, true]);
  assertEquals(reports(0xd234), [true, true]);
});

Deno.test("RFC 9653 section 5: a zero checksum is sent and accepted only where it was offered", () => {
  for (const [a, b] of [[true, true], [true, false], [false, true]] as const) {
    const pair = new Pair({ a: { zeroChecksum: a }, b: { zeroChecksum: b } }).connect();
    pair.send("a", 0, numbered(1, 100));
    pair.until(() => pair.messages("b").length === 1);
    const zero = (packet: Uint8Array) => packet.subarray(8, 12).every((byte) => byte === 0);
    const kinds = new Set(pair.sent.a.filter(zero).map((packet) => packet[12]));
    assertEquals(kinds.has(ChunkType.DATA) || kinds.has(ChunkType.SACK), a && b);
    // RFC 9653 section 5.2: never these.
    assert(!kinds.has(ChunkType.INIT) && !kinds.has(ChunkType.COOKIE_ECHO));
  }
  const peer = new Peer({ sctp: { zeroChecksum: false } }).establish();
  const packet = new Uint8Array(12 + 20);
  packet.set([0x13, 0x88, 0x13, 0x88, peer.tag >>> 24, peer.tag >>> 16, peer.tag >>> 8, peer.tag]);
  packet.set(dataChunk({ tsn: 1, data: Uint8Array.of(1) }), 12);
  peer.receivePacket(packet);
  assertEquals(peer.association.discards.of("bad checksum"), 1);
});

Deno.test("RFC 9653 section 4: an INIT ACK offers to accept a zero checksum where the INIT did", () => {
  for (const offered of [true, false]) {
    const peer = new Peer();
    peer.receiveWithTag(0, buildInit(peer.fields, offered));
    const initAck = parseInit(peer.take(ChunkType.INIT_ACK)!.subarray(4))!;
    assertEquals(initAck.zeroChecksum, offered);
  }
});
