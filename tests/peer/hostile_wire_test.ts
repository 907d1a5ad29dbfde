import { assert, assertEquals, assertLess } from "@std/assert";
import { emptyOutputs, nodeProvider } from "../../core/mod.ts";
import type { TransportAddress } from "../../core/wire/mod.ts";
import { DtlsEndpoint, type DtlsEvent } from "../../dtls/mod.ts";
import type { RTCDataChannel } from "../../mod.ts";
import { MemoryWatch } from "../support/memory.ts";
import { Random, seedForRun } from "../support/random.ts";
import { Attacker, forgedCheck, handshakeFragment, junk, record } from "./attacker.ts";
import { collect, type End, Pair, record as recordEvents } from "./pair.ts";

const ENDS = ["alice", "bob"] as const;
const MIB = 1 << 20;

/** Two peers that are connected, with a channel, and a stranger who knows where they are. */
async function underAttack(seed = 1) {
  const pair = new Pair({ seed });
  const attacker = new Attacker(pair.net);
  attacker.listening = true;
  const { a, b } = await pair.open();
  const events = ENDS.map((end) => recordEvents(pair[end], "connectionstatechange", "datachannel"));
  const received = { alice: collect(a), bob: collect(b) };
  const assertUnharmed = async () => {
    await assertStillTalking(pair, a, b, received);
    assertEquals(events, [[], []], "the application noticed");
    assertEquals([pair.alice.connectionState, pair.bob.connectionState], [
      "connected",
      "connected",
    ]);
  };
  return { pair, attacker, a, received, assertUnharmed };
}

/** One message each way within a second, and not one that was not sent. */
async function assertStillTalking(
  pair: Pair,
  a: RTCDataChannel,
  b: RTCDataChannel,
  received: Record<End, (string | ArrayBuffer)[]>,
): Promise<void> {
  a.send("to bob");
  b.send("to alice");
  await pair.until(() => received.alice.length > 0 && received.bob.length > 0, 1000);
  await pair.advance(500);
  assertEquals(received, { alice: ["to alice"], bob: ["to bob"] });
  received.alice.length = received.bob.length = 0;
}

function addressOf(pair: Pair, end: End): TransportAddress {
  return pair.hosts[end].sockets[0]!.local;
}

function otherEnd(end: End): End {
  return end === "alice" ? "bob" : "alice";
}

/** What a DTLS client of the attacker's own says first. */
function clientHello(): Uint8Array {
  const certificate = nodeProvider.generateCertificate({
    keyType: "ecdsa-p256",
    now: 1.7e12,
    lifetime: 86_400_000,
  });
  const client = new DtlsEndpoint({ crypto: nodeProvider, certificate });
  const out = emptyOutputs<Uint8Array, Uint8Array, DtlsEvent>();
  client.start("client", [{ algorithm: "sha-256", value: "00" }], 0);
  client.poll(out);
  return out.below[0]!;
}

Deno.test("ClientHello race: who is faster than the peer, but not validated by ICE, gets no byte of DTLS", async () => {
  for (const negotiator of ENDS) {
    const pair = new Pair();
    const attacker = new Attacker(pair.net);
    const hello = clientHello();
    const { alice, bob } = pair;
    alice.createDataChannel("x");
    bob.createDataChannel("y");
    const negotiated = pair.negotiate(negotiator);
    for (let moment = 0; moment < 300; moment++) {
      for (const end of ENDS) {
        if (pair.hosts[end].sockets.length > 0) attacker.send(addressOf(pair, end), hello.slice());
      }
      await pair.advance(1);
    }
    await negotiated;
    assertEquals([alice.connectionState, bob.connectionState], ["connected", "connected"]);
    assertEquals(attacker.heard, []);
    assertEquals(pair.net.drops.total, 0, "the attacker's packets arrived");
    await pair.close();
  }
});

