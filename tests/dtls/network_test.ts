import { assert, assertEquals, assertLess, assertLessOrEqual } from "@std/assert";
import type { Certificate } from "../../core/crypto/provider.ts";
import { ProtocolError } from "../../core/stage/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import {
  bothConnected,
  certificate,
  connectedPair,
  idlePair,
  recordTypes,
  sha256,
  startedPair,
  text,
} from "./support.ts";

/** A certificate that counts how often its key has signed. */
function counting(original: Certificate): { certificate: Certificate; signatures: () => number } {
  let signatures = 0;
  const key = {
    type: original.key.type,
    sign: (...args: Parameters<Certificate["key"]["sign"]>) => {
      signatures++;
      return original.key.sign(...args);
    },
  };
  return { certificate: { ...original, key }, signatures: () => signatures };
}

Deno.test("handshakes end in time under loss, duplication and reordering, and no work is done twice", () => {
  const seeds = new Random(seedForRun("dtls network"));
  const times: Record<string, number[]> = { "0.1": [], "0.3": [] };
  for (const loss of [0.1, 0.3]) {
    for (let round = 0; round < 40; round++) {
      const a = counting(certificate("ecdsa-p256", "a"));
      const b = counting(certificate("ecdsa-p256", "b"));
      const pair = startedPair({
        a: { certificate: a.certificate },
        b: { certificate: b.certificate, cookieExchange: round % 2 === 0 },
        link: { delay: 20, jitter: 60, loss, duplication: 0.2 },
        seed: seeds.u32(),
      });
      pair.until(() => bothConnected(pair), 29_000);
      times[loss]!.push(pair.now - 1000);
      assertEquals([a.signatures(), b.signatures()], [1, 1]);
    }
  }
  assertLess(Math.max(...times["0.1"]!), 5000);
  assertLess(Math.max(...times["0.3"]!), 15_000);
});

for (const size of [128, 200, 400]) {
  Deno.test(`a handshake in datagrams of at most ${size} bytes, some of them lost (RFC 6347 section 4.2.3)`, () => {
    const pair = startedPair({
      a: { maxDatagramSize: size, certificate: certificate("rsa", "a") },
      b: { maxDatagramSize: size, certificate: certificate("rsa", "b") },
      link: { jitter: 30, loss: 0.05 },
      seed: size,
    });
    pair.until(() => bothConnected(pair));
    const sizes = [...pair.sent.a, ...pair.sent.b].map(({ length }) => length);
    assertLessOrEqual(Math.max(...sizes), size);
    assert(sizes.length > 1200 / size);
  });
}

Deno.test("a path that drops datagrams of more than 1172 bytes is survived (RFC 6347 section 4.1.1.1)", () => {
  const rsa = (name: string) => ({ certificate: certificate("rsa", name) });
  const pair = startedPair({
    a: rsa("a"),
    b: rsa("b"),
    filter: (packet) => packet.length <= 1172 ? packet : undefined,
  });
  assert(!bothConnected(pair));
  pair.until(() => bothConnected(pair), 5000);
  assert(pair.sent.b.some(({ length }) => length > 1172), "the path did make a difference");
});

Deno.test("a flight is sent again after 100 ms, then after twice as long each time, up to a second", () => {
  const pair = startedPair({ filter: () => undefined });
  const times: number[] = [];
  for (let count = pair.sent.a.length; pair.now < 6000;) {
    pair.advance(1);
    if (pair.sent.a.length > count) times.push(pair.now - 1000);
    count = pair.sent.a.length;
  }
  assertEquals(times.slice(0, 6), [100, 300, 700, 1500, 2500, 3500]);
});

Deno.test("a handshake without an answer fails after 30 s", () => {
  const pair = startedPair({ filter: () => undefined });
  pair.advance(29_999);
  assertEquals([pair.a.state, pair.b.state], ["connecting", "connecting"]);
  pair.advance(1);
  assertEquals([pair.a.state, pair.b.state], ["failed", "failed"]);
  assert(pair.a.failure instanceof ProtocolError);
  assertEquals(pair.a.nextTimeout, undefined);
});

Deno.test("a lost last flight is sent again for each repeated Finished, at most every 100 ms (RFC 6347 section 4.2.4)", () => {
  let lost = 2;
  const pair = startedPair({
    filter: (packet, from) =>
      from === "b" && recordTypes(packet).includes(20) && lost-- > 0 ? undefined : packet,
  });
  pair.until(() => pair.b.state === "connected");
  assertEquals(pair.a.state, "connecting");
  pair.until(() => bothConnected(pair), 1000);
  assertEquals(lost, -1);
  const before = pair.sent.b.length;
  // A client that repeats itself: ten copies of one datagram are one record ten times.
  const flight5 = pair.sent.a.findLast((packet) => recordTypes(packet).includes(20))!;
  for (let i = 0; i < 10; i++) pair.inject("a", flight5);
  pair.advance(500);
  assertEquals(pair.sent.b.length, before);
});

