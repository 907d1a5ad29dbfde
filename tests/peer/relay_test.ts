import { assert, assertEquals } from "@std/assert";
import type { RTCIceServer, RTCPeerConnection, RTCPeerConnectionIceErrorEvent } from "../../mod.ts";
import type { TurnServer } from "../ice/turn/turn_server.ts";
import { PASSWORD, USER } from "../ice/turn/turn_server.ts";
import { virtualTurnServer } from "../net/mod.ts";
import { collect, Pair, type PairOptions } from "./pair.ts";

const SERVER = "203.0.113.10";

const turn = (...urls: string[]): RTCIceServer => ({ urls, username: USER, credential: PASSWORD });

/** A pair that knows a TURN server. */
async function relayed(
  options: PairOptions = {},
  url = `turn:${SERVER}`,
): Promise<{ pair: Pair; server: TurnServer }> {
  const pair = new Pair({
    ...options,
    configuration: { iceServers: [turn(url)], ...options.configuration },
  });
  return { pair, server: await virtualTurnServer(pair.net, SERVER) };
}

const selected = (pc: RTCPeerConnection) =>
  pc.sctp!.transport.iceTransport.getSelectedCandidatePair()!;

for (const url of [`turn:${SERVER}`, `turn:${SERVER}?transport=tcp`]) {
  Deno.test(`with iceTransportPolicy relay two peers meet on ${url}, and nothing goes past the relay`, async () => {
    const { pair, server } = await relayed({
      configuration: { iceServers: [turn(url)], iceTransportPolicy: "relay" },
    });
    const elsewhere: string[] = [];
    const ours = ["198.51.100.1", "198.51.100.2"];
    pair.net.tap = ({ source, destination }) => {
      if (ours.includes(source.ip) && destination.ip !== SERVER) elsewhere.push(destination.ip);
    };
    const { a, b } = await pair.open();
    const heard = collect(b);
    for (let i = 0; i < 20; i++) a.send(`message ${i}`);
    await pair.until(() => heard.length === 20);
    assertEquals(elsewhere, []);
    const { local, remote } = selected(pair.alice);
    assertEquals([local.type, remote.type], ["relay", "relay"]);
    assertEquals(local.relayProtocol, url.endsWith("tcp") ? "tcp" : "udp");
    assertEquals([local.url, local.address, local.relatedAddress], [url, SERVER, "0.0.0.0"]);
    const { sdp } = pair.alice.localDescription!;
    const stats = JSON.stringify([...(await pair.alice.getStats()).values()]);
    const everything = [
      sdp,
      stats,
      ...pair.alice.sctp!.transport.iceTransport.getLocalCandidates()
        .map((candidate) => JSON.stringify(candidate)),
    ].join("\n");
    assert(!ours.some((ip) => everything.includes(ip)), everything);
    for (const secret of [USER, PASSWORD]) {
      assert(!everything.includes(secret), `${secret} in ${everything}`);
    }
    assert(server.data.channelData > 0);
    await pair.close();
    await pair.advance(100);
    assertEquals(server.allocations.size, 0);
  });
}

const KINDS = ["none", "full-cone", "address-restricted", "port-restricted", "symmetric"] as const;

for (const kind of KINDS) {
  Deno.test(`with a relay, a peer behind a NAT of kind ${kind} meets peers behind NATs of every kind`, async () => {
    const policies = KINDS.flatMap((other) =>
      (["all", "relay"] as const).map((policy) => ({ other, policy }))
    );
    for (const { other, policy } of policies) {
      const { pair } = await relayed({
        configuration: { iceTransportPolicy: policy },
        hosts: (net) => ({
          alice: net.nat(kind, { outside: "203.0.113.1" })
            .host(kind === "none" ? "198.51.100.1" : "192.168.0.2"),
          bob: net.nat(other, { outside: "203.0.113.2" })
            .host(other === "none" ? "198.51.100.2" : "192.168.0.2"),
        }),
      });
      const { a, b } = await pair.open();
      const heard = collect(b);
      a.send("through");
      await pair.until(() => heard.length === 1);
      const { local, remote } = selected(pair.alice);
      const strict = [kind, other].filter((each) => /symmetric|port/.test(each)).length === 2;
      const hopeless = strict && [kind, other].includes("symmetric"); // without a relay: nat_test.ts
      const byRelay = [local.type, remote.type].includes("relay");
      if (hopeless) assert(byRelay, `${kind} and ${other}: ${local.type}, ${remote.type}`);
      if (policy === "relay") assertEquals([local.type, remote.type], ["relay", "relay"]);
      await pair.close();
    }
  });
}

