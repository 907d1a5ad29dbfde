import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import type { RTCStats } from "../../mod.ts";
import { RTCPeerConnection, RTCStatsReport } from "../../mod.ts";

Deno.test("WebIDL section 3.7.11: a report has the shape of a readonly maplike", async () => {
  const pc = new RTCPeerConnection();
  pc.createDataChannel("x");
  const report = await pc.getStats();
  const { prototype } = RTCStatsReport;
  assert(report instanceof RTCStatsReport);
  assertEquals(Object.getPrototypeOf(prototype), Object.prototype);
  assertEquals(Object.keys(prototype).sort(), [
    ...["entries", "forEach", "get", "has", "keys", "size", "values"],
  ]);
  const lengths = { entries: 0, forEach: 1, get: 1, has: 1, keys: 0, values: 0 };
  for (const [name, length] of Object.entries(lengths)) {
    const { value, writable, configurable } = Object.getOwnPropertyDescriptor(prototype, name)!;
    assertEquals([value.name, value.length, writable, configurable], [name, length, true, true]);
    assertThrows(() => value.call({}), TypeError);
    assertThrows(() => new value(), TypeError);
  }
  const size = Object.getOwnPropertyDescriptor(prototype, "size")!;
  assertEquals([size.get!.name, size.set], ["get size", undefined]);
  const iterator = Object.getOwnPropertyDescriptor(prototype, Symbol.iterator)!;
  assertStrictEquals(iterator.value, prototype.entries);
  assertEquals([iterator.enumerable, iterator.writable, iterator.configurable], [
    false,
    true,
    true,
  ]);
  assert(!("set" in report) && !("delete" in report) && !("clear" in report));

  const [id] = report.keys();
  assertEquals(report.size, 2);
  assertEquals([...report], [...report.entries()]);
  assertEquals([...report.values()].map((stats: RTCStats) => stats.id), [...report.keys()]);
  assertEquals([report.has(id!), report.has("no such"), report.get("no such")], [
    true,
    false,
    undefined,
  ]);
  assertStrictEquals(report.get({ toString: () => id } as unknown as string), report.get(id!));
  assertThrows(() => (report.get as () => unknown)(), TypeError);
  assertThrows(() => report.forEach(null as never), TypeError);
  const seen: unknown[] = [];
  const self = {};
  report.forEach(function (this: unknown, value, key, parent) {
    assert(this === self && parent === report && report.get(key) === value);
    seen.push(key);
  }, self);
  assertEquals(seen, [...report.keys()]);
  pc.close();
});
