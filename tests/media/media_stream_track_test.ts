import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { type MediaCodec, parseCodec } from "../../media/codec.ts";
import type { EncodedChunk } from "../../media/encoded_chunk.ts";
import { type EncodedLoop, loadBars } from "../../media/devices/assets.ts";
import { MediaSource } from "../../media/media_source.ts";
import { MediaStreamTrack } from "../../media/mod.ts";
import {
  attachSink,
  createTrack,
  requestKeyFrame,
  trackSlots,
} from "../../media/media_stream_track.ts";
import { chunk, collect, events, tasks } from "./sources.ts";

Deno.test("a new track is live, enabled, and as muted as its source (W3C mediacapture-streams section 4.3)", () => {
  const track = createTrack(new MediaSource({ kind: "audio", label: "microphone" }));
  assertEquals(
    [track.kind, track.label, track.readyState, track.enabled, track.muted, track.contentHint],
    ["audio", "microphone", "live", true, false, ""],
  );
  assertEquals(track.id.length, 36);
  assert(createTrack(new MediaSource({ kind: "video", muted: true })).muted);
  assertEquals(createTrack(new MediaSource({ kind: "video" }), { id: "given" }).id, "given");
});

Deno.test("a script can't make a track, and slots are those of real tracks only", () => {
  assertThrows(() => new MediaStreamTrack(), TypeError, "Illegal constructor");
  assertThrows(() => trackSlots(Object.create(MediaStreamTrack.prototype)), TypeError);
});

Deno.test("chunks reach every live and enabled track of a source", () => {
  const source = new MediaSource({ kind: "audio" });
  const [one, two] = [createTrack(source), createTrack(source)];
  const [first, second] = [collect(one), collect(two)];
  source.emit(chunk(1));
  two.enabled = false;
  source.emit(chunk(2));
  two.enabled = true;
  one.stop();
  source.emit(chunk(3));
  assertEquals(first, [1, 2, NaN]);
  assertEquals(second, [1, 3]);
});

Deno.test("a sink that was detached gets nothing more", () => {
  const source = new MediaSource({ kind: "audio" });
  const seen: number[] = [];
  const detach = attachSink(createTrack(source), {
    write: ({ timestamp }) => void seen.push(timestamp),
  });
  source.emit(chunk(1));
  detach();
  source.emit(chunk(2));
  assertEquals(seen, [1]);
});

Deno.test("a sink's first chunk of video is a key frame, and so is the first after the track was disabled", () => {
  const asked: (string | undefined)[] = [];
  const source = new MediaSource({
    kind: "video",
    onKeyFrameRequest: (rid) => void asked.push(rid),
  });
  const track = createTrack(source);
  const seen = collect(track);
  assertEquals(asked.length, 1);
  for (const [at, type] of [[1, "delta"], [2, "key"], [3, "delta"]] as const) {
    source.emit(chunk(at, type));
  }
  track.enabled = false;
  source.emit(chunk(4, "delta"));
  track.enabled = true;
  assertEquals(asked.length, 2);
  source.emit(chunk(5, "delta"));
  source.emit(chunk(6, "key"));
  assertEquals(seen, [2, 3, 6]);
});

Deno.test("a sink that is given no key frame asks again, not with every chunk that is left out", () => {
  let asked = 0;
  const source = new MediaSource({ kind: "video", onKeyFrameRequest: () => void asked++ });
  const seen = collect(createTrack(source));
  for (let frame = 0; frame < 60; frame++) source.emit(chunk(frame * 33_333, "delta"));
  assertEquals(asked, 4); // at first, and three times in two seconds
  source.emit(chunk(2_000_000, "key"));
  for (let frame = 61; frame < 120; frame++) source.emit(chunk(frame * 33_333, "delta"));
  assertEquals([asked, seen.length], [4, 60]);
});

Deno.test("a request for a key frame reaches the source of a live video track", () => {
  const asked: (string | undefined)[] = [];
  const source = new MediaSource({
    kind: "video",
    onKeyFrameRequest: (rid) => void asked.push(rid),
  });
  const [track, other] = [createTrack(source), createTrack(source)];
  requestKeyFrame(track, "h");
  track.stop();
  requestKeyFrame(track, "l");
  requestKeyFrame(other);
  assertEquals(asked, ["h", undefined]);
});

