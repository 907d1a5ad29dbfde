import { assertEquals } from "@std/assert";
import { generateIceParameters } from "../../ice/mod.ts";
import { AgentPair, isUp, seededCrypto, udp } from "./agent_pair.ts";

const BASES = [udp("192.0.2.1"), udp("198.51.100.1")];

Deno.test("when the base of the selected pair goes, another base takes its place", () => {
  const pair = new AgentPair({ bases: { a: BASES } });
  pair.connect();
  pair.advance(1000);
  const lost = pair.a.selectedPair!.local;
  pair.tap = (packet) =>
    [packet.local.ip, packet.remote.ip].includes(lost.address) ? undefined : packet;
  pair.run("a", (agent, now) => agent.removeBase(udp(lost.address), now));
  pair.until(() => isUp(pair.a), 1000);
  pair.until(() => pair.b.selectedPair!.remote.address !== lost.address, 15_000);
  pair.until(() => pair.a.selectedPair !== undefined, 1000);
  assertEquals(pair.a.pairs.some(({ local }) => local.address === lost.address), false);
  pair.send("a", 20);
  pair.send("b", 20);
  pair.advance(20);
  assertEquals([pair.received.a.length, pair.received.b.length], [1, 1]);
});

Deno.test("without another base it is disconnected, and a new one brings it back", () => {
  const pair = new AgentPair({ bases: { a: BASES } });
  pair.tap = (packet) =>
    [packet.local.ip, packet.remote.ip].includes("198.51.100.1") ? undefined : packet;
  pair.gather("b");
  pair.run("a", (agent, now) => agent.addBase(BASES[0]!, now));
  pair.run("a", (agent, now) => agent.endOfBases(now));
  pair.signalAll("a");
  pair.signalAll("b");
  pair.untilConnected();
  pair.run("a", (agent, now) => agent.removeBase(BASES[0]!, now));
  assertEquals([pair.a.state, pair.a.selectedPair], ["disconnected", undefined]);
  pair.advance(1000);
  assertEquals(pair.a.state, "disconnected");
  pair.tap = (packet) =>
    [packet.local.ip, packet.remote.ip].includes("192.0.2.1") ? undefined : packet;
  pair.run("a", (agent, now) => agent.addBase(BASES[1]!, now));
  pair.until(() => pair.a.selectedPair !== undefined, 1000);
  assertEquals(pair.a.selectedPair?.local.address, "198.51.100.1");
});

Deno.test("without another base, and without a new one, it fails in the end", () => {
  const pair = new AgentPair();
  pair.connect();
  pair.run("a", (agent, now) => agent.removeBase(udp("192.0.2.1"), now));
  pair.advance(30_000);
  assertEquals(pair.a.state, "failed");
});

Deno.test("a base that is unknown, or not in use, is removed without a trace", () => {
  const pair = new AgentPair({ bases: { a: BASES } });
  pair.connect();
  const selected = pair.a.selectedPair!;
  const other = BASES.find(({ ip }) => ip !== selected.local.address)!;
  for (const base of [other, udp("203.0.113.9")]) {
    pair.run("a", (agent, now) => agent.removeBase(base, now));
  }
  pair.advance(60_000);
  assertEquals(pair.a.selectedPair, selected);
  assertEquals(isUp(pair.a), true);
});

Deno.test("gathering does not wait for the answers to a base that is gone, and keeps nothing alive there", () => {
  const pair = new AgentPair({ bases: { a: BASES } });
  pair.serverAnswers = false;
  pair.gather("a", true);
  pair.advance(200);
  for (const base of BASES) {
    assertEquals(pair.a.gatheringState, "gathering");
    pair.run("a", (agent, now) => agent.removeBase(base, now));
  }
  assertEquals(pair.a.gatheringState, "complete");
  const sent = pair.sent.a.length;
  pair.advance(60_000);
  assertEquals(pair.sent.a.length, sent);
  assertEquals(pair.events.a.some(({ type }) => type === "candidate-error"), false);
});

Deno.test("the binding of a base that is gone is not kept alive", () => {
  const pair = new AgentPair({ bases: { a: BASES } });
  pair.gather("a", true);
  pair.until(() => pair.a.gatheringState === "complete");
  pair.run("a", (agent, now) => agent.removeBase(BASES[0]!, now));
  pair.sent.a.length = 0;
  pair.advance(60_000);
  assertEquals(new Set(pair.sent.a.map(({ local }) => local.ip)), new Set([BASES[1]!.ip]));
});

Deno.test("a base that comes while a restart is only an offer serves the old session, too, once that is rolled back", () => {
  const pair = new AgentPair({ bases: { a: BASES } });
  pair.gather("b");
  pair.run("a", (agent, now) => agent.addBase(BASES[0]!, now)); // and others may follow
  pair.signalAll("a");
  pair.signalAll("b");
  pair.untilConnected();
  const { usernameFragment } = pair.a.localParameters;
  pair.run("a", (agent, now) => agent.restart(generateIceParameters(seededCrypto(78)), now));
  pair.run("a", (agent, now) => agent.addBase(BASES[1]!, now));
  pair.run("a", (agent, now) => agent.rollBackRestart(now));
  const told = pair.a.localCandidates.map((each) => [each.address, each.usernameFragment]);
  assertEquals(told, BASES.map(({ ip }) => [ip, usernameFragment]));
  pair.run("a", (agent, now) => agent.removeBase(BASES[0]!, now));
  pair.until(() => pair.a.selectedPair?.local.address === BASES[1]!.ip, 1000);
});

Deno.test("a restart that is rolled back does not bring back a base that went meanwhile (RFC 9429 section 4.1.10.2)", () => {
  for (const connected of [true, false]) {
    const pair = new AgentPair({ bases: { a: BASES } });
    if (connected) pair.connect();
    pair.tap = (packet) => packet.local.ip === BASES[0]!.ip ? undefined : packet;
    if (!connected) pair.start();
    const parameters = generateIceParameters(seededCrypto(77));
    pair.run("a", (agent, now) => agent.restart(parameters, now));
    pair.run("a", (agent, now) => agent.removeBase(BASES[0]!, now));
    pair.run("a", (agent, now) => agent.rollBackRestart(now));
    assertEquals(pair.a.pairs.some(({ local }) => local.address === BASES[0]!.ip), false);
    pair.sent.a.length = 0;
    pair.advance(20_000);
    assertEquals(new Set(pair.sent.a.map(({ local }) => local.ip)), new Set([BASES[1]!.ip]));
  }
});
