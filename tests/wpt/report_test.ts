import { assertEquals } from "@std/assert";
import { areaOf, table } from "./report.ts";

Deno.test("files fall into areas", () => {
  const ids = ["webrtc/RTCError.html", "webrtc/RTCDataChannel-id.html", "webrtc/protocol/a-b.html"];
  assertEquals(ids.map(areaOf), ["webrtc/RTCError", "webrtc/RTCDataChannel", "webrtc/protocol"]);
});

Deno.test("the table sums up areas", () => {
  const lines = table({
    "webrtc/B-1.html": { pass: ["x", "y"] },
    "webrtc/A.html": { pass: [], fail: { media: ["x"] } },
    "webrtc/B-2.html": { pass: ["x"], fail: { media: ["y"], other: ["z"] } },
  }).split("\n").map((line) => line.trim().replace(/ +/g, " "));
  assertEquals(lines, ["webrtc/A 0 of 1", "webrtc/B 3 of 5", "all 3 of 6"]);
});