Deno.test("where UDP is blocked, TURN over TCP connects", async () => {
  const { pair } = await relayed({}, `turn:${SERVER}?transport=tcp`);
  const blocked = new Set(["198.51.100.1", "198.51.100.2"]);
  pair.net.block(({ source, destination }) =>
    source.protocol === "udp" && (blocked.has(source.ip) || blocked.has(destination.ip))
  );
  const { a, b } = await pair.open();
  const heard = collect(a);
  b.send(new Uint8Array(1000));
  await pair.until(() => heard.length === 1);
  assertEquals(selected(pair.alice).local.relayProtocol, "tcp");
  await pair.close();
});

Deno.test("what a TURN server refuses is an icecandidateerror with url, address, port, code and text", async () => {
  const wrong = { urls: `turn:${SERVER}`, username: USER, credential: "wrong" };
  const { pair } = await relayed({
    configuration: {
      iceServers: [wrong, turn("turn:203.0.113.99?transport=tcp"), turn("turn:nowhere.example")],
    },
  });
  const errors: RTCPeerConnectionIceErrorEvent[] = [];
  pair.alice.addEventListener("icecandidateerror", (event) => errors.push(event));
  pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  await pair.gathered(pair.alice);
  const of = (url: string) => errors.filter((error) => error.url === url);
  const [refused] = of(`turn:${SERVER}`);
  assertEquals([refused?.errorCode, refused?.errorText], [401, "error 401"]);
  assertEquals([refused?.address, refused?.port !== null], ["198.51.100.1", true]);
  const [unreachable] = of("turn:203.0.113.99?transport=tcp");
  assertEquals([unreachable?.errorCode, unreachable?.errorText], [701, "Connection refused"]);
  assertEquals([unreachable?.address, unreachable?.port], [null, null]);
  const [unknown] = of("turn:nowhere.example");
  assertEquals(unknown?.errorCode, 701);
  assert(errors.every((error) => !JSON.stringify(error).includes("wrong")));
  await pair.close();
});

Deno.test("a TURN server whose TCP connection breaks takes its candidates along; a restart finds another way", async () => {
  const url = `turn:${SERVER}?transport=tcp`;
  const { pair, server } = await relayed({
    configuration: { iceServers: [turn(url)], iceTransportPolicy: "relay" },
  });
  const { a } = await pair.open();
  server.restart();
  for (const end of ["alice", "bob"] as const) pair.hosts[end].sockets[0]!.close();
  await pair.until(() => pair.alice.iceConnectionState === "failed", 60_000);
  pair.alice.restartIce();
  await pair.negotiate();
  await pair.until(() => /connected|completed/.test(pair.alice.iceConnectionState), 60_000);
  assertEquals(a.readyState, "open");
  await pair.close();
});

Deno.test("a 437 has the allocation asked for from another port (RFC 8656 section 7.4)", async () => {
  const { pair, server } = await relayed();
  let mismatches = 2;
  server.refuse = (_, authenticated) =>
    authenticated && mismatches-- > 0 ? { code: 437 } : undefined;
  pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  await pair.gathered(pair.alice);
  assert(pair.alice.localDescription!.sdp.includes("typ relay"));
  assertEquals(pair.hosts.alice.sockets.length, 2); // the port between has been closed
  await pair.close();
});

Deno.test("a connection to a server that only redirects, or refuses, is closed", async () => {
  const url = `turn:${SERVER}?transport=tcp`;
  const { pair, server } = await relayed({ configuration: { iceServers: [turn(url)] } });
  const other = await virtualTurnServer(pair.net, "203.0.113.20");
  server.refuse = () => ({ code: 300, alternate: other.address });
  pair.alice.createDataChannel("x");
  await pair.alice.setLocalDescription();
  await pair.gathered(pair.alice);
  assert(pair.alice.localDescription!.sdp.includes("203.0.113.20 50000 typ relay"));
  const streams = pair.hosts.alice.sockets.filter(({ local }) => local.protocol === "tcp");
  assertEquals(streams.length, 1);
  other.refuse = () => ({ code: 486, signed: false });
  pair.bob.createDataChannel("x");
  await pair.bob.setLocalDescription();
  await pair.gathered(pair.bob);
  assertEquals(pair.hosts.bob.sockets.map(({ local }) => local.protocol), ["udp"]);
  await pair.close();
});
