import { assertEquals } from "@std/assert";
import type { RTCPeerConnection } from "../../mod.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { type LinkModel, stunResponder, VirtualNetwork } from "../net/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { settle } from "../support/virtual_clock.ts";
import { type End, Pair } from "./pair.ts";

const SERVER = "203.0.113.10";
const WITH_STUN = { iceServers: [{ urls: `stun:${SERVER}` }] };

Deno.test("a peer that is killed in the middle of a transfer is given up, and closing then leaves nothing", async () => {
  const random = new Random(seedForRun("killed"));
  const links: Partial<LinkModel>[] = [{}, { loss: 0.2 }, { jitter: 50 }, { rate: 200_000 }];
  for (let run = 0; run < 24; run++) {
    const pair = new Pair({ seed: random.u32() });
    Object.assign(pair.hosts.bob.link, random.pick(links));
    const { a, b } = await pair.open();
    for (let i = 0; i < 10; i++) {
      a.send(new Uint8Array(random.below(60_000)));
      b.send(new Uint8Array(random.below(60_000)));
    }
    await pair.advance(random.below(500));
    pair.net.block(() => true); // not a word comes through any more
    pair.bob.close();
    if (random.chance(0.5)) {
      await pair.until(() => pair.alice.connectionState === "failed", 60_000);
      assertEquals(a.readyState, "open"); // an ICE restart might bring it back
    } else await pair.advance(random.below(40_000));
    await pair.close();
  }
});

Deno.test("both ends closed at any moment of a transfer, a restart or a channel's own closing leave nothing", async () => {
  const random = new Random(seedForRun("any moment"));
  for (let run = 0; run < 60; run++) {
    const pair = new Pair({ seed: random.u32() });
    pair.hosts.bob.link.loss = random.pick([0, 0, 0.2]);
    const { a, b } = await pair.open();
    const negotiate = (from: End) =>
      void pair.negotiate(from).catch(({ name }) => assertEquals(name, "InvalidStateError"));
    const deeds = [
      () => a.send(new Uint8Array(200_000)),
      () => b.send(new Blob([new Uint8Array(50_000)])),
      () => a.close(),
      () => b.close(),
      () => void pair.alice.createDataChannel("another"),
      () => {
        pair.bob.restartIce();
        negotiate("bob");
      },
      () => negotiate("alice"),
    ];
    for (let n = random.below(5); n > 0; n--) {
      try {
        random.pick(deeds)();
      } catch (error) {
        assertEquals((error as Error).name, "InvalidStateError"); // a channel that is closing sends no more
      }
      await pair.advance(random.below(30));
    }
    const [first, second] = random.chance(0.5) ? [pair.alice, pair.bob] : [pair.bob, pair.alice];
    first.close();
    if (random.chance(0.5)) await pair.advance(random.below(300));
    second.close();
    await pair.close();
  }
});

/** A connection that gathers; and what has to hold once it was closed. */
async function gatherAndClose(
  moment: number,
  prepare: (net: VirtualNetwork, host: ReturnType<VirtualNetwork["host"]>) => void | Promise<void>,
): Promise<void> {
  const net = new VirtualNetwork();
  const host = net.host("198.51.100.1", "2001:db8::1");
  await prepare(net, host);
  const pc = createPeerConnection({ network: host }, {
    iceServers: [{ urls: [`stun:${SERVER}`, "stun:stun.example"] }],
  });
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  await net.clock.advance(moment);
  if (moment < 9000) assertEquals(pc.iceGatheringState, "gathering");
  const events: string[] = [];
  pc.onicecandidate = () => events.push("icecandidate");
  pc.onicegatheringstatechange = () => events.push("icegatheringstatechange");
  pc.close();
  await net.clock.advance(1000);
  await settle();
  assertEquals(events, []);
  assertEquals(host.sockets.length, 0);
  net.clock.assertIdle();
}

Deno.test("closing while a STUN server is silent leaves nothing", async () => {
  for (const moment of [0, 1, 40, 400, 3000, 8999]) {
    await gatherAndClose(moment, async (net) => {
      net.names.set("stun.example", [SERVER, "2001:db8::10"]);
      await net.server(SERVER, 3478, () => undefined);
    });
  }
});

