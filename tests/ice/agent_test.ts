import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { ICE_CONTROLLED, ICE_CONTROLLING, IceAgent, USE_CANDIDATE } from "../../ice/mod.ts";
import { seedForRun } from "../support/random.ts";
import { AgentPair, isUp, Nat, seededCrypto, stunSent, udp } from "./agent_pair.ts";

Deno.test("two hosts connect, complete and exchange data", () => {
  const pair = new AgentPair();
  pair.connect(200);
  assertEquals(pair.a.selectedPair?.local.address, "192.0.2.1");
  assertEquals(pair.a.selectedPair?.remote.address, "192.0.2.2");
  assertEquals(pair.b.selectedPair?.local.address, "192.0.2.2");
  pair.send("a", 20, 1, 2);
  pair.send("b", 20, 3);
  pair.advance(20);
  assertEquals(pair.received.b.map((data) => [...data]), [[20, 1, 2]]);
  assertEquals(pair.received.a.map((data) => [...data]), [[20, 3]]);
  assertEquals(pair.states("a"), ["checking", "completed"]);
  assertEquals(pair.states("b"), ["checking", "connected"]);
  const { packetsSent, bytesSent, packetsReceived, bytesReceived } = pair.a.selectedPair!;
  assertEquals([packetsSent, bytesSent, packetsReceived, bytesReceived], [1, 3, 1, 2]);
  assertEquals(pair.a.selectedPair!.roundTripTime, 20);
});

Deno.test("set-up takes two round trips and no pacing delay", () => {
  const pair = new AgentPair({ link: { delay: 1 } });
  const began = pair.now;
  pair.connect();
  assert(pair.now - began <= 5, `took ${pair.now - began} ms`);
});

Deno.test("ordinary checks are paced by Ta (RFC 8445 section 14.2)", () => {
  const bases = { a: [1, 2, 3, 4].map((n) => udp(`10.0.${n}.1`)), b: [udp("192.0.2.2")] };
  const pair = new AgentPair({ bases, link: { loss: 1 } });
  pair.start();
  const requests = () => new Set(stunSent(pair, "a").map((m) => m.transactionId.join())).size;
  assertEquals(requests(), 1);
  pair.advance(49);
  assertEquals(requests(), 1);
  pair.advance(101);
  assertEquals(requests(), 4);
});

Deno.test("a pair that works wins although better ones are dead", () => {
  const bases = {
    a: [udp("10.0.0.1"), udp("192.0.2.1")],
    b: [udp("10.0.0.2"), udp("192.0.2.2")],
  };
  const pair = new AgentPair({ bases });
  const dead = (ip: string) => ip.startsWith("10.");
  pair.tap = (packet) => dead(packet.local.ip) || dead(packet.remote.ip) ? undefined : packet;
  pair.connect(1000);
  assertEquals(pair.a.selectedPair?.local.address, "192.0.2.1");
  assertEquals(pair.b.selectedPair?.local.address, "192.0.2.2");
});

Deno.test("IPv6 and IPv4 pair with their like only (RFC 8445 section 6.1.2.2)", () => {
  const bases = {
    a: [udp("2001:db8::1"), udp("192.0.2.1"), udp("fe80::1")],
    b: [udp("2001:db8::2"), udp("192.0.2.2")],
  };
  const pair = new AgentPair({ bases });
  pair.start();
  const paths = pair.a.pairs.map(({ local, remote }) => `${local.address} ${remote.address}`);
  assertEquals(paths.sort(), ["192.0.2.1 192.0.2.2", "2001:db8::1 2001:db8::2"]);
  pair.untilConnected();
  assertEquals(pair.a.selectedPair?.local.address, "2001:db8::1");
});

Deno.test("two agents behind NATs connect by their server-reflexive candidates", () => {
  const nats = { a: new Nat("198.51.100.1"), b: new Nat("198.51.100.2") };
  const bases = { a: [udp("10.0.0.1")], b: [udp("10.9.0.1")] };
  const pair = new AgentPair({ nats, bases });
  pair.gather("a", true);
  pair.gather("b", true);
  pair.until(() => pair.a.gatheringState === "complete" && pair.b.gatheringState === "complete");
  pair.signalAll("a");
  pair.signalAll("b");
  pair.untilConnected(3000);
  assertEquals(pair.a.selectedPair?.local.type, "srflx");
  assertEquals(pair.a.selectedPair?.local.address, "198.51.100.1");
  assertEquals(pair.b.selectedPair?.remote.address, "198.51.100.1");
});

