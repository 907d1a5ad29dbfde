import { assert, assertEquals } from "@std/assert";
import type { Certificate } from "../../core/crypto/provider.ts";
import { Random, seedForRun } from "../support/random.ts";
import { HandshakeContext } from "../../dtls/handshake/context.ts";
import { readFragment, writeFragmentHeader } from "../../dtls/handshake/message.ts";
import { AlertDescription, type DtlsRole } from "../../dtls/mod.ts";
import { HandshakeType } from "../../dtls/protocol.ts";
import { writeRecordHeader } from "../../dtls/record/header.ts";
import { Reader } from "../../core/wire/mod.ts";
import {
  bothConnected,
  certificate,
  type DtlsPair,
  records,
  recordTypes,
  startedPair,
  text,
} from "./support.ts";

/** The victim has believed nothing: no keys, no data, no "connected". */
function assertNotTaken(pair: DtlsPair, victim: "a" | "b"): void {
  assert(pair.events[victim].every(({ type }) => type !== "keys"), "no keys");
  assertEquals(pair.received[victim], []);
  assert(pair[victim].state !== "connected");
}

/** Somebody's certificate, with somebody else's key. */
function stolen(name: string): Certificate {
  return { ...certificate("ecdsa-p256", name), key: certificate("ecdsa-p256", "thief").key };
}

Deno.test("a client that doesn't have the key of its certificate is refused (RFC 5246 section 7.4.8)", () => {
  const pair = startedPair({ a: { certificate: stolen("a") } });
  pair.run("a", (a, now) => a.handleOutbound([text("evil")], now));
  pair.until(() => pair.b.done);
  assertEquals(pair.b.failure?.code, AlertDescription.decryptError);
  assertNotTaken(pair, "b");
});

Deno.test("a server that doesn't have the key of its certificate is refused (RFC 8422 section 5.4)", () => {
  const pair = startedPair({ b: { certificate: stolen("b") } });
  pair.until(() => pair.a.done);
  assertEquals(pair.a.failure?.code, AlertDescription.decryptError);
  assertNotTaken(pair, "a");
});

/** Runs `test` while the handshakes of one role treat their own messages as `change` says, transcript and all. */
function withEvil(
  role: DtlsRole,
  change: (type: number, add: () => void) => void,
  test: () => void,
): void {
  const original = HandshakeContext.prototype.add;
  HandshakeContext.prototype.add = function (type, write) {
    const add = () => original.call(this, type, write);
    if (this.config.role === role) change(type, add);
    else add();
  };
  try {
    test();
  } finally {
    HandshakeContext.prototype.add = original;
  }
}

const flights: [DtlsRole, (keyof typeof HandshakeType)[]][] = [
  ["client", ["certificate", "clientKeyExchange", "certificateVerify", "finished"]],
  ["server", ["serverHello", "certificate", "serverKeyExchange", "serverHelloDone", "finished"]],
];

for (const [role, names] of flights) {
  const [evil, victim] = role === "client" ? ["a", "b"] as const : ["b", "a"] as const;
  for (const name of names) {
    for (const what of ["leaves out", "repeats"] as const) {
      // A Finished that comes twice is what a retransmission looks like; the last one of all is not even read.
      if (what === "repeats" && name === "finished") continue;
      Deno.test(`a ${role} that ${what} ${name}, and stands by it in its Finished, is not believed`, () => {
        withEvil(role, (type, add) => {
          if (type !== HandshakeType[name]) add();
          else if (what === "repeats") add(), add();
        }, () => {
          const pair = startedPair();
          pair.run(evil, (end, now) => end.handleOutbound([text("evil")], now));
          pair.advance(31_000);
          assertNotTaken(pair, victim);
          assert(pair[victim].failure !== undefined);
        });
      });
    }
  }
}

Deno.test("a forged Finished is refused (RFC 5246 section 7.4.9)", () => {
  for (const role of ["client", "server"] as const) {
    const [evil, victim] = role === "client" ? ["a", "b"] as const : ["b", "a"] as const;
    const original = HandshakeContext.prototype.add;
    HandshakeContext.prototype.add = function (type, write) {
      const forge = type === HandshakeType.finished && this.config.role === role;
      original.call(this, type, forge ? (writer) => writer.bytes(new Uint8Array(12)) : write);
    };
    try {
      const pair = startedPair();
      pair.run(evil, (end, now) => end.handleOutbound([text("evil")], now));
      pair.until(() => pair[victim].done);
      assertEquals(pair[victim].failure?.code, AlertDescription.decryptError);
      assertNotTaken(pair, victim);
    } finally {
      HandshakeContext.prototype.add = original;
    }
  }
});

Deno.test("a client that sends no certificate is refused with bad_certificate (RFC 8122 section 6.2)", () => {
  const original = HandshakeContext.prototype.add;
  HandshakeContext.prototype.add = function (type, write) {
    const client = this.config.role === "client";
    if (client && type === HandshakeType.certificateVerify) return;
    const empty = client && type === HandshakeType.certificate;
    original.call(this, type, empty ? (writer) => writer.u24(0) : write);
  };
  try {
    const pair = startedPair();
    pair.run("a", (end, now) => end.handleOutbound([text("evil")], now));
    pair.until(() => pair.b.done);
    assertEquals(pair.b.failure?.code, AlertDescription.badCertificate);
    assertNotTaken(pair, "b");
  } finally {
    HandshakeContext.prototype.add = original;
  }
});

