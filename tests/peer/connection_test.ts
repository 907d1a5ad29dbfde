import { assert, assertEquals } from "@std/assert";
import { toHex } from "../../core/wire/mod.ts";
import { RTCPeerConnection } from "../../mod.ts";
import type { LinkModel, VirtualNetwork } from "../net/mod.ts";
import { Random } from "../support/random.ts";
import { collect, Pair, record, without } from "./pair.ts";

Deno.test("two peers connect, with their candidates one by one or in the description", async () => {
  for (const trickle of [true, false]) {
    const pair = new Pair({ trickle });
    const states = record(pair.alice, "connectionstatechange", "iceconnectionstatechange");
    const { a } = await pair.open();
    assertEquals(a.readyState, "open");
    assertEquals([pair.alice.connectionState, pair.bob.connectionState], [
      "connected",
      "connected",
    ]);
    assertEquals(states[0], "iceconnectionstatechange");
    const dtls = pair.alice.sctp!.transport;
    assertEquals([dtls.state, dtls.getRemoteCertificates().length], ["connected", 1]);
    assertEquals(dtls.iceTransport.getSelectedCandidatePair()!.remote.address, "198.51.100.2");
    assertEquals([dtls.iceTransport.role, pair.bob.sctp!.transport.iceTransport.role], [
      "controlling",
      "controlled",
    ]);
    await pair.close();
  }
});

Deno.test("a connection is connected before it is completed, even where nothing is left to be checked", async () => {
  const pair = new Pair({ trickle: false }); // every candidate, and that there are no more, is known from the start
  const states: string[] = [];
  const { alice } = pair;
  alice.oniceconnectionstatechange = () => void states.push(alice.iceConnectionState);
  await pair.open();
  await pair.until(() => alice.iceConnectionState === "completed");
  assertEquals(states, ["checking", "connected", "completed"]);
  await pair.close();
});

Deno.test("close tells of the end of the association at both ends, and of nothing else at its own", async () => {
  const pair = new Pair();
  const { a } = await pair.open();
  const { alice, bob } = pair;
  const dtls = alice.sctp!.transport;
  const silent = [
    record(alice, "connectionstatechange", "iceconnectionstatechange", "signalingstatechange"),
    record(dtls, "statechange"),
    record(dtls.iceTransport, "statechange"),
    record(a, "close", "closing"),
  ];
  const [mine, theirs] = [alice, bob].map(({ sctp }) => record(sctp!, "statechange"));
  const { sctp } = bob;
  alice.close();
  assertEquals([alice.sctp?.state, dtls.state, dtls.iceTransport.state], [
    "closed",
    "closed",
    "closed",
  ]);
  await pair.until(() => sctp!.state === "closed");
  assertEquals([mine, theirs], [["statechange"], ["statechange"]]);
  assertEquals(silent, [[], [], [], []]);
  await pair.close();
});

Deno.test("either side can offer, and a later offer keeps the transport", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const { sctp } = pair.alice;
  await pair.negotiate("bob");
  await pair.negotiate("alice");
  assert(pair.alice.sctp === sctp);
  const messages = collect(b);
  a.send("still here");
  await pair.until(() => messages.length === 1);
  assertEquals(pair.alice.connectionState, "connected");
  await pair.close();
});

Deno.test("descriptions gain candidates and their end", async () => {
  const pair = new Pair();
  await pair.open();
  await pair.gathered(pair.alice);
  const { sdp } = pair.alice.localDescription!;
  assert(/^a=candidate:.* 198\.51\.100\.1 [0-9]+ typ host/m.test(sdp), sdp);
  assert(sdp.includes("a=end-of-candidates\r\n"));
  await pair.advance(10);
  assert(pair.bob.remoteDescription!.sdp.includes("198.51.100.1"));
  await pair.close();
});

Deno.test("a wrong fingerprint fails DTLS, and nothing is delivered", async () => {
  const pair = new Pair();
  const channel = pair.alice.createDataChannel("never");
  const events = record(pair.bob, "datachannel");
  await pair.alice.setLocalDescription();
  const offer = pair.alice.localDescription!.toJSON();
  const forged = {
    ...offer,
    sdp: offer.sdp.replace(/(a=fingerprint:sha-256 )(..)/, (_, name) => `${name}00`),
  };
  await pair.bob.setRemoteDescription(forged);
  await pair.bob.setLocalDescription();
  let detail: string | undefined;
  pair.bob.sctp!.transport.onerror = ({ error }) => detail = error.errorDetail;
  await pair.alice.setRemoteDescription(pair.bob.localDescription!);
  await pair.until(() =>
    pair.bob.connectionState === "failed" && pair.alice.connectionState === "failed"
  );
  assertEquals(detail, "fingerprint-failure");
  assertEquals([channel.readyState, events], ["connecting", []]);
  await pair.close();
});

Deno.test("a vanished peer goes disconnected, then failed; an ICE restart brings the connection back, with nothing lost", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const messages = collect(b);
  pair.hosts.bob.link.blackout = true;
  await pair.until(() => pair.alice.connectionState === "disconnected", 15_000);
  for (let i = 0; i < 5; i++) a.send(`${i}`);
  await pair.until(
    () => pair.alice.connectionState === "failed" && pair.bob.connectionState === "failed",
    45_000,
  );
  assertEquals(a.readyState, "open");
  pair.hosts.bob.link.blackout = false;
  const needed = record(pair.alice, "negotiationneeded");
  pair.alice.restartIce();
  await pair.until(() => needed.length === 1);
  await pair.negotiate();
  await pair.until(
    () => pair.alice.connectionState === "connected" && pair.bob.connectionState === "connected",
    2000,
  );
  await pair.until(() => messages.length === 5, 2000);
  assertEquals(messages, ["0", "1", "2", "3", "4"]);
  await pair.close();
});

