import { assert, assertEquals } from "@std/assert";
import { nodeProvider } from "../../core/crypto/node_provider.ts";
import { emptyOutputs } from "../../core/stage/mod.ts";
import type { Datagram } from "../../core/wire/mod.ts";
import { IceAgent, type IceEvent } from "../../ice/mod.ts";
import { seedForRun } from "../support/random.ts";
import { AgentPair, isUp, stunSent, udp } from "./agent_pair.ts";
import { errorOf, ScriptedPeer } from "./scripted_peer.ts";

Deno.test("a lite agent is controlled, and stays so whatever signalling or a check says (RFC 8445 section 6.1.1)", () => {
  const peer = new ScriptedPeer({ lite: true, role: "controlling" });
  assertEquals(peer.agent.role, "controlled");
  peer.agent.setRole("controlling", peer.now);
  peer.signal();
  assertEquals(errorOf(peer.check({ role: "controlled" })), 487);
  assertEquals(peer.agent.role, "controlled");
});

Deno.test("a lite agent sends no check, and selects what is nominated (RFC 8445 section 7.3.2)", () => {
  const peer = new ScriptedPeer({ lite: true });
  peer.signal();
  assertEquals(peer.agent.state, "checking");
  assertEquals(peer.check()?.messageClass, "success");
  assertEquals([peer.agent.state, peer.agent.selectedPair], ["checking", undefined]);
  peer.deliver(Uint8Array.of(20));
  assertEquals(peer.agent.discards.of("data from an unvalidated address"), 1);
  assertEquals(peer.check({ useCandidate: true })?.messageClass, "success");
  assertEquals(peer.agent.state, "connected");
  assert(peer.agent.selectedPair?.nominated);
  peer.deliver(Uint8Array.of(20));
  assertEquals(peer.above.length, 1);
  peer.advance(9000);
  assertEquals(peer.takeRequests(), []);
});

Deno.test("a lite agent is disconnected when the peer's checks stay away, comes back with them, and fails after 30 s (RFC 7675 section 5.1)", () => {
  const peer = new ScriptedPeer({ lite: true });
  peer.signal();
  peer.check({ useCandidate: true });
  peer.advance(11_000);
  assertEquals(peer.agent.state, "disconnected");
  peer.check();
  peer.advance(0);
  assertEquals(peer.agent.state, "connected");
  peer.advance(29_900);
  assertEquals(peer.agent.state, "disconnected");
  peer.advance(200);
  assertEquals(peer.agent.state, "failed");
  peer.agent.handleOutbound([Uint8Array.of(20)], peer.now);
  assertEquals(peer.agent.discards.of("data without a valid pair"), 1);
});

Deno.test("a lite agent that nobody checks fails", () => {
  const peer = new ScriptedPeer({ lite: true });
  peer.signal();
  peer.agent.endOfRemoteCandidates(peer.now);
  peer.advance(60_000);
  assertEquals(peer.agent.state, "failed");
});

Deno.test("a lite agent has host candidates only, and asks no server (RFC 8445 section 5.2)", () => {
  const agent = new IceAgent({ crypto: nodeProvider, role: "controlled", lite: true });
  agent.addServer({ address: udp("203.0.113.1", 3478), url: "stun:stun.example.org" }, 0);
  agent.addBase(udp("192.0.2.1"), 0);
  agent.addBase({ ip: "192.0.2.1", port: 9, protocol: "tcp" }, 0, { tcpType: "active" });
  agent.endOfBases(0);
  const out = emptyOutputs<Datagram, Uint8Array, IceEvent>();
  agent.poll(out);
  assertEquals(agent.localCandidates.map(({ type, protocol }) => [type, protocol]), [[
    "host",
    "udp",
  ]]);
  assertEquals(agent.gatheringState, "complete");
  assertEquals(out.below, []);
});

Deno.test("a full agent connects to a lite one, also through 30% loss, and both stay up", () => {
  const first = seedForRun("ICE lite") % 1e6;
  for (let seed = first; seed < first + 20; seed++) {
    const pair = new AgentPair({ lite: "b", link: { loss: 0.3, jitter: 20 }, seed });
    pair.start();
    pair.until(() => isUp(pair.a) && isUp(pair.b), 20_000);
    pair.advance(60_000);
    assert(!pair.states("b").includes("failed"), `seed ${seed}`);
    assertEquals(stunSent(pair, "b").filter((each) => each.messageClass === "request"), []);
  }
});