/** What RFC 6347 section 4.1.2.7 lets anyone send who can write the peer's address as his own. */
const UNAUTHENTICATED: [string, () => Uint8Array][] = [
  ["a fatal alert", () => record(21, Uint8Array.of(2, 40))],
  [
    "a fatal alert with a later number",
    () => record(21, Uint8Array.of(2, 80), { sequenceNumber: 99 }),
  ],
  ["close_notify", () => record(21, Uint8Array.of(1, 0))],
  [
    "close_notify that claims to be encrypted",
    () => record(21, new Uint8Array(40), { epoch: 1, sequenceNumber: 7 }),
  ],
  ["ChangeCipherSpec", () => record(20, Uint8Array.of(1))],
  ["ClientHello", clientHello],
  ["HelloRequest", () => record(22, handshakeFragment(0, new Uint8Array(0)))],
  ["HelloVerifyRequest", () => record(22, handshakeFragment(3, Uint8Array.of(0xfe, 0xfd, 1, 7)))],
  ["ServerHello", () => record(22, handshakeFragment(2, new Uint8Array(70)))],
  ["Finished", () => record(22, handshakeFragment(20, new Uint8Array(12), { messageSequence: 5 }))],
  ["data in the clear", () => record(23, new TextEncoder().encode("hello"))],
  [
    "data of epoch 1 with a high number",
    () => record(23, new Uint8Array(60), { epoch: 1, sequenceNumber: 0xffff_ff00 }),
  ],
  ["data of epoch 2", () => record(23, new Uint8Array(60), { epoch: 2 })],
  [
    "a record that is longer than its datagram",
    () => record(23, new Uint8Array(60)).subarray(0, 40),
  ],
  [
    "an SCTP ABORT in the clear",
    () => Uint8Array.of(0x13, 0x88, 0x13, 0x88, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 4),
  ],
];

Deno.test("RFC 6347 section 4.1.2.7: after the handshake, nothing that is not authentic does anything", async () => {
  const { pair, attacker, assertUnharmed } = await underAttack();
  for (const [what, make] of UNAUTHENTICATED) {
    for (const end of ENDS) {
      for (let i = 0; i < 3; i++) {
        attacker.send(addressOf(pair, end), make(), addressOf(pair, otherEnd(end)));
      }
    }
    await pair.advance(2000); // an alert in the clear is not believed later either
    await assertUnharmed().catch((cause) => {
      throw new Error(`after ${what}`, { cause });
    });
  }
  await pair.close();
});

Deno.test("garbage for every layer, from the peer's address and from a stranger's, does nothing", async () => {
  const random = new Random(seedForRun("garbage"));
  const { pair, attacker, assertUnharmed } = await underAttack(random.seed);
  const real = attacker.captured.splice(0);
  attacker.listening = false;
  for (const end of ENDS) {
    const target = addressOf(pair, end);
    for (const source of [addressOf(pair, otherEnd(end)), attacker.address]) {
      await attacker.flood(target, junk(random, 500, 1 + random.below(300)), source);
      const mutants = Array.from({ length: 500 }, () => random.mutate(random.pick(real).data));
      await attacker.flood(target, mutants, source);
    }
    await attacker.flood(target, [new Uint8Array(0), new Uint8Array(1472)]);
  }
  await assertUnharmed();
  await pair.close();
});

Deno.test("datagrams that come again, in any order and from anywhere, deliver nothing twice", async () => {
  const random = new Random(seedForRun("replay"));
  const { pair, attacker, a, received, assertUnharmed } = await underAttack(random.seed);
  const messages = received.bob;
  for (let i = 0; i < 20; i++) a.send(random.bytes(3000));
  await pair.until(() => messages.length === 20);
  await pair.advance(500);
  const heard = attacker.captured.splice(0);
  attacker.listening = false;
  assert(heard.length > 60);
  for (let round = 0; round < 3; round++) {
    for (const { data, source, destination } of shuffled(heard, random)) {
      attacker.send(destination, data.slice(), source);
      attacker.send(destination, data.slice());
      if (random.chance(0.1)) await pair.advance(1);
    }
    await pair.advance(1000);
  }
  assertEquals(messages.splice(0).length, 20);
  const answers = attacker.heard.filter((data) => data[0]! >= 20);
  assertEquals(answers, [], "something else than STUN went to a stranger");
  await assertUnharmed();
  await pair.close();
});

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, key: random.u32() })).sort((x, y) => x.key - y.key)
    .map(({ item }) => item);
}

