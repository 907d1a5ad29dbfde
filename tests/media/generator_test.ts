import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type EncodedChunk,
  KeyFrameRequestEvent,
  MediaStreamTrack,
  MediaStreamTrackGenerator,
  type MediaStreamTrackGeneratorInit,
} from "../../media/mod.ts";
import { attachSink, requestKeyFrame, trackSlots } from "../../media/media_stream_track.ts";
import { MemoryWatch } from "../support/memory.ts";
import { chunk, collect, events, tasks } from "./sources.ts";

const generator = (init: Partial<MediaStreamTrackGeneratorInit> = {}) =>
  new MediaStreamTrackGenerator({ kind: "video", codec: "vp8", ...init });

/** What comes out of a track. */
function chunks(track: MediaStreamTrack): EncodedChunk[] {
  const seen: EncodedChunk[] = [];
  attachSink(track, { write: (chunk) => void seen.push(chunk) });
  return seen;
}

Deno.test("a generator is a live track that carries what is written (W3C mediacapture-transform)", async () => {
  const track = generator({ label: "mine" });
  assert(track instanceof MediaStreamTrack);
  assertEquals([track.kind, track.label, track.readyState, track.muted], [
    "video",
    "mine",
    "live",
    false,
  ]);
  assertEquals(trackSlots(track).source.codecs[0]?.mimeType, "video/VP8");
  const [seen, clones] = [collect(track), collect(track.clone())];
  const writer = track.writable.getWriter();
  await writer.write(chunk(1, "key"));
  await writer.write(chunk(2, "delta"));
  assertEquals([seen, clones], [[1, 2], [1, 2]]);
  assert(!(track.clone() instanceof MediaStreamTrackGenerator));
});

for (
  const init of [undefined, null, {}, { kind: "text" }, { kind: "audio", codec: "vp8" }, {
    kind: "video",
    codec: "theora",
  }]
) {
  Deno.test(`a generator can't be made of ${JSON.stringify(init)}`, () => {
    assertThrows(() => new MediaStreamTrackGenerator(init as never), TypeError);
  });
}

const WRONG: Readonly<Record<string, unknown>> = {
  "nothing": undefined,
  "a string": "chunk",
  "no type": { timestamp: 0, data: new Uint8Array(1) },
  "an unknown type": { type: "empty", timestamp: 0, data: new Uint8Array(1) },
  "no timestamp": { type: "key", data: new Uint8Array(1) },
  "a timestamp that is no number": { type: "key", timestamp: NaN, data: new Uint8Array(1) },
  "no data": { type: "key", timestamp: 0 },
  "data of numbers": { type: "key", timestamp: 0, data: [1] },
  "empty data": { type: "key", timestamp: 0, data: new Uint8Array(0) },
  "a duration of text": { type: "key", timestamp: 0, duration: "x", data: new Uint8Array(1) },
  "metadata of text": { type: "key", timestamp: 0, metadata: "x", data: new Uint8Array(1) },
  "a codec of the other kind": {
    ...chunk(0),
    metadata: { mimeType: "audio/opus" },
  },
};

for (const [what, value] of Object.entries(WRONG)) {
  Deno.test(`writing ${what} is a TypeError and ends the track`, async () => {
    const track = generator();
    const fired = events(track);
    await assertRejects(() => track.writable.getWriter().write(value as never), TypeError);
    await tasks();
    assertEquals(fired, ["ended: false ended"]);
  });
}

Deno.test("a codec that one chunk tells is that of the next ones, too", async () => {
  const track = new MediaStreamTrackGenerator({ kind: "video" });
  const seen = chunks(track);
  const writer = track.writable.getWriter();
  await writer.write(chunk(1)); // whoever sends it knows what was negotiated
  await writer.write({ ...chunk(2), metadata: { mimeType: "video/VP8" } });
  await writer.write(chunk(3));
  const told = seen.map(({ metadata }) => metadata?.mimeType);
  assertEquals(told, [undefined, "video/VP8", "video/VP8"]);
});

Deno.test("a chunk tells its codec to those that it goes to", async () => {
  const track = generator({ codec: "vp09.00.10.08" });
  const seen = chunks(track);
  await track.writable.getWriter().write(chunk(1));
  assertEquals(seen[0]!.metadata?.mimeType, "video/VP9");
});

Deno.test("H264 and H265 with lengths instead of start codes are refused, with what to do", async () => {
  for (const codec of ["avc1.42e01f", "hvc1"]) {
    const write = (...data: number[]) =>
      generator({ codec }).writable.getWriter()
        .write({ type: "key", timestamp: 0, data: Uint8Array.from(data) });
    await write(0, 0, 0, 1, 0x67);
    await write(0, 0, 1, 0x67);
    await assertRejects(() => write(0, 0, 0, 2, 9, 16), TypeError, "Annex B");
    await assertRejects(() => write(0x67, 0x42), TypeError, "Annex B");
  }
});

