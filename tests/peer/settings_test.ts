import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { RTCPeerConnection } from "../../mod.ts";
import { createRTCPeerConnection, type PeerConnectionSettings } from "../../peer/settings.ts";
import { type Host, VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";
import { negotiate } from "./negotiate.ts";

const SERVER = "198.51.100.1";

/** A server with these settings, and as many clients, each on a host of its own. */
class Servers {
  readonly net: VirtualNetwork;
  readonly host: Host;
  readonly Server: typeof RTCPeerConnection;
  readonly clients: RTCPeerConnection[] = [];
  readonly servers: RTCPeerConnection[] = [];
  /** What the server has received, by client. */
  readonly heard: string[] = [];
  /** What the clients have received. */
  readonly replies: string[] = [];

  constructor(settings: PeerConnectionSettings = {}, net: VirtualNetwork = new VirtualNetwork()) {
    this.net = net;
    this.host = settings.network as Host ?? net.host(SERVER);
    this.Server = createRTCPeerConnection({ network: this.host, ...settings });
  }

  /** One more client, whose channel says who it is. */
  async connect(index: number): Promise<void> {
    const { net } = this;
    const Client = createRTCPeerConnection({
      network: net.host(`203.0.${index >> 8}.${index & 0xff}`),
    });
    const [client, server] = [new Client(), new this.Server()];
    this.clients.push(client);
    this.servers.push(server);
    const channel = client.createDataChannel("x");
    channel.onopen = () => channel.send(String(index));
    channel.onmessage = ({ data }) => this.replies[index] = data;
    server.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => {
        this.heard[index] = data;
        channel.send(`you are ${data}`);
      };
    };
    await negotiate(client, server);
  }

  until(condition: () => boolean): Promise<void> {
    return this.net.clock.until(condition);
  }

  async close(): Promise<void> {
    for (const pc of [...this.clients, ...this.servers]) pc.close();
    await this.net.clock.advance(1000);
    await settle();
    assertEquals(this.host.sockets, [], "sockets left open");
    this.net.clock.assertIdle();
  }
}

function ufragOf(sdp: string): string {
  return /^a=ice-ufrag:(.*)\r$/m.exec(sdp)![1]!;
}

Deno.test("a bound class is the class in every way that a script can see", () => {
  const Bound = createRTCPeerConnection();
  assertEquals([Bound.name, Bound.length], ["RTCPeerConnection", 0]);
  assertStrictEquals(Bound.prototype, RTCPeerConnection.prototype);
  assertStrictEquals(Bound.generateCertificate, RTCPeerConnection.generateCertificate);
  const pc = new Bound({ iceCandidatePoolSize: 1 });
  assert(pc instanceof RTCPeerConnection && pc instanceof Bound);
  assertStrictEquals(pc.constructor, RTCPeerConnection);
  assertEquals(pc.getConfiguration().iceCandidatePoolSize, 1);
  pc.close();
  class Extended extends Bound {
    readonly mine = 1;
  }
  const extended = new Extended();
  assert(extended instanceof Extended && extended instanceof RTCPeerConnection);
  assertEquals(extended.mine, 1);
  extended.close();
  assertThrows(() => new Bound({ iceServers: [{ urls: "http:x" }] }), DOMException);
});

Deno.test("settings are of the class they were given to, and of no other", async () => {
  const net = new VirtualNetwork();
  const [a, b] = [net.host("198.51.100.1"), net.host("198.51.100.2")];
  const [OnA, OnB] = [a, b].map((network) => createRTCPeerConnection({ network }));
  // A configuration whose reading makes another connection does not get its settings.
  let inner: RTCPeerConnection | undefined;
  const outer = new OnA!({
    get iceCandidatePoolSize() {
      inner = new OnB!();
      return 0;
    },
  });
  for (const pc of [outer, inner!]) pc.createDataChannel("x");
  await outer.setLocalDescription();
  await inner!.setLocalDescription();
  await net.clock.advance(100);
  for (const [pc, host] of [[outer, a], [inner!, b]] as const) {
    assert(pc.localDescription!.sdp.includes(` ${host.ips[0]} `), pc.localDescription!.sdp);
    pc.close();
  }
  await net.clock.advance(1000);
});

