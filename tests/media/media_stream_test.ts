import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { MediaSource } from "../../media/media_source.ts";
import { MediaStream, MediaStreamTrackEvent } from "../../media/mod.ts";
import { addRemoteTrack, createStream, removeRemoteTrack } from "../../media/media_stream.ts";
import { createTrack, type MediaStreamTrack } from "../../media/media_stream_track.ts";

const track = (kind: "audio" | "video" = "audio") => createTrack(new MediaSource({ kind }));

Deno.test("a stream is made of nothing, of a stream, or of tracks (W3C mediacapture-streams section 4.2)", () => {
  const [audio, video] = [track("audio"), track("video")];
  assertEquals(new MediaStream().getTracks(), []);
  const stream = new MediaStream([audio, video, audio]);
  assertEquals(stream.getTracks(), [audio, video]);
  assertEquals(new MediaStream(stream).getTracks(), [audio, video]);
  assertNotEquals(new MediaStream(stream).id, stream.id);
  assertEquals(new MediaStream(new Set([video])).getVideoTracks(), [video]);
  assertEquals([stream.getAudioTracks(), stream.getVideoTracks()], [[audio], [video]]);
  assertEquals([stream.getTrackById(video.id), stream.getTrackById("x")], [video, null]);
});

for (const wrong of [undefined, null, 1, {}, [1], [null], [track(), {}]]) {
  Deno.test(`a stream can't be made of ${JSON.stringify(wrong)}`, () => {
    assertThrows(() => new MediaStream(wrong as unknown as MediaStream), TypeError);
  });
}

Deno.test("a script adds and removes tracks without events", () => {
  const [stream, one] = [new MediaStream(), track()];
  stream.onaddtrack = stream.onremovetrack = () => assert(false);
  stream.addTrack(one);
  stream.addTrack(one);
  assertEquals(stream.getTracks(), [one]);
  stream.removeTrack(track());
  stream.removeTrack(one);
  assertEquals(stream.getTracks(), []);
  assertThrows(() => stream.addTrack({} as MediaStreamTrack), TypeError);
  // @ts-expect-error: the argument is missing
  assertThrows(() => stream.removeTrack(), TypeError);
});

Deno.test("a stream is active while a track of it is live", () => {
  const one = track();
  const stream = new MediaStream([one]);
  assert(stream.active);
  one.stop();
  assert(!stream.active);
  assert(!new MediaStream().active);
});

Deno.test("a clone consists of clones", () => {
  const stream = new MediaStream([track("audio"), track("video")]);
  const clone = stream.clone();
  assertNotEquals(clone.id, stream.id);
  assertEquals(clone.getTracks().map(({ kind }) => kind), ["audio", "video"]);
  assert(clone.getTracks().every(({ id }) => stream.getTrackById(id) === null));
});

Deno.test("what the peer adds and removes fires events, once", () => {
  const [stream, one] = [createStream("theirs"), track()];
  const fired: [string, MediaStreamTrack][] = [];
  stream.onaddtrack = stream.onremovetrack = (event) => {
    assert(event instanceof MediaStreamTrackEvent);
    fired.push([event.type, event.track]);
  };
  assertEquals(stream.id, "theirs");
  for (let i = 0; i < 2; i++) addRemoteTrack(stream, one);
  for (let i = 0; i < 2; i++) removeRemoteTrack(stream, one);
  assertEquals(fired, [["addtrack", one], ["removetrack", one]]);
});

Deno.test("a MediaStreamTrackEvent needs a track (section 4.4)", () => {
  const one = track();
  assertEquals(new MediaStreamTrackEvent("addtrack", { track: one }).track, one);
  for (const init of [undefined, null, {}, { track: null }, { track: {} }]) {
    assertThrows(() => new MediaStreamTrackEvent("addtrack", init as never), TypeError);
  }
});
