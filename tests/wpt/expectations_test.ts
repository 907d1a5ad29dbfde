import { assert, assertEquals } from "@std/assert";
import {
  compare,
  type Expectations,
  matches,
  skipReason,
  stableName,
  UNEXPLAINED,
  updated,
} from "./expectations.ts";
import committed from "./expectations.json" with { type: "json" };

const outcomes = (entries: Record<string, string>) => new Map(Object.entries(entries));

Deno.test("a subtest that once passed is lost when it fails or is gone", () => {
  const change = compare({ pass: ["a", "b", "c"] }, outcomes({ a: "PASS", b: "FAIL", d: "PASS" }));
  assertEquals(change.lost, [["b", "FAIL"], ["c", "MISSING"]]);
  assertEquals(change.gained, ["d"]);
});

Deno.test("an update keeps reasons, and marks what has none", () => {
  const before = { pass: ["a"], fail: { media: ["b", "c", "gone"] } };
  const now = outcomes({ a: "PASS", b: "PASS", c: "FAIL", d: "TIMEOUT" });
  assertEquals(updated(before, now), {
    pass: ["a", "b"],
    fail: { media: ["c", "gone"], [UNEXPLAINED]: ["d"] },
  });
  assertEquals(updated(undefined, outcomes({ a: "PASS" })), { pass: ["a"] });
});

Deno.test("patterns stand for whole names", () => {
  assert(matches("webrtc/RTCRtp*", "webrtc/RTCRtpSender.https.html"));
  assert(!matches("webrtc/RTCRtp*", "other/webrtc/RTCRtpSender.https.html"));
  assert(matches("a.html?1-2", "a.html?1-2") && !matches("a.html", "a.html?1-2"));
});

Deno.test("names lose what differs from run to run", () => {
  assertEquals(stableName("track 01234567-89ab-cdef-0123-456789abcdef ends"), "track <uuid> ends");
});

Deno.test("every subtest that can't pass, and every file that is left out, has its reason", () => {
  const expectations: Expectations = committed;
  const used = new Set(Object.keys(expectations.skip));
  for (const [id, { fail = {} }] of Object.entries(expectations.files)) {
    assertEquals(skipReason(expectations, id), undefined, `${id} is not run`);
    for (const reason of Object.keys(fail)) used.add(reason);
  }
  assertEquals([...used].sort(), Object.keys(expectations.reasons).sort());
});
