import { assert, assertEquals, assertLess } from "@std/assert";
import {
  ERROR_CODE,
  type IceCandidate,
  parseStun,
  StunBuilder,
  type StunMessage,
  XOR_MAPPED_ADDRESS,
} from "../../../ice/mod.ts";
import {
  ALLOCATE,
  CREATE_PERMISSION,
  LIFETIME,
  REFRESH,
  XOR_RELAYED_ADDRESS,
} from "../../../ice/turn/attributes.ts";
import { writeChannelData } from "../../../ice/turn/channel_data.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { udp } from "../agent_pair.ts";
import { errorsOf, type Member, TurnNet, turnServer } from "./turn_net.ts";
import type { TurnServer } from "./turn_server.ts";

const A = udp("192.0.2.1");
const B = udp("192.0.2.2");

interface Scene {
  readonly net: TurnNet;
  readonly server: TurnServer;
  readonly a: Member;
}

/** An agent that gathers with a server which behaves as `lie` says, until gathering is complete. */
function gatheredFrom(lie: (server: TurnServer, net: TurnNet) => void, limit = 60_000): Scene {
  const net = new TurnNet();
  const server = net.server();
  lie(server, net);
  const a = net.agent([A]);
  net.gather(a, server);
  net.until(() => a.agent.gatheringState === "complete", limit);
  return { net, server, a };
}

/** An agent with an allocation, and a peer that it is connected to through it. */
function connected(): Scene & { b: Member } {
  const net = new TurnNet();
  const server = net.server();
  const [a, b] = [net.agent([A]), net.agent([B])];
  net.passes = (from, to) => from.ip === server.address.ip || to.ip === server.address.ip;
  net.gather(a, server);
  net.gather(b);
  net.until(() => a.agent.gatheringState === "complete");
  net.connect(a, b);
  net.advance(1000);
  return { net, server, a, b };
}

const relays = ({ agent }: Member): readonly IceCandidate[] =>
  agent.localCandidates.filter(({ type }) => type === "relay");

Deno.test("a wrong password is an error 401 after one try", () => {
  const { server, a } = gatheredFrom((server) => server.password = "another");
  assertEquals(errorsOf(a), [[401, "error 401"]]);
  assertEquals(server.received, 2);
  assert(!JSON.stringify(a.events).includes("correct horse"));
});

Deno.test("endless 438 ends after a few tries", () => {
  let nonce = 0;
  const { server, a } = gatheredFrom((server) => {
    server.refuse = (_, authenticated) => {
      server.nonce = `nonce${++nonce}`;
      return authenticated || nonce > 1 ? { code: 438 } : undefined;
    };
  });
  assertEquals(errorsOf(a), [[438, "error 438"]]);
  assertLess(server.received, 8);
});

Deno.test("a realm that is another one each time ends after a few tries", () => {
  let realm = 0;
  const { server, a } = gatheredFrom((server) => {
    server.refuse = () => {
      server.realm = `realm${++realm}`;
      return { code: 401 };
    };
  });
  assertEquals(errorsOf(a), [[401, "error 401"]]);
  assertLess(server.received, 8);
});

Deno.test("redirects are followed three times, and never in a circle (RFC 8489 section 10)", () => {
  const chain = (length: number) => {
    const net = new TurnNet();
    const servers = Array.from({ length }, (_, i) => net.server(`203.0.113.${i + 1}`));
    for (const [i, server] of servers.entries()) {
      const alternate = servers[i + 1]?.address;
      if (alternate) server.refuse = () => ({ code: 300, alternate });
    }
    const a = net.agent([A]);
    net.gather(a, servers[0]!);
    net.until(() => a.agent.gatheringState === "complete");
    return { a, servers };
  };
  const followed = chain(4);
  assertEquals(relays(followed.a)[0]?.address, "203.0.113.4");
  assertEquals(relays(followed.a)[0]?.url, "turn:203.0.113.1");
  const tooFar = chain(6);
  assertEquals(errorsOf(tooFar.a), [[300, "Too many redirects"]]);
  assertEquals(tooFar.servers.map(({ received }) => received > 0), [
    ...[true, true, true, true],
    ...[false, false],
  ]);
  const { a } = gatheredFrom((server) =>
    server.refuse = () => ({ code: 300, alternate: server.address })
  );
  assertEquals(errorsOf(a), [[300, "The servers redirect in a circle"]]);
});