Deno.test("audio needs nothing that came before it, whatever its type says", async () => {
  const track = new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" });
  const seen = chunks(track);
  await track.writable.getWriter().write(chunk(1, "delta"));
  assertEquals(seen.map(({ type }) => type), ["key"]);
});

Deno.test("data is copied; buffers, views, WebCodecs' chunks and encoded frames are taken", async () => {
  const track = new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" });
  const seen = chunks(track);
  const writer = track.writable.getWriter();
  const bytes = Uint8Array.of(0, 1, 2, 3);
  await writer.write({ type: "key", timestamp: 1, data: bytes.buffer });
  await writer.write({ type: "key", timestamp: 2, data: new DataView(bytes.buffer, 1, 2) });
  await writer.write({ type: "key", timestamp: 2, data: new SharedArrayBuffer(1) });
  await writer.write({
    type: "key",
    timestamp: 3,
    duration: null,
    byteLength: 2,
    copyTo: (to: Uint8Array) => to.set([8, 9]),
  });
  const frame = (rtpTimestamp: number) => ({
    data: Uint8Array.of(7).buffer,
    getMetadata: () => ({ rtpTimestamp, mimeType: "audio/opus" }),
  });
  await writer.write(frame(0xffffffd0));
  await writer.write(frame(0x0));
  bytes.fill(0xff);
  assertEquals(seen.map(({ data }) => [...data]), [[0, 1, 2, 3], [1, 2], [0], [8, 9], [7], [7]]);
  assertEquals(seen[5]!.timestamp - seen[4]!.timestamp, 1000); // 48 ticks, over the wrap
});

Deno.test("an encoded video frame keeps its type, and its presentation time where it has one", async () => {
  const track = generator();
  const seen = chunks(track);
  await track.writable.getWriter().write({
    type: "key",
    data: Uint8Array.of(1).buffer,
    getMetadata: () => ({ timestamp: 5, rtpTimestamp: 90_000, width: 64, height: 48 }),
  });
  assertEquals([seen[0]!.type, seen[0]!.timestamp], ["key", 5]);
  assertEquals(track.getSettings().width, 64);
});

Deno.test("closing or aborting the stream ends the track and its clones, with an event", async () => {
  for (const how of ["close", "abort"] as const) {
    const track = generator();
    const clone = track.clone();
    const fired = [events(track), events(clone)];
    await track.writable.getWriter()[how]();
    await tasks();
    assertEquals(fired, [["ended: false ended"], ["ended: false ended"]]);
  }
});

Deno.test("stopping the last track of a generator ends its stream", async () => {
  const track = generator();
  const clone = track.clone();
  const writer = track.writable.getWriter();
  track.stop();
  await writer.write(chunk(1));
  clone.stop();
  await assertRejects(() => writer.write(chunk(2)), DOMException, "ended");
  await assertRejects(() => writer.closed, DOMException);
});

Deno.test("requests for key frames are told to the application, once for each turn and layer", async () => {
  const track = generator();
  const asked: (string | null)[] = [];
  track.onkeyframerequest = (event) => {
    assert(event instanceof KeyFrameRequestEvent);
    asked.push(event.rid);
  };
  for (const rid of [undefined, undefined, "h"]) requestKeyFrame(track, rid);
  assertEquals(asked, []);
  await tasks();
  assertEquals(asked, [null, "h"]);
});

Deno.test("writes that have waited leave nothing behind", async () => {
  const track = generator();
  attachSink(track, { write: () => {}, ready: () => Promise.resolve() });
  const writer = track.writable.getWriter();
  await writer.write(chunk(0));
  const watch = new MemoryWatch();
  for (let i = 1; i <= 10_000; i++) await writer.write(chunk(i));
  watch.sample();
  assert(watch.peak < 500_000, `${watch.peak} bytes`);
  await writer.close();
});

Deno.test("a writer waits for those that take the chunks, but not for ever once the track has ended", async () => {
  const track = generator();
  let go = () => {};
  attachSink(track, {
    write: () => {},
    ready: () => new Promise((resolve) => go = resolve),
  });
  const writer = track.writable.getWriter();
  let done = 0;
  writer.write(chunk(1)).then(() => done++, () => done++);
  await tasks();
  assertEquals([done, writer.desiredSize], [0, 0]);
  go();
  await tasks();
  assertEquals([done, writer.desiredSize], [1, 1]);
  writer.write(chunk(2)).then(() => done++, () => done++);
  writer.closed.catch(() => {});
  track.stop();
  await tasks();
  assertEquals(done, 2);
});
