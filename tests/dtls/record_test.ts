import { assert, assertEquals, assertGreater } from "@std/assert";
import type { AeadPacket, CryptoProvider } from "../../core/crypto/provider.ts";
import { Discards } from "../../core/stage/mod.ts";
import { toHex } from "../../core/wire/mod.ts";
import { CIPHER_SUITES, type CipherSuite, type DtlsDiscard } from "../../dtls/mod.ts";
import {
  MAX_SEQUENCE_NUMBER,
  recordEpoch,
  recordLength,
  recordSequenceNumber,
  writeRecordHeader,
} from "../../dtls/record/header.ts";
import { RecordOpener } from "../../dtls/record/opener.ts";
import { RecordSealer } from "../../dtls/record/sealer.ts";
import {
  bothConnected,
  connectedPair,
  crypto,
  type DtlsPair,
  recordTypes,
  startedPair,
  text,
} from "./support.ts";

function keysFor(suite: CipherSuite) {
  return { key: crypto.random(suite.keyLength), iv: crypto.random(suite.fixedIvLength) };
}

function open(opener: RecordOpener, ...batch: Uint8Array[]): string[] {
  const opened: string[] = [];
  for (const record of batch) opener.queue(record, 0, recordLength(record, 0));
  opener.open({
    handlePlaintext: (type, content) => opened.push(`${type} ${new TextDecoder().decode(content)}`),
  });
  return opened;
}

Deno.test("a record header has its fields where RFC 6347 section 4.1 has them", () => {
  const bytes = new Uint8Array(15);
  writeRecordHeader(bytes, 1, 23, 0x0102, 0x0a0b0c0d0e0f, 0x1234);
  assertEquals(toHex(bytes), "0017fefd01020a0b0c0d0e0f123400");
  assertEquals(recordEpoch(bytes, 1), 0x0102);
  assertEquals(recordSequenceNumber(bytes, 1), 0x0a0b0c0d0e0f);
  assertEquals(recordLength(bytes, 1), 0x1234);
  for (const number of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, MAX_SEQUENCE_NUMBER]) {
    writeRecordHeader(bytes, 0, 23, 1, number, 0);
    assertEquals(recordSequenceNumber(bytes, 0), number);
  }
});

for (const suite of CIPHER_SUITES.slice(0, 2)) {
  Deno.test(`records of ${suite.aead}: sealed in a batch, opened in a batch, in order`, () => {
    const keys = keysFor(suite);
    const discards = new Discards<DtlsDiscard>();
    const sealer = new RecordSealer(crypto, suite, keys);
    const opener = new RecordOpener(crypto, suite, keys, discards);
    const records = sealer.seal(23, [text("a"), text(""), text("c")]);
    assertEquals(records.map(({ length }) => length), [1, 0, 1].map((n) => n + sealer.overhead));
    assertEquals(open(opener, ...records), ["23 a", "23 ", "23 c"]);
    assertEquals(open(opener, ...sealer.seal(21, [text("d")])), ["21 d"]);
    assertEquals(discards.total, 0);
  });

  Deno.test(`records of ${suite.aead}: a replayed one is dropped, in its batch and later (RFC 6347 section 4.1.2.6)`, () => {
    const keys = keysFor(suite);
    const discards = new Discards<DtlsDiscard>();
    const sealer = new RecordSealer(crypto, suite, keys);
    const opener = new RecordOpener(crypto, suite, keys, discards);
    const [a, b] = sealer.seal(23, [text("a"), text("b")]);
    assertEquals(open(opener, b!, b!, a!, a!), ["23 b", "23 a"]);
    assertEquals(open(opener, a!, b!), []);
    assertEquals(discards.of("replayed record"), 4);
  });

  Deno.test(`records of ${suite.aead}: any changed byte is noticed`, () => {
    const keys = keysFor(suite);
    const discards = new Discards<DtlsDiscard>();
    const [record] = new RecordSealer(crypto, suite, keys).seal(23, [text("hello")]);
    const opener = new RecordOpener(crypto, suite, keys, discards);
    for (let at = 0; at < record!.length; at++) {
      if (at === 11 || at === 12) continue; // the length, which is the caller's business
      const changed = record!.slice();
      changed[at]! ^= 0x10;
      assertEquals(open(opener, changed), [], `byte ${at}`);
    }
    assertEquals(open(opener, record!), ["23 hello"]);
  });

  Deno.test(`records of ${suite.aead}: a forged number does not move the replay window`, () => {
    const keys = keysFor(suite);
    const discards = new Discards<DtlsDiscard>();
    const [record] = new RecordSealer(crypto, suite, keys).seal(23, [text("hello")]);
    const opener = new RecordOpener(crypto, suite, keys, discards);
    const forged = record!.slice();
    writeRecordHeader(forged, 0, 23, 1, MAX_SEQUENCE_NUMBER, forged.length - 13);
    assertEquals(open(opener, forged, record!), ["23 hello"]);
    assertEquals(discards.of("bad record"), 1);
  });

  Deno.test(`records of ${suite.aead}: too short for nonce and tag, or too long for a plaintext`, () => {
    const keys = keysFor(suite);
    const discards = new Discards<DtlsDiscard>();
    const opener = new RecordOpener(crypto, suite, keys, discards);
    for (const length of [0, 1, 7, 8, 15, 2 ** 14 + 25, 0xffff]) {
      const record = new Uint8Array(13 + length);
      writeRecordHeader(record, 0, 23, 1, 5, length);
      assertEquals(open(opener, record), []);
    }
    assertEquals(discards.of("bad record"), 7);
  });
}