Deno.test("a peer behind a NAT without a STUN server is discovered as peer-reflexive, on both sides", () => {
  const pair = new AgentPair({
    nats: { a: new Nat("198.51.100.1") },
    bases: { a: [udp("10.0.0.1")] },
  });
  pair.connect(3000);
  assertEquals(pair.a.selectedPair?.local.type, "prflx");
  assertEquals(pair.a.selectedPair?.local.address, "198.51.100.1");
  assertEquals(pair.a.selectedPair?.local.relatedAddress, "10.0.0.1");
  assertEquals(pair.b.selectedPair?.remote.type, "prflx");
  assertEquals(pair.b.selectedPair?.remote.address, "198.51.100.1");
  pair.send("b", 20, 9);
  pair.advance(20);
  assertEquals(pair.received.a.length, 1);
});

Deno.test("a symmetric NAT meets a host by a peer-reflexive candidate that gathering did not show", () => {
  const nats = { a: new Nat("198.51.100.1", true) };
  const pair = new AgentPair({ nats, bases: { a: [udp("10.0.0.1")] } });
  pair.gather("a", true);
  pair.gather("b");
  pair.until(() => pair.a.gatheringState === "complete");
  pair.signalAll("a");
  pair.signalAll("b");
  pair.untilConnected(3000);
  const announced = pair.a.localCandidates.find(({ type }) => type === "srflx");
  assertNotEquals(pair.a.selectedPair?.local.port, announced?.port);
  assertEquals(pair.a.selectedPair?.local.type, "prflx");
});

Deno.test("a candidate learnt from a check takes on what signalling says of it later (RFC 8838 section 11)", () => {
  const pair = new AgentPair();
  pair.gather("a");
  pair.gather("b");
  pair.signalParameters("b");
  pair.signalAll("a");
  pair.untilConnected();
  assertEquals(pair.b.selectedPair?.remote.type, "prflx");
  pair.signalCandidates("b");
  assertEquals(pair.b.selectedPair?.remote.type, "host");
  assertEquals(pair.b.remoteCandidates.length, 1);
});

Deno.test("an early check is followed as soon as the peer's parameters arrive (RFC 8445 section 7.3)", () => {
  const pair = new AgentPair();
  pair.gather("a");
  pair.gather("b");
  pair.signalAll("a"); // b does not know a yet
  pair.until(() => pair.a.selectedPair !== undefined, 200);
  assertEquals(pair.b.state, "new");
  pair.advance(2000);
  pair.signalParameters("b");
  pair.until(() => isUp(pair.b), 200);
  assertEquals(pair.b.selectedPair?.remote.type, "prflx");
});

for (const role of ["controlling", "controlled"] as const) {
  Deno.test(`two ${role} agents settle their conflict and connect (RFC 8445 section 7.3.1.1)`, () => {
    for (let seed = 1; seed <= 20; seed++) {
      const pair = new AgentPair({ roles: { a: role, b: role }, seed });
      pair.connect(3000);
      assertNotEquals(pair.a.role, pair.b.role);
      pair.send("a", 20);
      pair.advance(50);
      assertEquals(pair.received.b.length, 1);
    }
  });

  Deno.test(`two ${role} agents with equal tie-breakers settle too`, () => {
    // The tie-breaker is the first that an agent draws: the same from the same seed. What is drawn later differs.
    const pair = new AgentPair({ roles: { a: role, b: role }, sameTieBreaker: true });
    pair.connect(5000);
    const tieBreakers = (["a", "b"] as const).map((end) =>
      stunSent(pair, end)[0]!.get(role === "controlling" ? ICE_CONTROLLING : ICE_CONTROLLED)
    );
    assertEquals(tieBreakers, [0x1111111111111111n, 0x1111111111111111n]);
    assertNotEquals(pair.a.role, pair.b.role);
  });
}

Deno.test("the controlling agent nominates one pair, the controlled one none (RFC 8445 section 8.1.1)", () => {
  const bases = {
    a: [1, 2].map((n) => udp(`10.0.0.${n}`)),
    b: [3, 4].map((n) => udp(`10.0.0.${n}`)),
  };
  const pair = new AgentPair({ bases });
  pair.connect();
  pair.advance(3000); // later the consent checks say it again
  const nominations = (end: "a" | "b") =>
    stunSent(pair, end).filter((m) => m.messageClass === "request" && m.has(USE_CANDIDATE));
  assertEquals(new Set(nominations("a").map((m) => m.transactionId.join())).size, 1);
  assertEquals(nominations("b").length, 0);
  assertEquals(pair.a.selectedPair?.local.address, pair.b.selectedPair?.remote.address);
});

