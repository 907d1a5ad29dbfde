import { assert, assertEquals } from "@std/assert";
import { USE_CANDIDATE } from "../../ice/mod.ts";
import { udp } from "./agent_pair.ts";
import { hostCandidate, ScriptedPeer } from "./scripted_peer.ts";

const BETTER = udp("192.0.2.2", 5001);
const WORSE = udp("192.0.2.2", 5002);

/** A controlled agent whose peer has two candidates, neither checked successfully yet. */
function twoCandidates(): ScriptedPeer {
  const peer = new ScriptedPeer();
  peer.signal(false);
  peer.agent.addRemoteCandidate(hostCandidate(BETTER, 2000), peer.now);
  peer.agent.addRemoteCandidate(
    { ...hostCandidate(WORSE, 1000), foundation: "2" },
    peer.now,
  );
  peer.drain();
  return peer;
}

/** Answers the agent's outstanding checks of one address. */
function succeedTowards(peer: ScriptedPeer, port: number): void {
  peer.advance(100);
  for (const request of peer.takeRequests()) {
    if (request.datagram.remote.port === port) peer.succeed(request);
  }
}

Deno.test("aggressive nomination: the best of several nominated pairs is selected (RFC 8445 section 8.1.1)", () => {
  const peer = twoCandidates();
  peer.check({ from: WORSE, useCandidate: true });
  peer.check({ from: BETTER, useCandidate: true });
  const requests = peer.takeRequests();
  const towards = (port: number) => requests.find((each) => each.datagram.remote.port === port)!;
  peer.succeed(towards(WORSE.port));
  assertEquals(peer.agent.selectedPair?.remote.port, WORSE.port);
  peer.succeed(towards(BETTER.port)); // it was under way, and has been nominated as well
  assertEquals(peer.agent.selectedPair?.remote.port, BETTER.port);
  peer.check({ from: WORSE, useCandidate: true });
  assertEquals(peer.agent.selectedPair?.remote.port, BETTER.port);
});

Deno.test("a nomination of a pair that is valid already selects it at once (RFC 8445 section 7.3.1.5)", () => {
  const peer = twoCandidates();
  peer.check({ from: WORSE });
  succeedTowards(peer, WORSE.port);
  assertEquals(peer.agent.selectedPair, undefined);
  peer.check({ from: WORSE, useCandidate: true });
  assertEquals(peer.agent.selectedPair?.remote.port, WORSE.port);
});

Deno.test("once a pair is selected the other checks stop, and strangers' checks are only answered (RFC 8445 section 8.1.2)", () => {
  const peer = twoCandidates();
  peer.check({ from: WORSE, useCandidate: true });
  succeedTowards(peer, WORSE.port);
  peer.take();
  peer.advance(3000);
  assertEquals(peer.takeRequests(), []);
  assertEquals(peer.check({ from: BETTER })?.messageClass, "success");
  assertEquals(peer.takeRequests(), []);
  assertEquals(peer.agent.pairs.length, 1);
});

Deno.test("a pair nominated later replaces one that has gone silent, even if it is worse", () => {
  const peer = twoCandidates();
  peer.check({ from: BETTER, useCandidate: true });
  succeedTowards(peer, BETTER.port);
  assertEquals(peer.agent.selectedPair?.remote.port, BETTER.port);
  peer.advance(15_000);
  assertEquals(peer.agent.state, "disconnected");
  peer.check({ from: WORSE, useCandidate: true });
  succeedTowards(peer, WORSE.port);
  assertEquals(peer.agent.selectedPair?.remote.port, WORSE.port);
  assertEquals(peer.agent.state, "connected");
});

Deno.test("a nomination that the peer refuses is followed by another valid pair", () => {
  const peer = new ScriptedPeer({ role: "controlling" });
  peer.signal(false);
  peer.agent.addRemoteCandidate(hostCandidate(BETTER, 2000), peer.now);
  peer.agent.addRemoteCandidate({ ...hostCandidate(WORSE, 1000), foundation: "2" }, peer.now);
  peer.advance(60); // both have been checked
  const checks = peer.takeRequests();
  assertEquals(checks.length, 2);
  for (const request of checks) peer.succeed(request);
  const [nomination] = peer.takeRequests();
  assert(nomination!.message.has(USE_CANDIDATE));
  assertEquals(nomination!.datagram.remote.port, BETTER.port);
  peer.refuse(nomination!, 400);
  const [second] = peer.takeRequests();
  assert(second!.message.has(USE_CANDIDATE));
  peer.succeed(second!);
  assertEquals(peer.agent.selectedPair?.remote.port, WORSE.port);
});