Deno.test("checks with a foreign ufrag or a guessed password get no success, and move no pair", async () => {
  const { pair, attacker, assertUnharmed } = await underAttack();
  for (const end of ENDS) {
    const { usernameFragment: mine } = pair[end].sctp!.transport.iceTransport.getLocalParameters()!;
    const { usernameFragment: theirs, password } = pair[end].sctp!.transport.iceTransport
      .getRemoteParameters()!;
    const before = pair[end].sctp!.transport.iceTransport.getSelectedCandidatePair();
    const usernames = [`${mine}:${theirs}`, `${mine}:evil`, `evil:${theirs}`, mine!, ":", ""];
    for (const username of usernames) {
      for (const source of [attacker.address, addressOf(pair, otherEnd(end))]) {
        const check = forgedCheck({ username, password: password!, nominate: true });
        attacker.send(addressOf(pair, end), check, source);
      }
    }
    await pair.advance(1000);
    assertEquals(pair[end].sctp!.transport.iceTransport.getSelectedCandidatePair(), before);
  }
  const BINDING_SUCCESS = 0x0101;
  const types = attacker.heard.map((data) => data[0]! << 8 | data[1]!);
  assert(types.length > 0 && !types.includes(BINDING_SUCCESS), types.join());
  await assertUnharmed();
  await pair.close();
});

/** Each kind of a flood: 3 MiB of datagrams that look like something to the layer that they are for. */
const FLOODS: [string, (random: Random, count: number) => Iterable<Uint8Array>][] = [
  ["junk", (random, count) => junk(random, count, 1100)],
  ["STUN", function* (_, count) {
    for (let i = 0; i < count; i++) {
      yield forgedCheck({ username: `x${i}:y`, password: "z".repeat(22), padding: 763 });
    }
  }],
  ["DTLS handshakes", function* (random, count) {
    const content = random.bytes(1100);
    for (let i = 0; i < count; i++) {
      const fragment = handshakeFragment(random.pick([1, 2, 11, 12, 16, 20]), content, {
        messageSequence: random.below(65536),
        length: 0xff_ffff,
        offset: random.below(65536),
      });
      yield record(22, fragment, { sequenceNumber: i });
    }
  }],
  ["DTLS data", function* (random, count) {
    const content = random.bytes(1100);
    for (let i = 0; i < count; i++) {
      yield record(23, content, { epoch: 1, sequenceNumber: random.u32() });
    }
  }],
];

Deno.test("12 MB of floods, before, during and after set-up, grow memory by less than 32 MB, and the connection works", async () => {
  const random = new Random(seedForRun("floods"));
  const pair = new Pair({ seed: random.seed });
  const attacker = new Attacker(pair.net);
  const a = pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription(); // Alice's sockets are open, and she knows nothing of Bob
  await pair.gathered(pair.alice);
  const watch = new MemoryWatch();
  let bytes = 0;
  const flood = async (count: number, to: End) => {
    const sources = [attacker.address];
    if (pair.hosts[otherEnd(to)].sockets.length > 0) sources.push(addressOf(pair, otherEnd(to)));
    for (const [, make] of FLOODS) {
      for (const source of sources) {
        const datagrams = [...make(random, count / sources.length)];
        bytes += datagrams.reduce((sum, { length }) => sum + length, 0);
        await attacker.flood(addressOf(pair, to), datagrams, source);
      }
      watch.sample();
    }
    attacker.heard.length = 0;
  };
  await flood(1000, "alice");
  let b: RTCDataChannel | undefined;
  pair.bob.ondatachannel = ({ channel }) => b = channel;
  const negotiated = pair.negotiate();
  await flood(200, "alice"); // while it is being set up
  await negotiated;
  await pair.until(() => a.readyState === "open" && b?.readyState === "open");
  await flood(1000, "alice");
  await flood(1000, "bob");
  assert(bytes > 12e6, `${bytes}`);
  assertLess(watch.peak, 32 * MIB);
  await assertStillTalking(pair, a, b!, { alice: collect(a), bob: collect(b!) });
  await pair.close();
});
