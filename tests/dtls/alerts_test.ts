import { assert, assertEquals } from "@std/assert";
import { ContentType, HandshakeType } from "../../dtls/protocol.ts";
import { RecordSealer } from "../../dtls/record/sealer.ts";
import { RecordSender } from "../../dtls/record/sender.ts";
import { handshakeMessage } from "../../dtls/handshake/message.ts";
import { alertName, parseAlert } from "../../dtls/alert.ts";
import { AlertDescription } from "../../dtls/mod.ts";
import { bothConnected, connectedPair, recordTypes, startedPair, text } from "./support.ts";

/** A record of epoch 0, as anyone can make it. */
function clear(type: number, content: Uint8Array): Uint8Array {
  return new RecordSender().record(type, 0, content);
}

const fatal = Uint8Array.of(2, 40);

const unauthenticated: [string, Uint8Array][] = [
  ["a fatal alert", clear(ContentType.alert, fatal)],
  ["a close_notify", clear(ContentType.alert, Uint8Array.of(1, 0))],
  ["a ChangeCipherSpec", clear(ContentType.changeCipherSpec, Uint8Array.of(1))],
  [
    "a ClientHello",
    clear(ContentType.handshake, handshakeMessage(1, 0, new Uint8Array(60)).whole),
  ],
  ["a HelloRequest", clear(ContentType.handshake, handshakeMessage(0, 0, new Uint8Array(0)).whole)],
  ["data", clear(ContentType.applicationData, text("evil"))],
];

for (const [name, datagram] of unauthenticated) {
  Deno.test(`${name} in the clear after the handshake is dropped and counted (RFC 6347 section 4.1.2.7)`, () => {
    const pair = connectedPair();
    for (const end of ["a", "b"] as const) {
      const sent = pair.sent[end].length;
      pair.run(end, (layer, now) => layer.handleInbound([datagram], now));
      assertEquals(pair[end].discards.of("plaintext after the handshake"), 1);
      assertEquals(pair.sent[end].length, sent);
    }
    pair.advance(5000);
    assert(bothConnected(pair));
    pair.run("a", (a, now) => a.handleOutbound([text("still here")], now));
    pair.advance(20);
    assertEquals(pair.received.b, [text("still here")]);
  });
}

Deno.test("a forged alert during the handshake does not stop it", () => {
  for (const content of [fatal, Uint8Array.of(1, 0), Uint8Array.of(1, 90)]) {
    const pair = startedPair({ link: { delay: 40 } });
    pair.inject("a", clear(ContentType.alert, content));
    pair.inject("b", clear(ContentType.alert, content));
    pair.advance(100);
    assertEquals(pair.a.discards.of("unauthenticated alert"), 1);
    pair.until(() => bothConnected(pair));
    pair.advance(2000);
    assert(bothConnected(pair));
  }
});

Deno.test("an alert of a peer that has given up is believed after half a second without progress", () => {
  const pair = startedPair({ filter: () => undefined });
  pair.inject("b", clear(ContentType.alert, fatal));
  pair.advance(509);
  assertEquals(pair.a.state, "connecting");
  pair.advance(1);
  assertEquals(pair.a.state, "failed");
  assertEquals(pair.a.failure?.code, AlertDescription.handshakeFailure);
  assertEquals(pair.a.failure?.received, true);
});

Deno.test("alerts are two bytes with a known level", () => {
  assertEquals(parseAlert(Uint8Array.of(1, 0)), { level: 1, description: 0 });
  for (const bad of [[], [1], [1, 0, 0], [0, 0], [3, 0]]) {
    assertEquals(parseAlert(Uint8Array.from(bad)), undefined);
  }
  assertEquals(alertName(42), "bad_certificate");
  assertEquals(alertName(222), "alert 222");
});

Deno.test("close_notify ends both sides, and each says it (RFC 5246 section 7.2.1)", () => {
  const pair = connectedPair();
  pair.run("a", (a, now) => a.close(now));
  assertEquals([pair.a.state, pair.a.done], ["closed", false]);
  pair.advance(10);
  assertEquals([pair.b.state, pair.b.done], ["closed", true]);
  pair.advance(10);
  assert(pair.a.done);
  assertEquals(recordTypes(pair.sent.b.at(-1)!), [ContentType.alert]);
  for (const end of [pair.a, pair.b]) {
    assertEquals([end.failure, end.nextTimeout], [undefined, undefined]);
  }
});

Deno.test("a close_notify that gets lost is sent again, three times in all, and the end comes within half a second", () => {
  const pair = connectedPair();
  const before = pair.sent.a.length;
  let lost = 2;
  pair.filter = (packet) => lost-- > 0 ? undefined : packet;
  pair.run("a", (a, now) => a.close(now));
  pair.advance(400);
  assertEquals([pair.b.state, pair.a.done], ["closed", true]);
  assertEquals(pair.sent.a.length - before, 3);

  const silent = connectedPair();
  silent.filter = () => undefined;
  silent.run("a", (a, now) => a.close(now));
  silent.advance(450);
  assert(silent.a.done);
  assertEquals(silent.a.failure, undefined);
});

