import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import type { UdpSocket } from "../../transport/udp_socket.ts";
import { type Host, type NatKind, stunResponder, VirtualNetwork } from "./mod.ts";

/** A socket with what it has received, and a short way to send. */
class Endpoint {
  readonly received: { byte: number; size: number; at: number; from: TransportAddress }[] = [];
  readonly #writer: WritableStreamDefaultWriter<readonly Datagram[]>;

  private constructor(readonly host: Host, readonly socket: UdpSocket) {
    this.#writer = socket.writable.getWriter();
    socket.readable.pipeTo(
      new WritableStream({
        write: (batch) => {
          for (const { data, remote } of batch) {
            const at = host.clock.now() - 1000;
            this.received.push({ byte: data[0]!, size: data.length, at, from: remote });
          }
        },
      }),
    );
  }

  static async on(host: Host, port?: number): Promise<Endpoint> {
    return new Endpoint(host, await host.openUdp(host.ips[0]!, port));
  }

  get local(): TransportAddress {
    return this.socket.local;
  }

  get bytes(): number[] {
    return this.received.map(({ byte }) => byte);
  }

  async send(to: TransportAddress, byte: number, size = 1): Promise<void> {
    const data = new Uint8Array(size).fill(byte);
    await this.#writer.write([{ data, local: this.local, remote: to }]);
  }
}

/** Two hosts on the Internet, and a function that lets one send many packets to the other. */
async function twoHosts(seed = 1) {
  const net = new VirtualNetwork({ seed });
  const a = await Endpoint.on(net.host("198.51.100.1"));
  const b = await Endpoint.on(net.host("198.51.100.2"));
  const send = async (count: number, size = 100) => {
    for (let i = 0; i < count; i++) await a.send(b.local, i & 0xff, size);
    await net.clock.advance(60_000);
  };
  return { net, a, b, send };
}

Deno.test("Packets take as long as both wires' delays, and keep their order", async () => {
  const { b, send } = await twoHosts();
  await send(3);
  assertEquals(b.bytes, [0, 1, 2]);
  assertEquals(b.received.map(({ at }) => at), [10, 10, 10]);
});

Deno.test("The same seed gives the same run, another one another", async () => {
  const run = async (seed: number) => {
    const { a, b, send } = await twoHosts(seed);
    Object.assign(a.host.link, { loss: 0.3, jitter: 20, duplication: 0.1, corruption: 0.1 });
    await send(200);
    return b.received.map(({ byte, at }) => [byte, at]);
  };
  assertEquals(await run(5), await run(5));
  assert(JSON.stringify(await run(5)) !== JSON.stringify(await run(6)));
});

Deno.test("Random loss, duplication and corruption happen as often as asked for", async () => {
  const { net, a, b, send } = await twoHosts();
  a.host.link.loss = 0.2;
  await send(2000);
  assertGreater(b.received.length, 1500);
  assertLess(b.received.length, 1700);
  assertEquals(net.drops.of("loss"), 2000 - b.received.length);
  a.host.link.loss = 0;
  a.host.link.duplication = 0.5;
  b.received.length = 0;
  await send(1000);
  assertGreater(b.received.length, 1400);
  assertLess(b.received.length, 1600);
});

Deno.test("A corrupted packet differs in one bit, and the sender's copy does not", async () => {
  const { net, a, b } = await twoHosts();
  a.host.link.corruption = 1;
  const sent = new Uint8Array(1);
  const seen: number[] = [];
  net.tap = ({ data }) => void seen.push(data[0]!);
  await a.send(b.local, sent[0]!);
  await net.clock.advance(100);
  assert([1, 2, 4, 8, 16, 32, 64, 128].includes(b.bytes[0]!));
  assertEquals(seen[0], 0);
});

Deno.test("Bursts of Gilbert and Elliott lose runs of packets", async () => {
  const { net, a, b, send } = await twoHosts();
  a.host.link.burst = { enter: 0.02, leave: 0.2 };
  await send(5000);
  const lost = net.drops.of("burst");
  assertEquals(lost, 5000 - b.received.length);
  assertGreater(lost, 300); // 1 in 11 in the long run
  assertLess(lost, 600);
  const runs = b.bytes.filter((byte, i) => i > 0 && byte !== ((b.bytes[i - 1]! + 1) & 0xff));
  assertGreater(lost / runs.length, 3); // 5 in the mean, where single losses would give 1.1
});

Deno.test("Jitter reorders", async () => {
  const { b, a, send } = await twoHosts();
  a.host.link.jitter = 50;
  await send(100);
  assertEquals([...b.bytes].sort((x, y) => x - y), Array.from({ length: 100 }, (_, i) => i));
  assert(b.bytes.some((byte, i) => i > 0 && byte < b.bytes[i - 1]!));
});

