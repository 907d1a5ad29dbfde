import { assert, assertEquals, assertNotEquals } from "@std/assert";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import { generateIceParameters, isStun } from "../../ice/mod.ts";
import { seedForRun } from "../support/random.ts";
import type { End } from "../support/layer_pair.ts";
import { AgentPair, isUp, seededCrypto, udp } from "./agent_pair.ts";
import { errorOf, hostCandidate, ScriptedPeer } from "./scripted_peer.ts";

let seed = 50;

function restart(pair: AgentPair, end: End): void {
  const parameters = generateIceParameters(seededCrypto(seed++));
  pair.run(end, (agent, now) => agent.restart(parameters, now));
}

/** The offer has reached b, the answer a. */
function restartBoth(pair: AgentPair): void {
  restart(pair, "a");
  restart(pair, "b");
  pair.signalAll("b");
  pair.signalAll("a");
}

Deno.test("a restart announces every candidate again under the new fragment (RFC 8445 section 9)", () => {
  const pair = new AgentPair();
  pair.connect();
  const before = pair.a.localParameters;
  pair.events.a.length = 0;
  restart(pair, "a");
  assertNotEquals(pair.a.localParameters, before);
  assertEquals(pair.a.remoteParameters, undefined);
  assertEquals(pair.a.remoteCandidates, []);
  const types = pair.events.a.map(({ type }) => type);
  assertEquals(types, ["gathering-state", "candidate", "gathering-state", "state"]);
  const { usernameFragment } = pair.a.localParameters;
  assertEquals(pair.a.localCandidates.map((each) => each.usernameFragment), [usernameFragment]);
});

Deno.test("data goes on over the old pair until the new session has one (RFC 8445 section 12.1)", () => {
  const pair = new AgentPair();
  pair.connect();
  pair.advance(100);
  const old = pair.a.selectedPair;
  restart(pair, "a");
  assertEquals(pair.a.selectedPair, old);
  assertEquals(pair.a.state, "connected");
  let sent = 0;
  for (let i = 0; i < 20; i++) {
    if (i === 5) {
      restart(pair, "b");
      pair.signalAll("b");
    }
    if (i === 10) pair.signalAll("a");
    pair.send("a", 20, ++sent);
    pair.send("b", 20, sent);
    pair.advance(1000);
  }
  assertEquals([pair.received.a.length, pair.received.b.length], [sent, sent]);
  assert(pair.a.selectedPair !== old);
  assertEquals([pair.a.state, pair.b.state], ["completed", "connected"]);
  assertEquals(pair.events.a.filter(({ type }) => type === "selected-pair").length, 2);
});

Deno.test("the old session's checks are answered until the peer's consent there has expired, and then no more", () => {
  const peer = new ScriptedPeer();
  peer.connect();
  const old = peer.agent.localParameters;
  const oldCheck = { username: `${old.usernameFragment}:peer`, password: old.password };
  peer.agent.restart(
    { usernameFragment: "fresh", password: "freshfreshfreshfreshfresh" },
    peer.now,
  );
  peer.drain();
  assertEquals(peer.check(oldCheck)?.messageClass, "success");
  assertEquals(peer.check()?.messageClass, "success");
  peer.signal();
  for (const request of peer.takeRequests()) peer.succeed(request);
  assertEquals(peer.check(oldCheck)?.messageClass, "success");
  peer.check({ useCandidate: true });
  assertEquals(peer.check(oldCheck)?.messageClass, "success");
  peer.advance(30_000);
  assertEquals(errorOf(peer.check(oldCheck)), 401);
});

Deno.test("a restart under 30% loss ends with a new pair and loses no consent", () => {
  const first = seedForRun("ICE restart") % 1e6;
  for (let round = 0; round < 50; round++) {
    const pair = new AgentPair({ link: { loss: 0.3, jitter: 20 }, seed: first + round });
    pair.connect();
    const old = pair.a.selectedPair;
    restartBoth(pair);
    pair.until(() => isUp(pair.a) && isUp(pair.b) && selectedSince(pair, 2), 30_000);
    assert(pair.a.selectedPair !== old);
    assert(!pair.states("a").includes("failed"));
  }
});

const selectedSince = (pair: AgentPair, count: number) =>
  (["a", "b"] as const).every((end) =>
    pair.events[end].filter(({ type }) => type === "selected-pair").length >= count
  );

Deno.test("both ends restart after both have failed, and are connected within 2 s", () => {
  const pair = new AgentPair();
  pair.connect();
  pair.tap = () => undefined;
  pair.advance(40_000);
  assertEquals([pair.a.state, pair.b.state], ["failed", "failed"]);
  pair.tap = (packet) => packet;
  restartBoth(pair);
  assertEquals(pair.a.state, "checking");
  pair.untilConnected(2000);
  pair.send("a", 20);
  pair.advance(20);
  assertEquals(pair.received.b.length, 1);
});

