import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { nodeProvider } from "../../core/mod.ts";
import { add32, concat } from "../../core/wire/mod.ts";
import type { RTCDataChannel, RTCError, RTCPeerConnection } from "../../mod.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { buildOpen } from "../../sctp/channels/dcep.ts";
import { buildChunk, ChunkType } from "../../sctp/chunks/chunk.ts";
import { buildForwardTsn } from "../../sctp/chunks/forward_tsn.ts";
import { buildHeartbeat } from "../../sctp/chunks/heartbeat.ts";
import { buildInit } from "../../sctp/chunks/init.ts";
import { buildOutgoingReset } from "../../sctp/chunks/reconfig.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { MemoryWatch } from "../support/memory.ts";
import { Random, seedForRun } from "../support/random.ts";
import { settle } from "../support/virtual_clock.ts";
import { MaliciousPeer } from "./malicious_peer.ts";
import { collect, Pair } from "./pair.ts";

const MIB = 1 << 20;

/** As many channels as there may be take 2 KiB each; nothing else takes as much. */
const MOST_HELD = 16_384 * 2048 + 4 * MIB;
const FLAG_BEGIN = 2, FLAG_END = 1, FLAG_UNORDERED = 4;
const DCEP = 50, STRING = 51, BINARY = 53;

/** A connection whose peer is malicious, beside one whose peer is not. */
class Scene {
  readonly net = new VirtualNetwork();
  readonly host = this.net.host("198.51.100.1");
  readonly victim: RTCPeerConnection = createPeerConnection({ network: this.host });
  readonly channel: RTCDataChannel = this.victim.createDataChannel("mine");
  readonly messages = collect(this.channel);
  readonly peer = new MaliciousPeer(this.net, this.net.host("198.51.100.66"), this.victim);
  readonly watch: MemoryWatch;
  /** Channels that the peer has opened, as the application would keep them. */
  readonly opened: RTCDataChannel[] = [];
  readonly errors: RTCError[] = [];
  readonly #others: Pair;
  readonly #ends: { a: RTCDataChannel; b: RTCDataChannel };

  private constructor(others: Pair, ends: { a: RTCDataChannel; b: RTCDataChannel }) {
    this.#others = others;
    this.#ends = ends;
    this.victim.ondatachannel = ({ channel }) => void this.opened.push(channel);
    this.channel.onerror = ({ error }) => void this.errors.push(error);
    this.watch = new MemoryWatch();
  }

  static async set(): Promise<Scene> {
    const others = new Pair();
    const scene = new Scene(others, await others.open());
    await scene.peer.connect();
    await scene.net.clock.until(() => scene.channel.readyState === "open");
    return scene;
  }

  sample = (): void => this.watch.sample();

  /** The victim still talks to its peer: one message comes through. */
  async assertAlive(): Promise<void> {
    const before = this.messages.length;
    await this.peer.send(this.peer.data(new TextEncoder().encode("still there"), {
      streamId: this.channel.id!,
      ssn: this.ssn,
      ppid: STRING,
    }));
    await this.net.clock.until(() => this.messages.length > before, 2000);
    assertEquals(this.messages.at(-1), "still there");
    this.ssn++;
  }
  /** The next stream sequence number of the victim's own channel. */
  ssn = 0;

  /** The association has been ended, with a reason that the application is told. */
  async assertEnded(): Promise<void> {
    await this.net.clock.until(() => this.channel.readyState === "closed", 2000);
    assertEquals(this.victim.sctp!.state, "closed");
    assertEquals(this.errors.map(({ errorDetail }) => errorDetail), ["sctp-failure"]);
  }

  /** Little memory is held, other connections work, and nothing is left once all are closed. */
  async end(): Promise<void> {
    this.sample();
    assertLess(this.watch.peak, MOST_HELD);
    const { a, b } = this.#ends;
    const heard = collect(b);
    a.send("unaffected");
    await this.#others.until(() => heard.length === 1, 1000);
    await this.#others.close();
    this.victim.close();
    this.peer.close();
    await this.net.clock.advance(1000);
    await settle();
    assertEquals(this.host.sockets.length, 0);
    this.net.clock.assertIdle();
  }
}

function* times<T>(count: number, make: (i: number) => T): Generator<T> {
  for (let i = 0; i < count; i++) yield make(i);
}

Deno.test("an endless message ends the association when it exceeds what was announced", async () => {
  const scene = await Scene.set();
  const { peer, channel } = scene;
  const piece = new Uint8Array(1050);
  const bytes = await peer.flood(
    times(
      12_000,
      (i) => peer.data(piece, { flags: i === 0 ? FLAG_BEGIN : 0, streamId: channel.id! }),
    ),
    scene.sample,
  );
  assertGreater(bytes, 12e6);
  await scene.assertEnded();
  assertEquals([scene.errors[0]!.sctpCauseCode, scene.messages], [13, []]); // Protocol Violation
  await scene.end();
});

