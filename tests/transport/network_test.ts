import { assert, assertEquals, assertGreater, assertRejects } from "@std/assert";
import { ipVersion } from "../../core/wire/mod.ts";
import {
  interleaveFamilies,
  MAX_ADDRESSES,
  scopeOf,
  usableAddresses,
} from "../../transport/interfaces.ts";
import { SystemNetwork } from "../../transport/network.ts";
import { openUdp } from "../../transport/udp.ts";

const interfaces = (...addresses: string[]) => addresses.map((address) => ({ address }));

Deno.test("RFC 8445 section 5.1.1.1: loopback, link-local and mapped addresses are no candidates", () => {
  assertEquals(
    usableAddresses(interfaces(
      "127.0.0.1",
      "10.0.0.4",
      "::1",
      "fe80::1%eth0",
      "fec0::1",
      "2001:DB8::1",
      "::ffff:10.0.0.4",
      "::",
      "0.0.0.0",
      "10.0.0.4",
      "nonsense",
      "fd77::1",
    )),
    ["10.0.0.4", "2001:db8::1", "fd77::1"],
  );
});

Deno.test("A machine with nothing but loopback uses that", () => {
  assertEquals(usableAddresses(interfaces("127.0.0.1", "::1", "fe80::1")), ["127.0.0.1", "::1"]);
  assertEquals(usableAddresses([]), []);
});

Deno.test("Addresses are bounded", () => {
  const many = Array.from({ length: 500 }, (_, i) => `10.0.${i >> 8}.${i & 0xff}`);
  assertEquals(usableAddresses(interfaces(...many)), many.slice(0, MAX_ADDRESSES));
});

Deno.test("Scopes of addresses", () => {
  for (const ip of ["192.168.0.1", "169.254.1.1", "2001:db8::1", "fd00::1"]) {
    assertEquals(scopeOf(ip), "usable", ip);
  }
  for (const ip of ["127.8.8.8", "::1"]) assertEquals(scopeOf(ip), "loopback", ip);
  for (
    const ip of ["224.0.0.251", "255.255.255.255", "0.0.0.0", "::", "ff02::fb", "::7f00:1", "x"]
  ) assertEquals(scopeOf(ip), "unusable", ip);
});

Deno.test("a machine that can't tell its addresses for now, as where it has no file descriptor left, has those of before", () => {
  const network = new SystemNetwork();
  const before = network.addresses();
  assert(!before.includes("0.0.0.0"));
  const { networkInterfaces } = Deno;
  const fail = () => {
    throw new Error("Too many open files (os error 24)");
  };
  Object.assign(Deno, { networkInterfaces: fail });
  try {
    assertEquals(network.addresses(), before);
    assertEquals(new SystemNetwork().addresses(), before);
  } finally {
    Object.assign(Deno, { networkInterfaces });
  }
});

Deno.test("SystemNetwork finds addresses that sockets open on", async () => {
  const network = new SystemNetwork();
  const addresses = network.addresses();
  assertGreater(addresses.length, 0);
  for (const ip of addresses.filter((ip) => ipVersion(ip) === 4)) {
    const socket = await network.openUdp(ip);
    assertEquals(socket.local.ip, ip);
    assertGreater(socket.local.port, 0);
    socket.close();
  }
});

Deno.test("SystemNetwork uses the addresses that it is given, as far as they are any", () => {
  const network = new SystemNetwork({ addresses: ["10.1.2.3", "example.org", "2001:DB8:0::1"] });
  assertEquals(network.addresses(), ["10.1.2.3", "2001:db8::1"]);
});

Deno.test({
  name: "Without permission to list interfaces, a wildcard socket finds its address out by itself",
  permissions: { net: true },
  async fn() {
    const network = new SystemNetwork();
    assertEquals(network.addresses(), ["0.0.0.0"]);
    const socket = await network.openUdp("0.0.0.0");
    assert(["usable", "loopback"].includes(scopeOf(socket.local.ip)), socket.local.ip);
    const peer = await openUdp({ ip: socket.local.ip });
    const writer = peer.writable.getWriter();
    await writer.write([{ data: Uint8Array.of(1), local: peer.local, remote: socket.local }]);
    const { value } = await socket.readable.getReader().read();
    assert(value![0]!.local === socket.local);
    socket.close();
    peer.close();
  },
});

Deno.test("SystemNetwork opens sockets on IP literals only", async () => {
  await assertRejects(() => new SystemNetwork().openUdp("localhost"), TypeError, "IP literal");
});

Deno.test("SystemNetwork resolves literals to themselves, and what doesn't resolve to nothing", async () => {
  const network = new SystemNetwork();
  assertEquals(await network.resolve("192.0.2.1"), ["192.0.2.1"]);
  assertEquals(await network.resolve("2001:DB8::0:1"), ["2001:db8::1"]);
  assertEquals(await network.resolve("192.0.2.1", 6), []);
  assertEquals(await network.resolve("localhost", 4), ["127.0.0.1"]);
  assertEquals(await network.resolve("no such name"), []);
});

Deno.test("SystemNetwork leaves names that are no browser's unresolved, without a packet", async () => {
  assertEquals(await new SystemNetwork().resolveMdns("printer.local"), undefined);
});

Deno.test("RFC 8421 section 4: neither family waits for all of the other, and none is cut off", () => {
  assertEquals(interleaveFamilies([]), []);
  assertEquals(interleaveFamilies(["2001:db8::1", "2001:db8::2"]), ["2001:db8::1", "2001:db8::2"]);
  assertEquals(
    interleaveFamilies(["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"]),
    ["192.0.2.1", "2001:db8::1", "192.0.2.2", "2001:db8::2"],
  );
  const many = Array.from({ length: 30 }, (_, i) => `2001:db8::${(i + 1).toString(16)}`);
  const chosen = usableAddresses(interfaces(...many, "192.0.2.1", "192.0.2.2"));
  assertEquals(chosen.length, MAX_ADDRESSES);
  assertEquals(chosen.indexOf("192.0.2.1"), 1);
  const mixed = interleaveFamilies([...many, "192.0.2.1", "192.0.2.2"]);
  assertEquals(mixed.filter((ip) => ip.includes(":")), many);
  assertEquals(mixed.indexOf("192.0.2.2"), 17);
});