Deno.test("both sides may close at once", () => {
  const pair = connectedPair();
  pair.run("a", (a, now) => a.close(now));
  pair.run("b", (b, now) => b.close(now));
  pair.advance(10);
  assert(pair.a.done && pair.b.done);
});

Deno.test("nothing is sent or delivered after close", () => {
  const pair = connectedPair();
  pair.run("b", (b, now) => b.handleOutbound([text("crossing")], now));
  pair.run("a", (a, now) => a.close(now));
  const sent = pair.sent.a.length;
  pair.run("a", (a, now) => a.handleOutbound([text("late")], now));
  pair.advance(5);
  assertEquals(pair.sent.a.length, sent);
  pair.advance(500);
  assertEquals(pair.received.a, []);
  assertEquals(pair.a.discards.of("after the end"), 2);
});

Deno.test("close before start, and during the handshake, ends at once", () => {
  const pair = startedPair();
  pair.run("a", (a, now) => a.close(now));
  assert(pair.a.done);
  assertEquals(pair.events.a.at(-1), { type: "state", state: "closed" });
  pair.advance(1000);
  assertEquals(pair.b.state, "closed", "its close_notify in the clear is believed in the end");
});

/** A connected pair in which an end sends anything it likes under its keys. */
function withForgedRecord(type: number, content: Uint8Array, from: "a" | "b") {
  const pair = connectedPair();
  const before = pair.sent[from].length;
  const original = RecordSender.prototype.record;
  // An alert of ours is the door: its content is replaced, its type changed.
  RecordSender.prototype.record = function (_type, epoch, _content) {
    return original.call(this, type, epoch, content);
  };
  try {
    pair.run(from, (end, now) => end.close(now));
  } finally {
    RecordSender.prototype.record = original;
  }
  return { pair, before };
}

for (const [name, type] of Object.entries(HandshakeType)) {
  if (type === HandshakeType.finished) continue;
  Deno.test(`renegotiation: ${name} in an authentic record is dropped and counted (RFC 5746)`, () => {
    const message = handshakeMessage(type, 7, new Uint8Array(3)).whole;
    const { pair } = withForgedRecord(ContentType.handshake, message, "a");
    const sent = pair.sent.b.length;
    pair.advance(20);
    assertEquals(pair.b.discards.of("renegotiation"), 1);
    assertEquals(pair.b.state, "connected");
    assertEquals(pair.sent.b.length, sent);
  });
}

Deno.test("an authentic fatal alert fails the connection, with its code", () => {
  const { pair } = withForgedRecord(ContentType.alert, Uint8Array.of(2, 80), "b");
  pair.advance(20);
  assertEquals(pair.a.state, "failed");
  assertEquals(pair.a.failure?.protocol, "dtls");
  assertEquals(pair.a.failure?.code, AlertDescription.internalError);
  assertEquals(pair.a.failure?.received, true);
});

Deno.test("an authentic warning, an unknown content type, and an empty record change nothing", () => {
  const cases = [
    [ContentType.alert, Uint8Array.of(1, 100), "warning alert"],
    [ContentType.alert, Uint8Array.of(1), "malformed alert"],
    [24, Uint8Array.of(1, 64, 0), "unknown content type"],
    [ContentType.changeCipherSpec, Uint8Array.of(1), "unknown content type"],
    [ContentType.applicationData, new Uint8Array(0), "empty record"],
    [ContentType.handshake, Uint8Array.of(1, 2, 3), "malformed fragment"],
  ] as const;
  for (const [type, content, reason] of cases) {
    const { pair } = withForgedRecord(type, content, "a");
    pair.advance(20);
    assertEquals(pair.b.discards.of(reason), 1, reason);
    assertEquals(pair.b.state, "connected");
    assertEquals(pair.received.b, []);
  }
});

Deno.test("a connection ends before its sequence numbers wrap (RFC 6347 section 4.1)", () => {
  const pair = connectedPair();
  const original = Object.getOwnPropertyDescriptor(RecordSealer.prototype, "remaining")!;
  Object.defineProperty(RecordSealer.prototype, "remaining", { ...original, get: () => 65 });
  try {
    pair.run("a", (a, now) => a.handleOutbound([text("last")], now));
    assertEquals(pair.a.state, "connected");
    pair.run("a", (a, now) => a.handleOutbound([text("one"), text("too many")], now));
  } finally {
    Object.defineProperty(RecordSealer.prototype, "remaining", original);
  }
  assertEquals(pair.a.failure?.code, AlertDescription.internalError);
  pair.advance(20);
  assertEquals(pair.received.b, [text("last")]);
  assertEquals(pair.b.failure?.code, AlertDescription.internalError);
});

Deno.test("a fatal alert that answers close_notify ends a connection as closed", () => {
  const { pair } = withForgedRecord(ContentType.alert, Uint8Array.of(2, 80), "b");
  pair.run("a", (a, now) => a.close(now));
  pair.advance(20);
  assertEquals([pair.a.state, pair.a.done, pair.a.failure], ["closed", true, undefined]);
});
