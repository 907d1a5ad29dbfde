import { assert, assertEquals } from "@std/assert";
import type { TransportAddress } from "../../../core/wire/mod.ts";
import { writeCandidate } from "../../../ice/mod.ts";
import { udp } from "../agent_pair.ts";
import { isUp, type Member, TurnNet } from "../turn/turn_net.ts";

const ACTIVE: TransportAddress = { ip: "192.0.2.1", port: 9, protocol: "tcp" };
const LISTENER: TransportAddress = { ip: "192.0.2.2", port: 443, protocol: "tcp" };

/** One agent that connects, and one that is connected to. */
function scene(options: { controlling?: "active" | "passive" } = {}) {
  const net = new TurnNet();
  const role = options.controlling === "passive" ? "controlled" : "controlling";
  const a = net.agent([], { role });
  const b = net.agent([LISTENER], { role: role === "controlling" ? "controlled" : "controlling" });
  const add = (member: Member, address: TransportAddress, tcpType: "active" | "passive") => {
    net.run(member, (agent, now) => {
      agent.addBase(address, now, { tcpType });
      agent.endOfBases(now);
    });
  };
  add(a, ACTIVE, "active");
  add(b, LISTENER, "passive");
  return { net, a, b };
}

const wanted = ({ events }: Member) =>
  events.flatMap((event) => event.type === "connection-wanted" ? [event.connection] : []);

/** Opens the connection that an agent wants. */
function open(net: TurnNet, member: Member, port = 40_000): TransportAddress {
  const { id } = wanted(member).at(-1)!;
  const local = { ip: ACTIVE.ip, port, protocol: "tcp" } as const;
  member.bases.push(local);
  assert(net.run(member, (agent, now) => agent.connected(id, local, now)));
  return local;
}

Deno.test("RFC 6544 section 4.5: an active candidate has port 9, and comes below those of UDP", () => {
  const { a, b } = scene();
  const [active] = a.agent.localCandidates, [passive] = b.agent.localCandidates;
  assertEquals(
    writeCandidate(active!).replace(/ ufrag.*/, ""),
    `candidate:1 1 tcp ${active!.priority} 192.0.2.1 9 typ host tcptype active`,
  );
  assert(writeCandidate(passive!).includes("192.0.2.2 443 typ host tcptype passive"));
  assert(active!.priority > passive!.priority);
  assert(active!.priority < 100 * 2 ** 24); // a server-reflexive candidate of UDP
});

for (const controlling of ["active", "passive"] as const) {
  Deno.test(`an agent connects to a passive candidate, the ${controlling} side controlling (RFC 6544 section 7)`, () => {
    const { net, a, b } = scene({ controlling });
    net.signal(a, b);
    net.signal(b, a);
    net.advance(100);
    assertEquals(wanted(a).map(({ remote, framing, tls }) => ({ remote, framing, tls })), [
      { remote: LISTENER, framing: "rfc4571", tls: false },
    ]);
    assertEquals([a.sent.length, b.sent.length, wanted(b).length], [0, 0, 0]);
    const local = open(net, a);
    net.until(() => isUp(a) && isUp(b));
    net.send(a, Uint8Array.of(200, 1));
    net.send(b, Uint8Array.of(200, 2));
    net.advance(100);
    assertEquals([a.received[0]?.[1], b.received[0]?.[1]], [2, 1]);
    assert(a.sent.every((datagram) => datagram.local === local));
    assertEquals(b.agent.selectedPair?.remote.tcpType, "active");
    net.advance(120_000); // consent is asked for over the connection
    assert(isUp(a) && isUp(b));
  });
}

Deno.test("UDP is preferred where both work", () => {
  const net = new TurnNet();
  const [a, b] = [net.agent([udp("192.0.2.1")]), net.agent([udp("192.0.2.2"), LISTENER])];
  net.run(a, (agent, now) => agent.addBase(ACTIVE, now, { tcpType: "active" }));
  net.run(b, (agent, now) => agent.addBase(LISTENER, now, { tcpType: "passive" }));
  b.bases.pop();
  net.gather(a);
  net.gather(b);
  net.connect(a, b);
  assertEquals(a.agent.selectedPair?.local.protocol, "udp");
});

Deno.test("a connection that is refused, or that ends, is asked for again only after a restart", () => {
  const { net, a, b } = scene();
  net.signal(a, b);
  net.signal(b, a);
  const [first] = wanted(a);
  net.run(a, (agent, now) => agent.connectionFailed(first!.id, "Connection refused", now));
  assertEquals(a.agent.pairs.map(({ state }) => state), ["failed"]); // RFC 6544 section 7.1
  net.until(() => a.agent.state === "failed", 60_000);
  assertEquals(wanted(a).length, 1);
  assert(a.agent.discards.of("no TCP connection") > 0);
  for (const [member, ufrag] of [[a, "newa"], [b, "newb"]] as const) {
    const parameters = { usernameFragment: ufrag, password: "passwordpasswordpassword" };
    net.run(member, (agent, now) => agent.restart(parameters, now));
  }
  net.signal(a, b);
  net.signal(b, a);
  assertEquals(wanted(a).length, 2);
  const local = open(net, a);
  net.until(() => isUp(a) && isUp(b));
  net.run(a, (agent, now) => agent.disconnected(local, now));
  net.until(() => a.agent.state === "failed", 60_000);
  assertEquals(wanted(a).length, 2);
});

Deno.test("from an active base, active and simultaneous-open candidates of the peer are not connected to, nor more than 16 passive ones", () => {
  const { net, a, b } = scene();
  const candidate = b.agent.localCandidates[0]!;
  net.run(a, (agent, now) => agent.setRemoteParameters(b.agent.localParameters, now));
  for (const tcpType of ["active", "so"] as const) {
    net.run(a, (agent, now) => agent.addRemoteCandidate({ ...candidate, tcpType }, now));
  }
  net.advance(1000);
  assertEquals([wanted(a).length, a.agent.discards.of("TCP candidate")], [0, 1]);
  for (let port = 1; port <= 60; port++) {
    const foundation = `f${port}`;
    net.run(a, (agent, now) => agent.addRemoteCandidate({ ...candidate, port, foundation }, now));
  }
  net.advance(10_000);
  assertEquals(wanted(a).length, 16);
});

Deno.test("with the policy relay nothing is connected to", () => {
  const net = new TurnNet();
  const a = net.agent([]), b = net.agent([LISTENER]);
  a.agent.setTransportPolicy("relay");
  net.run(a, (agent, now) => {
    agent.addBase(ACTIVE, now, { tcpType: "active" });
    agent.endOfBases(now);
  });
  net.run(b, (agent, now) => agent.addBase(LISTENER, now, { tcpType: "passive" }));
  net.signal(a, b);
  net.advance(10_000);
  assertEquals([wanted(a).length, a.agent.localCandidates.length], [0, 0]);
});
