import { assert, assertEquals } from "@std/assert";
import { USE_CANDIDATE } from "../../ice/mod.ts";
import type { End } from "../support/layer_pair.ts";
import { AgentPair, isUp, stunSent, udp } from "./agent_pair.ts";
import { hostCandidate, REMOTE, ScriptedPeer } from "./scripted_peer.ts";

const BASES = [udp("192.0.2.7"), udp("198.51.100.1")];

/** The path of this address carries nothing any more. */
function cut(pair: AgentPair, ip: string): void {
  pair.tap = (packet) => [packet.local.ip, packet.remote.ip].includes(ip) ? undefined : packet;
}

for (const end of ["a", "b"] as const satisfies End[]) {
  Deno.test(`when the selected pair seems dead, another path to ${end} is found and nominated before consent expires`, () => {
    const pair = new AgentPair({ bases: { [end]: BASES } });
    pair.connect();
    pair.advance(10_000);
    const dead = pair[end].selectedPair!.local.address;
    cut(pair, dead);
    const isElsewhere = () =>
      pair[end].selectedPair?.local.address !== dead &&
      pair[end === "a" ? "b" : "a"].selectedPair?.remote.address !== dead;
    pair.until(isElsewhere, 15_000);
    pair.until(() => isUp(pair.a) && isUp(pair.b), 1000);
    for (const from of ["a", "b"] as const) {
      assert(!pair.states(from).includes("failed"));
      pair.send(from, 20);
    }
    pair.advance(100);
    assertEquals([pair.received.a.length, pair.received.b.length], [1, 1]);
  });
}

Deno.test("a selected pair that comes back stays selected, and the other checks end", () => {
  const pair = new AgentPair({ bases: { a: BASES } });
  pair.connect();
  pair.advance(1000);
  const selected = pair.a.selectedPair!;
  pair.tap = () => undefined;
  pair.until(() => pair.a.state === "disconnected", 20_000);
  pair.advance(1000);
  assertEquals(pair.a.pairs.length, 2);
  cut(pair, BASES.find(({ ip }) => ip !== selected.local.address)!.ip);
  pair.until(() => isUp(pair.a), 2000);
  pair.advance(100);
  assertEquals(pair.a.selectedPair, selected);
  assertEquals(pair.a.pairs, [selected]);
  pair.sent.a.length = 0;
  pair.advance(4000);
  assert(stunSent(pair, "a").length <= 3, "only consent is asked for");
});

Deno.test("what was valid before does not count: of two dead paths the other one is not nominated", () => {
  const peer = new ScriptedPeer({ role: "controlling" });
  const WORSE = udp("192.0.2.2", 5001);
  peer.signal();
  peer.agent.addRemoteCandidate({ ...hostCandidate(WORSE, 1000), foundation: "2" }, peer.now);
  peer.drain();
  peer.advance(100);
  const towards = (port: number) =>
    peer.takeRequests().filter(({ datagram }) => datagram.remote.port === port);
  const checks = peer.takeRequests();
  for (const check of checks) peer.succeed(check); // both paths are valid, and the better one is nominated
  for (const nomination of towards(REMOTE.port)) peer.succeed(nomination);
  assertEquals(peer.agent.selectedPair?.remote.port, REMOTE.port);
  assertEquals(peer.agent.pairs.length, 2);
  peer.take();
  peer.advance(12_000);
  assertEquals(peer.agent.state, "disconnected");
  const others = towards(WORSE.port);
  assert(others.length > 0, "the other path is not tried");
  assertEquals(others.filter(({ message }) => message.has(USE_CANDIDATE)), []);
  peer.succeed(others.at(-1)!);
  const [nomination] = towards(WORSE.port);
  assert(nomination!.message.has(USE_CANDIDATE));
  peer.succeed(nomination!);
  assertEquals([peer.agent.selectedPair?.remote.port, peer.agent.state], [WORSE.port, "connected"]);
});

Deno.test("a lite agent sends no checks, however dead its pair seems (RFC 8445 section 2.5)", () => {
  const pair = new AgentPair({ lite: "b" });
  pair.connect();
  pair.advance(1000);
  pair.tap = () => undefined;
  pair.sent.b.length = 0;
  pair.advance(20_000);
  assertEquals(stunSent(pair, "b"), []);
  assertEquals(pair.b.state, "disconnected");
});