/** What a test wants to know of the ciphers that a provider makes. */
interface AeadWatch {
  seal?(packets: readonly AeadPacket[], key: string): void;
  open?(packets: readonly AeadPacket[], key: string): void;
  dispose?(key: string): void;
}

/** A provider whose ciphers are watched. */
function watched(watch: AeadWatch): CryptoProvider {
  return {
    ...crypto,
    aead(name, key) {
      const aead = crypto.aead(name, key);
      const id = toHex(key);
      return {
        tagLength: aead.tagLength,
        seal(packets) {
          watch.seal?.(packets, id);
          aead.seal(packets);
        },
        open(packets) {
          watch.open?.(packets, id);
          return aead.open(packets);
        },
        [Symbol.dispose]() {
          watch.dispose?.(id);
          aead[Symbol.dispose]();
        },
      };
    },
  };
}

/** A provider that notes every nonce, by key, as it is sealed with. */
function noting(): { provider: CryptoProvider; nonces: Map<string, string[]> } {
  const nonces = new Map<string, string[]>();
  const provider = watched({
    seal(packets, key) {
      const list = nonces.get(key) ?? [];
      nonces.set(key, list);
      for (const { nonce } of packets) list.push(toHex(nonce));
    },
  });
  return { provider, nonces };
}

Deno.test("the nonce of AES-GCM is epoch and sequence number, and strictly rises across retransmissions (RFC 5288 section 3)", () => {
  const a = noting(), b = noting();
  const lost = { a: 2, b: 2 };
  const pair = startedPair({
    a: { crypto: a.provider, cipherSuites: [0xc02b] },
    b: { crypto: b.provider },
    filter: (packet, from) =>
      recordTypes(packet).includes(20) && lost[from]-- > 0 ? undefined : packet,
  });
  pair.until(() => bothConnected(pair), 30_000);
  for (let i = 0; i < 20; i++) {
    pair.run("a", (end, now) => end.handleOutbound([text("x"), text("y")], now));
    pair.run("b", (end, now) => end.handleOutbound([text("z")], now));
    pair.advance(100);
  }
  for (const { nonces } of [a, b]) {
    assertEquals(nonces.size, 1, "one key to write with");
    const [list] = [...nonces.values()];
    const explicit = list!.map((nonce) => nonce.slice(8));
    assertEquals(new Set(list).size, list!.length);
    assertEquals(explicit, explicit.toSorted());
    assert(explicit.every((nonce) => nonce.startsWith("0001")), "epoch 1");
  }
  assertEquals([...b.nonces.values()][0]!.length, 3 + 20, "Finished was sent three times");
  assertGreater([...a.nonces.values()][0]!.length, 3 + 40, "and more often by the client");
});