Deno.test("a mistake in the settings is told at once, and named", () => {
  const wrong = (settings: unknown, error: typeof TypeError | typeof RangeError, says: string) =>
    assertThrows(() => createRTCPeerConnection(settings as PeerConnectionSettings), error, says);
  wrong(5, TypeError, "PeerConnectionSettings is an object");
  wrong({ udpport: 1 }, TypeError, "no setting 'udpport'");
  wrong({ udpPort: "x" }, TypeError, "udpPort: not a number");
  for (const port of [0, 65536, 1.5, NaN]) wrong({ udpPort: port }, RangeError, "1 to 65535");
  wrong({ tcpPort: -1 }, RangeError, "tcpPort");
  wrong({ portRange: { min: 5 } }, TypeError, "max is required");
  wrong({ portRange: { min: 5, max: 4 } }, RangeError, "min 5 exceeds max 4");
  wrong({ addresses: ["localhost"] }, TypeError, "'localhost' is no IP address");
  wrong({ addressFilter: "10.0.0.1" }, TypeError, "addressFilter: not a function");
  wrong({ network: {} }, TypeError, "it has no addresses");
  wrong({ candidateTypes: ["prflx"] }, TypeError, "host, srflx, relay");
  wrong({ candidateTypes: [] }, RangeError, "candidateTypes");
  wrong({ candidateTypes: ["relay"], iceLite: true }, TypeError, "host candidates only");
  wrong({ continualGathering: true }, TypeError, "continualGathering: not a number");
  wrong({ continualGathering: 50 }, RangeError, "100 to 60000");
  wrong({ udpSocket: {} }, TypeError, "not a DatagramSocket");
  wrong({ ipHandling: "none" }, TypeError, "all-interfaces, default-route, no-udp");
  wrong({ externalAddresses: 5 }, TypeError, "externalAddresses: not an object");
  wrong({ externalAddresses: { "::1": "192.0.2.1" } }, TypeError, "different families");
  wrong({ externalAddresses: "::1", mdnsCandidates: true }, TypeError, "exclude each other");
  wrong({ timeouts: { failed: 31_000 } }, RangeError, "failed");
  wrong({ timeouts: { disconnected: 9, failed: 8 } }, RangeError, "disconnected exceeds");
  wrong({ certificate: {} }, TypeError, "RTCCertificate");
  wrong({ dtlsRole: "active" }, TypeError, "client, server");
  wrong({ srtpProtectionProfiles: [] }, RangeError, "no media");
  wrong({ srtpProtectionProfiles: ["NULL"] }, TypeError, "SRTP_AEAD_AES_128_GCM");
  wrong({ addresses: ["::1"], interfaceFilter: () => true }, TypeError, "exclude each other");
  wrong({ addresses: ["::1"], ipHandling: "default-route" }, TypeError, "no addresses to choose");
});

Deno.test("a server with one UDP port serves 200 clients at the same time, and mixes up none", async () => {
  const servers = new Servers({ udpPort: 3478 });
  const names = Array.from({ length: 200 }, (_, i) => String(i));
  for (const index of names.keys()) await servers.connect(index);
  await servers.until(() => servers.replies.filter(Boolean).length === names.length);
  assertEquals(servers.heard, names);
  assertEquals(servers.replies, names.map((name) => `you are ${name}`));
  assertEquals(servers.host.sockets.map(({ local }) => local.port), [3478]);
  await servers.close();
});

Deno.test("on one port, a connection that closes leaves the others alone, and the port is there for new ones", async () => {
  const servers = new Servers({ udpPort: 3478 });
  for (const index of [0, 1]) await servers.connect(index);
  await servers.until(() => servers.replies.length === 2);
  servers.servers[0]!.close();
  await servers.connect(2);
  await servers.net.clock.advance(60_000); // consent would have expired
  assertEquals(servers.servers.map(({ connectionState }) => connectionState), [
    "closed",
    "connected",
    "connected",
  ]);
  for (const pc of [...servers.clients, ...servers.servers]) pc.close();
  await servers.net.clock.advance(1000);
  assertEquals(servers.host.sockets, []);
  await servers.connect(3);
  await servers.until(() => servers.replies[3] !== undefined);
  await servers.close();
});

Deno.test("an ICE restart stays on the shared port, and brings new credentials to it", async () => {
  const servers = new Servers({ udpPort: 3478 });
  await servers.connect(0);
  await servers.until(() => servers.replies.length === 1);
  const [client, server] = [servers.clients[0]!, servers.servers[0]!];
  const before = server.localDescription!.sdp;
  client.restartIce();
  await negotiate(client, server);
  await servers.net.clock.advance(40_000);
  assertEquals(server.connectionState, "connected");
  assertNotEquals(ufragOf(server.localDescription!.sdp), ufragOf(before));
  assertEquals(servers.host.sockets.length, 1);
  await servers.close();
});

