import { assert, assertEquals, assertRejects } from "@std/assert";
import { createMediaDevices } from "../../../media/devices/media_devices.ts";
import type { EncodedChunk } from "../../../media/encoded_chunk.ts";
import {
  InputDeviceInfo,
  type MediaStreamConstraints,
  type MediaStreamTrack,
  OverconstrainedError,
} from "../../../media/mod.ts";
import { attachSink, requestKeyFrame } from "../../../media/media_stream_track.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

async function open(constraints: MediaStreamConstraints) {
  const clock = new VirtualClock();
  const stream = await createMediaDevices(clock).getUserMedia(constraints);
  return { clock, stream, track: stream.getTracks()[0]! };
}

/** What comes out of a track, of one codec. */
function chunks(track: MediaStreamTrack, mimeType?: string): EncodedChunk[] {
  const seen: EncodedChunk[] = [];
  attachSink(track, {
    write: (chunk) => void seen.push(chunk),
    ...mimeType !== undefined && {
      choose: (codecs) => codecs.find((codec) => codec.mimeType === mimeType),
    },
  });
  return seen;
}

Deno.test("getUserMedia gives a track of each kind that is asked for (W3C mediacapture-streams section 10.2)", async () => {
  const { stream, clock } = await open({ audio: true, video: true });
  assertEquals(stream.getTracks().map(({ kind, muted }) => [kind, muted]), [["audio", false], [
    "video",
    false,
  ]]);
  for (const track of stream.getTracks()) track.stop();
  clock.assertIdle();
});

for (
  const wrong of [
    undefined,
    {},
    { audio: false, video: false },
    { video: { backgroundBlur: { exact: true } } },
    { video: { width: { min: Symbol() } } },
  ]
) {
  Deno.test(`getUserMedia of ${Deno.inspect(wrong)} is a TypeError`, async () => {
    await assertRejects(
      () => createMediaDevices(new VirtualClock()).getUserMedia(wrong as never),
      TypeError,
    );
  });
}

Deno.test("the camera gives 30 pictures a second, with a key frame first and each second", async () => {
  const { clock, track } = await open({ video: true });
  const seen = chunks(track);
  await clock.advance(3000 - 1);
  assertEquals(seen.length, 90);
  assertEquals(
    seen.flatMap(({ type }, i) => type === "key" ? [i] : []),
    [0, 30, 60],
  );
  assertEquals(seen[30]!.timestamp - seen[0]!.timestamp, 1_000_000);
  assertEquals(seen[0]!.metadata, { mimeType: "video/VP8", width: 640, height: 480 });
  const { width, height, frameRate } = track.getSettings();
  assertEquals([width, height, frameRate], [640, 480, 30]);
  track.stop();
  clock.assertIdle();
});

for (const mimeType of ["video/VP8", "video/VP9", "video/H264", "video/AV1"]) {
  Deno.test(`the camera has ${mimeType} for those that ask for it, and jumps to a key frame at request`, async () => {
    const { clock, track } = await open({ video: { width: 320 } });
    const seen = chunks(track, mimeType);
    await clock.advance(200);
    requestKeyFrame(track);
    const before = seen.length;
    await clock.advance(40);
    assertEquals(seen[before]!.type, "key");
    assert(seen[before]!.data !== seen[0]!.data); // the bars go on, not back
    assert(seen.every(({ metadata }) => metadata?.mimeType === mimeType));
    track.stop();
  });
}

for (const [mimeType, bytes] of [["opus", 60], ["G722", 160], ["PCMU", 160], ["PCMA", 160]]) {
  Deno.test(`the microphone has audio/${mimeType}, 50 packets a second`, async () => {
    const { clock, track } = await open({ audio: true });
    const seen = chunks(track, `audio/${mimeType}`);
    await clock.advance(999);
    assertEquals(seen.length, 50);
    assert(seen.every(({ data, type }) => data.length === bytes && type === "key"));
    assertEquals(seen[1]!.timestamp - seen[0]!.timestamp, 20_000);
    track.stop();
  });
}

