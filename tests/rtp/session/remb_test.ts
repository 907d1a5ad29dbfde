import { assert, assertEquals } from "@std/assert";
import { parseRtcp, TRANSPORT_CC_URI } from "../../../rtp/mod.ts";
import { ReceiverEstimator } from "../../../rtp/reception/mod.ts";
import { sessionCore } from "../../../rtp/session/session.ts";
import { Random } from "../../support/random.ts";
import { type Ends, ends, EXTENSIONS, sendVideo, VIDEO, VIDEO_FORMATS, vp8 } from "./ends.ts";

/** Two ends without transport-wide feedback. */
function without(seed: number, feedback: string[]): Ends {
  const formats = VIDEO_FORMATS.map((format) => ({ ...format, feedback }));
  const extensions = new Map([...EXTENSIONS].filter(([uri]) => uri !== TRANSPORT_CC_URI));
  const more = { formats, extensions };
  return ends(seed, {}, { video: more, receiving: more });
}

function rembs(pair: Ends): { bitrate: number; ssrcs: readonly number[] }[] {
  return pair.sent.b.filter(({ kind }) => kind === "rtcp").flatMap(({ data }) => parseRtcp(data))
    .filter((packet) => packet.type === "REMB");
}

Deno.test("a sender that takes REMB alone is told once a second what the path carries, and may send more than it does", () => {
  const pair = without(1, ["goog-remb", "nack", "nack pli"]);
  const random = new Random(1);
  for (let i = 0; i < 25 * 20; i++) {
    sendVideo(pair, vp8(random, i === 0, 2000), i === 0); // 400 kb/s
    pair.advance(40);
  }
  const told = rembs(pair);
  assert(told.length >= 15 && told.length <= 25, `${told.length} in 20 s`);
  assertEquals(told.at(-1)!.ssrcs, [VIDEO.ssrc]);
  const { bitrate } = told.at(-1)!;
  assert(bitrate > 450_000 && bitrate < 900_000, `${bitrate}`);
  const { targetBitrate } = sessionCore(pair.a).estimation;
  assert(targetBitrate <= bitrate * 1.01, `${targetBitrate}`);
});

Deno.test("whoever has transport-wide feedback, or has not asked for REMB, is told nothing", () => {
  for (const pair of [ends(2), without(2, ["nack", "nack pli"])]) {
    const random = new Random(2);
    for (let i = 0; i < 50; i++) {
      sendVideo(pair, vp8(random, i === 0, 2000), i === 0);
      pair.advance(40);
    }
    assertEquals(rembs(pair), []);
  }
});

Deno.test("a path that fills is told at once, across the wrap of send times", () => {
  const estimator = new ReceiverEstimator(1);
  const told: [at: number, bitrate: number][] = [];
  // 1 Mb/s for ten seconds; then packets come ever later, as in a queue that drains at half the rate.
  let arrival = 0;
  for (let i = 0; i < 2000; i++) {
    const sent = 60_000 + 8 * i;
    arrival = i < 1250 ? 8 * i + 20 : arrival + 16;
    estimator.arrived(sent % 64_000, 7, 1000, arrival);
    for (const { bitrate } of estimator.take(arrival)) told.push([arrival, bitrate]);
  }
  const before = told.findLast(([at]) => at <= 10_020)![1];
  assert(before > 1_000_000 && before <= 1_600_000, `${before}`);
  const [at, drop] = told.find(([, bitrate]) => bitrate < 700_000)!;
  assert(at < 12_500, `told after ${at - 10_000} ms`);
  const intervals = told.slice(1).map(([at], i) => at - told[i]![0]);
  assert(Math.min(...intervals) < 500 && intervals.filter((one) => one >= 1000).length >= 9);
  assert(drop > 300_000, `${drop}`);
});
