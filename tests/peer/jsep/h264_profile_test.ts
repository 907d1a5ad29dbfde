import { assertEquals } from "@std/assert";
import {
  answerProfileLevelId,
  LEVEL_1B,
  parseProfileLevelId,
} from "../../../peer/jsep/media/h264_profile.ts";

Deno.test("RFC 6184 section 8.1: profiles by profile_idc and profile-iop", () => {
  const profiles: Record<string, string | undefined> = {
    "42e01f": "constrained-baseline",
    "42C01F": "constrained-baseline",
    "4de01f": "constrained-baseline",
    "58f01f": "constrained-baseline",
    "42001f": "baseline",
    "42a01f": "baseline",
    "58a01f": "baseline",
    "4d001f": "main",
    "4d401f": "main",
    "58001f": "extended",
    "64001f": "high",
    "640c1f": "constrained-high",
    "6e001f": "high-10",
    "7a001f": "high-4:2:2",
    "f4001f": "high-4:4:4",
    "6e101f": "high-10-intra",
    "2c101f": "cavlc-4:4:4-intra",
    "420c1f": undefined,
    "64081f": undefined,
    "00001f": undefined,
    "42e01": undefined,
    "42e01f0": undefined,
    "42e0zz": undefined,
    " 42e01": undefined,
  };
  for (const [value, profile] of Object.entries(profiles)) {
    assertEquals(parseProfileLevelId(value)?.profile, profile, value);
  }
});

Deno.test("RFC 6184 section 8.1: levels, and level 1b that a flag tells from 1.1", () => {
  assertEquals(parseProfileLevelId("42e00b")?.level, 11);
  assertEquals(parseProfileLevelId("42f00b")?.level, LEVEL_1B);
  assertEquals(parseProfileLevelId("4d100b")?.level, LEVEL_1B);
  assertEquals(parseProfileLevelId("640009")?.level, LEVEL_1B);
  assertEquals(parseProfileLevelId("420009"), undefined);
  assertEquals(parseProfileLevelId("42e034")?.level, 52);
  assertEquals(parseProfileLevelId("42e03e")?.level, 62);
  assertEquals(parseProfileLevelId("42e021"), undefined);
});

Deno.test("RFC 6184 section 8.1: Baseline at level 1 is what nobody needs to say", () => {
  assertEquals(parseProfileLevelId(undefined), { profile: "baseline", level: 10 });
});

Deno.test("RFC 6184 section 8.2.2: the answer has the lower level, or our own if they may differ", () => {
  assertEquals(answerProfileLevelId("42e015", "42e01f", false), "42e015");
  assertEquals(answerProfileLevelId("42e034", "42e01f", false), "42e01f");
  assertEquals(answerProfileLevelId("42e015", "42e01f", true), "42e01f");
  assertEquals(answerProfileLevelId("42e034", "42e01f", true), "42e01f");
  // The same profile, in the bytes of the offer.
  assertEquals(answerProfileLevelId("42C034", "42e01f", false), "42c01f");
  assertEquals(answerProfileLevelId("42C01F", "42e01f", false), "42C01F");
  assertEquals(answerProfileLevelId(undefined, "42001f", false), "42000a");
  // The flag that meant 1b would mean something else at our level.
  assertEquals(answerProfileLevelId("42f00b", "42e01f", true), "42e01f");
  assertEquals(answerProfileLevelId("42f00b", "42e01f", false), "42f00b");
});