Deno.test("stop ends a track without an event, and the source with the last of its tracks (section 4.3.3)", async () => {
  let unused = 0;
  const source = new MediaSource({ kind: "audio", onUnused: () => void unused++ });
  const track = createTrack(source);
  const clone = track.clone();
  const fired = [events(track), events(clone)];
  track.stop();
  track.stop();
  assertEquals([track.readyState, clone.readyState, unused], ["ended", "live", 0]);
  clone.stop();
  assertEquals([unused, source.ended], [1, true]);
  await tasks();
  assertEquals(fired, [[], []]);
});

Deno.test("a source that ends, ends its tracks in a task, with an event (section 4.3.1)", async () => {
  const source = new MediaSource({ kind: "audio" });
  const [track, stopped] = [createTrack(source), createTrack(source)];
  const [fired, silent, seen] = [events(track), events(stopped), collect(track)];
  source.end();
  stopped.stop();
  assertEquals(track.readyState, "live");
  source.emit(chunk(1));
  await tasks();
  assertEquals([fired, silent, seen], [["ended: false ended"], [], [NaN]]);
  assertEquals(createTrack(source).readyState, "ended");
});

Deno.test("a source that is muted tells its tracks in a task; what flows follows at once", async () => {
  const source = new MediaSource({ kind: "audio", muted: true });
  const track = createTrack(source);
  const [fired, seen] = [events(track), collect(track)];
  source.emit(chunk(1));
  source.setMuted(false);
  assertEquals(track.muted, true);
  source.emit(chunk(2));
  await tasks();
  assertEquals([fired, seen], [["unmute: false live"], [2]]);
  source.setMuted(true);
  source.setMuted(false);
  await tasks();
  assertEquals(fired.length, 1);
  source.setMutedNow(true);
  assertEquals(fired.at(-1), "mute: true live");
});

Deno.test("a clone has an id of its own and the state of its original", () => {
  const track = createTrack(new MediaSource({ kind: "video" }));
  track.enabled = false;
  track.contentHint = "detail";
  const clone = track.clone();
  assertNotEquals(clone.id, track.id);
  assertEquals([clone.enabled, clone.contentHint, clone.readyState], [false, "detail", "live"]);
  track.stop();
  assertEquals(track.clone().readyState, "ended");
});

Deno.test("a content hint that does not fit the kind is ignored (W3C mst-content-hint section 4)", () => {
  const [audio, video] = (["audio", "video"] as const).map((kind) =>
    createTrack(new MediaSource({ kind }))
  );
  for (const hint of ["speech", "speech-recognition", "music", ""]) {
    audio!.contentHint = hint;
    assertEquals(audio!.contentHint, hint);
  }
  for (const hint of ["motion", "detail", "text"]) {
    video!.contentHint = hint;
    audio!.contentHint = hint;
    assertEquals([video!.contentHint, audio!.contentHint], [hint, ""]);
  }
});

Deno.test("settings are those of the latest frame; an ended track keeps what identifies its device (section 4.3.2)", () => {
  const source = new MediaSource({ kind: "video", settings: { deviceId: "d", frameRate: 30 } });
  const track = createTrack(source);
  source.emit({ ...chunk(1), metadata: { width: 640, height: 480 } });
  assertEquals(track.getSettings(), {
    deviceId: "d",
    frameRate: 30,
    width: 640,
    height: 480,
    aspectRatio: 1.3333333333,
  });
  track.stop();
  assertEquals(track.getSettings(), { deviceId: "d" });
});

Deno.test("of a source of several codecs, each sink is given the one that it chooses", () => {
  const codecs = ["vp8", "avc1", "vp9"].map((text) => parseCodec(text)!);
  const source = new MediaSource({ kind: "video", codecs });
  const track = createTrack(source);
  const seen: Record<string, string[]> = { any: [], h264: [], none: [] };
  const sink = (name: string, accepted?: string) => ({
    write: (chunk: EncodedChunk) =>
      void seen[name]!.push(`${chunk.metadata?.mimeType} ${chunk.timestamp}`),
    ...accepted !== undefined &&
      {
        choose: (codecs: readonly MediaCodec[]) =>
          codecs.find(({ mimeType }) => mimeType === accepted),
      },
  });
  attachSink(track, sink("any"));
  attachSink(track, sink("h264", "video/H264"));
  attachSink(track, sink("none", "video/AV1"));
  assertEquals(codecs.map((codec) => source.wants(codec)), [true, true, false]);
  for (const { mimeType } of codecs) source.emit({ ...chunk(1), metadata: { mimeType } });
  assertEquals(seen, { any: ["video/VP8 1"], h264: ["video/H264 1"], none: [] });
});

