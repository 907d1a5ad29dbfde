import { assert, assertEquals, assertLess, assertRejects } from "@std/assert";
import { RTCPeerConnection, type RTCSdpType } from "../../mod.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { hostileText, type HostileVector, hostileVectors } from "../sdp/hostile.ts";
import { MemoryWatch } from "../support/memory.ts";
import { settle } from "../support/virtual_clock.ts";
import { collect, Pair } from "./pair.ts";
import { HANG } from "../support/hang.ts";

/** A connection in the state that a vector wants. */
async function connectionFor({ state }: HostileVector) {
  const net = new VirtualNetwork();
  const host = net.host("198.51.100.1");
  const pc = createPeerConnection({ network: host });
  if (state === "have-local-offer") {
    pc.createDataChannel("x");
    await pc.setLocalDescription();
    await net.clock.until(() => pc.iceGatheringState === "complete");
  }
  const close = async () => {
    pc.close();
    await net.clock.advance(10_000);
    await settle();
    assertEquals(host.sockets.length, 0);
    net.clock.assertIdle();
  };
  return { pc, net, close };
}

/** Everything that a refused description must leave as it was. */
function visible(pc: RTCPeerConnection) {
  const { signalingState, localDescription, remoteDescription, pendingRemoteDescription } = pc;
  const { currentRemoteDescription, canTrickleIceCandidates, sctp } = pc;
  return [
    signalingState,
    localDescription?.sdp,
    remoteDescription,
    pendingRemoteDescription,
    currentRemoteDescription,
    canTrickleIceCandidates,
    sctp?.state,
  ];
}

for (const vector of hostileVectors()) {
  Deno.test(`setRemoteDescription: ${vector.name}`, async () => {
    const { pc, net, close } = await connectionFor(vector);
    const sdp = hostileText(vector);
    const before = visible(pc);
    const started = performance.now();
    const error = await pc.setRemoteDescription({ type: vector.type as RTCSdpType, sdp })
      .then(() => undefined, (error) => error);
    const took = performance.now() - started;
    assertLess(took, HANG);
    const { accept, reject } = vector.expect;
    if (accept) assertEquals(error, undefined);
    if (reject !== undefined) assert(reject.includes(error?.name), `${error}`);
    if (error !== undefined) assertEquals(visible(pc), before);
    else await answer(pc, net);
    await close();
  });
}

/** What was accepted can be answered, or is refused with a DOMException; nothing hangs. */
async function answer(pc: RTCPeerConnection, net: VirtualNetwork): Promise<void> {
  const started = performance.now();
  if (pc.signalingState === "have-remote-offer") await pc.setLocalDescription();
  await net.clock.advance(50);
  assertLess(performance.now() - started, HANG);
}

Deno.test("a hostile description in between leaves an established connection alone", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const before = visible(pair.bob);
  for (const vector of hostileVectors()) {
    if (vector.expect.reject === undefined || vector.type !== "offer") continue;
    await assertRejects(() =>
      pair.bob.setRemoteDescription({ type: "offer", sdp: hostileText(vector) })
    );
    assertEquals(visible(pair.bob), before, vector.name);
  }
  const messages = collect(b);
  a.send("through");
  await pair.until(() => messages.length === 1);
  await pair.negotiate("bob");
  assertEquals(pair.bob.connectionState, "connected");
  await pair.close();
});

/** Milliseconds that a description takes, the best of three: what else runs here can only slow it down. */
async function timeOf(sdp: string): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const pc = new RTCPeerConnection();
    const started = performance.now();
    await pc.setRemoteDescription({ type: "offer", sdp }).catch(() => {});
    best = Math.min(best, performance.now() - started);
    pc.close();
  }
  return best;
}

