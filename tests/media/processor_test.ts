import { assert, assertEquals, assertThrows } from "@std/assert";
import { MediaSource } from "../../media/media_source.ts";
import { MediaStreamTrackProcessor } from "../../media/mod.ts";
import { createTrack } from "../../media/media_stream_track.ts";
import { MemoryWatch } from "../support/memory.ts";
import { chunk, tasks } from "./sources.ts";

/** A processor, and the source that feeds it. */
function processor(maxBufferSize?: number, kind: "audio" | "video" = "video") {
  let requests = 0;
  const source = new MediaSource({ kind, onKeyFrameRequest: () => void requests++ });
  const track = createTrack(source);
  const { readable } = new MediaStreamTrackProcessor({
    track,
    ...maxBufferSize !== undefined && { maxBufferSize },
  });
  return { source, track, readable, requests: () => requests };
}

async function timestamps(readable: ReadableStream<{ timestamp: number }>): Promise<number[]> {
  return (await Array.fromAsync(readable)).map(({ timestamp }) => timestamp);
}

Deno.test("a processor gives what its track carries, and closes when that ends (W3C mediacapture-transform section 2.1)", async () => {
  const { source, readable } = processor();
  source.emit(chunk(1));
  source.emit(chunk(2, "delta"));
  source.end();
  assertEquals(await timestamps(readable), [1, 2]);
});

Deno.test("reads that wait are answered in order", async () => {
  const { source, readable } = processor(1);
  const reader = readable.getReader();
  const reads = [reader.read(), reader.read()];
  await tasks();
  source.emit(chunk(1));
  await tasks();
  source.emit(chunk(2));
  assertEquals((await Promise.all(reads)).map(({ value }) => value!.timestamp), [1, 2]);
});

Deno.test("beyond its bound, audio is dropped from the oldest on", async () => {
  const { source, readable } = processor(3, "audio");
  for (let i = 1; i <= 10; i++) source.emit(chunk(i));
  source.end();
  assertEquals(await timestamps(readable), [8, 9, 10]);
});

Deno.test("beyond its bound, video is dropped up to the next key frame, which is asked for when somebody reads", async () => {
  const { source, readable, requests } = processor(3);
  assertEquals(requests(), 1); // when it was attached
  source.emit(chunk(1));
  for (let i = 2; i <= 5; i++) source.emit(chunk(i, "delta"));
  assertEquals(requests(), 1); // nobody would see it
  const reader = readable.getReader();
  const read = reader.read();
  await tasks();
  assertEquals(requests(), 2);
  source.emit(chunk(5));
  assertEquals((await read).value?.timestamp, 5);
  reader.releaseLock();
  source.emit(chunk(6));
  source.emit(chunk(7, "delta"));
  source.emit(chunk(8));
  source.emit(chunk(9, "delta")); // drops 6 and 7
  source.emit(chunk(10, "delta"));
  source.end();
  assertEquals(await timestamps(readable), [8, 9, 10]);
  assertEquals(requests(), 2);
});

Deno.test("of a bound of 0 or 1, the latest chunk is left", async () => {
  for (const size of [0, 1]) {
    const { source, readable } = processor(size, "audio");
    for (let i = 1; i <= 3; i++) source.emit(chunk(i));
    source.end();
    assertEquals(await timestamps(readable), [3]);
  }
});

Deno.test("frames as large as a peer can send them wait in a limited number of bytes", async () => {
  const { source, readable } = processor();
  const watch = new MemoryWatch();
  const size = 4_000_000;
  for (let i = 0; i < 50; i++) source.emit({ ...chunk(i), data: new Uint8Array(size) });
  watch.sample();
  source.end();
  assertEquals(await timestamps(readable), [42, 43, 44, 45, 46, 47, 48, 49]);
  assert(watch.peak < 9 * size, `${watch.peak} bytes`);
});

Deno.test("cancelling leaves the track alone, and takes nothing more", async () => {
  const { source, track, readable } = processor();
  await readable.cancel();
  source.emit(chunk(1));
  source.end();
  await tasks();
  assertEquals(track.readyState, "ended");
});

Deno.test("the stream of a track that has ended is closed", async () => {
  const track = createTrack(new MediaSource({ kind: "audio" }));
  track.stop();
  assertEquals(await timestamps(new MediaStreamTrackProcessor({ track }).readable), []);
});

for (const init of [undefined, {}, { track: null }, { track: {} }]) {
  Deno.test(`a processor can't be made of ${JSON.stringify(init)}`, () => {
    assertThrows(() => new MediaStreamTrackProcessor(init as never), TypeError);
  });
}

Deno.test("maxBufferSize is an unsigned short", () => {
  const track = createTrack(new MediaSource({ kind: "audio" }));
  for (const maxBufferSize of [-1, 65536, NaN, Infinity]) {
    assertThrows(() => new MediaStreamTrackProcessor({ track, maxBufferSize }), TypeError);
  }
});