Deno.test("A limited rate spaces packets, and drops what its queue can't hold", async () => {
  const { net, a, b, send } = await twoHosts();
  Object.assign(a.host.link, { rate: 64_000, queue: 10_240 });
  await send(20, 996); // 1024 bytes with headers: 128 ms each
  assertEquals(b.received.map(({ at }) => at), Array.from({ length: 10 }, (_, i) => 138 + 128 * i));
  assertEquals(net.drops.of("queue-full"), 10);
});

Deno.test("Packets longer than the MTU vanish", async () => {
  const { net, a, b } = await twoHosts();
  b.host.link.mtu = 1200;
  await a.send(b.local, 1, 1172);
  await a.send(b.local, 2, 1173);
  await net.clock.advance(100);
  assertEquals(b.bytes, [1]);
  assertEquals(net.drops.of("too-big"), 1);
});

Deno.test("A blackout stops both directions until it is over", async () => {
  const { net, a, b } = await twoHosts();
  a.host.link.blackout = true;
  await a.send(b.local, 1);
  await b.send(a.local, 2);
  await net.clock.advance(100);
  a.host.link.blackout = false;
  await a.send(b.local, 3);
  await net.clock.advance(100);
  assertEquals([a.bytes, b.bytes], [[], [3]]);
  assertEquals(net.drops.of("blackout"), 2);
});

Deno.test("Rules block packets until they are lifted", async () => {
  const { net, a, b } = await twoHosts();
  const lift = net.block(({ source, destination }) =>
    source.ip === "198.51.100.1" && destination.port === b.local.port
  );
  await a.send(b.local, 1);
  await b.send(a.local, 2);
  await net.clock.advance(100);
  lift();
  await a.send(b.local, 3);
  await net.clock.advance(100);
  assertEquals([a.bytes, b.bytes], [[2], [3]]);
  assertEquals(net.drops.of("blocked"), 1);
});

Deno.test("An injected packet has the source that it claims, and obeys the rules", async () => {
  const { net, a, b } = await twoHosts();
  const forged = { data: Uint8Array.of(9), source: a.local, destination: b.local };
  net.inject(forged);
  await net.clock.advance(100);
  assertEquals(b.received.map(({ byte, from }) => [byte, from]), [[9, a.local]]);
  net.block(() => true);
  net.inject(forged);
  await net.clock.advance(100);
  assertEquals([b.received.length, net.drops.of("blocked")], [1, 1]);
});

Deno.test("What has no host or no socket is dropped and counted", async () => {
  const { net, a, b } = await twoHosts();
  await a.send({ ip: "192.0.2.1", port: 1, protocol: "udp" }, 1);
  await a.send({ ...b.local, port: 1 }, 1);
  await net.clock.advance(100);
  assertEquals([net.drops.of("no-route"), net.drops.of("no-socket")], [1, 1]);
});

Deno.test("A host reaches itself, and gives each socket a port of its own", async () => {
  const { net, a } = await twoHosts();
  const other = await Endpoint.on(a.host);
  await a.send(other.local, 1);
  await net.clock.advance(0);
  assertEquals(other.bytes, [1]);
  await assertRejects(() => a.host.openUdp("198.51.100.1", a.local.port));
  await assertRejects(() => a.host.openUdp("198.51.100.9"));
  assertEquals((await a.host.openUdp("0.0.0.0")).local.ip, "198.51.100.1");
});

Deno.test("A closed socket ends its readable, frees its port and leaves no timer behind", async () => {
  const { net, a, b } = await twoHosts();
  const socket = await b.host.openUdp("198.51.100.2", 7);
  await a.send(socket.local, 1);
  socket.close();
  assert((await socket.readable.getReader().read()).done);
  await net.clock.advance(100);
  assertEquals([b.host.sockets.length, net.clock.armed], [1, 0]);
  (await b.host.openUdp("198.51.100.2", 7)).close();
});

Deno.test("What arrives at one moment comes in batches of at most 32", async () => {
  const { net, a, b } = await twoHosts();
  const socket = await b.host.openUdp("198.51.100.2");
  for (let i = 0; i < 70; i++) await a.send(socket.local, i);
  await net.clock.advance(100);
  socket.close();
  const batches = await Array.fromAsync(socket.readable);
  assertEquals(batches.map((batch) => batch.length), [32, 32, 6]);
});

