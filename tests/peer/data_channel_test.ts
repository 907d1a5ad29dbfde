import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { type RTCDataChannelEvent, type RTCDataChannelInit, RTCError } from "../../mod.ts";
import { DataChannelTable } from "../../peer/connection/data_channels.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { ChunkType } from "../../sctp/chunks/chunk.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";
import { MaliciousPeer } from "./malicious_peer.ts";
import { collect, Pair, record } from "./pair.ts";

Deno.test("two peers exchange text and bytes, empty messages too, in their order", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open("chat", { protocol: "p" });
  assertEquals([b.label, b.protocol, b.ordered, b.negotiated], ["chat", "p", true, false]);
  assertEquals(b.id, a.id);
  const atBob = collect(b), atAlice = collect(a);
  a.send("grüße, 世界 🙂");
  a.send("");
  a.send(new Uint8Array(0));
  a.send(Uint8Array.of(9, 1, 2, 3).subarray(1));
  a.send(new Uint16Array([0x201]).buffer);
  b.send("back");
  await pair.until(() => atBob.length === 5 && atAlice.length === 1);
  assertEquals(atBob.map(show), ["grüße, 世界 🙂", "", "[]", "[1,2,3]", "[1,2]"]);
  assertEquals(atAlice, ["back"]);
  await pair.close();
});

Deno.test("a channel's priority is in its DATA_CHANNEL_OPEN and is read back by the peer (RFC 8832 section 8.2)", async () => {
  for (const priority of ["very-low", "low", "medium", "high"] as const) {
    const pair = new Pair();
    const { a, b } = await pair.open("urgent", { priority });
    assertEquals([a.priority, b.priority], [priority, priority]);
    await pair.close();
  }
  const pair = new Pair();
  const { a, b } = await pair.open();
  assertEquals([a.priority, b.priority], ["low", "low"]);
  const init = { priority: "urgent" } as unknown as RTCDataChannelInit;
  assertThrows(() => pair.alice.createDataChannel("x", init), TypeError);
  await pair.close();
});

Deno.test("a peer's priority between the steps of RFC 8831 section 6.4 counts as the step above, and at most as high", async () => {
  const target = new EventTarget();
  const host = { target, isClosed: false, sctp: undefined, sendItems: () => {} };
  const table = new DataChannelTable(host);
  table.connected(20);
  const priorities: string[] = [];
  target.addEventListener("datachannel", (event) => {
    priorities.push((event as RTCDataChannelEvent).channel.priority);
  });
  const parameters = { label: "x", protocol: "", ordered: true, negotiated: false };
  for (const [index, priority] of [0, 128, 129, 256, 257, 512, 513, 1024, 65535].entries()) {
    table.receive([{ type: "open", streamId: 2 * index + 1, ...parameters, priority }]);
  }
  await settle();
  assertEquals(
    priorities,
    ["very-low", "very-low", "low", "low", "medium", "medium", "high", "high", "high"],
  );
});

Deno.test("open fires once, even if the peer's OPEN is announced before the association is", async () => {
  const target = new EventTarget();
  const host = { target, isClosed: false, sctp: undefined, sendItems: () => {} };
  const table = new DataChannelTable(host);
  const events: string[] = [];
  target.addEventListener("datachannel", (event) => {
    (event as RTCDataChannelEvent).channel.onopen = () => events.push("open");
    table.connected(10);
  });
  const parameters = { label: "x", protocol: "", ordered: true, negotiated: false };
  table.receive([{ type: "open", streamId: 1, ...parameters }]);
  await settle();
  assertEquals(events, ["open"]);
});

Deno.test("a channel that is opened, written to and closed at once fires open before its message, and then closes", async () => {
  const pair = new Pair();
  await pair.open();
  const events: string[] = [];
  pair.bob.ondatachannel = ({ channel }) => {
    for (const type of ["open", "message", "closing", "close"]) {
      channel.addEventListener(type, () => events.push(type));
    }
  };
  const brief = pair.alice.createDataChannel("brief");
  brief.onopen = () => {
    brief.send("hello");
    brief.close();
  };
  await pair.until(() => brief.readyState === "closed");
  await pair.advance(100);
  assertEquals(events, ["open", "message", "closing", "close"]);
  await pair.close();
});

