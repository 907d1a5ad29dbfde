import { assertEquals } from "@std/assert";
import { FrameNumbers } from "../../../peer/encoded_transform/frame_numbers.ts";
import { chunk } from "./chunks.ts";

Deno.test("pictures are numbered, and need the one before them in their layer (W3C WebRTC Encoded Transform section 4.2)", () => {
  const numbers = new FrameNumbers();
  const next = (type: "key" | "delta", metadata = {}) => numbers.next(chunk(1, type, metadata));
  const lowest = { spatialIndex: 0, temporalIndex: 0 };
  assertEquals(next("key", { rid: "a" }), { ...lowest, frameId: 0, dependencies: [] });
  assertEquals(next("key", { rid: "b" }), { ...lowest, frameId: 1, dependencies: [] });
  assertEquals(next("delta", { rid: "a" }), { ...lowest, frameId: 2, dependencies: [0] });
  assertEquals(next("delta", { rid: "b", temporalIndex: 1, spatialIndex: 2 }), {
    ...{ frameId: 3, dependencies: [1] },
    ...{ temporalIndex: 1, spatialIndex: 2 },
  });
  assertEquals(next("key", { rid: "a" }).dependencies, []);
});

Deno.test("W3C WebRTC SVC section 6: a picture needs the latest one of a lower temporal layer", () => {
  const numbers = new FrameNumbers();
  const needs = [0, 2, 1, 2, 0, 2].map((temporalIndex, i) =>
    numbers.next(chunk(i, i === 0 ? "key" : "delta", { temporalIndex })).dependencies
  );
  assertEquals(needs, [[], [0], [0], [2], [0], [4]]);
});

Deno.test("what the source tells of its pictures stays as it is", () => {
  const told = { frameId: 7, dependencies: [3], spatialIndex: 0, temporalIndex: 1 };
  assertEquals(new FrameNumbers().next(chunk(1, "delta", told)), told);
});