Deno.test("a message of the announced size arrives, one byte more ends the association", async () => {
  const scene = await Scene.set();
  const { peer, channel } = scene;
  const send = (size: number, ssn: number) => {
    const pieces = Math.ceil(size / 1024);
    return peer.flood(
      times(pieces, (i) =>
        peer.data(new Uint8Array(Math.min(1024, size - 1024 * i)), {
          flags: (i === 0 ? FLAG_BEGIN : 0) | (i === pieces - 1 ? FLAG_END : 0),
          streamId: channel.id!,
          ssn,
          ppid: BINARY,
        })),
    );
  };
  await send(262_144, 0);
  assertEquals(scene.messages.map((data) => (data as ArrayBuffer).byteLength), [262_144]);
  await send(262_145, 1);
  await scene.assertEnded();
  assertEquals(scene.messages.length, 1);
  await scene.end();
});

Deno.test("thousands of messages that never end are kept up to the buffer, and the connection goes on", async () => {
  for (const flags of [FLAG_BEGIN, FLAG_BEGIN | FLAG_UNORDERED]) {
    const scene = await Scene.set();
    const { peer } = scene;
    const piece = new Uint8Array(1050);
    const next = peer.tsn;
    // The next TSN is withheld: everything behind it has to wait.
    const bytes = await peer.flood(
      times(
        12_000,
        (i) => peer.data(piece, { tsn: add32(next, 1 + 2 * i), flags, streamId: i & 0xfffe }),
      ),
      scene.sample,
    );
    assertGreater(bytes, 12e6);
    await scene.assertAlive();
    await scene.end();
  }
});

Deno.test("gap floods of tiny chunks are kept up to the buffer", async () => {
  const scene = await Scene.set();
  const { peer, channel } = scene;
  const next = peer.tsn;
  const flood = (flags: number, first: number) =>
    peer.flood(
      times(32_000, (i) =>
        peer.data(Uint8Array.of(i), {
          tsn: add32(next, first + 2 * i),
          flags,
          streamId: channel.id!,
          ssn: 2 + i,
        })),
      scene.sample,
    );
  await flood(0, 3);
  await flood(FLAG_BEGIN | FLAG_END, 2);
  await scene.assertAlive();
  await scene.end();
});

Deno.test("TSNs out of the window, and 12 MB for streams that no channel has, are dropped", async () => {
  const random = new Random(seedForRun("TSN flood"));
  const scene = await Scene.set();
  const { peer } = scene;
  const next = peer.tsn;
  await peer.flood(
    times(4000, () =>
      peer.data(new Uint8Array(1000), {
        tsn: add32(next, 70_000 + random.below(2 ** 31)),
        streamId: random.below(65536),
      })),
    scene.sample,
  );
  const bytes = await peer.flood(
    times(12_000, (i) => peer.data(new Uint8Array(1010), { streamId: (i * 2) & 0xfffe, ssn: 0 })),
    scene.sample,
  );
  assertGreater(bytes, 12e6);
  assertEquals(scene.messages, []);
  await scene.assertAlive();
  await scene.end();
});

Deno.test("an OPEN on every stream opens what the peer may open, and little memory is held", async () => {
  const scene = await Scene.set();
  const { peer, channel } = scene;
  const open = buildOpen({ label: "flood", protocol: "", ordered: true });
  const others = () =>
    times(65535, (streamId) => streamId).filter((streamId) => streamId !== channel.id);
  await peer.flood(
    others().map((streamId) => peer.data(open, { streamId, ppid: DCEP })),
    scene.sample,
  );
  assert(scene.opened.every(({ id }) => id! % 2 === 0), "only the client's streams");
  assertGreater(scene.opened.length, 1000);
  // Once more: every id is in use now.
  const count = scene.opened.length;
  await peer.flood(
    others().take(5000).map((streamId) => peer.data(open, { streamId, ppid: DCEP, ssn: 1 })),
    scene.sample,
  );
  assertEquals(scene.opened.length, count);
  await scene.assertAlive();
  await scene.end();
});

Deno.test("12 MB of labels are not kept without bound", async () => {
  const scene = await Scene.set();
  const { peer } = scene;
  const label = "\u{1F480}".repeat(16_383); // 65,532 bytes of UTF-8
  const open = buildOpen({ label, protocol: "", ordered: true });
  function* chunks() {
    for (let n = 0; n < 190; n++) {
      for (let at = 0; at < open.length; at += 1050) {
        const flags = (at === 0 ? FLAG_BEGIN : 0) | (at + 1050 >= open.length ? FLAG_END : 0);
        yield peer.data(open.subarray(at, at + 1050), { flags, streamId: 2 * n, ppid: DCEP });
      }
    }
  }
  assertGreater(await peer.flood(chunks(), scene.sample), 12e6);
  assert(scene.opened.length > 0 && scene.opened.every((channel) => channel.label === label));
  await scene.assertAlive();
  await scene.end();
});

