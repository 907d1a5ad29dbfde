import { assert, assertEquals } from "@std/assert";
import { AgentPair, isUp, stunSent } from "./agent_pair.ts";
import { ScriptedPeer } from "./scripted_peer.ts";
import { USE_CANDIDATE } from "../../ice/mod.ts";

/** Answers every consent check of an agent as it comes, for a time; returns when each new one was sent. */
function answerFor(peer: ScriptedPeer, millis: number): number[] {
  const times: number[] = [];
  const until = peer.now + millis;
  while (peer.now < until) {
    peer.advance(10);
    for (const request of peer.takeRequests()) {
      times.push(peer.now);
      peer.succeed(request);
    }
  }
  return times;
}

Deno.test("consent is asked for every 4 to 5.2 s, at random (RFC 7675 section 5.1)", () => {
  const peer = new ScriptedPeer();
  peer.connect();
  const times = answerFor(peer, 120_000);
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  assert(gaps.length >= 19 && gaps.length <= 30, `${gaps.length} checks in two minutes`);
  assert(gaps.every((gap) => gap >= 3990 && gap <= 5210), gaps.join(" "));
  assert(Math.max(...gaps) - Math.min(...gaps) > 500, "the gaps differ");
  assert(isUp(peer.agent));
  assertEquals(peer.agent.selectedPair?.consentRequestsSent, times.length);
});

for (const role of ["controlling", "controlled"] as const) {
  Deno.test(`each consent check of the ${role} agent has a transaction of its own (RFC 7675 section 5.1)`, () => {
    const peer = new ScriptedPeer({ role });
    peer.connect();
    const ids: string[] = [];
    for (let round = 0; round < 10; round++) {
      peer.advance(6000);
      for (const request of peer.takeRequests()) {
        ids.push(request.message.transactionId.join());
        // The nomination is said again: a peer may have missed it.
        assertEquals(request.message.has(USE_CANDIDATE), role === "controlling");
        peer.succeed(request);
      }
    }
    assert(new Set(ids).size >= 10);
  });
}

Deno.test("only authenticated answers are consent: without one, sending stops within 30 s (RFC 7675 section 5.1)", () => {
  for (const password of [undefined, "forged"]) {
    const peer = new ScriptedPeer();
    peer.connect();
    const until = peer.now + 30_000;
    while (peer.now < until) {
      peer.advance(100);
      for (const request of peer.takeRequests()) peer.succeed(request, { password });
      peer.check(); // the peer's own checks are none either
      peer.deliver(Uint8Array.of(20)); // nor is its data
      peer.take();
    }
    assertEquals(peer.agent.state, "failed");
    const sent = peer.data.length;
    peer.agent.handleOutbound([Uint8Array.of(20)], peer.now);
    peer.drain();
    assertEquals(peer.data.length, sent);
    peer.advance(60_000);
    assertEquals(peer.takeRequests(), []);
  }
});

Deno.test("an authentic answer by way of another address is no consent", () => {
  const peer = new ScriptedPeer();
  peer.connect();
  const until = peer.now + 30_000;
  while (peer.now < until) {
    peer.advance(100);
    for (const request of peer.takeRequests()) {
      const { ip, protocol } = request.datagram.remote;
      peer.succeed(request, { from: { ip, port: 9, protocol } });
    }
  }
  assertEquals(peer.agent.state, "failed");
});

Deno.test("what comes after consent has expired does not renew it (RFC 7675 section 5.1)", () => {
  const peer = new ScriptedPeer();
  peer.connect();
  peer.advance(29_900);
  const requests = peer.takeRequests();
  peer.advance(200);
  for (const request of requests) peer.succeed(request);
  peer.check({ useCandidate: true });
  assertEquals(peer.agent.state, "failed");
});

Deno.test("a peer that vanishes is disconnected after 3 to 10 s and failed after 30 s", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const pair = new AgentPair({ seed });
    pair.connect();
    pair.advance(seed * 777);
    const vanished = pair.now;
    pair.tap = () => undefined;
    pair.until(() => pair.a.state === "disconnected", 10_100);
    assert(pair.now - vanished >= 3000, `disconnected after ${pair.now - vanished} ms`);
    pair.until(() => pair.a.state === "failed", 30_000);
    const after = pair.now - vanished;
    const inFlight = 10; // an answer that had left already
    assert(after > 23_000 && after <= 30_000 + inFlight, `failed after ${after} ms`);
    assertEquals(pair.states("a").slice(-2), ["disconnected", "failed"]);
  }
});

Deno.test("a blackout of 20 s is survived: disconnected, and back", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const pair = new AgentPair({ seed });
    pair.connect();
    pair.advance(seed * 777);
    pair.tap = () => undefined;
    pair.advance(20_000);
    assertEquals([pair.a.state, pair.b.state], ["disconnected", "disconnected"]);
    pair.tap = (packet) => packet;
    // Consent that is not there yet does not keep data back.
    pair.send("a", 20, 7);
    pair.advance(20);
    assertEquals(pair.received.b.length, 1);
    pair.until(() => isUp(pair.a) && isUp(pair.b), 4000);
  }
});

Deno.test("a blackout of 24 s is survived whenever it begins, and the next message is there at once", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const pair = new AgentPair({ seed });
    pair.connect();
    pair.advance(seed * 50);
    pair.tap = () => undefined;
    pair.advance(24_000);
    pair.tap = (packet) => packet;
    pair.advance(100);
    pair.send("a", 20, 7);
    pair.advance(20);
    assertEquals(pair.received.b.length, 1);
    pair.until(() => isUp(pair.a) && isUp(pair.b), 600);
    assert(!pair.states("a").includes("failed") && !pair.states("b").includes("failed"));
  }
});

Deno.test("at 30% loss a connection stays up for an hour", () => {
  const pair = new AgentPair({ link: { loss: 0.3 }, seed: 4 });
  pair.connect();
  pair.advance(3_600_000);
  const states = [...pair.states("a"), ...pair.states("b")];
  assert(!states.includes("failed"), states.join(" "));
  const suspected = states.filter((state) => state === "disconnected").length;
  assert(suspected < 60, `${suspected} times disconnected`);
});

Deno.test("consent goes on over the selected pair alone", () => {
  const pair = new AgentPair();
  pair.connect();
  pair.advance(100);
  const before = stunSent(pair, "a").length;
  pair.advance(60_000);
  const since = pair.sent.a.slice(-(stunSent(pair, "a").length - before));
  assert(since.length >= 20);
  assert(since.every(({ remote }) => remote.ip === "192.0.2.2"));
});