Deno.test("a triggered check in progress is repeated once Ta has passed, and its first answer still counts (RFC 8445 section 7.3.1.4)", () => {
  const peer = new ScriptedPeer();
  peer.signal();
  const [first] = peer.takeRequests();
  peer.check();
  assertEquals(peer.takeRequests(), []);
  peer.advance(50);
  const [second] = peer.takeRequests();
  assert(second !== undefined);
  peer.advance(2000);
  const ids = new Set(peer.takeRequests().map(({ message }) => message.transactionId.join()));
  assertEquals([...ids], [second.message.transactionId.join()]); // the first is not retransmitted
  peer.succeed(first!);
  assertEquals(peer.agent.pairs[0]?.state, "succeeded");
});

Deno.test("a failed pair comes back to life by the peer's check (RFC 8445 section 7.3.1.4)", () => {
  const peer = new ScriptedPeer();
  peer.signal();
  peer.refuse(peer.takeRequests()[0]!, 500);
  assertEquals(peer.agent.pairs[0]?.state, "failed");
  peer.check({ useCandidate: true });
  peer.succeed(peer.takeRequests()[0]!);
  assertEquals(peer.agent.selectedPair?.state, "succeeded");
});

Deno.test("an agent that becomes controlling nominates what is valid", () => {
  const peer = new ScriptedPeer();
  peer.signal();
  peer.succeed(peer.takeRequests()[0]!);
  assertEquals(peer.agent.selectedPair, undefined);
  peer.agent.setRole("controlling", peer.now);
  peer.drain();
  const [nomination] = peer.takeRequests();
  assert(nomination!.message.has(USE_CANDIDATE));
});

Deno.test("an error for a check that has been superseded does not fail its pair", () => {
  const peer = new ScriptedPeer();
  peer.signal();
  const [first] = peer.takeRequests();
  peer.check();
  peer.advance(50);
  assertEquals(peer.takeRequests().length, 1);
  peer.refuse(first!, 500);
  assertEquals(peer.agent.pairs[0]?.state, "in-progress");
});

Deno.test("a success lets the frozen pairs of its foundation be checked (RFC 8445 section 7.2.5.3.3)", () => {
  const peer = new ScriptedPeer();
  peer.signal(false);
  for (const port of [1, 2, 3]) {
    peer.agent.addRemoteCandidate(hostCandidate(udp("192.0.2.2", port), 1000 - port), peer.now);
  }
  peer.drain();
  const states = () => peer.agent.pairs.map(({ state }) => state);
  assertEquals(states(), ["in-progress", "frozen", "frozen"]);
  peer.succeed(peer.takeRequests()[0]!);
  assertEquals(states(), ["succeeded", "waiting", "waiting"]);
});

Deno.test("no check is repeated before every other one was sent (RFC 8445 section 14.3)", () => {
  const peer = new ScriptedPeer();
  for (let port = 1; port <= 40; port++) {
    const candidate = { ...hostCandidate(udp("192.0.2.2", port)), foundation: `${port}` };
    peer.agent.addRemoteCandidate(candidate, peer.now);
  }
  peer.signal(false);
  peer.advance(39 * 50);
  const ports = peer.takeRequests().map(({ datagram }) => datagram.remote.port);
  assertEquals(ports.length, 40);
  assertEquals(new Set(ports).size, 40);
});

Deno.test("a round trip is measured only if it is clear which copy was answered", () => {
  for (const [wait, expected] of [[100, 100], [700, undefined]] as const) {
    const peer = new ScriptedPeer();
    peer.signal();
    peer.advance(wait);
    peer.succeed(peer.takeRequests()[0]!);
    assertEquals(peer.agent.pairs[0]?.roundTripTime, expected);
  }
});
