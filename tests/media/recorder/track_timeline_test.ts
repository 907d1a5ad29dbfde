import { assertEquals } from "@std/assert";
import type { EncodedChunk } from "../../../media/encoded_chunk.ts";
import {
  capturedAt,
  type SharedClock,
  TrackTimeline,
} from "../../../media/recorder/track_timeline.ts";

const shared = (): SharedClock => ({ localOffset: undefined });

/** A chunk of RTP: its timestamp is not to be looked at. */
function rtp(rtpTimestamp: number, more: Partial<EncodedChunk["metadata"]> = {}): EncodedChunk {
  const metadata = { mimeType: "video/VP8", rtpTimestamp, synchronizationSource: 1, ...more };
  return { type: "key", timestamp: NaN, data: new Uint8Array(1), metadata };
}

const local = (timestamp: number, type: "key" | "delta" = "key"): EncodedChunk => ({
  type,
  timestamp,
  data: new Uint8Array(1),
});

/** Where chunks come to be, relative to the first, in milliseconds. */
function places(arrivals: readonly [EncodedChunk, number][]): number[] {
  const timeline = new TrackTimeline(shared());
  const times = arrivals.map(([chunk, at]) => timeline.place({ chunk, at }));
  return times.map((time) => Math.round((time - times[0]!) / 1000));
}

Deno.test("RTP timestamps go on over their wrap (RFC 3550 section 5.1)", () => {
  const start = 2 ** 32 - 4500;
  assertEquals(
    places([[rtp(start), 0], [rtp(0), 50], [rtp(4500), 100]]),
    [0, 50, 100],
  );
});

Deno.test("what the network does to arrivals does not show; gaps of the sender do", () => {
  assertEquals(
    places([[rtp(0), 0], [rtp(9000), 180], [rtp(18_000), 181], [rtp(108_000), 1203]]),
    [0, 100, 200, 1200],
  );
});

Deno.test("another stream goes on from where time is", () => {
  assertEquals(
    places([
      [rtp(0), 0],
      [rtp(9000), 100],
      [rtp(3_000_000_000, { synchronizationSource: 2 }), 250],
      [rtp(3_000_009_000, { synchronizationSource: 2 }), 350],
    ]),
    [0, 100, 250, 350],
  );
});

Deno.test("a timestamp that jumps while time does not is that of another stream, too", () => {
  assertEquals(
    places([[rtp(0), 0], [rtp(9000), 100], [rtp(2_000_000_000), 200], [rtp(2_000_009_000), 300]]),
    [0, 100, 200, 300],
  );
  assertEquals(places([[rtp(0), 0], [rtp(90_000 * 30), 30_100]]), [0, 30_000]);
});

Deno.test("RTP timestamps that stood still while nothing was sent, as those of a sender without a track, go on where time is", () => {
  const later = Array.from({ length: 6 }, (_, i): [EncodedChunk, number] => [
    rtp((i + 2) * 1800),
    7040 + i * 20,
  ]);
  assertEquals(
    places([[rtp(0), 0], [rtp(1800), 20], ...later]),
    [0, 20, 40, 60, 80, 7100, 7120, 7140],
  );
});

Deno.test("what the network, or a busy machine, held back comes in a burst, and has its place", () => {
  const burst = Array.from({ length: 149 }, (_, i): [EncodedChunk, number] => [
    rtp((i + 2) * 1800),
    3020 + i / 100,
  ]);
  const placed = places([[rtp(0), 0], [rtp(1800), 20], ...burst, [rtp(360_000), 4000]]);
  assertEquals(placed, [0, 20, ...burst.map((_, i) => (i + 2) * 20), 4000]);
});

Deno.test("a local timestamp that is wrong by more than an hour goes on from where time is", () => {
  assertEquals(
    places([[local(0), 0], [local(1e15), 20], [local(1e15 + 20_000), 40]]),
    [0, 20, 40],
  );
});

Deno.test("tracks of one clock keep their distance, though they come at the same time", () => {
  const clock = shared();
  const [one, two] = [new TrackTimeline(clock), new TrackTimeline(clock)];
  const first = one.place({ chunk: local(0), at: 1000 });
  assertEquals(two.place({ chunk: local(500_000), at: 1000 }) - first, 500_000);
});

Deno.test("tracks of clocks that are far apart begin when they come", () => {
  const clock = shared();
  const [one, two] = [new TrackTimeline(clock), new TrackTimeline(clock)];
  const first = one.place({ chunk: local(0), at: 1000 });
  assertEquals(two.place({ chunk: local(9e12), at: 1040 }) - first, 40_000);
});

Deno.test("where capture times are known, they count: sound and pictures are together again", () => {
  const [audio, video] = [new TrackTimeline(shared()), new TrackTimeline(shared())];
  const at = (chunk: EncodedChunk, now: number) => ({ chunk, at: now });
  const [sound, picture] = [rtp(7, { captureTime: 1e12 }), rtp(9, { captureTime: 1e12 + 20 })];
  audio.begin(sound);
  video.begin(picture);
  const first = audio.place(at(sound, 500));
  assertEquals(video.place(at(picture, 900)) - first, 20_000);
});

Deno.test("RFC 3550 section 6.4.1: sender reports put tracks together whose RTP clocks begin anywhere", () => {
  const [audio, video] = [new TrackTimeline(shared()), new TrackTimeline(shared())];
  const sound = (rtpTimestamp: number, senderTime?: number): EncodedChunk => ({
    ...rtp(rtpTimestamp, senderTime === undefined ? {} : { senderTime }),
  });
  // The report comes only with the second chunk of each, which arrived half a second apart.
  audio.begin(sound(4_000_000_000, 1e12));
  video.begin(sound(90_000, 1e12));
  const first = audio.place({ chunk: sound(4_000_000_000 - 9000), at: 500 });
  assertEquals(video.place({ chunk: sound(90_000 - 9000), at: 1000 }) - first, 0);
  assertEquals(capturedAt({ captureTime: 5, senderCaptureTimeOffset: 2, senderTime: 9 }), 7);
  assertEquals([capturedAt({ senderTime: 9 }), capturedAt({})], [9, undefined]);
});

Deno.test("frames that are shown out of order stay in their group; no key frame goes back", () => {
  assertEquals(
    places([
      [local(0), 0],
      [local(120_000, "delta"), 1],
      [local(40_000, "delta"), 2],
      [local(100_000), 3],
    ]),
    [0, 120, 40, 120],
  );
});
