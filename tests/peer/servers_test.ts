import { assert, assertEquals } from "@std/assert";
import type { RTCConfiguration, RTCPeerConnectionIceErrorEvent } from "../../mod.ts";
import { PASSWORD, USER } from "../ice/turn/turn_server.ts";
import { stunResponder, virtualTurnServer } from "../net/mod.ts";
import { collect, Pair } from "./pair.ts";

const OLD = "203.0.113.10", NEW = "203.0.113.11";

const relay = (ip: string, transport: string): RTCConfiguration => ({
  iceTransportPolicy: "relay",
  iceServers: [{ urls: `turn:${ip}?transport=${transport}`, username: USER, credential: PASSWORD }],
});

const openTcp = ({ hosts }: Pair) =>
  hosts.alice.sockets.filter(({ local }) => local.protocol === "tcp").length;

for (const transport of ["udp", "tcp"]) {
  Deno.test(`setConfiguration with another TURN server: an ICE restart moves there, and data flows meanwhile, over ${transport} (RFC 9429 section 4.1.18)`, async () => {
    const pair = new Pair({ configuration: relay(OLD, transport) });
    const [old, next] = [
      await virtualTurnServer(pair.net, OLD),
      await virtualTurnServer(pair.net, NEW),
    ];
    const { a, b } = await pair.open();
    const heard = collect(b);
    pair.alice.setConfiguration(relay(NEW, transport));
    await pair.advance(1000);
    assertEquals([old.allocations.size, next.allocations.size], [2, 0]); // not before the next gathering
    await pair.alice.setLocalDescription();
    for (let i = 0; i < 5; i++) {
      a.send(`${i}`);
      await pair.advance(100);
    }
    assertEquals(heard.length, 5);
    await pair.bob.setRemoteDescription(pair.alice.localDescription!);
    await pair.bob.setLocalDescription();
    await pair.alice.setRemoteDescription(pair.bob.localDescription!);
    const { iceTransport } = pair.alice.sctp!.transport;
    await pair.until(() => iceTransport.getSelectedCandidatePair()!.local.address === NEW);
    a.send("by the other one");
    await pair.until(() => heard.length === 6);
    const before = openTcp(pair);
    const { sdp } = pair.alice.localDescription!;
    assert(!new RegExp(`^a=candidate:.* ${OLD} `, "m").test(sdp), sdp);
    await pair.advance(40_000); // by then Bob has no consent left on the old pair
    assertEquals(before - openTcp(pair), transport === "tcp" ? 1 : 0);
    assertEquals([old.allocations.size, next.allocations.size], [1, 1]);
    await pair.close();
    await pair.advance(100);
    assertEquals([old.allocations.size, next.allocations.size], [0, 0]);
  });
}

Deno.test("after setConfiguration the next gathering asks the new STUN server, and the old one no more", async () => {
  const pair = new Pair({
    configuration: { iceServers: [{ urls: `stun:${OLD}` }] },
    hosts: (net) => ({
      alice: net.nat("full-cone", { outside: "203.0.113.1" }).host("192.168.0.2"),
      bob: net.host("198.51.100.2"),
    }),
  });
  for (const ip of [OLD, NEW]) await pair.net.server(ip, 3478, stunResponder);
  await pair.open();
  const asked: string[] = [];
  pair.net.tap = ({ source, destination }) => {
    if (source.ip === "192.168.0.2" && destination.port === 3478) asked.push(destination.ip);
  };
  pair.alice.setConfiguration({ iceServers: [{ urls: `stun:${NEW}` }] });
  let ends = 0;
  pair.alice.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate?.candidate === "") ends++;
  });
  await pair.negotiate();
  await pair.advance(2000);
  assertEquals([new Set(asked), ends], [new Set([NEW]), 1]);
  const urls = pair.alice.sctp!.transport.iceTransport.getLocalCandidates()
    .flatMap(({ url }) => url ?? []);
  assertEquals(urls, [`stun:${NEW}`]);
  await pair.close();
});

Deno.test("a policy that becomes less strict opens sockets at the next ICE restart", async () => {
  const pair = new Pair({ configuration: relay(OLD, "tcp") });
  await virtualTurnServer(pair.net, OLD);
  await pair.open();
  const { iceServers } = relay(OLD, "tcp");
  for (const pc of [pair.alice, pair.bob]) pc.setConfiguration({ iceServers: iceServers! });
  await pair.negotiate();
  const { iceTransport } = pair.alice.sctp!.transport;
  await pair.until(() => iceTransport.getSelectedCandidatePair()!.local.type === "host");
  await pair.close();
});

