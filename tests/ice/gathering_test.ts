import { assert, assertEquals } from "@std/assert";
import {
  BINDING,
  ERROR_CODE,
  type IceEvent,
  MAPPED_ADDRESS,
  StunBuilder,
  XOR_MAPPED_ADDRESS,
} from "../../ice/mod.ts";
import { AgentPair, Nat, STUN_SERVER, stunSent, udp } from "./agent_pair.ts";
import { LOCAL, ScriptedPeer } from "./scripted_peer.ts";

const typesOf = (events: readonly IceEvent[]) =>
  events.map((event) => event.type === "gathering-state" ? event.state : event.type);

const URL = "stun:stun.example.org";

function natted(): AgentPair {
  return new AgentPair({ nats: { a: new Nat("198.51.100.1") }, bases: { a: [udp("10.0.0.1")] } });
}

Deno.test("each base gives a host candidate and a server-reflexive one (RFC 8445 section 5.1.1)", () => {
  const nats = { a: new Nat("198.51.100.1") };
  const bases = { a: [udp("10.0.0.1"), udp("10.1.0.1"), udp("2001:db8::1")] };
  const pair = new AgentPair({ nats, bases });
  pair.gather("a", true);
  assertEquals(pair.a.gatheringState, "gathering");
  pair.until(() => pair.a.gatheringState === "complete", 500);
  const lines = pair.a.localCandidates.map(({ type, address, relatedAddress, foundation }) =>
    [foundation, type, address, relatedAddress].join(" ")
  );
  assertEquals(lines, [
    "1 host 10.0.0.1 ",
    "2 host 10.1.0.1 ",
    "3 host 2001:db8::1 ",
    "4 srflx 198.51.100.1 10.0.0.1",
    "5 srflx 198.51.100.1 10.1.0.1",
  ]);
  const priorities = pair.a.localCandidates.map(({ priority }) => priority);
  assertEquals(new Set(priorities).size, 5);
  assertEquals(priorities[0], 2_130_706_431);
  assertEquals(priorities[3], 1_694_498_815);
  assertEquals(pair.a.localCandidates[3]?.url, URL);
});

Deno.test("the events of gathering come in order", () => {
  const pair = natted();
  pair.gather("a", true);
  pair.until(() => pair.a.gatheringState === "complete");
  assertEquals(typesOf(pair.events.a), ["gathering", "candidate", "candidate", "complete"]);
});

Deno.test("a reflexive address that is the base's own is redundant (RFC 8445 section 5.1.3)", () => {
  const pair = new AgentPair();
  pair.gather("a", true);
  pair.until(() => pair.a.gatheringState === "complete");
  assertEquals(pair.a.localCandidates.map(({ type }) => type), ["host"]);
});

Deno.test("behind an mDNS name the host candidate tells no address, nor does the reflexive one", () => {
  const pair = natted();
  pair.run("a", (agent, now) => agent.addServer({ address: STUN_SERVER, url: URL }, now));
  pair.run("a", (agent, now) => agent.addBase(udp("10.0.0.1"), now, { hostName: "abc.local" }));
  pair.run("a", (agent, now) => agent.endOfBases(now));
  pair.until(() => pair.a.gatheringState === "complete");
  const [host, srflx] = pair.a.localCandidates;
  assertEquals(host?.address, "abc.local");
  assertEquals([srflx?.relatedAddress, srflx?.relatedPort], ["0.0.0.0", 0]);
  assert(!JSON.stringify(pair.events.a).includes("10.0.0.1"));
});

Deno.test("a public address behind an mDNS name is announced as reflexive", () => {
  const pair = new AgentPair();
  pair.run("a", (agent, now) => agent.addServer({ address: STUN_SERVER, url: URL }, now));
  pair.run("a", (agent, now) => agent.addBase(udp("192.0.2.1"), now, { hostName: "abc.local" }));
  pair.run("a", (agent, now) => agent.endOfBases(now));
  pair.until(() => pair.a.gatheringState === "complete");
  const addresses = pair.a.localCandidates.map(({ address }) => address);
  assertEquals(addresses, ["abc.local", "192.0.2.1"]);
});