Deno.test("a channel that comes in the packet which sets the association up is announced after that", async () => {
  const net = new VirtualNetwork({ seed: 1 });
  const victim = createPeerConnection({ network: net.host("198.51.100.1") });
  victim.createDataChannel("own");
  const states: string[] = [];
  victim.ondatachannel = ({ channel }) => {
    states.push(victim.sctp!.state);
    channel.close();
  };
  const peer = new MaliciousPeer(net, net.host("198.51.100.2"), victim);
  const open = Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0x78); // RFC 8832 section 5.1, labelled "x"
  await peer.connect(undefined, [peer.data(open, { ppid: 50 })]);
  await net.clock.until(() => peer.take(ChunkType.RE_CONFIG).length > 0); // the channel's close has reached the peer
  assertEquals(states, ["connected"]);
  victim.close();
  await net.clock.advance(1000);
  peer.close();
  await net.clock.advance(1000);
});

Deno.test("a Blob keeps its place among other messages, and arrives as one where binaryType says so", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  b.binaryType = "blob";
  const messages = collect(b) as unknown as (Blob | string)[];
  a.send(new Blob(["first"]));
  a.send("second");
  a.send(new Blob(["third"]));
  await pair.until(() => messages.length === 3);
  const texts = await Promise.all(
    messages.map((message) => message instanceof Blob ? message.text() : message),
  );
  assertEquals(texts, ["first", "second", "third"]);
  assert(messages[0] instanceof Blob && messages[2] instanceof Blob);
  await pair.close();
});

Deno.test("what was passed to send may be changed at once", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const messages = collect(b);
  const bytes = Uint8Array.of(1, 2, 3);
  a.send(bytes);
  bytes.fill(9);
  await pair.until(() => messages.length === 1);
  assertEquals(show(messages[0]!), "[1,2,3]");
  await pair.close();
});

const MODES: RTCDataChannelInit[] = [
  {},
  { ordered: false },
  { maxRetransmits: 0 },
  { ordered: false, maxRetransmits: 3 },
  { maxPacketLifeTime: 500 },
  { ordered: false, maxPacketLifeTime: 65535 },
];

for (const init of MODES) {
  Deno.test(`a channel with ${JSON.stringify(init)} has the same properties at both ends`, async () => {
    const pair = new Pair();
    const { a, b } = await pair.open("mode", init);
    for (const channel of [a, b]) {
      assertEquals(channel.ordered, init.ordered ?? true);
      assertEquals(channel.maxRetransmits, init.maxRetransmits ?? null);
      assertEquals(channel.maxPacketLifeTime, init.maxPacketLifeTime ?? null);
    }
    const messages = collect(b);
    a.send("hello");
    await pair.until(() => messages.length === 1);
    await pair.close();
  });
}

Deno.test("64 channels open at once; the DTLS client's ids are even (RFC 8832 section 6)", async () => {
  const pair = new Pair();
  const labels: string[] = [];
  pair.bob.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => labels.push(`${channel.label}:${data}`);
  };
  const channels = Array.from({ length: 64 }, (_, i) => pair.alice.createDataChannel(`c${i}`));
  for (const channel of channels) channel.onopen = () => channel.send("x");
  await pair.negotiate();
  await pair.until(() => labels.length === 64);
  assertEquals(new Set(labels).size, 64);
  const fromBob = pair.bob.createDataChannel("from the client");
  assertEquals(fromBob.id! % 2, 0);
  assertEquals(channels.every(({ id }) => id! % 2 === 1), true);
  await pair.close();
});

Deno.test("negotiated channels with one id meet, with no datachannel event", async () => {
  const pair = new Pair();
  const events = record(pair.bob, "datachannel");
  const a = pair.alice.createDataChannel("mine", { negotiated: true, id: 5 });
  const b = pair.bob.createDataChannel("yours", { negotiated: true, id: 5 });
  await pair.negotiate();
  await pair.until(() => a.readyState === "open" && b.readyState === "open");
  const messages = collect(b);
  a.send("hello");
  await pair.until(() => messages.length === 1);
  assertEquals(events, []);
  await pair.close();
});

Deno.test("bufferedAmount grows by send and falls as data leaves; bufferedamountlow fires at the threshold", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const messages = collect(b);
  a.bufferedAmountLowThreshold = 100_000;
  const fired = record(a, "bufferedamountlow");
  for (let i = 0; i < 10; i++) a.send(new Uint8Array(100_000));
  assertEquals(a.bufferedAmount, 1_000_000);
  await pair.until(() => messages.length === 10);
  assertEquals(a.bufferedAmount, 0);
  assertEquals(fired, ["bufferedamountlow"]);
  await pair.close();
});

Deno.test("a message above the peer's limit, or too much buffered, is refused (W3C WebRTC section 6.2)", async () => {
  const pair = new Pair();
  const { a } = await pair.open();
  assertEquals(pair.alice.sctp!.maxMessageSize, 262144);
  assertThrows(() => a.send(new Uint8Array(262145)), TypeError);
  const error = assertThrows(() => {
    for (let i = 0; i < 100; i++) a.send(new Uint8Array(262144));
  }, DOMException);
  assertEquals(error.name, "OperationError");
  await pair.close();
});