Deno.test("a restart of a disconnected pair keeps trying to send, and is checking once it is answered (W3C WebRTC section 5.6.6)", () => {
  const pair = new AgentPair();
  pair.connect();
  pair.tap = () => undefined;
  pair.advance(15_000);
  assertEquals(pair.a.state, "disconnected");
  restart(pair, "a");
  assertEquals(pair.a.state, "disconnected");
  const sent = pair.sent.a.length;
  pair.send("a", 20);
  assertEquals(pair.sent.a.length, sent + 1);
  pair.advance(20_000); // consent on the old pair expires
  pair.send("a", 20);
  assertEquals(pair.a.discards.of("data without a valid pair"), 1);
});

Deno.test("a restart that is answered while disconnected stays checking, though the old pair comes back (W3C WebRTC section 5.6.6)", () => {
  const pair = new AgentPair();
  pair.connect();
  pair.tap = () => undefined;
  pair.advance(15_000);
  restart(pair, "a");
  const parameters = generateIceParameters(seededCrypto(seed++));
  pair.events.a.length = 0;
  pair.run("a", (agent, now) => agent.setRemoteParameters(parameters, now));
  pair.tap = (packet) => packet;
  pair.advance(6000);
  assertEquals(pair.states("a"), ["checking"]);
  pair.send("b", 20);
  pair.advance(20);
  assertEquals(pair.received.a.length, 1, "the old pair does carry data");
});

Deno.test("while a restart is only an offer, the state is that of the pair in use", () => {
  const pair = new AgentPair();
  pair.connect();
  pair.tap = () => undefined;
  pair.advance(15_000);
  restart(pair, "a");
  pair.events.a.length = 0;
  pair.tap = (packet) => packet;
  pair.advance(6000);
  assertEquals(pair.states("a"), ["connected"]);
});

/** Sends from both ends every 20 ms, while both restart. */
function sendDuringRestart(pair: AgentPair, round: (i: number) => void): number {
  const rounds = 500;
  for (let i = 0; i < rounds; i++) {
    round(i);
    pair.send("a", 20, i >> 8, i);
    pair.send("b", 20, i >> 8, i);
    pair.advance(20);
  }
  pair.advance(1000);
  return rounds;
}

Deno.test("data that a peer sends over the old pair is taken after the new one is selected (RFC 8445 section 12.2)", () => {
  const peer = new ScriptedPeer();
  peer.connect();
  peer.agent.restart(
    { usernameFragment: "fresh", password: "freshfreshfreshfreshfresh" },
    peer.now,
  );
  const from = { ip: "192.0.2.2", port: 7777, protocol: "udp" } as const;
  peer.signal(false);
  peer.agent.addRemoteCandidate(hostCandidate(from), peer.now);
  peer.drain();
  for (const request of peer.takeRequests()) peer.succeed(request);
  peer.check({ from, useCandidate: true });
  const dropped = () => peer.agent.discards.of("data from an unvalidated address");
  const receive = () => {
    peer.above.length = 0;
    peer.deliver(Uint8Array.of(20, 1));
    return peer.above.length;
  };
  assertEquals([receive(), dropped()], [1, 0]);
  peer.advance(29_000);
  assertEquals([receive(), dropped()], [1, 0]);
});

Deno.test("no datagram is dropped by a restart under 20% loss, at whatever time its parts arrive", () => {
  const first = seedForRun("data during ICE restart") % 1e6;
  for (let seed = first; seed < first + 20; seed++) {
    const pair = new AgentPair({ link: { loss: 0.2, jitter: 20 }, seed });
    pair.connect();
    const old = pair.a.selectedPair;
    sendDuringRestart(pair, (i) => {
      if (i === 50) restart(pair, "a");
      if (i === 60) restart(pair, "b");
      if (i === 60) pair.signalAll("b");
      if (i === 60 + seed % 20) pair.signalAll("a");
    });
    assert(pair.a.selectedPair !== old);
    for (const end of ["a", "b"] as const) {
      assertEquals(pair[end].discards.of("data from an unvalidated address"), 0, `seed ${seed}`);
      assertEquals(pair[end].discards.of("data without a valid pair"), 0, `seed ${seed}`);
      assert(pair.received[end].length > 300, `seed ${seed}`); // of 500, at 20% loss
    }
  }
});

/** Two paths between the ends, a good one and, by the order of bases, a better one. */
const BETTER = [udp("192.0.2.1"), udp("192.0.2.2")], GOOD = [udp("10.0.0.1"), udp("10.0.0.2")];