Deno.test("a server that is silent is a candidate-error 701, after which gathering completes", () => {
  const pair = natted();
  pair.serverAnswers = false;
  pair.gather("a", true);
  pair.advance(9400);
  assertEquals(pair.a.gatheringState, "gathering");
  pair.advance(200);
  assertEquals(pair.a.gatheringState, "complete");
  const error = pair.events.a.find(({ type }) => type === "candidate-error");
  assertEquals(error, {
    type: "candidate-error",
    url: URL,
    code: 701,
    text: "The STUN server did not answer",
    address: "10.0.0.1",
    port: 5000,
  });
  assertEquals(stunSent(pair, "a").length, 5);
});

Deno.test("a name that could not be resolved is a candidate-error too", () => {
  const { agent, events, drain } = bound(new ScriptedPeer());
  agent.serverFailed(URL, 701, "no such host");
  drain();
  assertEquals(events.at(-1), {
    type: "candidate-error",
    url: URL,
    code: 701,
    text: "no such host",
  });
});

function bound(peer: ScriptedPeer) {
  return { agent: peer.agent, events: peer.events, drain: () => peer.drain() };
}

/** An agent that has asked a server, and its question. */
function asked() {
  const peer = new ScriptedPeer();
  peer.agent.addServer({ address: STUN_SERVER, url: URL }, peer.now);
  peer.drain();
  const [request] = peer.takeRequests();
  const answer = (messageClass: "success" | "error") =>
    new StunBuilder(messageClass, BINDING, request!.message.transactionId);
  return { peer, request: request!, answer };
}

Deno.test("a server's error is reported with its code", () => {
  const { peer, answer } = asked();
  const error = { code: 300, reason: "Try Alternate" };
  peer.deliver(answer("error").add(ERROR_CODE, error).finish(), STUN_SERVER);
  const event = peer.events.find(({ type }) => type === "candidate-error");
  assertEquals(event?.type === "candidate-error" && [event.code, event.text], [
    300,
    "Try Alternate",
  ]);
});

Deno.test("only the server itself is believed", () => {
  const { peer, answer } = asked();
  const forged = { ip: "198.51.100.99", port: 1 };
  const data = answer("success").add(XOR_MAPPED_ADDRESS, forged).finish();
  peer.deliver(data, udp("203.0.113.2", 3478));
  assertEquals(peer.agent.localCandidates.length, 1);
  assertEquals(peer.agent.discards.of("server answer from another address"), 1);
  peer.deliver(answer("success").add(XOR_MAPPED_ADDRESS, forged).finish(), STUN_SERVER);
  assertEquals(peer.agent.localCandidates.length, 2);
  peer.deliver(data, STUN_SERVER); // it has been answered
  assertEquals(peer.agent.discards.of("answer to no request"), 1);
});

Deno.test("an old server that says MAPPED-ADDRESS is understood", () => {
  const { peer, answer } = asked();
  const mapped = { ip: "198.51.100.7", port: 77 };
  peer.deliver(answer("success").add(MAPPED_ADDRESS, mapped).finish(), STUN_SERVER);
  assertEquals(peer.agent.localCandidates[1]?.port, 77);
});

Deno.test("bindings at the server are kept alive until a pair is selected (RFC 8445 section 5.1.1.4)", () => {
  const pair = natted();
  pair.gather("a", true);
  pair.until(() => pair.a.gatheringState === "complete");
  const toServer = () => pair.sent.a.filter(({ remote }) => remote.ip === STUN_SERVER.ip).length;
  assertEquals(toServer(), 1);
  pair.advance(60_000);
  assertEquals(toServer(), 5);
  pair.gather("b");
  pair.signalAll("a");
  pair.signalAll("b");
  pair.untilConnected();
  const before = toServer();
  pair.advance(60_000);
  assertEquals(toServer(), before);
});

Deno.test("bases and servers are bounded", () => {
  const { agent, drain } = bound(new ScriptedPeer());
  for (let i = 0; i < 40; i++) {
    agent.addBase({ ...LOCAL, port: 6000 + i }, 1000);
    agent.addServer({ address: { ...STUN_SERVER, port: 7000 + i }, url: URL }, 1000);
  }
  drain();
  assertEquals(agent.localCandidates.length, 32);
  assertEquals(agent.discards.of("too many bases or servers"), 9 + 32);
});