Deno.test("nothing is encoded for nobody: without a taker there are no chunks, and several codecs go side by side", async () => {
  const { clock, track } = await open({ video: true });
  const [vp8, h264] = [chunks(track, "video/VP8"), chunks(track, "video/H264")];
  await clock.advance(100);
  assertEquals(vp8.map(({ timestamp }) => timestamp), h264.map(({ timestamp }) => timestamp));
  assert(vp8.length > 0);
  track.stop();
});

Deno.test("a taker that changes to another codec is given a key frame of it next", async () => {
  const { clock, track } = await open({ video: true });
  const seen: string[] = [];
  let wanted = "video/VP8";
  attachSink(track, {
    choose: (codecs) => codecs.find(({ mimeType }) => mimeType === wanted),
    write: ({ type, metadata }) => void seen.push(`${metadata?.mimeType} ${type}`),
  });
  await clock.advance(200);
  wanted = "video/AV1";
  await clock.advance(100);
  const at = seen.findIndex((what) => what.includes("AV1"));
  assertEquals(seen.slice(at - 1, at + 2), ["video/VP8 delta", "video/AV1 key", "video/AV1 delta"]);
  track.stop();
});

Deno.test("the size can be changed, from the next key frame on", async () => {
  const { clock, track } = await open({ video: true });
  const seen = chunks(track);
  await clock.advance(100);
  await track.applyConstraints({ height: { exact: 240 } });
  await clock.advance(100);
  const keys = seen.filter(({ type }) => type === "key");
  assertEquals(keys.map(({ metadata }) => metadata?.width), [640, 320]);
  assertEquals(track.getSettings().width, 320);
  track.stop();
});

Deno.test("a device that was held up goes on from where time is", async () => {
  const { clock, track } = await open({ audio: true });
  const seen = chunks(track);
  await clock.advance(0);
  const start = clock.now();
  clock.now = () => start + 10_000;
  await clock.advance(20);
  assert(seen.length < 5);
  assert(seen.at(-1)!.timestamp >= (start + 10_000) * 1000);
  track.stop();
});

Deno.test("what no device can do is an OverconstrainedError that tells what there is", async () => {
  const devices = createMediaDevices(new VirtualClock());
  for (
    const [constraints, name, what] of [
      [{ video: { width: { exact: 639 } } }, "width", "only 640, 320"],
      [{ audio: { deviceId: { exact: "x" } } }, "deviceId", "nothing such"],
      [{ video: { frameRate: { min: 60 } } }, "frameRate", "only 30"],
    ] as const
  ) {
    const { constraint, message } = await assertRejects(
      () => devices.getUserMedia(constraints),
      OverconstrainedError,
    );
    assertEquals([constraint, message], [name, `${name}: there is ${what}`]);
  }
});

Deno.test("enumerateDevices tells of a device's identity once its kind has been given (section 9.2.1)", async () => {
  const devices = createMediaDevices(new VirtualClock());
  const list = async () => (await devices.enumerateDevices()).map((device) => device.toJSON());
  assertEquals(
    (await list()).map(({ kind, deviceId, label }) => [kind, deviceId, label]),
    [["audioinput", "", ""], ["videoinput", "", ""]],
  );
  const stream = await devices.getUserMedia({ video: true });
  const { deviceId, groupId } = stream.getTracks()[0]!.getSettings();
  const [, camera] = await devices.enumerateDevices();
  assert(camera instanceof InputDeviceInfo);
  assertEquals([camera.deviceId, camera.groupId], [deviceId, groupId]);
  assertEquals(camera.getCapabilities(), stream.getTracks()[0]!.getCapabilities());
  assertEquals((await list())[0]!.label, "");
  stream.getTracks()[0]!.stop();
});

Deno.test("getDisplayMedia gives video, and takes no minimum (W3C screen-capture section 5.1)", async () => {
  const devices = createMediaDevices(new VirtualClock());
  const stream = await devices.getDisplayMedia();
  assertEquals(stream.getTracks().map(({ kind }) => kind), ["video"]);
  stream.getTracks()[0]!.stop();
  for (
    const constraints of [{ video: false }, { video: { width: { min: 1 } } }, {
      video: { advanced: [] },
    }]
  ) {
    await assertRejects(() => devices.getDisplayMedia(constraints), TypeError);
  }
});