Deno.test("a server at an address that nobody has fails at once (RFC 1122 section 3.2.1.3)", async () => {
  for (const scheme of ["stun", "turn"]) {
    const [url, login] = [`${scheme}:0.0.0.123:3478`, { username: USER, credential: PASSWORD }];
    const pair = new Pair({ configuration: { iceServers: [{ urls: url, ...login }] } });
    const errors: RTCPeerConnectionIceErrorEvent[] = [];
    pair.alice.onicecandidateerror = (event) => errors.push(event);
    pair.alice.createDataChannel("channel");
    await pair.alice.setLocalDescription();
    await pair.advance(200);
    assertEquals(pair.alice.iceGatheringState, "complete");
    assertEquals(errors.map((error) => [error.url, error.errorCode, error.address]), [
      [url, 701, pair.hosts.alice.addresses()[0]!],
    ]);
    await pair.close();
  }
});

Deno.test("a server that no address of this machine reaches is an icecandidateerror 701 (W3C WebRTC section 4.8.3)", async () => {
  for (const url of ["stun:[2001:db8::9]:3478", "turn:[2001:db8::9]:3478"]) {
    const login = { username: USER, credential: PASSWORD };
    const pair = new Pair({ configuration: { iceServers: [{ urls: url, ...login }] } });
    const errors: RTCPeerConnectionIceErrorEvent[] = [];
    pair.alice.onicecandidateerror = (event) => errors.push(event);
    pair.alice.createDataChannel("channel");
    await pair.alice.setLocalDescription();
    await pair.advance(200);
    assertEquals(pair.alice.iceGatheringState, "complete");
    assertEquals(errors.map((error) => [error.url, error.errorCode, error.address, error.port]), [
      [url, 701, null, null],
    ]);
    await pair.close();
  }
});

Deno.test("a name that takes long to look up holds up no other server", async () => {
  const iceServers = [{ urls: ["stun:slow.example", `stun:${NEW}`] }];
  const pair = new Pair({ configuration: { iceServers } });
  await pair.net.server(OLD, 3478, stunResponder);
  await pair.net.server(NEW, 3478, stunResponder);
  const { alice, hosts: { alice: host } } = pair;
  const slow = Promise.withResolvers<string[]>();
  host.resolve = (name) => name === "slow.example" ? slow.promise : Promise.resolve([]);
  const asked: string[] = [];
  pair.net.tap = ({ destination: { ip, port } }) => port === 3478 && asked.push(ip);
  alice.createDataChannel("channel");
  await alice.setLocalDescription();
  await pair.advance(100);
  assertEquals([new Set(asked), alice.iceGatheringState], [new Set([NEW]), "gathering"]);
  slow.resolve([OLD]);
  await pair.gathered(alice);
  assertEquals(new Set(asked), new Set([NEW, OLD]));
  await pair.close();
});

Deno.test("a name that takes long to look up holds up no ICE restart", async () => {
  const pair = new Pair({ configuration: { iceServers: [{ urls: "stun:slow.example" }] } });
  const { alice, hosts: { alice: host } } = pair;
  const slow = Promise.withResolvers<string[]>();
  host.resolve = () => slow.promise;
  await pair.net.server(NEW, 3478, stunResponder);
  await pair.open();
  host.readdress("198.51.100.77"); // where the name may be looked up no more
  alice.restartIce();
  await pair.negotiate();
  await pair.until(() => {
    const { local } = alice.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
    return local.address === "198.51.100.77";
  });
  assertEquals(alice.iceGatheringState, "gathering");
  alice.setConfiguration({ iceServers: [{ urls: `stun:${NEW}` }] });
  await pair.negotiate();
  await pair.gathered(alice); // of the servers that count
  slow.resolve([OLD]);
  await pair.close();
});

Deno.test("a name that could not be looked up is looked up again at the next ICE restart", async () => {
  const iceServers = [{ urls: ["stun:late.example", `stun:${OLD}`] }];
  const pair = new Pair({ configuration: { iceServers } });
  const { alice, hosts: { alice: host } } = pair;
  await pair.net.server(OLD, 3478, stunResponder);
  await pair.net.server(NEW, 3478, stunResponder);
  let lookups = 0;
  host.resolve = () => Promise.resolve(++lookups === 1 ? [] : [NEW]);
  const failed: string[] = [];
  alice.onicecandidateerror = ({ url }) => failed.push(url);
  await pair.open();
  assertEquals([lookups, failed], [1, ["stun:late.example"]]);
  for (let restart = 0; restart < 3; restart++) {
    const asked = new Set<string>();
    pair.net.tap = ({ source, destination: { ip, port } }) =>
      port === 3478 && source.ip === host.ips[0] && asked.add(ip);
    alice.restartIce();
    await pair.negotiate();
    await pair.advance(1000);
    assertEquals(asked, new Set([OLD, NEW]));
  }
  assertEquals([lookups, failed.length], [2, 1]);
  await pair.close();
});