Deno.test("a client without UDP reaches the TCP port of a server (RFC 6544)", async () => {
  const servers = new Servers({ udpPort: 3478, tcpPort: 443 });
  servers.net.block(({ source }) => source.protocol === "udp");
  for (const index of [0, 1, 2]) await servers.connect(index);
  await servers.until(() => servers.replies.filter(Boolean).length === 3);
  assertEquals(servers.heard, ["0", "1", "2"]);
  const { local } = servers.servers[0]!.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
  assertEquals([local.protocol, local.tcpType, local.port], ["tcp", "passive", 443]);
  await servers.close();
});

Deno.test("a socket of the caller's serves all connections, and stays the caller's", async () => {
  const net = new VirtualNetwork();
  const host = net.host(SERVER);
  const udpSocket = await host.openUdp(SERVER, 9999);
  const servers = new Servers({ network: host, udpSocket }, net);
  for (const index of [0, 1]) await servers.connect(index);
  await servers.until(() => servers.replies.filter(Boolean).length === 2);
  for (const pc of [...servers.clients, ...servers.servers]) pc.close();
  await net.clock.advance(1000);
  assertEquals(host.sockets, [udpSocket]);
  udpSocket.close();
  net.clock.assertIdle();
});

/** The candidates of a connection with these settings, on a machine with three addresses, without their foundations and priorities. */
async function candidates(settings: PeerConnectionSettings, configuration = {}): Promise<string[]> {
  const net = new VirtualNetwork();
  const host = net.host("198.51.100.1", "192.168.0.1", "2001:db8::1");
  const pc = new (createRTCPeerConnection({ network: host, ...settings }))(configuration);
  pc.createDataChannel("x");
  await pc.setLocalDescription();
  await net.clock.until(() => pc.iceGatheringState === "complete");
  const { sdp } = pc.localDescription!;
  pc.close();
  await net.clock.advance(1000);
  assertEquals(host.sockets, []);
  return [...sdp.matchAll(/^a=candidate:\S+ 1 (\S+) \d+ (\S+ \d+) typ (\S+)(?: tcptype (\S+))?/gm)]
    .map(([, protocol, where, type, tcpType]) => `${tcpType ?? protocol} ${where} ${type}`);
}

Deno.test("only addresses that the filter accepts, and ports of the range, become candidates", async () => {
  const settings: PeerConnectionSettings = {
    addressFilter: (ip) => !ip.startsWith("192.168."),
    portRange: { min: 6000, max: 6010 },
  };
  assertEquals(await candidates(settings), [
    "udp 198.51.100.1 6000 host",
    "udp 2001:db8::1 6001 host",
    "active 198.51.100.1 9 host",
    "active 2001:db8::1 9 host",
  ]);
});

Deno.test("RFC 8828 section 5.2, mode 4: without UDP there is nothing but TCP", async () => {
  const found = await candidates({ ipHandling: "no-udp", addressFilter: (ip) => ip === SERVER });
  assertEquals(found, ["active 198.51.100.1 9 host"]);
});

Deno.test("behind a NAT that maps one to one, candidates tell the addresses of its other side", async () => {
  const addressFilter = (ip: string) => ip !== "198.51.100.1";
  const external = { "192.168.0.1": "203.0.113.1" };
  assertEquals(await candidates({ addressFilter, udpPort: 1, externalAddresses: external }), [
    "udp 203.0.113.1 1 host",
    "udp 2001:db8::1 1 host",
    "active 203.0.113.1 9 host",
    "active 2001:db8::1 9 host",
  ]);
  assertEquals(
    await candidates({ addressFilter, udpPort: 1, externalAddresses: "2001:db8::ffff" }),
    [
      "udp 192.168.0.1 1 host",
      "udp 2001:db8::ffff 1 host",
      "active 192.168.0.1 9 host",
      "active 2001:db8::ffff 9 host",
    ],
  );
});

Deno.test("a server listens on TCP beside UDP where it is told to", async () => {
  const found = await candidates({ udpPort: 1, tcpPort: 2, addressFilter: (ip) => ip === SERVER });
  assertEquals(found, [
    "udp 198.51.100.1 1 host",
    "active 198.51.100.1 9 host",
    "passive 198.51.100.1 2 host",
  ]);
});

