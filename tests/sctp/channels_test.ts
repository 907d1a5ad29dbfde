import { assert, assertEquals, assertThrows } from "@std/assert";
import { emptyOutputs } from "../../core/stage/mod.ts";
import {
  buildOpen,
  type ChannelParameters,
  DATA_CHANNEL_ACK,
  parseOpen,
} from "../../sctp/channels/dcep.ts";
import { InvisibleBytes } from "../../sctp/channels/invisible_bytes.ts";
import {
  type ChannelEvent,
  type ChannelItem,
  DataChannels,
  type SctpItem,
} from "../../sctp/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { numbered, Pair } from "./support.ts";

/** Data channels at both ends of a pair of associations. */
class ChannelPair extends Pair {
  readonly channels = {
    a: new DataChannels({ role: "client" }),
    b: new DataChannels({ role: "server" }),
  };
  readonly items: { a: ChannelItem[]; b: ChannelItem[] } = { a: [], b: [] };

  override run<T>(end: "a" | "b", mutate: Parameters<Pair["run"]>[1]): T {
    const result = super.run(end, mutate) as T;
    const up = this.received[end].splice(0);
    if (up.length > 0) {
      this.channels[end].handleInbound(up, this.now);
      this.#drain(end);
    }
    return result;
  }

  down(end: "a" | "b", ...items: ChannelItem[]): void {
    this.channels[end].handleOutbound(items, this.now);
    this.#drain(end);
  }

  #drain(end: "a" | "b"): void {
    const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
    this.channels[end].poll(out);
    this.items[end].push(...out.above);
    if (out.below.length > 0) this.run(end, (layer, now) => layer.handleOutbound(out.below, now));
  }
}

const plain = {
  type: "open",
  label: "chat",
  protocol: "",
  ordered: true,
  negotiated: false,
} as const;
const text = (value: string) => new TextEncoder().encode(value);

Deno.test("RFC 8832 section 6: a channel opens with its parameters, and carries text, binary and empty messages both ways", () => {
  const pair = new ChannelPair({ link: { loss: 0.1 }, seed: 3 }).connect() as ChannelPair;
  const parameters = {
    label: "Grüße \u{1f600}",
    protocol: "p",
    ordered: false,
    maxRetransmits: 3,
    priority: 512,
  };
  pair.down("a", { type: "open", streamId: 4, negotiated: false, ...parameters });
  pair.down("a", { type: "message", streamId: 4, kind: "text", data: text("early") });
  pair.until(() => pair.items.b.length >= 2);
  assertEquals(pair.items.b[0], { type: "open", streamId: 4, negotiated: false, ...parameters });
  const messages: ChannelItem[] = [
    { type: "message", streamId: 4, kind: "text", data: text("") },
    { type: "message", streamId: 4, kind: "binary", data: text("") },
    { type: "message", streamId: 4, kind: "binary", data: numbered(1, 3000) },
    { type: "message", streamId: 4, kind: "text", data: text("ü") },
  ];
  pair.link = {};
  pair.advance(3000);
  pair.items.a.length = pair.items.b.length = 0;
  pair.down("a", ...messages);
  pair.down("b", ...messages);
  pair.advance(3000);
  const received = (end: "a" | "b") => pair.items[end].filter(({ type }) => type === "message");
  assertEquals([received("a").length, received("b").length], [4, 4]);
  assertEquals(
    new Set(received("b").map((item) => JSON.stringify(item))),
    new Set(messages.map((item) => JSON.stringify(item))),
  );
  // The placeholders of empty messages are nobody's bytes.
  assertEquals(
    pair.items.a.reduce((sum, item) => item.type === "sent" ? sum + item.bytes : sum, 0),
    3002,
  );
});

Deno.test("RFC 8832 section 6: before the ACK unordered messages are ordered, afterwards not", () => {
  const channels = new DataChannels({ role: "client" });
  const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
  const unordered = () => {
    channels.handleOutbound([{ type: "message", streamId: 0, kind: "text", data: text("x") }], 0);
    channels.poll(out);
    const item = out.below.at(-1)!;
    return item.type === "message" && item.unordered === true;
  };
  channels.handleOutbound([{ ...plain, streamId: 0, ordered: false }], 0);
  assertEquals(unordered(), false);
  channels.handleInbound([{ type: "message", streamId: 0, ppid: 50, data: DATA_CHANNEL_ACK }], 0);
  assertEquals(unordered(), true);
  assertEquals(out.events, [{ type: "acknowledged", streamId: 0 }]);
});

