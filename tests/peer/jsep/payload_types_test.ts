import { assert, assertEquals } from "@std/assert";
import { PayloadTypes } from "../../../peer/jsep/media/mod.ts";
import { StableNumbers } from "../../../peer/jsep/media/stable_numbers.ts";
import { mediaWith } from "./support.ts";

Deno.test("RFC 3264 section 8.3.2: a number keeps its meaning, and is not given to another", () => {
  const numbers = new StableNumbers([1, 2, 3]);
  assertEquals(numbers.assign("0", "a", 2), 2);
  assertEquals(numbers.assign("0", "b", 2), 1);
  assertEquals(numbers.assign("0", "a", 3), 2);
  assertEquals(numbers.assign("0", "c"), 3);
  assertEquals(numbers.assign("0", "d"), undefined);
});

Deno.test("RFC 9143 section 9.1.1: a new section has what the others have", () => {
  const numbers = new StableNumbers([1, 2, 3]);
  numbers.adopt("0", 9, "a");
  assertEquals(numbers.assign("1", "a", 1), 9);
});

Deno.test("what the peer has for itself is not free, though nobody here knows what it is", () => {
  const numbers = new StableNumbers([1, 2]);
  numbers.adopt("0", 1, undefined);
  assertEquals(numbers.assign("0", "a", 1), 2);
});

Deno.test("sections that are not bundled may use one number for two things, and each keeps its own", () => {
  const numbers = new StableNumbers([1, 2]);
  numbers.adopt("0", 100, "vp8");
  numbers.adopt("1", 100, "opus");
  assertEquals(numbers.assign("0", "vp8", 1), 100);
  assertEquals(numbers.assign("1", "opus", 1), 100);
  // A section that comes later follows the one that spoke last.
  assertEquals(numbers.assign("2", "opus", 1), 100);
  assertEquals(numbers.assign("2", "vp8", 1), 1);
});

Deno.test("a section that changes a meaning, as it must not, is believed", () => {
  const numbers = new StableNumbers([1, 2]);
  numbers.adopt("0", 96, "vp8");
  numbers.adopt("0", 96, "vp9");
  assertEquals(numbers.assign("0", "vp9", 1), 96);
  assertEquals(numbers.assign("0", "vp8", 1), 1);
});

Deno.test("a section that was recycled has no say any more, but its numbers stay taken", () => {
  const numbers = new StableNumbers([1, 2, 3]);
  numbers.adopt("0", 1, "a");
  numbers.adopt("1", 2, "a");
  numbers.forget("0");
  assertEquals(numbers.assign("0", "a"), 2);
  assertEquals(numbers.assign("0", "b", 1), 3);
});

Deno.test("RFC 3264 section 6.1: an answer may have other numbers; the offerer's own stay as they are", () => {
  const numbers = new StableNumbers([1, 2, 3]);
  assertEquals(numbers.assign("0", "a", 1), 1);
  numbers.adoptAnswer("0", 2, "a");
  numbers.adoptAnswer("0", 9, "b");
  assertEquals(numbers.assign("0", "a"), 1);
  assertEquals(numbers.assign("0", "b"), 9);
  assertEquals(numbers.assign("0", "c"), 3);
});

Deno.test("the sections that are remembered are bounded; the oldest go first", () => {
  const numbers = new StableNumbers([]);
  for (let mid = 0; mid < 2000; mid++) numbers.adopt(String(mid), mid % 100, "a");
  assertEquals(numbers.assign("1999", "a"), 99);
  assertEquals(numbers.assign("1", "a"), 99);
  assertEquals(numbers.assign("980", "a"), 80);
});

Deno.test("RFC 5761 section 4: no payload type that looks like RTCP is assigned", () => {
  const types = new PayloadTypes();
  const given: number[] = [];
  for (let i = 0;; i++) {
    const type = types.assign("0", `codec ${i}`, 96);
    if (type === undefined) break;
    given.push(type);
  }
  assertEquals(given.length, 61);
  assertEquals(given[0], 96);
  assertEquals(given[32], 35);
  assert(given.every((type) => type >= 35 && type <= 127 && (type < 64 || type > 95)));
});

Deno.test("payload types of a peer are adopted, those of RTX with them", () => {
  const types = new PayloadTypes();
  const media = mediaWith(
    "m=video 9 UDP/TLS/RTP/SAVPF 100 101 102 103",
    "a=mid:7",
    "a=rtpmap:100 VP8/90000",
    "a=rtpmap:101 rtx/90000",
    "a=fmtp:101 apt=100",
    "a=rtpmap:102 theora/90000",
    "a=rtpmap:103 rtx/90000",
    "a=fmtp:103 apt=102",
  );
  types.adopt(media.mid, media.kind, media.formats);
  assertEquals(types.assign("7", "video/vp8/90000", 96), 100);
  assertEquals(types.assign("8", "rtx of video/vp8/90000", 97), 101);
  assertEquals(types.assign("7", "video/vp9/90000/0", 102), 96);
  assertEquals(types.assign("7", "other", 103), 97);
});
