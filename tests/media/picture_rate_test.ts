import { assertEquals } from "@std/assert";
import { MediaSource } from "../../media/media_source.ts";
import { createTrack } from "../../media/media_stream_track.ts";
import { chunk } from "./sources.ts";

/** A received track, and what gives it pictures at a rate. */
function received() {
  const source = new MediaSource({ kind: "video", remote: true });
  const track = createTrack(source);
  let now = 0;
  const show = (frames: number, rate: number, synchronizationSource = 1) => {
    for (let i = 0; i < frames; i++) {
      now += Math.round(1e6 / rate);
      const type = i === 0 ? "key" : "delta";
      source.emit({ ...chunk(now, type), metadata: { synchronizationSource } });
    }
  };
  return { source, show, pause: () => now += 5e6, rate: () => track.getSettings().frameRate };
}

Deno.test("W3C WebRTC section 9.3.3: the frame rate of a received track is that of its latest pictures", () => {
  const { show, rate, pause } = received();
  assertEquals(rate(), undefined);
  show(1, 30);
  assertEquals(rate(), undefined);
  show(9, 30);
  assertEquals(rate(), 30);
  show(60, 12.5);
  assertEquals(rate(), 12.5);
  pause();
  show(5, 60);
  assertEquals(rate(), 60);
});

Deno.test("W3C WebRTC section 9.3.3: of several layers, one is counted", () => {
  const { source, show, rate } = received();
  show(10, 25, 1);
  for (let at = 0; at < 20; at++) {
    for (
      const [synchronizationSource, type] of [[1, "delta"], [2, at ? "delta" : "key"]] as const
    ) {
      source.emit({ ...chunk(1e6 + at * 50_000, type), metadata: { synchronizationSource } });
    }
  }
  assertEquals(rate(), 20);
});

Deno.test("a source of our own has the frame rate that it tells", () => {
  const source = new MediaSource({ kind: "video", settings: { frameRate: 24 } });
  const track = createTrack(source);
  for (let at = 0; at < 10; at++) source.emit(chunk(at * 10_000));
  assertEquals(track.getSettings().frameRate, 24);
});