Deno.test("RFC 8831 section 6.7: a close delivers what is queued, resets both directions, and frees the id for another channel", () => {
  for (const loss of [0, 0.2]) {
    const pair = new ChannelPair({ link: { loss }, seed: 12 }).connect() as ChannelPair;
    for (let life = 0; life < 4; life++) {
      pair.items.a.length = pair.items.b.length = 0;
      pair.down("a", { ...plain, streamId: 2, label: `life ${life}` });
      for (let i = 0; i < 5; i++) {
        pair.down("a", { type: "message", streamId: 2, kind: "binary", data: numbered(i, 9000) });
      }
      pair.down("a", { type: "close", streamId: 2 });
      const closed = (end: "a" | "b") => pair.items[end].some(({ type }) => type === "closed");
      pair.until(() => closed("a") && closed("b"), 60_000);
      const types = pair.items.b.map(({ type }) => type).filter((type) => type !== "sent");
      assertEquals(types, ["open", ...new Array(5).fill("message"), "close", "closed"]);
      assertEquals([pair.channels.a.size, pair.channels.b.size], [0, 0]);
    }
  }
});

Deno.test("a close is seen by the other side within 1 s, and both sides may close at once", () => {
  const pair = new ChannelPair().connect() as ChannelPair;
  pair.down("a", { ...plain, streamId: 0 });
  pair.advance(100);
  pair.down("a", { type: "close", streamId: 0 });
  pair.down("b", { type: "close", streamId: 0 });
  pair.until(() => pair.channels.a.size === 0 && pair.channels.b.size === 0, 1000);
  assertEquals(pair.items.a.filter(({ type }) => type === "closed").length, 1);
  assertEquals(pair.items.b.filter(({ type }) => type === "closed").length, 1);
});

Deno.test("a negotiated channel needs no OPEN; what arrives before it exists here is dropped and counted", () => {
  const pair = new ChannelPair().connect() as ChannelPair;
  pair.down("a", { ...plain, streamId: 9, negotiated: true }, {
    type: "message",
    streamId: 9,
    kind: "text",
    data: text("1"),
  });
  pair.advance(100);
  assertEquals(pair.items.b, []);
  assertEquals(pair.channels.b.discards.of("unknown stream"), 1);
  pair.down("b", { ...plain, streamId: 9, negotiated: true });
  pair.down("a", { type: "message", streamId: 9, kind: "text", data: text("2") });
  pair.advance(100);
  assertEquals(pair.items.b, [{ type: "message", streamId: 9, kind: "text", data: text("2") }]);
});

Deno.test("RFC 8832 section 6: OPENs with wrong parity, for an id in use, malformed or too many are answered by a reset", () => {
  const channels = new DataChannels({ role: "client", maxChannels: 2 });
  const open = (streamId: number, data: Uint8Array = buildOpen(plain)) => {
    const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
    channels.handleInbound([{ type: "message", streamId, ppid: 50, data }], 0);
    channels.poll(out);
    return {
      below: out.below.map(({ type }) => type),
      events: out.events.map((event) => event.type === "refused" && event.reason),
    };
  };
  assertEquals(open(1), { below: ["message"], events: [] });
  assertEquals(open(2), { below: ["reset"], events: ["wrong parity"] });
  assertEquals(open(3, buildOpen(plain).subarray(0, 14)), {
    below: ["reset"],
    events: ["malformed OPEN"],
  });
  assertEquals(open(5), { below: ["message"], events: [] });
  assertEquals(open(7), { below: ["reset"], events: ["too many channels"] });
  assertEquals(open(5), { below: ["reset"], events: ["id in use"] });
  assertEquals(channels.discards.total, 4);
});

Deno.test("PPIDs 52 and 54 of old peers are taken, unknown ones are counted", () => {
  const channels = new DataChannels();
  channels.handleOutbound([{ ...plain, streamId: 0, negotiated: true }], 0);
  for (const ppid of [51, 52, 53, 54, 99]) {
    channels.handleInbound([{ type: "message", streamId: 0, ppid, data: text("x") }], 0);
  }
  const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
  channels.poll(out);
  assertEquals(out.above.map((item) => item.type === "message" && item.kind), [
    "text",
    "binary",
    "binary",
    "text",
  ]);
  assertEquals(channels.discards.of("unknown PPID"), 1);
});

