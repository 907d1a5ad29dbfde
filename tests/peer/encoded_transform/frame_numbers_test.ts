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