Deno.test("a sink whose codec changes begins anew with a key frame", () => {
  let accepted = "video/VP8";
  let asked = 0;
  const source = new MediaSource({
    onKeyFrameRequest: () => void asked++,
    kind: "video",
    codecs: [parseCodec("vp8")!, parseCodec("vp9")!],
  });
  const seen: string[] = [];
  attachSink(createTrack(source), {
    choose: (codecs) => codecs.find(({ mimeType }) => mimeType === accepted),
    write: ({ type, metadata }) => void seen.push(`${metadata?.mimeType} ${type}`),
  });
  const emit = (type: "key" | "delta") => {
    for (const mimeType of ["video/VP8", "video/VP9"]) {
      source.emit({ ...chunk(1, type), metadata: { mimeType } });
    }
  };
  emit("key");
  assertEquals(asked, 1);
  accepted = "video/VP9";
  emit("delta");
  emit("delta");
  assertEquals(asked, 2); // at once, and not again and again
  emit("key");
  assertEquals(seen, ["video/VP8 key", "video/VP9 key"]);
});

Deno.test("layers of a simulcast may be of several codecs: each begins and changes by itself", () => {
  const requests: (string | undefined)[] = [];
  const source = new MediaSource({
    kind: "video",
    onKeyFrameRequest: (rid) => void requests.push(rid),
  });
  const track = createTrack(source);
  const seen: Record<string, string[]> = { all: [], high: [] };
  const sink = (name: string) => ({
    write: ({ type, metadata }: EncodedChunk) =>
      void seen[name]!.push(`${metadata?.rid} ${metadata?.mimeType} ${type}`),
  });
  attachSink(track, sink("all"));
  attachSink(track, { ...sink("high"), rid: "h" });
  const emit = (rid: string, mimeType: string, type: "key" | "delta") =>
    source.emit({ ...chunk(1, type), metadata: { rid, mimeType } });
  emit("q", "video/VP8", "key");
  emit("h", "video/VP9", "delta"); // which nobody could decode
  emit("h", "video/VP9", "key");
  emit("q", "video/VP8", "delta");
  emit("h", "video/VP9", "delta");
  assertEquals(source.codecs.map(({ mimeType }) => mimeType), ["video/VP8", "video/VP9"]);
  requests.length = 0;
  emit("h", "video/AV1", "delta");
  assertEquals(new Set(requests), new Set(["h"]));
  emit("h", "video/AV1", "key");
  emit("q", "video/VP8", "delta");
  const high = ["h video/VP9 key", "h video/VP9 delta", "h video/AV1 key"];
  assertEquals(seen.high, high);
  assertEquals(seen.all!.filter((text) => text.startsWith("h")), high);
  assertEquals(seen.all!.filter((text) => text.startsWith("q")).length, 3);
  assertEquals(source.codecs.map(({ mimeType }) => mimeType), ["video/VP8", "video/AV1"]);
  source.emit({ ...chunk(1), metadata: { mimeType: "video/VP9" } });
  assertEquals(source.codecs.map(({ mimeType }) => mimeType), ["video/VP9"]);
});

Deno.test("the size of the pictures is read from key frames that come without it (W3C WebRTC section 9.3.3)", async () => {
  const [{ codec, frames }] = await loadBars("320x240") as [EncodedLoop];
  const source = new MediaSource({ kind: "video", codecs: [codec] });
  const track = createTrack(source);
  source.emit({ type: "key", timestamp: 0, data: frames[0]! });
  const { width, height } = track.getSettings();
  assertEquals([width, height], [320, 240]);
});

Deno.test("what was left out while the source was muted costs all up to the next key frame, which is asked for", () => {
  let asked = 0;
  const source = new MediaSource({ kind: "video", onKeyFrameRequest: () => void asked++ });
  const seen = collect(createTrack(source));
  source.emit(chunk(1, "key"));
  source.setMuted(true);
  source.setMuted(false);
  source.emit(chunk(2, "delta")); // nothing was lost
  source.setMuted(true);
  source.emit(chunk(3, "delta"));
  source.setMuted(false);
  source.emit(chunk(4, "delta"));
  source.emit(chunk(5, "key"));
  assertEquals([seen, asked], [[1, 2, 5], 2]);
});