Deno.test("candidates that trickle in later are checked (RFC 8838 section 11)", () => {
  const pair = new AgentPair();
  pair.signalParameters("a");
  pair.signalParameters("b");
  assertEquals([pair.a.state, pair.b.state], ["new", "new"]);
  pair.advance(5000);
  pair.gather("a");
  pair.signalCandidates("b");
  assertEquals(pair.b.state, "checking");
  pair.advance(5000);
  pair.gather("b");
  pair.untilConnected(500);
  assertEquals(pair.a.state, "connected");
  pair.run("a", (agent, now) => agent.endOfRemoteCandidates(now));
  assertEquals(pair.a.state, "completed");
});

Deno.test("a checklist does not fail before gathering and the peer's candidates have ended (RFC 8838 section 8)", () => {
  const pair = new AgentPair({ link: { loss: 1 } });
  pair.gather("a");
  pair.gather("b");
  pair.signalParameters("a");
  pair.signalCandidates("a");
  pair.advance(25_000);
  assertEquals(pair.states("a"), ["checking", "disconnected"]);
  pair.run("a", (agent, now) => agent.endOfRemoteCandidates(now));
  pair.advance(0);
  assertEquals(pair.a.state, "failed");
});

Deno.test("a peer that never ends its candidates fails some time after the last check", () => {
  const pair = new AgentPair({ link: { loss: 1 } });
  pair.gather("a");
  pair.gather("b");
  pair.signalParameters("a");
  pair.signalCandidates("a");
  pair.advance(48_000);
  assertEquals(pair.a.state, "disconnected");
  pair.advance(1000);
  assertEquals(pair.a.state, "failed");
  assertEquals(pair.a.nextTimeout, undefined);
});

Deno.test("nothing fails before the patience of RFC 8863 section 4 is over, and then it does", () => {
  const pair = new AgentPair({ link: { loss: 1 } });
  pair.start();
  pair.advance(18_400);
  assertEquals(pair.a.state, "checking");
  pair.advance(200);
  assertEquals([pair.a.state, pair.b.state], ["failed", "failed"]);
});

Deno.test("an agent without any candidate fails at once when there is nothing to wait for", () => {
  const pair = new AgentPair({ bases: { a: [] } });
  pair.start();
  pair.advance(0);
  assertEquals(pair.a.state, "failed");
});

Deno.test("a lite peer makes this agent controlling, and is connected to (RFC 8445 section 6.1.1)", () => {
  const pair = new AgentPair({ roles: { a: "controlled" } });
  pair.gather("a");
  pair.gather("b");
  const parameters = { ...pair.b.localParameters, iceLite: true };
  pair.run("a", (agent, now) => agent.setRemoteParameters(parameters, now));
  pair.signalCandidates("a"); // b answers checks, and sends none: it does not know a
  pair.until(() => isUp(pair.a), 1000);
  assertEquals(pair.a.role, "controlling");
  assert(stunSent(pair, "b").every(({ messageClass }) => messageClass !== "request"));
  assert(stunSent(pair, "a").some((message) => message.has(ICE_CONTROLLING)));
});

for (const loss of [0.1, 0.3]) {
  Deno.test(`agents connect through ${loss * 100}% loss, duplication and reordering`, () => {
    const seed = seedForRun(`ICE at ${loss} loss`) % 1e6;
    const times: number[] = [];
    for (let round = 0; round < 100; round++) {
      const link = { loss, duplication: 0.05, delay: 20, jitter: 30 };
      const pair = new AgentPair({ link, seed: seed + round });
      const began = pair.now;
      pair.connect(30_000);
      times.push(pair.now - began);
    }
    times.sort((a, b) => a - b);
    const p95 = times[94]!;
    assert(p95 < (loss > 0.2 ? 5000 : 2500), `p95 is ${p95} ms`);
  });
}

Deno.test("after close nothing is sent, and nothing is answered", () => {
  const pair = new AgentPair();
  pair.connect();
  pair.run("a", (agent, now) => agent.close(now));
  assertEquals(pair.a.state, "closed");
  assert(pair.a.done);
  const sent = pair.sent.a.length;
  pair.send("a", 20);
  pair.advance(60_000);
  assertEquals(pair.sent.a.length, sent);
  assertEquals(pair.a.nextTimeout, undefined);
});

Deno.test("an agent makes its own parameters, and other ones each time", () => {
  const crypto = seededCrypto(3);
  const a = new IceAgent({ crypto, role: "controlled" }).localParameters;
  const b = new IceAgent({ crypto, role: "controlled" }).localParameters;
  assertNotEquals(a.usernameFragment, b.usernameFragment);
  assertNotEquals(a.password, b.password);
});
