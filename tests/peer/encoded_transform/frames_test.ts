import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  MediaStreamTrackGenerator,
  RTCEncodedAudioFrame,
  RTCEncodedVideoFrame,
} from "../../../mod.ts";
import type { ChunkMetadata, EncodedChunk } from "../../../media/mod.ts";
import { attachSink } from "../../../media/media_stream_track.ts";
import { decibelLevel, linearLevel } from "../../../media/frame_metadata.ts";
import { chunkOf, createFrame, slotsOf } from "../../../peer/encoded_transform/chunk_frames.ts";
import { chunk, receivedFrame } from "./chunks.ts";

const { timeOrigin } = performance;

const COMMON: ChunkMetadata = {
  synchronizationSource: 0xfedcba98,
  payloadType: 96,
  contributingSources: [1, 2],
  rtpTimestamp: 90_000,
  receiveTime: 12.5,
  captureTime: timeOrigin + 7,
  senderCaptureTimeOffset: -3,
};
const VIDEO: ChunkMetadata = {
  ...COMMON,
  mimeType: "video/VP8",
  width: 640,
  height: 480,
  frameId: 70_000,
  dependencies: [69_999],
  spatialIndex: 1,
  temporalIndex: 2,
  rid: "hi",
  rotation: 90,
};
const AUDIO: ChunkMetadata = {
  ...COMMON,
  mimeType: "audio/opus",
  sequenceNumber: 65_535,
  audioLevel: 20,
  voiceActivity: true,
};

Deno.test("a video frame tells all that is known of its chunk (W3C WebRTC Encoded Transform sections 4.1 to 4.3)", () => {
  const frame = receivedFrame("video", chunk(7, "key", VIDEO)) as RTCEncodedVideoFrame;
  assertEquals([frame.type, frame.timestamp, [...new Uint8Array(frame.data)]], ["key", 90_000, [
    7,
  ]]);
  const { rid: _, rotation: __, ...told } = VIDEO;
  assertEquals(frame.getMetadata(), {
    ...told as object,
    captureTime: timeOrigin + 7 - timeOrigin,
    timestamp: 7000,
  });
  assertEquals(`${frame}`, "RTCEncodedVideoFrame{rtpTimestamp: 90000, size: 1, type: key}");
});

Deno.test("an audio frame tells all that is known of its chunk (sections 4.4 and 4.5)", () => {
  const frame = receivedFrame("audio", chunk(7, "key", AUDIO)) as RTCEncodedAudioFrame;
  const { voiceActivity: _, ...told } = AUDIO;
  assertEquals(frame.getMetadata(), {
    ...told as object,
    captureTime: timeOrigin + 7 - timeOrigin,
    audioLevel: 0.1,
  });
  assertEquals([`${frame}`, frame.timestamp, "type" in frame], [
    "RTCEncodedAudioFrame{rtpTimestamp: 90000, size: 1}",
    90_000,
    false,
  ]);
});

Deno.test("what is not known is missing, but for a list of no sources", () => {
  const frame = receivedFrame("audio", chunk(1)) as RTCEncodedAudioFrame;
  assertEquals(frame.getMetadata(), { contributingSources: [] });
  assertEquals(frame.timestamp, 0);
});

for (const [kind, metadata] of [["video", VIDEO], ["audio", AUDIO]] as const) {
  Deno.test(`the chunk of a frame of ${kind} is that of which it was made`, () => {
    const original = chunk(3, "key", metadata);
    const { metadata: told, ...rest } = chunkOf(slotsOf(receivedFrame(kind, original))!);
    const { metadata: _, ...expected } = original;
    assertEquals(rest, expected);
    assertEquals({ ...told, captureTime: 0 }, { ...metadata, captureTime: 0 });
    assert(Math.abs(told!.captureTime! - metadata.captureTime!) < 0.01);
  });
}

Deno.test("levels of RFC 6464 are linear for scripts, and back (section 4.4)", () => {
  assertEquals([linearLevel(0), linearLevel(127), linearLevel(20)], [1, 0, 0.1]);
  for (let level = 0; level <= 127; level++) assertEquals(decibelLevel(linearLevel(level)), level);
  assertEquals([decibelLevel(5), decibelLevel(-1), decibelLevel(NaN)], [0, 127, 127]);
});

Deno.test("the constructor copies, with the metadata that it is given (sections 4.3 and 4.5)", () => {
  const original = receivedFrame("video", chunk(7, "key", VIDEO)) as RTCEncodedVideoFrame;
  const dependencies = [1];
  const copy = new RTCEncodedVideoFrame(original, { metadata: { width: 65_537, dependencies } });
  dependencies.push(2);
  assertEquals(copy.getMetadata(), { ...original.getMetadata(), width: 1, dependencies: [1] });
  new Uint8Array(copy.data)[0] = 9;
  assertEquals([...new Uint8Array(original.data)], [7]);
  assertEquals(copy.type, "key");
  copy.getMetadata().dependencies!.push(5);
  assertEquals(copy.getMetadata().dependencies, [1]);
  const audio = new RTCEncodedAudioFrame(
    new RTCEncodedAudioFrame(
      receivedFrame("audio", chunk(7, "key", AUDIO)) as RTCEncodedAudioFrame,
    ),
    { metadata: { audioLevel: 1 } },
  );
  assertEquals([audio.getMetadata().audioLevel, audio.timestamp], [1, 90_000]);
});

Deno.test("frames refuse what they can't be made of", () => {
  const video = receivedFrame("video", chunk(7)) as RTCEncodedVideoFrame;
  const audio = receivedFrame("audio", chunk(7)) as RTCEncodedAudioFrame;
  assertThrows(() => new (RTCEncodedVideoFrame as unknown as new () => unknown)(), TypeError);
  assertThrows(() => new RTCEncodedVideoFrame(audio as never), TypeError);
  assertThrows(() => new RTCEncodedAudioFrame(video as never), TypeError);
  assertThrows(() => new RTCEncodedAudioFrame(audio, { metadata: 1 as never }), TypeError);
  assertThrows(() => video.data = new Uint8Array(1) as never, TypeError);
  assertThrows(() => video.data = new ArrayBuffer(1, { maxByteLength: 2 }), TypeError);
  video.data = new ArrayBuffer(3);
  assertEquals(video.data.byteLength, 3);
  assert(createFrame("audio", slotsOf(audio)!) instanceof RTCEncodedAudioFrame);
});

Deno.test("a generator takes frames with all that they tell, at their presentation time", async () => {
  const written: EncodedChunk[] = [];
  for (const [kind, metadata] of [["video", VIDEO], ["audio", AUDIO]] as const) {
    const track = new MediaStreamTrackGenerator({ kind });
    attachSink(track, { write: (chunk) => void written.push(chunk) });
    await track.writable.getWriter().write(receivedFrame(kind, chunk(7, "key", metadata)));
    track.stop();
  }
  const [video, audio] = written as [EncodedChunk, EncodedChunk];
  assertEquals([video.timestamp, video.metadata?.width, [...video.data]], [7000, 640, [7]]);
  assertEquals([audio.timestamp, audio.metadata?.audioLevel], [90_000 / 48 * 1000, 20]);
  assert(Math.abs(audio.metadata!.captureTime! - AUDIO.captureTime!) < 0.01);
});
