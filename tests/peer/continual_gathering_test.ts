import { assert, assertEquals } from "@std/assert";
import type { RTCConfiguration, RTCIceCandidate, RTCPeerConnection } from "../../mod.ts";
import { PASSWORD, USER } from "../ice/turn/turn_server.ts";
import { type VirtualNetwork, virtualTurnServer } from "../net/mod.ts";
import { collect, type End, Pair, type PairOptions } from "./pair.ts";

const ENDS = ["alice", "bob"] as const;
const other = (end: End): End => end === "alice" ? "bob" : "alice";

const selected = (pc: RTCPeerConnection) =>
  pc.sctp!.transport.iceTransport.getSelectedCandidatePair();

/** Messages that both ends send again and again, and which have come. */
class Talk {
  readonly heard: Record<End, (string | ArrayBuffer)[]>;
  #sent = 0;

  constructor(readonly pair: Pair, readonly channels: Awaited<ReturnType<Pair["open"]>>) {
    this.heard = { alice: collect(channels.a), bob: collect(channels.b) };
  }

  /** Both say something, and it arrives within the limit. */
  async exchange(limit: number): Promise<void> {
    const said = `${++this.#sent}`;
    this.channels.a.send(said);
    this.channels.b.send(said);
    await this.pair.until(() => ENDS.every((end) => this.heard[end].at(-1) === said), limit);
    for (const end of ENDS) assertEquals(this.heard[end].length, this.#sent);
  }
}

async function connected(
  continual: readonly End[],
  hosts?: (net: VirtualNetwork) => Pair["hosts"],
  configuration: RTCConfiguration = {},
): Promise<{ pair: Pair; talk: Talk }> {
  const settings: PairOptions["settings"] = {};
  for (const end of continual) settings[end] = { continualGathering: 500 };
  const pair = new Pair({ settings, configuration, ...(hosts && { hosts }) });
  const talk = new Talk(pair, await pair.open());
  await talk.exchange(1000);
  return { pair, talk };
}

function candidatesOf(pc: RTCPeerConnection): RTCIceCandidate[] {
  const found: RTCIceCandidate[] = [];
  pc.addEventListener("icecandidate", ({ candidate }) => {
    if (candidate !== null) found.push(candidate);
  });
  return found;
}

for (const mover of ENDS) {
  Deno.test(`${mover} moves to another network: candidates trickle in the same generation, and the connection goes on without a word of signalling`, async () => {
    const { pair, talk } = await connected([mover]);
    const candidates = candidatesOf(pair[mover]);
    const generation = pair[mover].localDescription!.sdp.match(/a=ice-ufrag:(.*)/)![1];
    pair.hosts[mover].readdress("198.51.100.77");
    await talk.exchange(15_000);
    await pair.until(() =>
      selected(pair[mover])?.local.address === "198.51.100.77" &&
      selected(pair[other(mover)])?.remote.address === "198.51.100.77", 15_000);
    for (const { usernameFragment, address } of candidates) {
      assertEquals([usernameFragment, address], [generation, "198.51.100.77"]);
    }
    assert(pair[mover].localDescription!.sdp.includes(" 198.51.100.77 "));
    assertEquals(pair[mover].iceGatheringState, "gathering");
    await pair.advance(60_000);
    for (const end of ENDS) assert(/connected|completed/.test(pair[end].iceConnectionState));
    await talk.exchange(1000);
    await pair.close();
  });
}

for (const mover of ENDS) {
  Deno.test(`the only interface of ${mover} goes and comes back: the connection is there again, and nothing was lost`, async () => {
    const { pair, talk } = await connected(ENDS);
    const [ip] = pair.hosts[mover].ips;
    pair.hosts[mover].readdress();
    await pair.advance(2000);
    assertEquals(pair.hosts[mover].sockets, []);
    assertEquals(pair[mover].iceConnectionState, "disconnected");
    await pair.advance(8000);
    const candidates = candidatesOf(pair[mover]);
    pair.hosts[mover].readdress(ip!);
    await talk.exchange(15_000);
    assertEquals([...new Set(candidates.map(({ address }) => address))], [ip]);
    await pair.until(() => ENDS.every((end) => /connected/.test(pair[end].iceConnectionState)));
    await pair.close();
  });

  Deno.test(`of two interfaces of ${mover} one goes: the other takes over, and the candidates of the one are gone`, async () => {
    const both = ["198.51.100.11", "198.51.100.12"];
    const { pair, talk } = await connected(ENDS, (net) => ({
      alice: net.host(...mover === "alice" ? both : ["198.51.100.1"]),
      bob: net.host(...mover === "bob" ? both : ["198.51.100.2"]),
    }));
    const lost = selected(pair[mover])!.local.address!;
    const left = both.find((ip) => ip !== lost)!;
    pair.hosts[mover].readdress(left);
    await talk.exchange(15_000);
    assertEquals(selected(pair[mover])?.local.address, left);
    assertEquals(pair.hosts[mover].sockets.map(({ local }) => local.ip), [left]);
    const pairs = [...(await pair[mover].getStats()).values()]
      .filter(({ type }) => type === "candidate-pair");
    const stats = await pair[mover].getStats();
    for (const { localCandidateId } of pairs) {
      assert(stats.get(localCandidateId).address !== lost);
    }
    // And the other way round.
    pair.hosts[mover].readdress(lost, left);
    await pair.advance(2000);
    pair.hosts[mover].readdress(lost);
    await talk.exchange(15_000);
    assertEquals(selected(pair[mover])?.local.address, lost);
    await pair.close();
  });
}

Deno.test("both ends move at the same time: what each signals of its new network brings them together", async () => {
  const { pair, talk } = await connected(ENDS);
  pair.hosts.alice.readdress("198.51.100.77");
  pair.hosts.bob.readdress("198.51.100.88");
  await talk.exchange(15_000);
  await pair.close();
});

Deno.test("a new network has new reflexive candidates, and new relays", async () => {
  const SERVER = "203.0.113.10";
  const iceServers = [
    { urls: `stun:${SERVER}` },
    { urls: `turn:${SERVER}?transport=udp`, username: USER, credential: PASSWORD },
    { urls: `turn:${SERVER}?transport=tcp`, username: USER, credential: PASSWORD },
  ];
  const pair = new Pair({
    settings: { alice: { continualGathering: 500 } },
    configuration: { iceServers },
    hosts: (net) => ({
      alice: net.nat("full-cone", { outside: "203.0.113.1" }).host("192.168.0.2"),
      bob: net.host("198.51.100.2"),
    }),
  });
  const server = await virtualTurnServer(pair.net, SERVER);
  const talk = new Talk(pair, await pair.open());
  await pair.advance(1000);
  const before = server.allocations.size;
  const candidates = candidatesOf(pair.alice);
  pair.hosts.alice.readdress("192.168.0.7");
  await talk.exchange(15_000);
  await pair.advance(10_000);
  const udp = candidates.filter(({ protocol }) => protocol === "udp");
  const relays = udp.filter(({ type }) => type === "relay");
  assertEquals([...new Set(udp.map(({ type }) => type))].sort(), ["host", "relay", "srflx"]);
  assertEquals([...new Set(relays.map(({ relayProtocol }) => relayProtocol))].sort(), [
    "tcp",
    "udp",
  ]);
  assert(server.allocations.size <= before + 1, "only what UDP can't give back is left");
  await pair.close();
});

Deno.test("many moves leave nothing behind", async () => {
  const { pair, talk } = await connected(["alice"]);
  for (let i = 0; i < 40; i++) {
    pair.hosts.alice.readdress(`198.51.100.${100 + i % 20}`);
    await talk.exchange(20_000);
    assertEquals(pair.hosts.alice.sockets.length, 1);
  }
  // One for UDP, one for TCP: an offer would not tell of those that are gone.
  assertEquals(pair.alice.localDescription!.sdp.match(/^a=candidate:/gm)?.length, 2);
  assertEquals(pair.alice.sctp!.transport.iceTransport.getLocalCandidates().length, 2);
  await pair.close();
});

Deno.test("without the setting, nobody looks for interfaces, and gathering is complete", async () => {
  const { pair, talk } = await connected([]);
  const candidates = candidatesOf(pair.alice);
  pair.hosts.alice.readdress(...pair.hosts.alice.ips, "198.51.100.77");
  await pair.advance(60_000);
  assertEquals(candidates, []);
  assertEquals(pair.alice.iceGatheringState, "complete");
  await talk.exchange(1000);
  await pair.close();
});

Deno.test("RFC 8828: with iceTransportPolicy relay, a move tells no address either, and nothing goes past the relay", async () => {
  const SERVER = "203.0.113.10";
  const iceServers = [{ urls: `turn:${SERVER}`, username: USER, credential: PASSWORD }];
  const pair = new Pair({
    settings: { alice: { continualGathering: 500 } },
    configuration: { iceServers, iceTransportPolicy: "relay" },
  });
  await virtualTurnServer(pair.net, SERVER);
  const talk = new Talk(pair, await pair.open());
  const candidates = candidatesOf(pair.alice);
  const past: string[] = [];
  pair.net.tap = ({ source, destination }) => {
    if (source.ip.startsWith("198.51.100.") && destination.ip !== SERVER) past.push(destination.ip);
  };
  pair.hosts.alice.readdress("198.51.100.77");
  await talk.exchange(20_000);
  assertEquals(past, []);
  assert(candidates.length > 0);
  for (const each of candidates) {
    assertEquals([each.type, each.address, each.relatedAddress], ["relay", SERVER, "0.0.0.0"]);
  }
  assert(!/198\.51\.100\./.test(pair.alice.localDescription!.sdp));
  await pair.close();
});

Deno.test("a new address hides behind a `.local` name where the others do", async () => {
  const pair = new Pair({
    settings: { alice: { continualGathering: 500, mdnsCandidates: true } },
    hosts: (net) => {
      const home = net.nat("none");
      return { alice: home.host("198.51.100.1"), bob: home.host("198.51.100.2") };
    },
  });
  const talk = new Talk(pair, await pair.open());
  const candidates = candidatesOf(pair.alice);
  pair.hosts.alice.readdress("198.51.100.77");
  await talk.exchange(20_000);
  assert(candidates.length > 0);
  for (const { candidate } of candidates) assert(/ [0-9a-f-]+\.local /.test(candidate), candidate);
  assert(!/198\.51\.100\./.test(pair.alice.localDescription!.sdp));
  await pair.close();
});

for (const mover of ENDS) {
  Deno.test(`with renomination, ${mover} goes back to the better network once it is there again, and the other end follows at once`, async () => {
    const settings = { continualGathering: 500, iceRenomination: true };
    const [wifi, mobile] = ["198.51.100.11", "198.51.100.12"];
    const pair = new Pair({
      settings: { alice: settings, bob: settings },
      hosts: (net) => ({
        alice: net.host(...mover === "alice" ? [wifi, mobile] : ["198.51.100.1"]),
        bob: net.host(...mover === "bob" ? [wifi, mobile] : ["198.51.100.2"]),
      }),
    });
    const talk = new Talk(pair, await pair.open());
    for (const end of ENDS) {
      assert(pair[end].localDescription!.sdp.includes("a=ice-options:trickle renomination\r\n"));
    }
    const places = () => [
      selected(pair[mover])?.local.address,
      selected(pair[other(mover)])?.remote.address,
    ];
    assertEquals(places(), [wifi, wifi]);
    pair.hosts[mover].readdress(mobile);
    await talk.exchange(15_000);
    assertEquals(places(), [mobile, mobile]);
    pair.hosts[mover].readdress(wifi, mobile);
    await pair.until(() => places().every((ip) => ip === wifi), 2000);
    await talk.exchange(1000);
    await pair.advance(30_000);
    assertEquals(places(), [wifi, wifi]);
    await pair.close();
  });
}