Deno.test("flight 4 coming twice does not make a client send flight 5 twice within 100 ms", () => {
  const pair = startedPair({
    // The client's answers get nowhere, so that it stays where it is.
    filter: (packet, from) => from === "a" && recordTypes(packet).includes(20) ? undefined : packet,
  });
  pair.until(() => pair.sent.a.some((packet) => recordTypes(packet).includes(20)));
  const at = pair.now;
  const count = () => pair.sent.a.filter((packet) => recordTypes(packet).includes(20)).length;
  const flight4 = pair.sent.b.at(-1)!;
  for (let i = 0; i < 20; i++) {
    pair.run("a", (a, now) => a.handleInbound([flight4, flight4], now));
    if (pair.now - at < 100) assertEquals(count(), 1);
    pair.advance(10);
  }
  assertLessOrEqual(count(), 3);
});

Deno.test("data that overtakes Finished is held, and handed on once Finished is there", () => {
  const held: Uint8Array[] = [];
  const pair = startedPair({
    // Flight 6 is late: it comes after the server's first data.
    filter: (packet, from) => {
      if (from === "b" && recordTypes(packet).includes(20)) {
        held.push(packet);
        return undefined;
      }
      return packet;
    },
  });
  pair.until(() => pair.b.state === "connected");
  pair.run("b", (b, now) => b.handleOutbound([text("first"), text("second")], now));
  pair.advance(15);
  assertEquals(pair.a.state, "connecting");
  assertEquals(pair.received.a, []);
  pair.run("a", (a, now) => a.handleInbound([held[0]!], now));
  assertEquals(pair.received.a, [text("first"), text("second")]);
  assertEquals(pair.events.a.map((event) => event.type), ["state", "keys", "state"]);
});

Deno.test("of data that overtakes Finished only so much is held", () => {
  const pair = startedPair({
    filter: (packet, from) => from === "b" && recordTypes(packet).includes(20) ? undefined : packet,
  });
  pair.until(() => pair.b.state === "connected");
  for (let i = 0; i < 100; i++) {
    pair.run("b", (b, now) => b.handleOutbound([text(`${i}`)], now));
  }
  pair.filter = (packet) => packet;
  pair.until(() => bothConnected(pair));
  assert(pair.a.discards.of("early record") >= 84);
  assertLessOrEqual(pair.received.a.length, 16);
});

Deno.test("datagrams that come before start are kept, eight of them", () => {
  const hello = startedPair({ filter: () => undefined }).sent.a[0]!;
  const pair = idlePair();
  pair.run("b", (b, now) => b.handleInbound([hello, ...Array(20).fill(text("noise"))], now));
  assertEquals(pair.b.discards.of("datagram before start"), 13);
  assertEquals(pair.sent.b, []);
  pair.run("b", (b, now) => b.start("server", [sha256(certificate().der)], now));
  assertEquals(pair.sent.b.length, 1, "the hello is answered at once");
  assertEquals(pair.b.discards.of("truncated record"), 7);
});

Deno.test("data is carried under loss and reordering: each record at most once, unchanged", () => {
  const seed = seedForRun("dtls data");
  const random = new Random(seed);
  const pair = connectedPair({ seed });
  pair.link = { delay: 10, jitter: 40, loss: 0.1, duplication: 0.3 };
  const sent = new Set<string>();
  for (let round = 0; round < 50; round++) {
    const batch = Array.from({ length: 1 + random.below(40) }, (_, i) => text(`${round} ${i}`));
    for (const one of batch) sent.add(new TextDecoder().decode(one));
    pair.run("a", (a, now) => a.handleOutbound(batch, now));
    pair.advance(5);
  }
  pair.advance(100);
  const received = pair.received.b.map((one) => new TextDecoder().decode(one));
  assertEquals(new Set(received).size, received.length, "none twice");
  assert(received.every((one) => sent.has(one)));
  assert(received.length > 0.75 * sent.size);
  assert(pair.b.discards.of("replayed record") > 0);
});

Deno.test("what is sent before there are keys waits, is counted as backlog, and has a bound", () => {
  const pair = startedPair();
  pair.run("a", (a, now) => a.handleOutbound([text("early"), new Uint8Array(70_000)], now));
  assertEquals(pair.a.backlog, 5);
  assertEquals(pair.a.discards.of("outbound queue full"), 1);
  pair.until(() => bothConnected(pair));
  pair.advance(20);
  assertEquals(pair.received.b, [text("early")]);
  assertEquals(pair.a.backlog, 0);
});
