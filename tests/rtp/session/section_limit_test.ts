import { assert, assertEquals } from "@std/assert";
import type { EncodingParameters, SenderParameters } from "../../../rtp/mod.ts";
import { Random } from "../../support/random.ts";
import { type Ends, ends, eventsOf, framesOf, sender, sendVideo, VIDEO, vp8 } from "./ends.ts";

/** What each layer of a simulcast gives, in bits per second. */
const RATES: ReadonlyMap<string, number> = new Map([["q", 100_000], ["h", 300_000], [
  "f",
  900_000,
]]);

const FRAME_RATE = 25;

function encodings(rids: readonly string[]): EncodingParameters[] {
  return rids.map((rid, i) => ({ ssrc: 2000 + 2 * i, rtxSsrc: 2001 + 2 * i, rid, active: true }));
}

const LOWEST_FIRST = encodings(["q", "h", "f"]);

function limitedEnds(
  maxBitrate: number,
  own: readonly EncodingParameters[] = LOWEST_FIRST,
): Ends {
  const video: Partial<SenderParameters> = { maxBitrate };
  return ends(1, {}, { startBitrate: 5_000_000, video, encodings: own });
}

/** Plays all layers for so long, with key frames when they are asked for; returns how much arrives of each, in bits per second. */
function play(pair: Ends, seconds: number, rates = RATES): number[] {
  const random = new Random(1);
  const before = framesOf(pair).length;
  const requests = () => eventsOf(pair, "a", "key-frame-request").length;
  let seen = requests();
  for (let i = 0; i < FRAME_RATE * seconds; i++) {
    const asked = eventsOf(pair, "a", "key-frame-request").slice(seen);
    seen = requests();
    for (const [rid, rate] of rates) {
      const isAsked = asked.some((one) => one.rid === rid);
      const keyFrame = isAsked || (before === 0 && i === 0);
      sendVideo(pair, vp8(random, keyFrame, rate / FRAME_RATE / 8), keyFrame, { rid });
    }
    pair.advance(1000 / FRAME_RATE);
  }
  const frames = framesOf(pair).slice(before);
  return [...rates.keys()].map((rid) =>
    frames.filter((frame) => frame.rid === rid)
      .reduce((bits, { data }) => bits + 8 * data.length, 0) / seconds
  );
}

Deno.test("RFC 8866 section 5.8: a section's limit is that of all its layers together, of which the highest go first", () => {
  for (
    const [limit, expected] of [
      [2_000_000, [100_000, 300_000, 900_000]],
      [1_000_000, [100_000, 300_000, 0]],
      [350_000, [100_000, 0, 0]],
    ] as const
  ) {
    const pair = limitedEnds(limit);
    play(pair, 6);
    const rates = play(pair, 10);
    for (const [i, rate] of rates.entries()) {
      assert(Math.abs(rate - expected[i]!) <= 0.02 * expected[i]!, `${rates} of ${limit}`);
    }
  }
});

Deno.test("the lowest layer goes on with what there is", () => {
  const pair = limitedEnds(60_000);
  play(pair, 6);
  const [lowest, ...others] = play(pair, 20);
  assertEquals(others, [0, 0]);
  assert(lowest! > 40_000 && lowest! <= 63_000, `${lowest}`);
});

Deno.test("even before it is known what layers take, all of them together keep to the limit", () => {
  const pair = limitedEnds(600_000);
  const rates = play(pair, 2);
  const total = rates.reduce((sum, rate) => sum + rate);
  // What may go ahead of its time is a second's worth.
  assert(total <= 600_000 * 3 / 2, `${rates}`);
  assertEquals(rates.slice(0, 2), [100_000, 300_000]);
});

Deno.test("a layer comes back, with a key frame, where those below leave room for it", () => {
  const pair = limitedEnds(1_200_000);
  play(pair, 6);
  assertEquals(play(pair, 5)[2], 0);
  const smaller = new Map([...RATES, ["h", 50_000]]);
  play(pair, 6, smaller);
  const rate = play(pair, 5, smaller)[2]!;
  assert(rate > 0.95 * 900_000, `${rate}`);
});

Deno.test("which layers are the highest is what their ranks say", () => {
  const [q, h, f] = LOWEST_FIRST;
  const own = [{ ...f!, rank: 2 }, { ...h!, rank: 1 }, { ...q!, rank: 0 }];
  const pair = limitedEnds(450_000, own);
  play(pair, 6);
  const rates = play(pair, 5);
  assertEquals(rates.map(Math.round), [100_000, 300_000, 0]);
  const shares = eventsOf(pair, "a", "bitrate").at(-1)!.encodings.filter(({ mid }) => mid === "1");
  assertEquals(shares.map(({ rid, bitrate }) => [rid, bitrate]), [
    ...[["q", 200_000], ["h", 250_000], ["f", 0]],
  ]);
});

Deno.test("a layer that is not sent takes nothing of the limit, and the lowest that is sent goes on", () => {
  const [q, ...others] = LOWEST_FIRST;
  const pair = limitedEnds(200_000, [{ ...q!, active: false }, ...others]);
  play(pair, 6);
  const [lowest, middle, highest] = play(pair, 20);
  assertEquals([lowest, highest], [0, 0]);
  assert(middle! > 150_000 && middle! <= 210_000, `${middle}`);
});

Deno.test("what a section may not have is left to others", () => {
  const pair = ends(1, {}, { startBitrate: 3_000_000, encodings: [VIDEO] });
  pair.run("a", (a, now) => {
    a.setSender(sender("video", [VIDEO], { maxBitrate: 500_000 }), now);
    a.setSender(sender("video", [{ ssrc: 3000, active: true }], { mid: "2" }), now);
  });
  pair.advance(10);
  const { bitrate, encodings } = eventsOf(pair, "a", "bitrate").at(-1)!;
  const of = (mid: string) => encodings.find((one) => one.mid === mid)!.bitrate;
  assertEquals([of("1"), of("2")], [500_000, bitrate - 500_000 - of("0")]);
});