Deno.test("a server that asks for no certificate gets none", () => {
  const original = HandshakeContext.prototype.add;
  HandshakeContext.prototype.add = function (type, write) {
    if (type !== HandshakeType.certificateRequest) original.call(this, type, write);
  };
  try {
    const pair = startedPair();
    pair.until(() => pair.b.done);
    assertEquals(
      pair.b.failure?.code,
      AlertDescription.unexpectedMessage,
      "a server of ours insists",
    );
    const { sent } = pair;
    const types = sent.a.flatMap(records).filter((record) => record[0] === 22 && record[4] === 0)
      .map((record) => record[13]);
    assertEquals(types, [HandshakeType.clientHello, HandshakeType.clientKeyExchange]);
  } finally {
    HandshakeContext.prototype.add = original;
  }
});

Deno.test("a Finished in the clear is not even looked at", () => {
  const pair = startedPair();
  const finished = new Uint8Array(13 + 12 + 12);
  writeRecordHeader(finished, 0, 22, 0, 99, 24);
  writeFragmentHeader(finished.subarray(13), HandshakeType.finished, 12, 1, 0, 12);
  pair.inject("a", finished);
  pair.inject("b", finished);
  pair.until(() => bothConnected(pair));
  assertEquals(pair.b.discards.of("message in the wrong epoch"), 1);
});

/** The messages of the flight in a datagram that is all in the clear, or all up to ChangeCipherSpec. */
function clearMessages(datagram: Uint8Array): Uint8Array[] {
  return records(datagram).filter((record) => record[0] === 22 && record[4] === 0)
    .map((record) => record.slice(13));
}

/** The messages in records of their own, numbered anew from `firstSeq`. */
function asFlight(messages: readonly Uint8Array[], firstSeq: number): Uint8Array[] {
  return messages.map((message, i) => {
    const record = new Uint8Array(13 + message.length);
    writeRecordHeader(record, 0, 22, 0, 1000 + i, message.length);
    record.set(message, 13);
    record[13 + 4] = 0;
    record[13 + 5] = firstSeq + i;
    return record;
  });
}

Deno.test("messages in any other order than the RFC's, or of any other choice, never make a connection", () => {
  const seeds = new Random(seedForRun("dtls state machine"));
  for (let round = 0; round < 300; round++) {
    const random = new Random(seeds.u32());
    const [evil, victim] = random.chance(0.5) ? ["a", "b"] as const : ["b", "a"] as const;
    // Once chosen it is sent again alike, lest the pieces of several choices make up the right one.
    let choice: Uint8Array[] | undefined;
    const heard: Uint8Array[] = []; // of both ends: a message of the wrong role is a choice too
    const pair = startedPair({
      seed: seeds.u32(),
      filter: (packet, from) => {
        if (!recordTypes(packet).includes(22)) return packet;
        const messages = clearMessages(packet);
        if (messages.length === 0) return packet;
        heard.push(...messages);
        if (from !== evil || messages.length < 2) return packet;
        const firstSeq = readFragment(new Reader(messages[0]!))!.messageSeq;
        choice ??= scrambled(messages, heard, random);
        return [
          ...asFlight(choice, firstSeq),
          ...records(packet).filter((record) => record[0] !== 22 || record[4] === 1),
        ];
      },
    });
    pair.run(evil, (end, now) => end.handleOutbound([text("evil")], now));
    pair.advance(31_000);
    assert(choice !== undefined);
    assertNotTaken(pair, victim);
    assert(pair[victim].failure !== undefined, `round ${round}`);
  }
});

/** Another sequence than `messages`: some left out, some twice, some of others', in any order. */
function scrambled(
  messages: readonly Uint8Array[],
  heard: readonly Uint8Array[],
  random: Random,
): Uint8Array[] {
  const types = (list: readonly Uint8Array[]) => list.map((message) => message[0]).join();
  for (;;) {
    const choice = [...messages];
    for (let n = 1 + random.below(3); n > 0; n--) {
      const at = random.below(choice.length);
      const other = random.below(choice.length);
      switch (random.below(4)) {
        case 0:
          choice.splice(at, 1);
          break;
        case 1:
          choice.splice(at, 0, choice[other]!);
          break;
        case 2:
          [choice[at], choice[other]] = [choice[other]!, choice[at]!];
          break;
        case 3:
          choice.splice(at, 0, random.pick(heard));
      }
      if (choice.length === 0) break;
    }
    // What differs only after the flight's end is not a different flight.
    if (!types(choice).startsWith(types(messages))) return choice;
  }
}

Deno.test("damaged handshakes end in a connection with equal keys, or in none", () => {
  const seeds = new Random(seedForRun("dtls damage"));
  let connected = 0;
  for (let round = 0; round < 150; round++) {
    const random = new Random(seeds.u32());
    const pair = startedPair({
      seed: seeds.u32(),
      filter: (packet) => random.chance(0.15) ? random.mutate(packet) : packet,
    });
    pair.run("a", (a, now) => a.handleOutbound([text("hello")], now));
    pair.advance(31_000);
    for (const end of [pair.a, pair.b]) {
      assert(["connected", "failed"].includes(end.state), end.state);
    }
    for (const one of pair.received.b) assertEquals(one, text("hello"));
    if (!bothConnected(pair)) continue;
    connected++;
    assertEquals(pair.a.exportKeyingMaterial("x", 32), pair.b.exportKeyingMaterial("x", 32));
  }
  assert(connected > 0);
});