Deno.test("addresses hide behind names that the local network resolves, for as long as the connection lives", async () => {
  const net = new VirtualNetwork();
  const home = net.nat("none");
  const [a, b] = [home.host("192.168.0.1"), home.host("192.168.0.2")];
  const [alice, bob] = [a, b].map((network) =>
    new (createRTCPeerConnection({ network, mdnsCandidates: true }))()
  );
  const channel = alice!.createDataChannel("x");
  await negotiate(alice!, bob!);
  await net.clock.until(() => channel.readyState === "open");
  for (const [pc, host] of [[alice!, a], [bob!, b]] as const) {
    const { sdp } = pc.localDescription!;
    assert(!sdp.includes("192.168"), sdp);
    const [name] = host.mdnsNames.keys();
    assertEquals(host.mdnsNames.size, 1); // one for UDP and TCP
    assert(sdp.includes(` ${name} `), sdp);
    pc.close();
    assertEquals(host.mdnsNames.size, 0);
  }
  await net.clock.advance(10_000);
  net.clock.assertIdle();
});

Deno.test("the caller's credentials are used for each generation, if they are any (RFC 8839 section 5.4)", async () => {
  const net = new VirtualNetwork();
  const given = ["first", "second", "second"].map((name) => ({
    usernameFragment: name,
    password: name.padEnd(22, "x"),
  }));
  const iceCredentials = () => given.shift() ?? { usernameFragment: "?", password: "?" };
  const pc = new (createRTCPeerConnection({ network: net.host(SERVER), iceCredentials }))();
  pc.createDataChannel("x");
  assertMatch((await pc.createOffer()).sdp!, /a=ice-ufrag:first\r\na=ice-pwd:firstx{17}\r/);
  await pc.setLocalDescription();
  pc.restartIce();
  assertEquals(ufragOf((await pc.createOffer()).sdp!), "second");
  await pc.setLocalDescription();
  pc.restartIce();
  await assertRejects(() => pc.createOffer(), TypeError, "in use");
  await assertRejects(() => pc.createOffer(), TypeError, "is no ufrag");
  pc.close();
  await net.clock.advance(1000);
});

Deno.test("timeouts say when a silent peer is disconnected and when it has failed", async () => {
  const servers = new Servers({
    timeouts: { disconnected: 1000, failed: 4000, consentInterval: 500 },
  });
  await servers.connect(0);
  await servers.until(() => servers.replies.length === 1);
  const server = servers.servers[0]!;
  const states: [string, number][] = [];
  const start = servers.net.clock.now();
  server.addEventListener("iceconnectionstatechange", () => {
    states.push([server.iceConnectionState, servers.net.clock.now() - start]);
  });
  servers.host.link.blackout = true;
  await servers.net.clock.advance(10_000);
  assertEquals(states.map(([state]) => state), ["disconnected", "failed"]);
  assertLess(states[0]![1], 2500);
  assertLess(states[1]![1], 5000);
  await servers.close();
});

Deno.test("the DTLS role that is wished for is taken in an answer, cookies and all, with the certificate that is given", async () => {
  const certificate = await RTCPeerConnection.generateCertificate(
    { name: "ECDSA", namedCurve: "P-256" } as AlgorithmIdentifier,
  );
  const servers = new Servers({ dtlsRole: "server", dtlsCookies: true, certificate });
  for (const index of [0, 1]) await servers.connect(index);
  await servers.until(() => servers.replies.filter(Boolean).length === 2);
  for (const server of servers.servers) {
    const { sdp } = server.localDescription!;
    assertMatch(sdp, /^a=setup:passive\r$/m);
    const { value } = certificate.getFingerprints()[0]!;
    assert(sdp.includes(value!.toUpperCase()), sdp);
  }
  await servers.close();
});

Deno.test("a server whose ICE is lite says so, and is connected by its full peer (RFC 8445 section 2.5)", async () => {
  const servers = new Servers({ iceLite: true });
  await servers.connect(0);
  await servers.until(() => servers.replies.filter(Boolean).length === 1);
  assertMatch(servers.servers[0]!.localDescription!.sdp, /^a=ice-lite\r$/m);
  const types = servers.servers[0]!.localDescription!.sdp.match(/ typ \w+/g);
  assertEquals(new Set(types), new Set([" typ host"]));
  await servers.close();
});