Deno.test("a blackout of 24 s is survived, and the next message is there within a second", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const messages = collect(b);
  pair.hosts.bob.link.blackout = true;
  a.send("during");
  await pair.advance(24_000);
  pair.hosts.bob.link.blackout = false;
  a.send("after");
  await pair.until(() => messages.length === 2, 1000);
  await pair.until(() => pair.alice.connectionState === "connected", 6000);
  await pair.close();
});

Deno.test("an ICE restart from each side keeps the channels and changes the credentials", async () => {
  for (const from of ["alice", "bob"] as const) {
    const pair = new Pair();
    const { a, b } = await pair.open();
    const messages = collect(b);
    const credentials = () => pair[from].localDescription!.sdp.match(/a=ice-ufrag:(.*)/)![1];
    const before = credentials();
    pair[from].restartIce();
    await pair.negotiate(from);
    assert(credentials() !== before);
    a.send("across the restart");
    await pair.until(() => messages.length === 1 && pair.alice.iceConnectionState !== "checking");
    assertEquals(pair.alice.sctp!.transport.state, "connected");
    await pair.close();
  }
});

Deno.test("close at any moment leaves no timer, socket or rejection behind", async () => {
  for (let moment = 0; moment < 120; moment += 3) {
    const pair = new Pair();
    pair.alice.createDataChannel("x").onopen = () => {};
    void pair.negotiate();
    await pair.advance(moment);
    await pair.close();
  }
});

const LINKS: Record<string, Partial<LinkModel>> = {
  "30% loss": { loss: 0.3 },
  "bursts of loss": { burst: { enter: 0.02, leave: 0.2 } },
  "reordering and duplication": { jitter: 40, duplication: 0.1 },
  "corruption": { corruption: 0.05 },
  "a path of 1172 bytes": { mtu: 1172 + 28 },
};

for (const [name, link] of Object.entries(LINKS)) {
  Deno.test(`over ${name}, reliable messages arrive whole, once and in order`, async () => {
    for (const seed of [1, 2, 3]) {
      const pair = new Pair({ seed });
      Object.assign(pair.hosts.bob.link, link);
      const { a, b } = await pair.open();
      const random = new Random(seed);
      const sent = Array.from({ length: 60 }, () => random.bytes(random.below(5000)));
      const messages = collect(b);
      for (const bytes of sent) a.send(bytes);
      await pair.until(() => messages.length === sent.length, 300_000);
      assertEquals(messages.map((message) => new Uint8Array(message as ArrayBuffer)), sent);
      await pair.close();
    }
  });
}

const NATS: [
  string,
  (
    net: VirtualNetwork,
  ) => { alice: ReturnType<VirtualNetwork["host"]>; bob: ReturnType<VirtualNetwork["host"]> },
][] = [
  ["one side behind a symmetric NAT", (net) => ({
    alice: net.nat("symmetric", { outside: "203.0.113.1" }).host("192.168.0.2"),
    bob: net.host("198.51.100.2"),
  })],
  ["IPv6 only", (net) => ({ alice: net.host("2001:db8::1"), bob: net.host("2001:db8::2") })],
];

for (const [name, hosts] of NATS) {
  Deno.test(`peers connect: ${name}`, async () => {
    const pair = new Pair({ hosts });
    const { a, b } = await pair.open();
    const messages = collect(b);
    a.send("through");
    await pair.until(() => messages.length === 1);
    await pair.close();
  });
}

Deno.test("an answer that refuses data leaves no transport, and the connection usable", async () => {
  const pair = new Pair();
  pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  await pair.bob.setRemoteDescription(pair.alice.localDescription!);
  const answer = await pair.bob.createAnswer();
  await pair.alice.setRemoteDescription({
    type: "answer",
    sdp: answer.sdp!.replace("m=application 9", "m=application 0"),
  });
  assertEquals(pair.alice.sctp, null);
  assertEquals(pair.alice.signalingState, "stable");
  await pair.close();
});

Deno.test("RFC 5764 section 4.1.1: a profile of SRTP is agreed on, also where there is no media yet", async () => {
  const pair = new Pair();
  const handshake: string[] = [];
  pair.net.tap = ({ data }) => void (data[0] === 22 && handshake.push(toHex(data)));
  await pair.open();
  // use_srtp of ServerHello: extension 14 with one profile, SRTP_AEAD_AES_128_GCM, and no MKI.
  assert(handshake.some((packet) => packet.includes("000e00050002000700")));
  await pair.close();
});

Deno.test("a description without a fingerprint is refused, and leaves everything as it was", async () => {
  const pair = new Pair();
  pair.alice.createDataChannel("x");
  const offer = await pair.alice.createOffer();
  const error = await pair.bob.setRemoteDescription(without(offer, /^a=fingerprint/)).catch((
    error,
  ) => error);
  assertEquals(error.name, "InvalidAccessError");
  assertEquals([pair.bob.signalingState, pair.bob.remoteDescription, pair.bob.sctp], [
    "stable",
    null,
    null,
  ]);
  await pair.close();
});

Deno.test("a connection that never did anything closes without a trace", () => {
  const pc = new RTCPeerConnection();
  pc.close();
  pc.close();
  assertEquals([pc.signalingState, pc.connectionState, pc.iceConnectionState], [
    "closed",
    "closed",
    "closed",
  ]);
});
