import { assert, assertEquals, assertGreater } from "@std/assert";
import { isStun } from "../../../ice/mod.ts";
import {
  ALLOCATE,
  CHANNEL_BIND,
  CREATE_PERMISSION,
  REFRESH,
} from "../../../ice/turn/attributes.ts";
import { udp } from "../agent_pair.ts";
import { errorsOf, isUp, type Member, TurnNet } from "./turn_net.ts";
import type { TurnServer } from "./turn_server.ts";

const A = udp("192.0.2.1");
const B = udp("192.0.2.2");

/** Two agents that reach the server, not each other. */
function apart(options: { both?: boolean } = {}) {
  const net = new TurnNet();
  const server = net.server();
  const [a, b] = [net.agent([A]), net.agent([B])];
  net.passes = (from, to) => from.ip === server.address.ip || to.ip === server.address.ip;
  net.gather(a, server);
  if (options.both ?? true) net.gather(b, server);
  else net.gather(b);
  net.until(() => [a, b].every(({ agent }) => agent.gatheringState === "complete"));
  return { net, server, a, b };
}

const candidates = ({ agent }: Member) =>
  agent.localCandidates.map(({ type, address, port }) => `${type} ${address} ${port}`);

Deno.test("an allocation gives a relayed candidate (RFC 8656 section 7)", () => {
  const { server, a } = apart();
  assertEquals(candidates(a), ["host 192.0.2.1 5000", "relay 203.0.113.1 50000"]);
  const relay = a.agent.localCandidates[1]!;
  assertEquals([relay.url, relay.relayProtocol], ["turn:203.0.113.1", "udp"]);
  assertEquals([relay.relatedAddress, relay.relatedPort], ["192.0.2.1", 5000]);
  assertEquals(relay.priority >>> 24, 0);
  assertEquals(server.done, [ALLOCATE, ALLOCATE]);
});

Deno.test("peers that only reach the server meet by relay, and data takes channels", () => {
  const { net, server, a, b } = apart();
  net.connect(a, b);
  net.advance(1000);
  for (let i = 0; i < 50; i++) {
    net.send(a, Uint8Array.of(200, i));
    net.send(b, Uint8Array.of(201, i));
  }
  net.advance(100);
  assertEquals(b.received.map((data) => data[1]), Array.from({ length: 50 }, (_, i) => i));
  assertEquals(a.received.map((data) => data[1]), Array.from({ length: 50 }, (_, i) => i));
  assert(
    a.agent.selectedPair?.local.type === "relay" || b.agent.selectedPair?.local.type === "relay",
  );
  assertGreater(server.data.channelData, 40);
  assert(server.done.includes(CHANNEL_BIND));
});

Deno.test("one relay is enough, whichever side has it", () => {
  const { net, server, a, b } = apart({ both: false });
  net.connect(a, b);
  net.advance(500);
  net.send(b, Uint8Array.of(200, 1));
  net.send(a, Uint8Array.of(200, 2));
  net.advance(100);
  assertEquals([a.received.length, b.received.length], [1, 1]);
  assertEquals(a.agent.selectedPair?.local.type, "relay");
  assertEquals(b.agent.selectedPair?.remote.type, "relay");
  assertEquals(server.allocations.size, 1);
});