Deno.test("what the peer still sends over the old path, after a restart under 20% loss has moved this end to another, is taken", () => {
  let [late, taken] = [0, 0];
  for (let seed = 1; seed <= 20; seed++) { // always the same ones, for it takes bad luck
    const bases = { a: [BETTER[0]!, GOOD[0]!], b: [BETTER[1]!, GOOD[1]!] };
    const pair = new AgentPair({ link: { loss: 0.2, jitter: 20 }, seed, bases });
    const isOn = ({ local, remote }: Datagram, path: TransportAddress[]) =>
      [local, remote].every(({ ip }) => path.some((base) => base.ip === ip));
    pair.tap = (packet) => isOn(packet, GOOD) ? packet : undefined;
    pair.connect();
    const old = { a: pair.a.selectedPair!, b: pair.b.selectedPair! };
    const sentLate = { a: new Set<string>(), b: new Set<string>() };
    pair.tap = (packet, from) => {
      if (isOn(packet, BETTER)) return packet;
      if (!isOn(packet, GOOD) || isStun(packet.data)) return undefined; // it is no path for the new session
      const to = from === "a" ? "b" : "a";
      if (pair[to].selectedPair !== old[to]) sentLate[to].add(packet.data.join());
      return packet;
    };
    sendDuringRestart(pair, (i) => {
      if (i === 50) restart(pair, "a");
      if (i === 60) restart(pair, "b");
      if (i === 60) pair.signalAll("b");
      if (i === 60 + seed % 20) pair.signalAll("a");
    });
    for (const end of ["a", "b"] as const) {
      assertEquals(pair[end].selectedPair?.local.address, bases[end][0]!.ip, `seed ${seed}`);
      late += sentLate[end].size;
      taken += pair.received[end].filter((data) => sentLate[end].has(data.join())).length;
    }
  }
  assert(late >= 20, `only ${late} came after a move`);
  assert(taken > 0.6 * late, `${taken} of ${late}`); // 20% of them are lost
});

Deno.test("candidates of the old session are not taken for the new one's (RFC 8838 section 11)", () => {
  const pair = new AgentPair();
  pair.connect();
  const stale = pair.b.localCandidates;
  restartBoth(pair);
  const known = pair.a.remoteCandidates.length;
  for (const candidate of stale) {
    pair.run("a", (agent, now) => agent.addRemoteCandidate({ ...candidate, port: 7 }, now));
  }
  assertEquals(pair.a.remoteCandidates.length, known);
  assertEquals(pair.a.discards.of("candidate of another session"), 1);
});

Deno.test("restarts one after the other keep two sessions at most", () => {
  const pair = new AgentPair();
  pair.connect();
  for (let i = 0; i < 50; i++) restart(pair, "a");
  assert(isUp(pair.a));
  restart(pair, "b");
  pair.signalAll("b");
  pair.signalAll("a");
  pair.until(() => selectedSince(pair, 2), 2000);
  pair.send("b", 20);
  pair.advance(20);
  assertEquals(pair.received.a.length, 1);
});

Deno.test("in the old session nothing new is tried: a stranger's check there is only answered", () => {
  const peer = new ScriptedPeer();
  peer.connect();
  const { usernameFragment, password } = peer.agent.localParameters;
  peer.agent.restart(
    { usernameFragment: "fresh", password: "freshfreshfreshfreshfresh" },
    peer.now,
  );
  peer.drain();
  peer.take();
  const from = { ip: "192.0.2.2", port: 9999, protocol: "udp" } as const;
  const username = `${usernameFragment}:peer`;
  assertEquals(
    peer.check({ username, password, from, useCandidate: true })?.messageClass,
    "success",
  );
  const next = peer.agent.nextTimeout;
  assert(next !== undefined && next > peer.now, "no check is due");
  peer.advance(3000);
  assertEquals(peer.takeRequests(), []);
});

Deno.test("a restart that is rolled back leaves the session as it was (RFC 9429 section 4.1.10.2)", () => {
  const pair = new AgentPair();
  pair.connect();
  const { usernameFragment } = pair.a.localParameters;
  const candidates = pair.a.localCandidates;
  restart(pair, "a");
  pair.advance(2000);
  pair.run("a", (agent, now) => agent.rollBackRestart(now));
  assertEquals(pair.a.localParameters.usernameFragment, usernameFragment);
  assertEquals(pair.a.localCandidates, candidates);
  pair.advance(60_000); // consent goes on, both ways
  assertEquals([pair.a.state, pair.b.state], ["completed", "connected"]);
  restartBoth(pair);
  pair.until(() => pair.a.state === "completed" && pair.b.state === "connected");
});

Deno.test("a restart that the peer has answered can't be rolled back", () => {
  const pair = new AgentPair();
  pair.connect();
  restartBoth(pair);
  pair.until(() => pair.a.state === "completed" && pair.b.state === "connected");
  const { usernameFragment } = pair.a.localParameters;
  pair.run("a", (agent, now) => agent.rollBackRestart(now));
  assertEquals(pair.a.localParameters.usernameFragment, usernameFragment);
});

Deno.test("a restart that is rolled back while checks were under way goes on with them at once, and owes no timeout", () => {
  const peer = new ScriptedPeer();
  peer.signal();
  assert(peer.takeRequests().length > 0);
  peer.agent.restart(generateIceParameters(seededCrypto(seed++)), peer.now);
  peer.drain();
  peer.advance(3000);
  peer.agent.rollBackRestart(peer.now);
  peer.drain();
  assert(peer.agent.nextTimeout! > peer.now, `${peer.agent.nextTimeout} at ${peer.now}`);
  const [request] = peer.takeRequests();
  assert(request !== undefined, "no check was sent again");
  peer.succeed(request);
  assertEquals(peer.agent.pairs.map(({ state }) => state), ["succeeded"]);
});
