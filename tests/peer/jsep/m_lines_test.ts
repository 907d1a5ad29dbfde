import { assertEquals } from "@std/assert";
import { findTransceiver, layOutSections, unusedMid } from "../../../peer/jsep/media/mod.ts";

const line = (mid: string, owner?: string, isRejected = false) => ({ mid, owner, isRejected });
const places = (placements: readonly { mid: string; owner: string | undefined }[]) =>
  placements.map(({ mid, owner }) => [mid, owner]);

Deno.test("RFC 9429 section 5.2.1: sections in the order in which they were asked for", () => {
  const laid = layOutSections([], [{ owner: "audio" }, { owner: "video" }, { owner: "data" }]);
  assertEquals(places(laid), [["0", "audio"], ["1", "video"], ["2", "data"]]);
});

Deno.test("RFC 9429 section 5.2.2: a rejected place is recycled, with a new mid; others keep theirs", () => {
  const lines = [line("0", "audio"), line("1", undefined, true), line("2", "video")];
  const laid = layOutSections(lines, [{ owner: "data" }, { owner: "more" }]);
  assertEquals(places(laid), [["0", "audio"], ["3", "data"], ["2", "video"], ["4", "more"]]);
  assertEquals(laid.map(({ isRecycled }) => isRecycled), [false, true, false, false]);
});

Deno.test("RFC 9429 section 5.2.2: a section stopped only now is rejected in this offer, and recycled in the next", () => {
  const laid = layOutSections<string>([line("0", undefined, false)], [{ owner: "audio" }]);
  assertEquals(places(laid), [["0", undefined], ["1", "audio"]]);
});

Deno.test("a section that the other side rejected stays with its owner until that is stopped", () => {
  const laid = layOutSections([line("0", "audio", true)], [{ owner: "video" }]);
  assertEquals(places(laid), [["0", "audio"], ["1", "video"]]);
});

Deno.test("what has been offered before keeps the mid that it was offered with", () => {
  const laid = layOutSections([line("1", "audio")], [{ owner: "a" }, { owner: "b", mid: "0" }]);
  assertEquals(places(laid), [["1", "audio"], ["2", "a"], ["0", "b"]]);
});

Deno.test("RFC 9429 section 5.2.1: mids are short, and tell nothing", () => {
  assertEquals(unusedMid(new Set(["0", "audio", "2"])), "1");
});

Deno.test("RFC 9429 section 5.10: the transceiver of an offered section", () => {
  const transceiver = (more: object) => ({
    kind: "audio" as const,
    mid: null,
    isAddedByTrack: true,
    isStopped: false,
    ...more,
  });
  const associated = transceiver({ mid: "0" });
  const waiting = transceiver({});
  const section = { mid: "1", kind: "audio" as const, offersToReceive: true };
  assertEquals(findTransceiver([waiting, associated], { ...section, mid: "0" }), associated);
  assertEquals(findTransceiver([associated, waiting], section), waiting);
  assertEquals(findTransceiver([waiting], { ...section, offersToReceive: false }), undefined);
  assertEquals(findTransceiver([waiting], { ...section, kind: "video" }), undefined);
  for (const more of [{ isStopped: true }, { isAddedByTrack: false }, { mid: "7" }]) {
    assertEquals(findTransceiver([transceiver(more)], section), undefined);
  }
  assertEquals(findTransceiver([transceiver({ mid: "1", isStopped: true })], section), undefined);
});
