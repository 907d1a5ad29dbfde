import { assert, assertEquals } from "@std/assert";
import { IcePair } from "./ice_pair.ts";

Deno.test("two hosts connect, complete and exchange data", () => {
  const pair = new IcePair();
  pair.connect(200);
  assertEquals(pair.a.selectedPair?.local.address, "192.0.2.1");
  assertEquals(pair.a.selectedPair?.remote.address, "192.0.2.2");
  assertEquals(pair.b.selectedPair?.local.address, "192.0.2.2");
  pair.send("a", 20, 1, 2);
  pair.send("b", 20, 3);
  pair.advance(20);
  assertEquals(pair.received.b.map((data) => [...data]), [[20, 1, 2]]);
  assertEquals(pair.received.a.map((data) => [...data]), [[20, 3]]);
  assertEquals(pair.states("a"), ["checking", "completed"]);
  assertEquals(pair.states("b"), ["checking", "completed"]);
});

Deno.test("set-up takes two round trips and no pacing delay", () => {
  const pair = new IcePair({ link: { delay: 1 } });
  const began = pair.now;
  pair.connect();
  assert(pair.now - began <= 5, `took ${pair.now - began} ms`);
});