/** A host behind a NAT has sent to `first`; may `first` itself, its other port and another host answer, and how does a second host see it? */
async function probe(kind: NatKind) {
  const net = new VirtualNetwork();
  const nat = net.nat(kind, { outside: "203.0.113.1" });
  const inside = await Endpoint.on(nat.host("192.168.0.2"));
  const first = await Endpoint.on(net.host("198.51.100.1"));
  const otherPort = await Endpoint.on(first.host);
  const second = await Endpoint.on(net.host("198.51.100.2"));
  await inside.send(first.local, 0);
  await net.clock.advance(100);
  const mapped = first.received[0]!.from;
  await first.send(mapped, 1);
  await otherPort.send(mapped, 2);
  await second.send(mapped, 3);
  await net.clock.advance(100);
  const passed = inside.bytes;
  await inside.send(second.local, 0);
  await net.clock.advance(100);
  const sameMapping = second.received[0]!.from.port === mapped.port;
  return { mapped, passed, sameMapping };
}

Deno.test("RFC 4787 sections 4.1 and 5: each kind of NAT maps and filters as its name says", async () => {
  const expected: [NatKind, number[], boolean][] = [
    ["full-cone", [1, 2, 3], true],
    ["address-restricted", [1, 2], true],
    ["port-restricted", [1], true],
    ["symmetric", [1], false],
  ];
  for (const [kind, passed, sameMapping] of expected) {
    const found = await probe(kind);
    assertEquals(found.mapped.ip, "203.0.113.1", kind);
    assertEquals([found.passed, found.sameMapping], [passed, sameMapping], kind);
  }
  const router = await probe("none");
  assertEquals(router.mapped.ip, "192.168.0.2");
  assertEquals([router.passed, router.sameMapping], [[1, 2, 3], true]);
});

Deno.test("RFC 4787 section 4.3: a mapping lives on packets from inside, and a reset forgets it", async () => {
  const net = new VirtualNetwork();
  const nat = net.nat("full-cone", { outside: "203.0.113.1", lifetime: 30_000 });
  const inside = await Endpoint.on(nat.host("192.168.0.2"));
  const peer = await Endpoint.on(net.host("198.51.100.1"));
  const from = () => peer.received.at(-1)!.from;
  await inside.send(peer.local, 0);
  await net.clock.advance(29_000);
  const first = from();
  await inside.send(peer.local, 0);
  await net.clock.advance(29_000);
  await peer.send(first, 1);
  await net.clock.advance(2_000);
  await peer.send(first, 2);
  await net.clock.advance(1_000);
  assertEquals(inside.bytes, [1]);
  assertEquals(net.drops.of("filtered"), 1);
  await inside.send(peer.local, 0);
  await net.clock.advance(100);
  const second = from();
  nat.reset();
  await inside.send(peer.local, 0);
  await net.clock.advance(100);
  assertEquals(new Set([first.port, second.port, from().port]).size, 3);
});

Deno.test("RFC 4787 section 6: hairpinning lets inside hosts meet by their outside addresses", async () => {
  for (const hairpinning of [true, false]) {
    const net = new VirtualNetwork();
    const nat = net.nat("full-cone", { outside: "203.0.113.1", hairpinning });
    const a = await Endpoint.on(nat.host("192.168.0.2"));
    const b = await Endpoint.on(nat.host("192.168.0.3"));
    const observer = await Endpoint.on(net.host("198.51.100.1"));
    await b.send(observer.local, 0);
    await net.clock.advance(100);
    await a.send(observer.received[0]!.from, 7);
    await a.send(b.local, 8);
    await net.clock.advance(100);
    assertEquals(b.bytes, hairpinning ? [7, 8] : [8]);
    assertEquals(net.drops.of("no-hairpinning"), hairpinning ? 0 : 1);
  }
});

Deno.test("A NAT behind a NAT, and two networks with the same private addresses", async () => {
  const net = new VirtualNetwork();
  const carrier = net.nat("full-cone", { outside: "203.0.113.1" });
  const home = carrier.nat("full-cone", { outside: "100.64.0.2" });
  const a = await Endpoint.on(home.host("192.168.0.2"));
  const elsewhere = net.nat("full-cone", { outside: "203.0.113.2" });
  const b = await Endpoint.on(elsewhere.host("192.168.0.2"));
  const server = await Endpoint.on(net.host("198.51.100.1"));
  await a.send(server.local, 1);
  await b.send(server.local, 2);
  await net.clock.advance(100);
  const seenFrom = (sent: number) => server.received.find(({ byte }) => byte === sent)!.from;
  const [fromA, fromB] = [seenFrom(1), seenFrom(2)];
  assertEquals([fromA.ip, fromB.ip], ["203.0.113.1", "203.0.113.2"]);
  await a.send(fromB, 3);
  await b.send(fromA, 4);
  await net.clock.advance(100);
  assertEquals([a.bytes, b.bytes], [[4], [3]]);
});