Deno.test("1 MB of hostile SDP of any kind is answered, none in quadratic time", async () => {
  const [offer] = hostileVectors();
  const head = hostileText(offer!);
  const floods: [string, (i: number) => string, number][] = [
    ["unknown attributes", (i) => `a=x-${i}:yyyy\r\n`, 70_000],
    ["candidates", (i) => `a=candidate:${i} 1 udp 1 192.0.2.1 ${i % 65536} typ host\r\n`, 20_000],
    ["ufrags", (i) => `a=ice-ufrag:abcd${i}\r\n`, 50_000],
    ["fingerprints", () => `a=fingerprint:sha-256 ${"AA:".repeat(31)}AA\r\n`, 8_000],
    ["groups", (i) => `a=group:BUNDLE 0 ${i}\r\n`, 45_000],
    [
      "sections",
      (i) => `m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:m${i}\r\n`,
      15_000,
    ],
    [
      "bundled sections",
      (i) => `m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:m${i}\r\n`,
      15_000,
    ],
  ];
  const figures: string[] = [];
  for (const [what, line, times] of floods) {
    const lines = Array.from({ length: times }, (_, i) => line(i));
    const large = await timeOf(head + lines.join(""));
    figures.push(`${what} ${large.toFixed(0)} ms`);
    assertLess(large, HANG, what);
  }
  // deno-lint-ignore no-console
  console.log(`1 MB of SDP: ${figures.join(", ")}`);
});

Deno.test("names that would pollute a prototype are mids like any other", async () => {
  const before = Object.getOwnPropertyNames(Object.prototype).sort();
  for (const mid of ["__proto__", "constructor", "hasOwnProperty", "toString"]) {
    const pair = new Pair({ trickle: false });
    pair.alice.createDataChannel("x");
    await pair.alice.setLocalDescription();
    await pair.gathered(pair.alice);
    const sdp = pair.alice.localDescription!.sdp
      .replace("a=mid:0", `a=mid:${mid}`).replace("a=group:BUNDLE 0", `a=group:BUNDLE ${mid}`);
    await pair.bob.setRemoteDescription({ type: "offer", sdp });
    await pair.bob.setLocalDescription();
    await pair.gathered(pair.bob);
    const answer = pair.bob.localDescription!.sdp;
    assert(answer.includes(`a=mid:${mid}\r\n`), answer);
    await pair.bob.addIceCandidate({
      candidate: "candidate:1 1 udp 1 192.0.2.1 40000 typ host",
      sdpMid: mid,
    });
    await assertRejects(() =>
      pair.bob.addIceCandidate({
        candidate: "candidate:1 1 udp 1 192.0.2.1 40000 typ host",
        sdpMid: mid === "toString" ? "valueOf" : "toString",
      })
    );
    await pair.close();
  }
  assertEquals(Object.getOwnPropertyNames(Object.prototype).sort(), before);
});

Deno.test("10,000 candidates are taken quickly and kept within bounds, and the good one among them is used", async () => {
  const pair = new Pair({ trickle: false });
  const opened = pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  await pair.gathered(pair.alice);
  const offer = pair.alice.localDescription!;
  const good = /a=(candidate:.*)\r/.exec(offer.sdp)![1]!;
  await pair.bob.setRemoteDescription({
    type: "offer",
    sdp: offer.sdp.replace(/a=candidate:.*\r\n/g, "").replace("a=end-of-candidates\r\n", ""),
  });
  await pair.bob.addIceCandidate({ candidate: good, sdpMid: "0" });
  const watch = new MemoryWatch();
  const started = performance.now();
  for (let i = 0; i < 10_000; i++) {
    const address = `192.0.${2 + (i >> 8) % 200}.${i & 255}`;
    await pair.bob.addIceCandidate({
      candidate: `candidate:${i} 1 udp ${i} ${address} 40000 typ host`,
      sdpMid: "0",
    });
  }
  assertLess(performance.now() - started, HANG);
  watch.sample();
  assertLess(watch.peak, 4 << 20);
  assertLess(pair.bob.remoteDescription!.sdp.length, 50_000);
  await pair.bob.setLocalDescription();
  await pair.gathered(pair.bob);
  const packets = watchPackets(pair);
  await pair.alice.setRemoteDescription(pair.bob.localDescription!);
  await pair.until(() => opened.readyState === "open");
  await pair.advance(30_000);
  // RFC 8445 section 6.1.2.5 bounds the pairs, and so what a peer can make this end send to others.
  assertLess(packets.strangers, 100 * 30);
  await pair.close();
});

/** Counts the packets to addresses that are neither of the pair's. */
function watchPackets(pair: Pair): { strangers: number } {
  const counts = { strangers: 0 };
  const known = [...pair.hosts.alice.ips, ...pair.hosts.bob.ips];
  pair.net.tap = ({ destination }) => {
    if (!known.includes(destination.ip)) counts.strangers++;
  };
  return counts;
}

