import { assert, assertEquals } from "@std/assert";
import { NOMINATION, USE_CANDIDATE } from "../../ice/mod.ts";
import { AgentPair, isUp, stunSent, udp } from "./agent_pair.ts";
import { hostCandidate, REMOTE, REMOTE_PARAMETERS, ScriptedPeer } from "./scripted_peer.ts";

const BETTER = udp("192.0.2.7"), GOOD = udp("198.51.100.1");
const OTHER = udp("192.0.2.2", 5001);

/** A pair whose controlling end has found the worse of two paths so far. */
function onWorsePath(known: { a: boolean; b: boolean }): AgentPair {
  const pair = new AgentPair({ bases: { a: [BETTER, GOOD] }, renomination: known });
  pair.gather("b");
  // The better base comes later, and yet has the better place.
  pair.run("a", (agent, now) => agent.addBase(BETTER, now));
  pair.run("a", (agent, now) => agent.addBase(GOOD, now));
  pair.run("a", (agent, now) => agent.removeBase(BETTER, now));
  pair.signalAll("a");
  pair.signalAll("b");
  pair.untilConnected();
  pair.advance(1000);
  assertEquals(pair.a.selectedPair!.local.address, GOOD.ip);
  return pair;
}

for (const known of [{ a: true, b: true }, { a: true, b: false }, { a: false, b: true }]) {
  const agreed = known.a && known.b;
  Deno.test(`a better path that is found later is ${agreed ? "taken by both" : "left alone"} where renomination is known to ${Object.values(known).filter(Boolean).length} of them (draft-thatcher-ice-renomination-01 section 3)`, () => {
    const pair = onWorsePath(known);
    pair.sent.a.length = 0;
    pair.run("a", (agent, now) => agent.addBase(BETTER, now));
    pair.advance(3000);
    const numbers = stunSent(pair, "a").filter((message) => message.has(USE_CANDIDATE))
      .map((message) => message.get(NOMINATION));
    const chosen = agreed ? BETTER.ip : GOOD.ip;
    assertEquals(pair.a.selectedPair!.local.address, chosen);
    assertEquals(pair.b.selectedPair!.remote.address, chosen);
    if (agreed) assert(numbers.includes(2), "the second nomination");
    else assert(numbers.every((number) => number === undefined));
    assert(isUp(pair.a) && isUp(pair.b));
    for (const end of ["a", "b"] as const) pair.send(end, 20);
    pair.advance(20);
    assertEquals([pair.received.a.length, pair.received.b.length], [1, 1]);
    pair.advance(20_000);
    assertEquals(pair.a.selectedPair!.local.address, chosen);
  });
}

/** A controlled agent whose peer numbers its nominations; both paths have been found. */
function controlled(renomination: boolean): ScriptedPeer {
  const peer = new ScriptedPeer({ renomination: true });
  peer.agent.setRemoteParameters({ ...REMOTE_PARAMETERS, renomination }, peer.now);
  peer.agent.addRemoteCandidate(hostCandidate(REMOTE, 2000), peer.now);
  peer.agent.addRemoteCandidate({ ...hostCandidate(OTHER, 1000), foundation: "2" }, peer.now);
  peer.drain();
  peer.advance(100);
  for (const request of peer.takeRequests()) peer.succeed(request);
  return peer;
}

function nominate(peer: ScriptedPeer, from: typeof REMOTE, nomination: number): number {
  peer.check({ from, useCandidate: true, extra: (builder) => builder.add(NOMINATION, nomination) });
  return peer.agent.selectedPair!.remote.port;
}

Deno.test("the controlled agent follows the latest nomination, whatever the priorities, and no earlier one", () => {
  const peer = controlled(true);
  assertEquals(nominate(peer, REMOTE, 1), REMOTE.port);
  assertEquals(nominate(peer, OTHER, 2), OTHER.port);
  assertEquals(nominate(peer, REMOTE, 1), OTHER.port); // came late, or again
  assertEquals(nominate(peer, REMOTE, 2), OTHER.port); // the same number for two pairs
  assertEquals(nominate(peer, OTHER, 2), OTHER.port); // with a consent check
  assertEquals(nominate(peer, REMOTE, 3), REMOTE.port);
});

Deno.test("a nomination counts once its pair is valid, unless there is a later one", () => {
  const peer = controlled(true);
  nominate(peer, REMOTE, 1);
  peer.take();
  const THIRD = udp("192.0.2.2", 5003);
  assertEquals(nominate(peer, THIRD, 2), REMOTE.port);
  const check = () => peer.takeRequests().find(({ datagram }) => datagram.remote.port === 5003)!;
  const first = check();
  assertEquals(nominate(peer, OTHER, 3), OTHER.port);
  peer.succeed(first);
  assertEquals(peer.agent.selectedPair!.remote.port, OTHER.port);
  assertEquals(nominate(peer, THIRD, 4), THIRD.port);
});

Deno.test("numbers mean nothing where it was not agreed on: the best nominated pair counts (RFC 8445 section 8.1.1)", () => {
  const peer = controlled(false);
  assertEquals(nominate(peer, REMOTE, 1), REMOTE.port);
  assertEquals(nominate(peer, OTHER, 2), REMOTE.port);
});

Deno.test("with another role, or another session, numbers begin anew", () => {
  const peer = controlled(true);
  nominate(peer, OTHER, 9);
  peer.agent.setRole("controlling", peer.now);
  peer.agent.setRole("controlled", peer.now);
  assertEquals(nominate(peer, REMOTE, 1), REMOTE.port);
});

Deno.test("a peer that nominates endless paths of its own selects none that it does not answer on, and makes no more of them than ever", () => {
  const peer = controlled(true);
  nominate(peer, REMOTE, 1);
  for (let i = 0; i < 1000; i++) nominate(peer, udp("192.0.2.2", 10_000 + i), 2 + i);
  assertEquals(peer.agent.selectedPair!.remote.port, REMOTE.port);
  assert(peer.agent.pairs.length <= 100);
  assert(peer.agent.remoteCandidates.length <= 100);
  assertEquals(nominate(peer, OTHER, 5000), OTHER.port);
});