Deno.test("a server on the Internet does not redirect into a private network", () => {
  for (
    const ip of [
      ...["10.1.2.3", "127.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254"],
      "100.64.0.1",
    ]
  ) {
    const { net, a } = gatheredFrom((server) =>
      server.refuse = () => ({ code: 300, alternate: { ip, port: 3478 } })
    );
    assertEquals(errorsOf(a), [[300, "The server redirects into a private network"]], ip);
    assert(net.members[0]!.sent.every(({ remote }) => remote.ip !== ip));
  }
});

Deno.test("a redirect to nowhere, to a group or to the other family is not followed", () => {
  for (
    const alternate of [
      undefined,
      { ip: "203.0.113.9", port: 0 },
      { ip: "224.0.0.1", port: 3478 },
      { ip: "0.0.0.0", port: 3478 },
      { ip: "0.0.0.1", port: 3478 },
      { ip: "2001:db8::1", port: 3478 },
    ]
  ) {
    const refusal = { code: 300, ...(alternate && { alternate }) };
    const { a } = gatheredFrom((server) => server.refuse = () => refusal);
    assertEquals(errorsOf(a), [[300, "The server named no usable alternative"]]);
  }
});

Deno.test("errors of the server surface with their code: 403, 441, 442, 486, 508", () => {
  for (const code of [403, 441, 442, 486, 508]) {
    const { a } = gatheredFrom((server) =>
      server.refuse = (_, authenticated) => authenticated ? { code } : undefined
    );
    assertEquals(errorsOf(a), [[code, `error ${code}`]]);
  }
});

Deno.test("437 asks for another port three times over, then is an error", () => {
  const net = new TurnNet();
  const server = net.server();
  server.refuse = (_, authenticated) => authenticated ? { code: 437 } : undefined;
  const a = net.agent([A]);
  net.gather(a, server);
  for (let port = 6000; port < 6002; port++) {
    const wanted = () => a.events.filter(({ type }) => type === "connection-wanted");
    net.until(() => wanted().length === port - 5999);
    const event = wanted().at(-1)!;
    if (event.type !== "connection-wanted") throw new Error();
    assertEquals([event.connection.localIp, event.connection.remote], [A.ip, server.address]);
    a.bases.push(udp(A.ip, port));
    net.run(a, (agent, now) => agent.connected(event.connection.id, udp(A.ip, port), now));
  }
  net.until(() => a.agent.gatheringState === "complete");
  assertEquals(errorsOf(a), [[437, "error 437"]]);
});

Deno.test("a connection that nobody opens is an error after a while, and one that comes too late is not wanted", () => {
  const net = new TurnNet();
  const a = net.agent([A]);
  const address = { ip: "203.0.113.1", port: 443, protocol: "tcp" } as const;
  const server = { ...turnServer(net.server()), address, tls: true };
  net.run(a, (agent, now) => agent.addTurnServer(server, now));
  net.gather(a);
  assertEquals(a.agent.gatheringState, "gathering");
  const [event] = a.events.filter(({ type }) => type === "connection-wanted");
  if (event?.type !== "connection-wanted") throw new Error();
  assertEquals([event.connection.tls, event.connection.remote], [true, address]);
  net.until(() => a.agent.gatheringState === "complete", 10_000);
  assertEquals(errorsOf(a), [[701, "The TURN server did not take the connection"]]);
  const { id } = event.connection;
  const local = { ip: A.ip, port: 6000, protocol: "tcp" } as const;
  assert(!net.run(a, (agent, now) => agent.connected(id, local, now)));
  assertEquals(a.sent, []);
});

Deno.test("an answer that is not signed, or not rightly, is as if it had never come", () => {
  for (const spoil of [stripped, broken]) {
    const { a } = gatheredFrom((server) => {
      server.tamper = (data) => {
        const message = parseStun(data)!;
        return message.messageClass === "success" ? spoil(message) : data;
      };
    });
    assertEquals(errorsOf(a), [[701, "The TURN server did not answer"]]);
    assertEquals(relays(a), []);
    assert(a.agent.discards.of("TURN answer without valid integrity") > 0);
  }
});

