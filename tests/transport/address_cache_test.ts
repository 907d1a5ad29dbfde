import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { AddressCache } from "../../transport/address_cache.ts";

Deno.test("One remote address is one object, however many others come between", () => {
  const cache = new AddressCache();
  const first = cache.of("192.0.2.1", 1000);
  assertEquals(first, { ip: "192.0.2.1", port: 1000, protocol: "udp" });
  assertStrictEquals(cache.of("192.0.2.1", 1000), first);
  const others = [cache.of("192.0.2.1", 1001), cache.of("192.0.2.2", 1000)];
  assert(!others.includes(first));
  assertStrictEquals(cache.of("192.0.2.1", 1000), first);
  assertEquals(cache.size, 3);
});

Deno.test("Addresses are told in their canonical form", () => {
  const cache = new AddressCache();
  assertEquals(cache.of("2001:DB8:0:0::1", 1).ip, "2001:db8::1");
  assertEquals(cache.of("fe80::1%eth0", 1).ip, "fe80::1");
});

Deno.test("A flood of forged sources does not grow the cache without bound", () => {
  const cache = new AddressCache();
  for (let i = 0; i < 100_000; i++) {
    cache.of(`10.${i >> 16}.${(i >> 8) & 0xff}.${i & 0xff}`, i & 0xffff);
  }
  assert(cache.size <= 1024, `${cache.size} addresses`);
  const known = cache.of("192.0.2.1", 1);
  assertStrictEquals(cache.of("192.0.2.1", 1), known);
});