Deno.test("a nonce of ChaCha20-Poly1305 is never used twice, across retransmissions (RFC 7905 section 2)", () => {
  const a = noting();
  let lost = 2;
  const pair = startedPair({
    a: { crypto: a.provider },
    filter: (packet) => recordTypes(packet).includes(20) && lost-- > 0 ? undefined : packet,
  });
  pair.until(() => bothConnected(pair));
  pair.run("a", (end, now) => end.handleOutbound([text("x"), text("y")], now));
  const [list] = [...a.nonces.values()];
  assertEquals(list!.length, 3 + 2, "Finished was sent three times");
  assertEquals(new Set(list).size, list!.length);
});

Deno.test("the sequence number stops before 2^48 (RFC 6347 section 4.1)", () => {
  const suite = CIPHER_SUITES[0]!;
  const sealer = new RecordSealer(crypto, suite, keysFor(suite), 1, MAX_SEQUENCE_NUMBER - 2);
  assertEquals(sealer.remaining, 2);
  const records = sealer.seal(23, [text("a"), text("b")]);
  assertEquals(sealer.remaining, 0);
  assertEquals(recordSequenceNumber(records[1]!, 0), MAX_SEQUENCE_NUMBER - 1);
});

Deno.test("several records in one datagram are all read (RFC 6347 section 4.1.1)", () => {
  const pair = connectedPair();
  const before = pair.sent.a.length;
  pair.filter = () => undefined;
  pair.run("a", (a, now) => a.handleOutbound([text("one"), text("two"), text("three")], now));
  const joined = pair.sent.a.slice(before).flatMap((record) => [...record]);
  pair.run("b", (b, now) => b.handleInbound([Uint8Array.from([...joined, 23, 0xfe])], now));
  assertEquals(pair.received.b, [text("one"), text("two"), text("three")]);
  assertEquals(pair.b.discards.of("truncated record"), 1);
});

Deno.test("a batch is sealed in one call of the cipher, and opened in one", () => {
  const calls: string[] = [];
  const counting = watched({
    seal: ({ length }) => calls.push(`seal ${length}`),
    open: ({ length }) => calls.push(`open ${length}`),
  });
  const pair = connectedPair({ a: { crypto: counting }, b: { crypto: counting } });
  const before = pair.sent.a.length;
  pair.filter = () => undefined;
  calls.length = 0;
  const batch = Array.from({ length: 32 }, (_, i) => text(`${i}`));
  pair.run("a", (a, now) => a.handleOutbound(batch, now));
  pair.run("b", (b, now) => b.handleInbound(pair.sent.a.slice(before), now));
  assertEquals(calls, ["seal 32", "open 32"]);
  assertEquals(pair.received.b, batch);
});

Deno.test("a plaintext of 2^14 bytes is carried, a longer one is dropped (RFC 5246 section 6.2.1)", () => {
  const pair = connectedPair();
  const largest = new Uint8Array(1 << 14).fill(7);
  pair.run("a", (a, now) => a.handleOutbound([largest, new Uint8Array((1 << 14) + 1)], now));
  pair.advance(20);
  assertEquals(pair.received.b, [largest]);
  assertEquals(pair.a.discards.of("oversized plaintext"), 1);
});

Deno.test("ciphers are freed once, at the end, and not used after it", () => {
  const ends: ((pair: DtlsPair) => void)[] = [
    (pair) => pair.run("a", (a, now) => a.close(now)),
    (pair) => pair.run("a", (a, now) => a.handleEnd(now)),
    (pair) => pair.run("b", (b, now) => b.close(now)),
  ];
  for (const end of ends) {
    const freed: string[] = [];
    const unfreed = (_: unknown, key: string) => assert(!freed.includes(key), "used after its end");
    const provider = watched({ seal: unfreed, open: unfreed, dispose: (key) => freed.push(key) });
    const pair = connectedPair({ a: { crypto: provider } });
    assertEquals(freed, []);
    end(pair);
    // What follows a close_notify in its own batch is not opened either.
    pair.run("b", (b, now) => b.handleOutbound([text("x"), text("y")], now));
    pair.advance(10);
    pair.run("a", (a, now) => a.handleInbound([...pair.sent.b, ...pair.sent.b], now));
    pair.advance(1000);
    assert(pair.a.done);
    assertEquals([freed.length, new Set(freed).size], [2, 2]);
  }
});