Deno.test("an error that is not signed does not end a request that was", () => {
  const { a } = gatheredFrom((server) =>
    server.refuse = (_, authenticated) => authenticated ? { code: 486, signed: false } : undefined
  );
  assertEquals(errorsOf(a), [[701, "The TURN server did not answer"]]);
});

Deno.test("unauthenticated errors do not end an allocation that lives", () => {
  const { net, server, a, b } = connected();
  server.refuse = ({ method }) => method === REFRESH ? { code: 437, signed: false } : undefined;
  net.advance(9 * 60_000 + 20_000);
  server.refuse = () => undefined;
  net.advance(60_000);
  net.send(b, Uint8Array.of(200, 1));
  net.advance(100);
  assertEquals(a.received.length, 1);
});

Deno.test("relayed addresses that are none, or that are this machine's own, make no candidate", () => {
  for (const ip of ["0.0.0.0", "224.0.0.9", A.ip]) {
    const net = new TurnNet();
    const server = net.server("203.0.113.1", { 4: ip });
    const a = net.agent([udp(A.ip, 50_000)]);
    net.gather(a, server);
    net.until(() => a.agent.gatheringState === "complete");
    assertEquals(errorsOf(a), [[701, "Malformed answer"]], ip);
    assertEquals(relays(a), []);
  }
});

Deno.test("a huge lifetime is not believed, and a tiny one does not make a flood (RFC 8656 section 7.2)", () => {
  const { net, server } = gatheredFrom((server) => server.lifetime = 0xffffffff);
  net.advance(3600_000);
  assert(server.done.includes(REFRESH));
  const tiny = gatheredFrom((server) => server.lifetime = 1);
  tiny.net.advance(60_000);
  assertLess(tiny.server.received, 16);
  const none = gatheredFrom((server) => server.lifetime = 0);
  assertEquals(relays(none.a), []);
});

Deno.test("a realm that changes under an allocation is refused, and the allocation ends", () => {
  const { net, server, a } = connected();
  server.realm = "evil.example";
  const before = a.sent.length;
  net.advance(10 * 60_000);
  for (const { data } of a.sent.slice(before)) {
    assert(!new TextDecoder().decode(data).includes("evil.example"), "signed for another realm");
  }
});

Deno.test("a stale nonce is renewed without a word (RFC 8489 section 9.2.5)", () => {
  const { net, server, a, b } = connected();
  for (let minute = 0; minute < 30; minute++) {
    server.nonce = `nonce at ${minute}`;
    net.advance(60_000);
  }
  net.send(a, Uint8Array.of(200));
  net.advance(100);
  assertEquals(b.received.length, 1);
  assertEquals(errorsOf(a), []);
});

Deno.test("ChannelData of unknown channels and cut short is dropped and counted", () => {
  const { net, server, a } = connected();
  const from = (data: Uint8Array) => net.deliver(a, { data, local: A, remote: server.address });
  from(writeChannelData(0x4abc, Uint8Array.of(200)));
  assertEquals(a.agent.discards.of("ChannelData of an unknown channel"), 1);
  from(writeChannelData(0x4000, new Uint8Array(20).fill(200)).subarray(0, 23));
  assertEquals(a.agent.discards.of("malformed ChannelData"), 1);
  from(Uint8Array.of(0x40));
  assertEquals(a.agent.discards.of("malformed ChannelData"), 2);
  net.deliver(a, {
    data: writeChannelData(0x4000, Uint8Array.of(200)),
    local: A,
    remote: udp("198.51.100.66", 3478),
  });
  assertEquals(a.agent.discards.of("ChannelData of an unknown channel"), 2);
  assertEquals(a.received, []);
});

Deno.test("data of peers without a permission is dropped, whatever the server lets through (RFC 8656 section 11.4)", () => {
  const { net, server, a } = connected();
  const data = server.dataIndication(udp("198.51.100.66"), Uint8Array.of(200));
  net.deliver(a, { data, local: A, remote: server.address });
  assertEquals(a.agent.discards.of("relayed data without permission"), 1);
  // A permitted IP address, but a port that no check has validated.
  const stranger = server.dataIndication(udp(B.ip, 6666), Uint8Array.of(200));
  net.deliver(a, { data: stranger, local: A, remote: server.address });
  assertEquals(a.agent.discards.of("data from an unvalidated address"), 1);
  assertEquals(a.received, []);
});

