import { assertEquals } from "@std/assert";
import { AddressWatch } from "../../transport/mod.ts";
import { VirtualNetwork } from "../net/mod.ts";

Deno.test("an address that comes, goes or is another one is told once, within the interval", async () => {
  const net = new VirtualNetwork();
  const host = net.host("198.51.100.1");
  const watch = new AddressWatch(host, 500);
  const over = new AbortController();
  let changes = 0;
  watch.subscribe(() => changes++, over.signal);
  await net.clock.advance(5000);
  assertEquals(changes, 0);
  for (const ips of [["198.51.100.1", "198.51.100.2"], ["198.51.100.2"], [], ["198.51.100.1"]]) {
    const before = changes;
    host.readdress(...ips);
    await net.clock.advance(500);
    assertEquals(changes, before + 1);
    await net.clock.advance(2000);
    assertEquals(changes, before + 1);
  }
  host.readdress("198.51.100.1");
  await net.clock.advance(500);
  assertEquals(changes, 4);
  over.abort();
  net.clock.assertIdle();
});

Deno.test("one look serves all who want to know, in whatever order addresses stand, and nobody looks when nobody does", async () => {
  const net = new VirtualNetwork();
  const host = net.host("198.51.100.1", "198.51.100.2");
  let looks = 0;
  const addresses = host.addresses.bind(host);
  host.addresses = () => (looks++, addresses());
  const watch = new AddressWatch(host, 500);
  await net.clock.advance(1000);
  assertEquals(looks, 0);
  const told: number[] = [];
  const ends = [0, 1, 2].map((i) => {
    const over = new AbortController();
    watch.subscribe(() => told.push(i), over.signal);
    return over;
  });
  await net.clock.advance(1000);
  assertEquals(looks, 3);
  host.readdress("198.51.100.2", "198.51.100.1");
  await net.clock.advance(500);
  assertEquals(told, []);
  ends[1]!.abort();
  host.readdress("198.51.100.3");
  await net.clock.advance(500);
  assertEquals(told, [0, 2]);
  for (const over of ends) over.abort();
  net.clock.assertIdle();
  watch.subscribe(() => told.push(3), AbortSignal.abort());
  net.clock.assertIdle();
});