Deno.test("closing a channel: what was sent is delivered, both ends see closing and close, the id is free again", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open("first");
  const messages = collect(b);
  const atA = record(a, "closing", "close", "error"), atB = record(b, "closing", "close", "error");
  const { id } = a;
  for (let i = 0; i < 20; i++) a.send(new Uint8Array(10_000));
  a.close();
  assertEquals(a.readyState, "closing");
  assertThrows(() => a.send("late"), DOMException);
  await pair.until(() => a.readyState === "closed" && b.readyState === "closed");
  assertEquals(messages.length, 20);
  assertEquals([atA, atB], [["close"], ["closing", "close"]]);
  const again = await pair.open("again");
  assertNotEquals(again.a.id, id); // ids go round before they are used anew
  const negotiated = pair.alice.createDataChannel("reuse", { negotiated: true, id: id! });
  const other = pair.bob.createDataChannel("reuse", { negotiated: true, id: id! });
  await pair.until(() => negotiated.readyState === "open" && other.readyState === "open");
  const reused = collect(other);
  negotiated.send("same stream, new channel");
  await pair.until(() => reused.length === 1);
  await pair.close();
});

Deno.test("closing a channel that never opened fires close, and nothing else", async () => {
  const pair = new Pair();
  const channel = pair.alice.createDataChannel("never");
  const events = record(channel, "open", "closing", "close", "error");
  channel.close();
  await pair.until(() => channel.readyState === "closed");
  assertEquals(events, ["close"]);
  await pair.close();
});

Deno.test("closing the connection closes the other side's channels within a second", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const events = record(b, "error", "close"), own = record(a, "error", "close");
  pair.alice.close();
  assertEquals(a.readyState, "closed");
  await pair.until(() => b.readyState === "closed", 1000);
  assertEquals(events, ["error", "close"]);
  assertEquals(own, []);
  assertEquals(pair.bob.sctp!.state, "closed");
  await pair.close();
});

Deno.test("an ABORT is an sctp-failure with its cause at every channel (RFC 9260 section 3.3.10.12)", async () => {
  const pair = new Pair();
  const { b } = await pair.open();
  let error: RTCError | undefined;
  b.onerror = (event) => error = event.error;
  pair.alice.close();
  await pair.until(() => b.readyState === "closed");
  assert(error instanceof RTCError);
  assertEquals([error.errorDetail, error.sctpCauseCode], ["sctp-failure", 12]);
  await pair.close();
});

Deno.test("every event of a message runs in a task of its own: an awaiting reader misses none", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const read = (async () => {
    const texts: string[] = [];
    for (let i = 0; i < 50; i++) {
      texts.push(await new Promise<string>((resolve) => b.onmessage = ({ data }) => resolve(data)));
    }
    return texts;
  })();
  for (let i = 0; i < 50; i++) a.send(`${i}`);
  let texts: string[] | undefined;
  void read.then((result) => texts = result);
  await pair.until(() => texts !== undefined);
  assertEquals(texts, Array.from({ length: 50 }, (_, i) => `${i}`));
  await pair.close();
});

function show(message: string | ArrayBuffer): string {
  return typeof message === "string" ? message : `[${new Uint8Array(message)}]`;
}

Deno.test("a channel that is closed before the connection is there closes at once, and the peer never hears of it", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const [first, second, third] = ["first", "second", "third"].map((label) =>
    alice.createDataChannel(label)
  );
  const negotiated = { negotiated: true, id: 8 };
  const [own, others] = [alice, bob].map((pc) => pc.createDataChannel("negotiated", negotiated));
  const announced: string[] = [];
  bob.ondatachannel = ({ channel }) => announced.push(channel.label);
  const fired = [first!, own!].map((channel) => record(channel, "open", "closing", "close"));
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  await bob.setLocalDescription();
  await alice.setRemoteDescription(bob.localDescription!);
  assertEquals([first!.id, first!.readyState, alice.sctp!.state], [1, "connecting", "connecting"]);
  first!.close();
  own!.close();
  await settle();
  assertEquals([alice.sctp!.state, fired], ["connecting", [["close"], ["close"]]]);
  const again = alice.createDataChannel("again", negotiated); // its id is free again
  await pair.until(() => [second!, third!, again, others!].every((c) => c.readyState === "open"));
  const heard = collect(others!);
  again.send("hello");
  await pair.until(() => heard.length === 1 && announced.length === 2);
  await pair.advance(1000);
  assertEquals([announced, again.bufferedAmount], [["second", "third"], 0]);
  await pair.close();
});