Deno.test("closing while a STUN server's name is being looked up leaves nothing", async () => {
  for (const moment of [0, 100, 5000]) {
    let answer = (_ips: string[]) => {};
    await gatherAndClose(moment, (_, host) => {
      host.resolve = () => new Promise((resolve) => answer = resolve);
    });
    answer(["203.0.113.77"]); // too late to matter
    await settle();
  }
});

Deno.test("closing while sockets are being opened closes them too", async () => {
  const net = new VirtualNetwork();
  const host = net.host("198.51.100.1");
  const openUdp = host.openUdp.bind(host);
  let open = () => {};
  host.openUdp = async (ip, port) => {
    await new Promise<void>((resolve) => open = resolve);
    return await openUdp(ip, port);
  };
  const pc = createPeerConnection({ network: host });
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  pc.close();
  open();
  await settle();
  assertEquals(host.sockets.length, 0);
  net.clock.assertIdle();
});

Deno.test("closing while `.local` names are being looked up ends the lookups", async () => {
  for (const moment of [0, 1, 500]) {
    const pair = new Pair({ trickle: false });
    pair.alice.createDataChannel("x");
    await pair.alice.setLocalDescription();
    await pair.gathered(pair.alice);
    const signals: AbortSignal[] = [];
    pair.hosts.bob.resolveMdns = (_, signal) => {
      signals.push(signal!);
      return new Promise((resolve) => {
        signal!.addEventListener("abort", () => resolve(undefined), { once: true });
      });
    };
    await pair.bob.setRemoteDescription(pair.alice.localDescription!);
    for (let i = 0; i < 20; i++) {
      await pair.bob.addIceCandidate({
        candidate: `candidate:1 1 udp 1 ${crypto.randomUUID()}.local 40000 typ host`,
        sdpMid: "0",
      });
    }
    await pair.bob.setLocalDescription();
    await pair.advance(moment);
    await pair.close();
    assertEquals(signals.map(({ aborted }) => aborted), Array(20).fill(true));
  }
});

/** Each closes a connection from within an event of its own, or of what belongs to it. */
const EVENTS: [string, (pc: RTCPeerConnection, close: () => void) => void][] = [
  ["negotiationneeded", (pc, close) => pc.onnegotiationneeded = close],
  ["icecandidate", (pc, close) => pc.onicecandidate = close],
  ["icegatheringstatechange", (pc, close) => pc.onicegatheringstatechange = close],
  ["signalingstatechange", (pc, close) => pc.onsignalingstatechange = close],
  ["iceconnectionstatechange", (pc, close) => pc.oniceconnectionstatechange = close],
  ["connectionstatechange", (pc, close) => pc.onconnectionstatechange = close],
  ["datachannel", (pc, close) => pc.ondatachannel = close],
  [
    "open of a channel",
    (pc, close) => pc.ondatachannel = ({ channel }) => void (channel.onopen = close),
  ],
  [
    "message",
    (pc, close) => pc.ondatachannel = ({ channel }) => void (channel.onmessage = close),
  ],
  [
    "close of a channel",
    (pc, close) => pc.ondatachannel = ({ channel }) => void (channel.onclose = close),
  ],
];

for (const [name, listen] of EVENTS) {
  Deno.test(`closing from within ${name} leaves nothing, and no event follows`, async () => {
    const pair = new Pair({ configuration: WITH_STUN });
    await pair.net.server(SERVER, 3478, stunResponder);
    const { alice, bob } = pair;
    let closed = 0;
    listen(bob, () => {
      closed++;
      bob.close();
    });
    bob.createDataChannel("bob's");
    const channel = alice.createDataChannel("alice's");
    channel.onopen = () => {
      channel.send("hello");
      channel.close();
    };
    // Once Bob has closed, what he is asked to do is refused, or never settles.
    pair.negotiate().catch(({ name }) => assertEquals(name, "InvalidStateError"));
    await pair.advance(2000);
    assertEquals([bob.signalingState, closed], ["closed", 1]);
    alice.close();
    await pair.advance(1000);
    assertEquals(pair.hosts.alice.sockets.length + pair.hosts.bob.sockets.length, 0);
    pair.net.clock.assertIdle();
  });
}
