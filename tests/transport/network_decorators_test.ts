import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  FilteredNetwork,
  NetworkDecorator,
  PortRangeNetwork,
  SharedPortNetwork,
} from "../../transport/mod.ts";
import { type Host, VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";

const IP = "198.51.100.1";

function machine(...ips: string[]): { net: VirtualNetwork; host: Host } {
  const net = new VirtualNetwork();
  return { net, host: net.host(IP, ...ips) };
}

Deno.test("a filtered network uses only the addresses that the filter lets through, as they are at the time", () => {
  const { host } = machine("2001:db8::1", "192.168.0.1");
  const network = new FilteredNetwork(host, (ip) => ip.includes(":"));
  assertEquals(network.addresses(), ["2001:db8::1"]);
  host.readdress(IP);
  assertEquals(network.addresses(), []);
});

Deno.test("within a range, each socket gets the next free port, and a used one not at once again", async () => {
  const { host } = machine();
  await host.openUdp(IP, 5001);
  const network = new PortRangeNetwork(host, { min: 5000, max: 5003 });
  const ports: number[] = [];
  for (const port of [undefined, 0, undefined]) {
    ports.push((await network.openUdp(IP, port)).local.port);
  }
  assertEquals(ports, [5000, 5002, 5003]);
  await assertRejects(() => network.openUdp(IP), Error, "No port from 5000 to 5003");
  assertEquals((await network.openUdp(IP, 6000)).local.port, 6000);
  host.sockets[0]!.close();
  assertEquals((await network.openUdp(IP)).local.port, 5001);
  const listener = await network.listenTcp(IP);
  const opener = await network.openTcp(IP);
  assertEquals([listener.local.port, listener.local.protocol], [5002, "tcp"]);
  assertEquals([opener.local.port, opener.local.protocol], [5003, "tcp"]);
});

Deno.test("connections that open sockets at the same time get shares of one port", async () => {
  const { host } = machine("192.168.0.1");
  const network = new SharedPortNetwork(host, { udpPort: 5000, tcpPort: 5001 });
  const opened = await Promise.all([
    network.openUdp(IP),
    network.openUdp(IP),
    network.openUdp("192.168.0.1"),
    network.listenTcp(IP),
    network.listenTcp(IP),
  ]);
  assertEquals(opened.map(({ local }) => `${local.protocol} ${local.ip} ${local.port}`), [
    `udp ${IP} 5000`,
    `udp ${IP} 5000`,
    "udp 192.168.0.1 5000",
    `tcp ${IP} 5001`,
    `tcp ${IP} 5001`,
  ]);
  assertEquals(host.sockets.length, 3);
  for (const socket of opened) socket.close();
  assertEquals(host.sockets, []);
  assertEquals((await network.openUdp(IP)).local.port, 5000); // and once more
});

Deno.test("a port of one's own is to be had beside a shared one: a relay needs it", async () => {
  const { host } = machine();
  const network = new SharedPortNetwork(host, { udpPort: 5000 });
  await network.openUdp(IP);
  assertNotEquals((await network.openUdp(IP, 0)).local.port, 5000);
});

Deno.test("without a port to share, sockets and listeners are each connection's own", async () => {
  const { host } = machine();
  const network = new SharedPortNetwork(host, {});
  const [a, b] = [await network.openUdp(IP), await network.openUdp(IP)];
  assertNotEquals(a.local.port, b.local.port);
  const [c, d] = [await network.listenTcp(IP), await network.listenTcp(IP)];
  assertNotEquals(c.local.port, d.local.port);
});

Deno.test("a port that is not free yet is tried again for a moment, and then given up", async () => {
  const { net, host } = machine();
  const other = await host.openUdp(IP, 5000);
  const network = new SharedPortNetwork(host, { udpPort: 5000 });
  const [first, second] = [network.openUdp(IP), network.openUdp(IP)];
  await net.clock.advance(10);
  other.close();
  await net.clock.advance(20);
  assertEquals([(await first).local.port, (await second).local.port], [5000, 5000]);

  const taken = new SharedPortNetwork(host, { udpPort: 5000 });
  const refused = assertRejects(() => taken.openUdp(IP));
  await net.clock.advance(1000);
  await refused;
  net.clock.assertIdle();
});

Deno.test("a socket that the caller gave is the only one, and stays the caller's", async () => {
  const { host } = machine("192.168.0.1");
  const own = await host.openUdp(IP, 5000);
  const network = new SharedPortNetwork(host, { udpSocket: own });
  assertEquals(network.addresses(), [IP]);
  (await network.openUdp(IP)).close();
  assertEquals(host.sockets.length, 1);
  assertEquals((await network.openUdp(IP)).local.port, 5000);
  own.close();
  await settle();
  await assertRejects(() => network.openUdp(IP));
});

Deno.test("what a network can't do its decorator does not pretend", async () => {
  const { host } = machine();
  const { clock } = host;
  const mute = new NetworkDecorator({
    clock,
    addresses: () => [],
    openUdp: (ip) => host.openUdp(ip),
    connectTcp: (remote, options) => host.connectTcp(remote, options),
    resolve: (name) => host.resolve(name),
    resolveMdns: (name) => host.resolveMdns(name),
  });
  await assertRejects(() => mute.listenTcp(IP));
  await assertRejects(() => mute.openTcp(IP));
  assertEquals((await mute.openUdp(IP)).local.ip, IP);
  assertEquals(await mute.resolve(IP), [IP]);
});