Deno.test("what a relay hands on is never taken for the server's own word", () => {
  const { net, server, a } = connected();
  const inner = new StunBuilder("error", REFRESH, new Uint8Array(12))
    .add(ERROR_CODE, { code: 437, reason: "" }).finish();
  for (const data of [inner, writeChannelData(0x4000, Uint8Array.of(200))]) {
    const outer = server.dataIndication(B, data);
    net.deliver(a, { data: outer, local: A, remote: server.address });
  }
  assertEquals(a.agent.discards.of("unsupported STUN method"), 1);
  assertEquals(a.received.length, 1); // ChannelData within ChannelData is the peer's data, whatever it looks like
});

Deno.test("answers from elsewhere than the server are not taken", () => {
  const net = new TurnNet();
  const server = net.server();
  server.tamper = () => undefined;
  const a = net.agent([A]);
  net.gather(a, server);
  net.advance(100);
  const request = parseStun(a.sent[0]!.data)!;
  const answer = new StunBuilder("success", ALLOCATE, request.transactionId)
    .add(XOR_RELAYED_ADDRESS, udp("198.51.100.66")).add(LIFETIME, 600).finish();
  net.deliver(a, { data: answer, local: A, remote: udp("198.51.100.66", 3478) });
  assertEquals(a.agent.discards.of("unsupported STUN method"), 1);
  assertEquals(relays(a), []);
});

Deno.test("a peer that the server forbids costs one request, and data for it is dropped", () => {
  const net = new TurnNet();
  const server = net.server();
  const [a, b] = [net.agent([A]), net.agent([B])];
  net.passes = (from, to) => from.ip === server.address.ip || to.ip === server.address.ip;
  net.gather(a, server);
  net.gather(b);
  net.until(() => a.agent.gatheringState === "complete");
  const asked: number[] = [];
  server.refuse = ({ method }, authenticated) => {
    asked.push(method);
    return method === CREATE_PERMISSION && authenticated ? { code: 403 } : undefined;
  };
  net.signal(a, b);
  net.advance(15_000);
  assertEquals(asked, [CREATE_PERMISSION]);
  assert(a.agent.discards.of("data for a peer without permission") > 0);
});

Deno.test("oversized attributes are no answer, and nothing of them is kept", () => {
  const { a } = gatheredFrom((server) => {
    server.realm = "r".repeat(4000);
    server.nonce = "n".repeat(20_000);
  });
  assertEquals(errorsOf(a), [[401, "The server sent no valid realm and nonce"]]);
});

Deno.test("whatever a server sends, the agent keeps its word: mutated answers of every kind", () => {
  const seed = seedForRun("TURN mutation");
  for (let round = 0; round < 60; round++) {
    const random = new Random(seed + round);
    const { net, server, a } = connected();
    server.tamper = (data) => random.chance(0.5) ? random.mutate(data) : data;
    for (let i = 0; i < 20; i++) {
      const data = server.dataIndication(B, random.bytes(random.below(50)));
      net.deliver(a, { data: random.mutate(data), local: A, remote: server.address });
      const channelData = writeChannelData(0x4000, random.bytes(10));
      net.deliver(a, { data: random.mutate(channelData), local: A, remote: server.address });
    }
    net.advance(15 * 60_000);
    net.run(a, (agent, now) => agent.close(now));
    assertEquals(a.agent.nextTimeout, undefined);
  }
});

function stripped(message: StunMessage): Uint8Array {
  const builder = new StunBuilder("success", message.method, message.transactionId);
  for (const attribute of [XOR_RELAYED_ADDRESS, XOR_MAPPED_ADDRESS]) {
    const value = message.get(attribute);
    if (value !== undefined) builder.add(attribute, value);
  }
  return builder.add(LIFETIME, 600).finish();
}

function broken(message: StunMessage): Uint8Array {
  const bytes = message.bytes.slice(0, -8); // without the fingerprint, which would give it away
  new DataView(bytes.buffer).setUint16(2, bytes.length - 20);
  bytes[bytes.length - 1]! ^= 1;
  return bytes;
}
