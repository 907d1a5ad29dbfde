import { assertEquals } from "@std/assert";
import { ContributingSources } from "../../../peer/transceivers/contributing_sources.ts";

const frame = (synchronizationSource: number, more: object = {}) => ({
  synchronizationSource,
  rtpTimestamp: 7,
  ...more,
});

Deno.test("W3C WebRTC section 5.3: sources of the last ten seconds, the latest first", () => {
  const sources = new ContributingSources();
  sources.delivered(frame(1, { contributingSources: [8, 9] }), 1000);
  sources.delivered(frame(2), 2000);
  sources.delivered(frame(1), 3000);
  const ssrcs = (now: number) => sources.synchronization(now).map(({ source }) => source);
  assertEquals(ssrcs(3000), [1, 2]);
  assertEquals(ssrcs(12_000), [1, 2]);
  assertEquals(ssrcs(12_001), [1]);
  assertEquals(ssrcs(13_001), []);
  assertEquals(sources.contributing(3000), [
    { source: 9, timestamp: 1000, rtpTimestamp: 7 },
    { source: 8, timestamp: 1000, rtpTimestamp: 7 },
  ]);
});

Deno.test("W3C WebRTC section 5.3: audio levels are linear, and absent where packets don't tell", () => {
  const sources = new ContributingSources();
  const levelAfter = (audioLevel?: number) => {
    sources.delivered(frame(1, audioLevel === undefined ? {} : { audioLevel }), 0);
    return sources.synchronization(0)[0]!.audioLevel;
  };
  assertEquals([levelAfter(0), levelAfter(127), levelAfter()], [1, 0, undefined]);
  assertEquals(levelAfter(6)!.toFixed(3), "0.501");
});

Deno.test("W3C WebRTC section 5.3: of those whose sound was mixed, levels are those that the mixer tells (RFC 6465)", () => {
  const sources = new ContributingSources();
  const mixed = { contributingSources: [8, 9], audioLevel: 0 };
  sources.delivered(frame(1, { ...mixed, contributingLevels: [20, 127] }), 0);
  const levels = () =>
    sources.contributing(0).map(({ source, audioLevel }) => [source, audioLevel]);
  assertEquals(levels(), [[9, 0], [8, 0.1]]);
  sources.delivered(frame(1, mixed), 0);
  assertEquals(levels(), [[9, undefined], [8, undefined]]);
});

Deno.test("a peer that names ever new sources fills no memory", () => {
  const sources = new ContributingSources();
  for (let source = 0; source < 1000; source++) sources.delivered(frame(source), source);
  assertEquals(sources.synchronization(1000).length, 64);
  assertEquals(sources.synchronization(1000)[0]!.source, 999);
});

Deno.test("what didn't come in a packet has no source", () => {
  const sources = new ContributingSources();
  sources.delivered({}, 0);
  assertEquals(sources.synchronization(0), []);
});