Deno.test("channels that come and go by the thousand leave nothing behind", async () => {
  const scene = await Scene.set();
  const { peer } = scene;
  const open = buildOpen({ label: "churn", protocol: "", ordered: true });
  let sequenceNumber = peer.fields.initialTsn;
  function* chunks() {
    for (let n = 0; n < 5000; n++) {
      const streamId = 2 * (n % 500);
      yield peer.data(open, { streamId, ppid: DCEP });
      yield buildOutgoingReset({
        sequenceNumber: sequenceNumber++,
        responseSequenceNumber: add32(peer.theirTsn, -1),
        lastTsn: add32(peer.tsn, -1),
        streams: [streamId],
      });
    }
  }
  await peer.flood(chunks(), scene.sample);
  assertGreater(scene.opened.length, 0);
  assertEquals(scene.opened.filter(({ readyState }) => readyState === "open"), []);
  await scene.assertAlive();
  await scene.end();
});

Deno.test("DCEP with lengths that lie, unknown types and broken text opens nothing", async () => {
  const random = new Random(seedForRun("DCEP"));
  const scene = await Scene.set();
  const { peer } = scene;
  const good = buildOpen({ label: "label", protocol: "protocol", ordered: true });
  const patched = (at: number, ...bytes: number[]) => {
    const copy = good.slice();
    copy.set(bytes, at);
    return copy;
  };
  const bad = [
    patched(8, 0xff, 0xff), // label length
    patched(10, 0xff, 0xff), // protocol length
    patched(8, 0, 0),
    patched(8, 0, 13, 0, 13),
    patched(1, 0x05), // channel type
    patched(1, 0x7f),
    patched(0, 0x01), // message type
    good.subarray(0, 11),
    good.subarray(0, good.length - 1),
    concat([good, new Uint8Array(1)]),
    Uint8Array.of(3),
    Uint8Array.of(2),
    Uint8Array.of(0xff),
  ];
  await peer.flood(bad.map((data, i) => peer.data(data, { streamId: 2 * i, ppid: DCEP })));
  assertEquals(scene.opened, []);
  await peer.flood(
    times(2000, (i) =>
      peer.data(concat([random.mutate(good), new Uint8Array(1)]), {
        streamId: 2 * (100 + i),
        ppid: DCEP,
      })),
  );
  await peer.flood(
    times(500, (i) =>
      peer.data(random.bytes(1 + random.below(40)), {
        streamId: scene.channel.id!,
        ssn: i,
        ppid: random.pick([0, 50, 52, 54, 58, 0xffff_ffff]),
      })),
  );
  scene.ssn = 500;
  if (scene.channel.readyState === "open") await scene.assertAlive();
  await scene.end();
});

Deno.test("text that is no UTF-8 arrives with replacement characters", async () => {
  const scene = await Scene.set();
  const { peer, channel } = scene;
  const bad = Uint8Array.of(0xff, 0x41, 0xc3, 0x28, 0xed, 0xa0, 0x80);
  await peer.send(peer.data(bad, { streamId: channel.id!, ppid: STRING }));
  assertEquals(scene.messages, ["\ufffdA\ufffd(\ufffd\ufffd\ufffd"]);
  await scene.end();
});

Deno.test("FORWARD-TSN abuse: far ahead, back and forth, with every stream, moves nothing that it must not", async () => {
  const random = new Random(seedForRun("FORWARD-TSN"));
  const scene = await Scene.set();
  const { peer } = scene;
  const next = peer.tsn;
  const skipped = Array.from({ length: 250 }, (_, i) => ({ streamId: 2 * i, ssn: 0xffff }));
  await peer.flood(
    times(
      2000,
      () =>
        buildForwardTsn({ newCumulativeTsn: add32(next, 65_600 + random.below(2 ** 31)), skipped }),
    ),
    scene.sample,
  );
  await peer.flood(
    times(
      2000,
      () => buildForwardTsn({ newCumulativeTsn: add32(next, -1 - random.below(2 ** 30)), skipped }),
    ),
    scene.sample,
  );
  await scene.assertAlive();
  // Ahead, within the window: it is believed, and the stream goes on behind it.
  const ahead = add32(peer.tsn, 60_000);
  await peer.send(buildForwardTsn({ newCumulativeTsn: ahead, skipped }));
  peer.tsn = add32(ahead, 1);
  await scene.assertAlive();
  await scene.end();
});