Deno.test("when the association ends, every channel is closed", () => {
  const channels = new DataChannels();
  for (let streamId = 0; streamId < 5; streamId++) {
    channels.handleOutbound([{ ...plain, streamId }], 0);
  }
  channels.handleEnd(0);
  const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
  channels.poll(out);
  assertEquals(out.above.map(({ type }) => type), new Array(5).fill("closed"));
  assert(channels.done);
});

Deno.test("RFC 8832 section 5.1: every kind of OPEN is written and read back; mutated ones are refused or read", () => {
  const kinds: ChannelParameters[] = [
    { label: "", protocol: "", ordered: true, priority: 256 },
    { label: "a", protocol: "b", ordered: false, priority: 128 },
    { label: "a", protocol: "", ordered: true, maxRetransmits: 0, priority: 256 },
    { label: "a", protocol: "", ordered: false, maxPacketLifeTime: 0xffff_ffff, priority: 1024 },
    { label: "x".repeat(65535), protocol: "y".repeat(65535), ordered: true, priority: 0 },
  ];
  for (const kind of kinds) assertEquals(parseOpen(buildOpen(kind)), kind);
  assertThrows(
    () => buildOpen({ label: "ü".repeat(40_000), protocol: "", ordered: true }),
    RangeError,
  );
  const random = new Random(seedForRun("OPEN mutation"));
  for (let i = 0; i < 2000; i++) {
    const open = parseOpen(random.mutate(buildOpen(random.pick(kinds.slice(0, 4)))));
    if (open !== undefined) assert(open.label.length <= 65535);
  }
});

Deno.test("invisible bytes are told from the user's however they are sent", () => {
  const random = new Random(seedForRun("invisible bytes"));
  for (let round = 0; round < 50; round++) {
    const bytes = new InvisibleBytes();
    const stream: boolean[] = [];
    for (let i = 0; i < 30; i++) {
      const length = 1 + random.below(5);
      const visible = random.chance(0.5);
      if (visible) bytes.queue(length);
      else bytes.queueInvisible(length);
      for (let k = 0; k < length; k++) stream.push(visible);
    }
    for (let at = 0; at < stream.length;) {
      const length = Math.min(1 + random.below(12), stream.length - at);
      assertEquals(bytes.sent(length), stream.slice(at, at + length).filter(Boolean).length);
      at += length;
    }
  }
});

Deno.test("a peer that opens and resets one id again and again, and never answers our resets, makes us queue no more", () => {
  const channels = new DataChannels({ role: "client" });
  const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
  const cycle = () => {
    channels.handleInbound([{ type: "message", streamId: 1, ppid: 50, data: buildOpen(plain) }, {
      type: "reset",
      streamId: 1,
    }], 0);
    channels.poll(out);
  };
  cycle();
  cycle();
  const queued = out.below.length;
  for (let i = 0; i < 100; i++) cycle();
  assertEquals(out.below.length, queued);
  assertEquals(channels.discards.of("id in use"), 100);
  // The answers to both resets come after all.
  for (let i = 0; i < 2; i++) channels.handleInbound([{ type: "reset-done", streamId: 1 }], 0);
  assertEquals(channels.size, 0);
});

Deno.test("RFC 8831 section 6.7: an id is used again while the answer to our reset is still on its way", () => {
  const channels = new DataChannels({ role: "client" });
  const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
  const open: SctpItem = { type: "message", streamId: 1, ppid: 50, data: buildOpen(plain) };
  channels.handleInbound([open, { type: "reset", streamId: 1 }, open, {
    type: "reset-done",
    streamId: 1,
  }], 0);
  channels.poll(out);
  assertEquals(out.above.map(({ type }) => type), ["open", "close", "closed", "open"]);
  assertEquals(channels.size, 1);
});

Deno.test("RFC 8831 section 6.7: a reset of all streams closes every channel, also one that the peer never sent anything on", () => {
  const channels = new DataChannels({ role: "client" });
  const out = emptyOutputs<SctpItem, ChannelItem, ChannelEvent>();
  channels.handleOutbound([{ ...plain, streamId: 4, negotiated: true }], 0);
  channels.handleInbound([
    { type: "message", streamId: 1, ppid: 50, data: buildOpen({ ...plain, ordered: false }) },
    { type: "message", streamId: 1, ppid: 51, data: text("x"), unordered: true },
    { type: "reset-all" },
  ], 0);
  channels.handleInbound([4, 1].map((streamId) => ({ type: "reset-done", streamId })), 0);
  channels.poll(out);
  assertEquals(out.above.map(({ type }) => type), [
    ...["open", "message"],
    ...["close", "close", "closed", "closed"],
  ]);
  assertEquals(channels.size, 0);
});
