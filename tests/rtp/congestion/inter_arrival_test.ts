import { assertEquals } from "@std/assert";
import { InterArrival } from "../../../rtp/congestion/inter_arrival.ts";
import { arrived } from "./support.ts";

Deno.test("InterArrival: the first two groups give nothing to compare until a third begins", () => {
  const groups = new InterArrival();
  assertEquals(groups.push(arrived(0, 100), 200), undefined);
  assertEquals(groups.push(arrived(20, 125), 200), undefined);
  assertEquals(groups.push(arrived(40, 150), 200), { send: 20, arrival: 25, receivedAt: 125 });
});

Deno.test("InterArrival: what was sent within 5 ms is one group (draft-ietf-rmcat-gcc-02 section 5.2)", () => {
  const groups = new InterArrival();
  for (const [sent, at] of [[0, 100], [4, 110], [5, 120]] as const) {
    assertEquals(groups.push(arrived(sent, at), 200), undefined);
  }
  assertEquals(groups.push(arrived(30, 150), 200), undefined);
  assertEquals(groups.push(arrived(60, 180), 200), { send: 25, arrival: 30, receivedAt: 150 });
});

Deno.test("InterArrival: what the network saved up and delivered at once is one group (draft-ietf-rmcat-gcc-02 section 5.2)", () => {
  const groups = new InterArrival();
  groups.push(arrived(0, 100), 200);
  for (let i = 1; i <= 4; i++) assertEquals(groups.push(arrived(10 * i, 100 + i), 200), undefined);
  groups.push(arrived(60, 160), 200);
  assertEquals(groups.push(arrived(80, 180), 200), { send: 20, arrival: 56, receivedAt: 160 });
});

Deno.test("InterArrival: a packet that was overtaken belongs to no group", () => {
  const groups = new InterArrival();
  groups.push(arrived(0, 100), 200);
  groups.push(arrived(20, 120), 200);
  assertEquals(groups.push(arrived(10, 121), 200), undefined);
  assertEquals(groups.push(arrived(40, 140), 200)?.send, 20);
});

Deno.test("InterArrival: a receiver's clock that jumps begins all anew", () => {
  const groups = new InterArrival();
  groups.push(arrived(0, 100), 200);
  groups.push(arrived(20, 120), 200);
  groups.push(arrived(40, 9000), 220);
  assertEquals(groups.push(arrived(60, 9020), 240), undefined, "8.9 s in 20 ms");
  groups.push(arrived(80, 9040), 260);
  groups.push(arrived(100, 9060), 280);
  assertEquals(groups.push(arrived(120, 9080), 300), { send: 20, arrival: 20, receivedAt: 9060 });
});