Deno.test("IPv6 passes a router, but no NAT of IPv4", async () => {
  const net = new VirtualNetwork();
  const server = await Endpoint.on(net.host("2001:db8::1"));
  const routed = await Endpoint.on(net.nat("none").host("2001:db8:1::2"));
  const nat = net.nat("full-cone", { outside: "203.0.113.1" });
  const translated = await Endpoint.on(nat.host("fd00::2"));
  await routed.send(server.local, 1);
  await translated.send(server.local, 2);
  await net.clock.advance(100);
  assertEquals(server.bytes, [1]);
  assertEquals(net.drops.of("no-route"), 1);
});

Deno.test("A host that changes its addresses no longer hears on the old ones", async () => {
  const { net, a, b } = await twoHosts();
  b.host.readdress("198.51.100.22");
  await a.send(b.local, 1);
  const moved = await Endpoint.on(b.host);
  await a.send(moved.local, 2);
  await net.clock.advance(100);
  assertEquals([b.bytes, moved.bytes], [[], [2]]);
  assertEquals(b.host.addresses(), ["198.51.100.22"]);
});

Deno.test("RFC 8489 section 14.2: the STUN server tells the address that it sees", async () => {
  const net = new VirtualNetwork();
  await net.server("198.51.100.1", 3478, stunResponder);
  net.names.set("stun.example", ["198.51.100.1"]);
  const nat = net.nat("symmetric", { outside: "203.0.113.1" });
  const host = nat.host("192.168.0.2");
  const [ip] = await host.resolve("stun.example");
  const socket = await host.openUdp("192.168.0.2");
  const request = new Uint8Array(20);
  request.set([0x00, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  const remote: TransportAddress = { ip: ip!, port: 3478, protocol: "udp" };
  let seen: TransportAddress | undefined;
  net.tap = ({ source }) => void (source.ip === "203.0.113.1" && (seen = source));
  await socket.writable.getWriter().write([{ data: request, local: socket.local, remote }]);
  await net.clock.advance(100);
  const answer = (await socket.readable.getReader().read()).value![0]!.data;
  assertEquals([...answer.subarray(0, 8)], [0x01, 0x01, 0, 12, 0x21, 0x12, 0xa4, 0x42]);
  assertEquals([...answer.subarray(8, 20)], [...request.subarray(8)]);
  const port = (answer[26]! << 8 | answer[27]!) ^ 0x2112;
  const address = [...answer.subarray(28)].map((byte, i) => byte ^ [0x21, 0x12, 0xa4, 0x42][i]!);
  assertEquals([port, address.join(".")], [seen!.port, "203.0.113.1"]);
  assertEquals(stunResponder(new Uint8Array(19), remote), undefined);
});

Deno.test("RFC 5769 section 2.2: the STUN server's XOR-MAPPED-ADDRESS", () => {
  const request = new Uint8Array(20);
  request.set([0x00, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42]);
  request.set([0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae], 8);
  const v4 = stunResponder(request, { ip: "192.0.2.1", port: 32853, protocol: "udp" })!;
  assertEquals([...v4.subarray(20)], [0, 0x20, 0, 8, 0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43]);
  const ip = "2001:db8:1234:5678:11:2233:4455:6677";
  const v6 = stunResponder(request, { ip, port: 32853, protocol: "udp" })!;
  assertEquals(
    [...v6.subarray(20)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9",
  );
});

Deno.test("Names resolve where they are known, `.local` ones only within their own network", async () => {
  const net = new VirtualNetwork();
  const name = "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local";
  const home = net.nat("full-cone", { outside: "203.0.113.1" });
  const a = home.host("192.168.0.2"), b = home.host("192.168.0.3");
  const outsider = net.host("198.51.100.1");
  a.mdnsNames.set(name, "192.168.0.2");
  const found = Promise.all([b.resolveMdns(name), outsider.resolveMdns(name)]);
  await net.clock.advance(3000);
  assertEquals(await found, ["192.168.0.2", undefined]);
  net.names.set("both.example", ["198.51.100.1", "2001:db8::1"]);
  assertEquals(await b.resolve("both.example"), ["198.51.100.1", "2001:db8::1"]);
  assertEquals(await b.resolve("both.example", 6), ["2001:db8::1"]);
  assertEquals(await b.resolve("192.0.2.7"), ["192.0.2.7"]);
  assertEquals(await b.resolve("unknown.example"), []);
});