Deno.test("RE-CONFIG abuse: resets of everything, endless and out of turn, leave the connection able to work", async () => {
  const random = new Random(seedForRun("RE-CONFIG"));
  const scene = await Scene.set();
  const { peer } = scene;
  const request = (sequenceNumber: number, lastTsn: number, streams: number[]) =>
    buildOutgoingReset({ sequenceNumber, responseSequenceNumber: 0, lastTsn, streams });
  const many = Array.from({ length: 500 }, (_, i) => 2 * i);
  await peer.flood(
    times(2000, () => request(random.u32(), add32(peer.tsn, -1), many)),
    scene.sample,
  );
  // In turn, but waiting for data that never comes; then of no stream that is in use.
  await peer.flood(
    times(2000, (i) => request(1000 + i, add32(peer.tsn, 1000 + i), many)),
    scene.sample,
  );
  await peer.flood(
    times(2000, (i) => request(3000 + i, add32(peer.tsn, -1), many)),
    scene.sample,
  );
  await peer.flood(
    times(
      500,
      () => buildChunk(ChunkType.RE_CONFIG, 0, (writer) => writer.bytes(random.bytes(40))),
    ),
  );
  await scene.assertAlive();
  await scene.end();
});

Deno.test("a peer that closes the application's channel ends only that one", async () => {
  const scene = await Scene.set();
  const { peer, victim } = scene;
  const second = victim.createDataChannel("second");
  await scene.net.clock.until(() => second.readyState === "open");
  await peer.send(buildOutgoingReset({
    sequenceNumber: peer.fields.initialTsn,
    responseSequenceNumber: 0,
    lastTsn: add32(peer.tsn, -1),
    streams: [second.id!],
  }));
  assertEquals(second.readyState, "closing"); // the peer never answers our reset
  await scene.assertAlive();
  await scene.end();
});

Deno.test("floods of INITs, cookies, HEARTBEATs and unknown chunks are answered within bounds", async () => {
  const random = new Random(seedForRun("control"));
  const scene = await Scene.set();
  const { peer } = scene;
  const flood = async (count: number, make: (i: number) => [tag: number, chunk: Uint8Array]) => {
    for (let i = 0; i < count; i++) {
      peer.sendPacket(...make(i));
      if (i % 64 === 63) await scene.net.clock.advance(5);
      if (i % 1024 === 1023) scene.sample();
    }
    await scene.net.clock.advance(50);
  };
  await flood(2000, (i) => [0, buildInit({ ...peer.fields, initiateTag: 1 + i }, false)]);
  await flood(2000, () => [
    peer.tag,
    buildChunk(ChunkType.COOKIE_ECHO, 0, (writer) => writer.bytes(random.bytes(200))),
  ]);
  peer.received.length = 0;
  await flood(12_000, () => [peer.tag, buildHeartbeat(new Uint8Array(1000))]);
  const answers = peer.take(ChunkType.HEARTBEAT_ACK).length;
  assert(answers > 0 && answers <= 12_000, `${answers} answers to 12,000 questions`);
  await flood(2000, () => [
    peer.tag,
    buildChunk(0xff, 0, (writer) => writer.bytes(new Uint8Array(1000))),
  ]);
  await flood(2000, () => [random.u32(), buildChunk(ChunkType.ABORT)]);
  await scene.assertAlive();
  await scene.end();
});

Deno.test("SACKs that lie do not stop or mislead the victim", async () => {
  const random = new Random(seedForRun("SACK"));
  const scene = await Scene.set();
  const { peer, channel } = scene;
  for (let i = 0; i < 20; i++) channel.send(new Uint8Array(nodeProvider.random(2000)));
  await peer.flood(
    times(3000, () =>
      buildChunk(ChunkType.SACK, 0, (writer) => {
        writer.u32(random.chance(0.5) ? random.u32() : add32(peer.theirTsn, random.below(50)));
        writer.u32(random.pick([0, 1, 1 << 20, 0xffff_ffff]));
        const gaps = random.below(20);
        writer.u16(random.chance(0.2) ? 0xffff : gaps);
        writer.u16(random.below(5));
        for (let gap = 0; gap < gaps; gap++) {
          writer.u16(random.below(65536));
          writer.u16(random.below(65536));
        }
      })),
    scene.sample,
  );
  await scene.assertAlive();
  await scene.end();
});

Deno.test("a peer that goes silent costs the application only what it sends itself", async () => {
  const scene = await Scene.set();
  const { channel, peer } = scene;
  channel.send(new Uint8Array(100_000));
  peer.close();
  await scene.net.clock.until(() => scene.victim.connectionState === "failed", 60_000);
  assertEquals(channel.readyState, "open");
  assertGreater(channel.bufferedAmount, 0);
  await scene.end();
});