Deno.test("before its channel is bound, data goes in indications (RFC 8656 section 11)", () => {
  const { net, server, a, b } = apart({ both: false });
  server.refuse = ({ method }) => method === CHANNEL_BIND ? { code: 400, signed: true } : undefined;
  net.connect(a, b);
  const before = server.data.indications;
  for (let i = 0; i < 10; i++) net.send(a, Uint8Array.of(200, i));
  net.advance(100);
  assertEquals(b.received.map((data) => data[1]), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertGreater(server.data.indications, before + 9);
  assertEquals(server.data.channelData, 0);
});

for (const way of ["a channel", "indications"]) {
  Deno.test(`a datagram that has not left by ${way} counts for the pair that it was to go by`, () => {
    const { net, server, a, b } = apart({ both: false });
    server.refuse = ({ method }) =>
      method === CHANNEL_BIND && way === "indications" ? { code: 400, signed: true } : undefined;
    net.connect(a, b);
    net.advance(500);
    a.sent.length = 0;
    for (let i = 0; i < 3; i++) net.send(a, new Uint8Array(100).fill(200));
    for (const datagram of a.sent) a.agent.refused(datagram);
    // Checks are no data.
    net.advance(20_000);
    for (const datagram of a.sent.slice(3)) if (isStun(datagram.data)) a.agent.refused(datagram);
    const { packetsDiscarded, bytesDiscarded } = a.agent.selectedPair!;
    assertEquals([packetsDiscarded, bytesDiscarded], [3, 300]);
  });
}

Deno.test("a direct path is preferred to a relay", () => {
  const net = new TurnNet();
  const server = net.server();
  const [a, b] = [net.agent([A]), net.agent([B])];
  for (const member of [a, b]) net.gather(member, server);
  net.until(() => [a, b].every(({ agent }) => agent.gatheringState === "complete"));
  net.connect(a, b);
  assertEquals(a.agent.selectedPair?.local.type, "host");
  assertEquals(b.agent.selectedPair?.local.type, "host");
});

Deno.test("allocation, permissions and channels are refreshed for as long as they are used", () => {
  const { net, server, a, b } = apart({ both: false });
  net.connect(a, b);
  server.done.length = 0;
  net.advance(60 * 60_000);
  const count = (method: number) => server.done.filter((each) => each === method).length;
  assertEquals(count(REFRESH), 6); // every nine minutes
  assertEquals(count(CREATE_PERMISSION), 14); // every four, and a round trip
  assertEquals(count(CHANNEL_BIND), 6);
  assert(isUp(a) && isUp(b));
  net.send(a, Uint8Array.of(200, 1));
  net.send(b, Uint8Array.of(200, 2));
  net.advance(100);
  assertEquals([a.received.length, b.received.length], [1, 1]);
});

Deno.test("permissions that nobody uses expire", () => {
  const { net, server, a, b } = apart({ both: false });
  const elsewhere = {
    ...b.agent.localCandidates[0]!,
    address: "198.51.100.77",
    foundation: "x",
    priority: 1,
  };
  net.run(a, (agent, now) => agent.addRemoteCandidate(elsewhere, now));
  net.connect(a, b);
  net.advance(60_000);
  const allocation = [...server.allocations.values()][0]!;
  net.advance(20 * 60_000);
  const alive = [...allocation.permissions].filter(([, until]) => until > net.now);
  assertEquals(alive.map(([ip]) => ip), [B.ip]);
});

Deno.test("closing gives the allocation back (RFC 8656 section 8)", () => {
  const { net, server, a, b } = apart();
  net.connect(a, b);
  assertEquals(server.allocations.size, 2);
  net.run(a, (agent, now) => agent.close(now));
  net.run(b, (agent, now) => agent.close(now));
  net.advance(100);
  assertEquals(server.allocations.size, 0);
  assertEquals([a.agent.nextTimeout, b.agent.nextTimeout], [undefined, undefined]);
});

Deno.test("both families are asked for, and serve peers of both (RFC 8656 section 7.1)", () => {
  const net = new TurnNet();
  const server = net.server("203.0.113.1", { 4: "203.0.113.1", 6: "2001:db8::9" });
  const [a, b] = [net.agent([A]), net.agent([udp("2001:db8::2")])];
  net.gather(a, server);
  net.gather(b);
  net.until(() => a.agent.gatheringState === "complete");
  assertEquals(candidates(a).slice(1), ["relay 203.0.113.1 50000", "relay 2001:db8::9 50001"]);
  net.connect(a, b);
  net.send(a, Uint8Array.of(200));
  net.send(b, Uint8Array.of(200));
  net.advance(100);
  assertEquals([a.received.length, b.received.length], [1, 1]);
  assertEquals(a.agent.selectedPair?.local.address, "2001:db8::9");
});

Deno.test("a server without IPv4 gives IPv6 (RFC 8656 section 7.4, 440)", () => {
  const net = new TurnNet();
  const server = net.server("203.0.113.1", { 6: "2001:db8::9" });
  const a = net.agent([A]);
  net.gather(a, server);
  net.until(() => a.agent.gatheringState === "complete");
  assertEquals(candidates(a)[1], "relay 2001:db8::9 50000");
});

Deno.test("with the policy relay nothing but relayed candidates, and no check past the relay (RFC 8828 section 5.2)", () => {
  const net = new TurnNet();
  const server = net.server();
  const [a, b] = [net.agent([A]), net.agent([B])];
  a.agent.setTransportPolicy("relay");
  net.gather(a, server);
  net.gather(b);
  net.until(() => a.agent.gatheringState === "complete");
  assertEquals(candidates(a), ["relay 203.0.113.1 50000"]);
  assertEquals(a.agent.localCandidates[0]!.relatedAddress, "0.0.0.0");
  assert(!JSON.stringify(a.events).includes(A.ip));
  const guessed = {
    ...b.agent.localCandidates[0]!,
    address: A.ip,
    usernameFragment: a.agent.localParameters.usernameFragment,
  };
  net.run(b, (agent, now) => agent.addRemoteCandidate(guessed, now)); // the peer knows the address all the same
  net.connect(a, b);
  net.advance(30_000);
  assertEquals(a.agent.selectedPair?.local.type, "relay");
  assertGreater(a.agent.discards.of("check past the relay"), 0);
  for (const { data, remote } of a.sent) {
    assertEquals(remote, server.address);
    assert(!isStun(data) || data[1] !== 1, "a Binding message");
  }
});

Deno.test("with the policy relay, errors do not tell the address either", () => {
  const net = new TurnNet();
  const server = net.server();
  server.password = "another one";
  const a = net.agent([A]);
  a.agent.setTransportPolicy("relay");
  net.gather(a, server);
  net.until(() => a.agent.gatheringState === "complete");
  assertEquals(errorsOf(a).map(([code]) => code), [401]);
  assert(!JSON.stringify(a.events).includes(A.ip));
});

Deno.test("several servers are asked at once, and each gives what it can", () => {
  const net = new TurnNet();
  const servers = ["203.0.113.1", "203.0.113.2", "203.0.113.3"].map((ip) => net.server(ip));
  servers[1]!.tamper = () => undefined;
  const a = net.agent([A]);
  net.gather(a, ...servers);
  net.until(() => a.agent.localCandidates.length === 3, 500);
  net.until(() => a.agent.gatheringState === "complete", 10_000);
  assertEquals(candidates(a).slice(1), ["relay 203.0.113.1 50000", "relay 203.0.113.3 50000"]);
  assertEquals(errorsOf(a), [[701, "The TURN server did not answer"]]);
});

/** Connected by one relay, then told to forget. */
function connected(): { net: TurnNet; server: TurnServer; a: Member; b: Member } {
  const all = apart({ both: false });
  all.net.connect(all.a, all.b);
  return all;
}

Deno.test("a server that was restarted has lost the allocation; a restart of ICE gets another one", () => {
  const { net, server, a, b } = connected();
  server.restart();
  // Nobody has noticed yet: the allocation is not to be refreshed for minutes.
  const restart = (member: Member, ufrag: string) => {
    const parameters = { usernameFragment: ufrag, password: "passwordpasswordpassword" };
    net.run(member, (agent, now) => agent.restart(parameters, now));
  };
  restart(a, "newa");
  restart(b, "newb");
  net.until(() => a.agent.gatheringState === "complete");
  assertEquals(candidates(a), ["host 192.0.2.1 5000", "relay 203.0.113.1 50001"]);
  net.connect(a, b);
  net.advance(1000);
  net.send(a, Uint8Array.of(200));
  net.advance(100);
  assertEquals(b.received.length, 1);
});

Deno.test("a restart of ICE keeps the allocation, and data flows meanwhile", () => {
  const { net, server, a, b } = connected();
  for (const [member, ufrag] of [[a, "newa"], [b, "newb"]] as const) {
    const parameters = { usernameFragment: ufrag, password: "passwordpasswordpassword" };
    net.run(member, (agent, now) => agent.restart(parameters, now));
  }
  net.send(a, Uint8Array.of(200, 1));
  net.advance(100);
  net.connect(a, b);
  net.send(a, Uint8Array.of(200, 2));
  net.advance(100);
  assertEquals(b.received.map((data) => data[1]), [1, 2]);
  assertEquals(candidates(a), ["host 192.0.2.1 5000", "relay 203.0.113.1 50000"]);
  assertEquals(server.done.filter((method) => method === ALLOCATE).length, 1);
});

Deno.test("a base that is gone takes its relay along, and the relay of another one takes its place", () => {
  const net = new TurnNet();
  const server = net.server();
  const bases = [udp("10.0.0.1"), udp("10.1.0.1")];
  const [a, b] = [net.agent(bases), net.agent([udp("10.2.0.1")])];
  net.passes = (from, to) => [from, to].some(({ ip }) => ip === server.address.ip);
  for (const member of [a, b]) {
    net.gather(member, server);
    net.until(() => member.agent.gatheringState === "complete");
  }
  net.connect(a, b);
  net.advance(1000);
  net.send(a, Uint8Array.of(20, 0));
  const lost = a.sent.at(-1)!.local;
  const { passes } = net;
  net.passes = (from, to) => ![from, to].some(({ ip }) => ip === lost.ip) && passes(from, to);
  net.run(a, (agent, now) => agent.removeBase(lost, now));
  a.sent.length = 0;
  net.until(() => a.agent.selectedPair !== undefined, 10_000);
  net.advance(10_000);
  net.send(a, Uint8Array.of(20, 1));
  net.advance(100);
  assertEquals(b.received.at(-1), Uint8Array.of(20, 1));
  assertEquals(a.sent.filter(({ local }) => local.ip === lost.ip).length, 0);
});