Deno.test("RFC 8828: a flood of `.local` names makes a bounded number of lookups, one by one or in the description", async () => {
  for (const trickle of [true, false]) {
    const pair = new Pair({ trickle: false });
    pair.alice.createDataChannel("x");
    await pair.alice.setLocalDescription();
    await pair.gathered(pair.alice);
    let lookups = 0, pending = 0, most = 0;
    pair.hosts.bob.resolveMdns = async (name) => {
      assert(name.endsWith(".local"), name);
      lookups++;
      most = Math.max(most, ++pending);
      await new Promise<void>((resolve) => pair.net.schedule(1000, resolve));
      pending--;
      return undefined;
    };
    const names = Array.from({ length: 1000 }, () => `${crypto.randomUUID()}.local`);
    const lines = names.map((name, i) => `candidate:${i} 1 udp 1 ${name} 50000 typ host`);
    const inside = trickle ? "" : lines.map((line) => `a=${line}\r\n`).join("");
    await pair.bob.setRemoteDescription({
      type: "offer",
      sdp: pair.alice.localDescription!.sdp + inside,
    });
    if (trickle) {
      for (const candidate of lines) await pair.bob.addIceCandidate({ candidate, sdpMid: "0" });
    }
    await pair.bob.setLocalDescription();
    await pair.alice.setRemoteDescription(pair.bob.localDescription!);
    await pair.advance(60_000);
    assert(lookups > 0 && lookups <= 100, `${lookups} lookups`);
    assert(most <= 100, `${most} at a time`);
    await pair.close();
  }
});

Deno.test("a name in a candidate that is not `.local` is never looked up", async () => {
  const pair = new Pair();
  await pair.open();
  const asked: string[] = [];
  pair.hosts.bob.resolve = (host) => (asked.push(host), Promise.resolve([]));
  pair.hosts.bob.resolveMdns = (host) => (asked.push(host), Promise.resolve(undefined));
  for (
    const name of [
      "attacker.example",
      "localhost",
      "x.local.example",
      "local",
      "192.0.2.1.local.",
      "a..local",
    ]
  ) {
    await pair.bob.addIceCandidate({
      candidate: `candidate:9 1 udp 1 ${name} 50000 typ host`,
      sdpMid: "0",
    }).catch(() => {});
  }
  await pair.advance(100);
  assertEquals(asked.filter((name) => !name.endsWith(".local")), []);
  await pair.close();
});

Deno.test("W3C WebRTC section 4.4.1.5: more sections than can be served are an OperationError, of either side", async () => {
  const [alice, bob] = [new RTCPeerConnection(), new RTCPeerConnection()];
  for (let sections = 0; sections <= 1024; sections++) alice.addTransceiver("audio");
  const offer = await alice.createOffer();
  const refuse = async (pc: RTCPeerConnection, setting: Promise<void>) => {
    const { name } = await assertRejects(() => setting, DOMException);
    assertEquals([name, pc.signalingState], ["OperationError", "stable"]);
  };
  await refuse(alice, alice.setLocalDescription(offer));
  await refuse(bob, bob.setRemoteDescription(offer));
  alice.getTransceivers()[0]!.stop();
  await alice.setLocalDescription();
  assertEquals(alice.signalingState, "have-local-offer");
  alice.close();
  bob.close();
});

Deno.test("a candidate that comes again and again is known once, and an ICE restart forgets those before it", async () => {
  const pair = new Pair();
  await pair.open();
  await pair.advance(1000);
  const { iceTransport } = pair.bob.sctp!.transport;
  const [candidate] = iceTransport.getRemoteCandidates();
  for (let i = 0; i < 200; i++) await pair.bob.addIceCandidate(candidate);
  for (let i = 0; i < 5; i++) await pair.negotiate();
  const texts = () => iceTransport.getRemoteCandidates().map(({ candidate }) => candidate);
  assertEquals(texts(), [...new Set(texts())]);
  const before = pair.bob.remoteDescription!.sdp.match(/a=candidate/g)!.length;
  pair.alice.restartIce();
  await pair.negotiate();
  await pair.advance(1000);
  assertEquals(pair.bob.remoteDescription!.sdp.match(/a=candidate/g)!.length, before);
  const { usernameFragment } = iceTransport.getRemoteParameters()!;
  assert(texts().length > 0 && texts().every((text) => text.includes(usernameFragment!)));
  await pair.close();
});
