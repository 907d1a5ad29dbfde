import { assert, assertEquals } from "@std/assert";
import { encodePcma, encodePcmu, FrameRate, type InboundFrame } from "../../../../rtp/mod.ts";
import { FrameIntervals } from "../../../../peer/stats/flow/frame_intervals.ts";
import { Flows } from "../../../../peer/stats/flow/flows.ts";
import { ReceivedFrames } from "../../../../peer/stats/flow/received_frames.ts";
import { SentFrames } from "../../../../peer/stats/flow/sent_frames.ts";
import { Sound } from "../../../../peer/stats/flow/sound.ts";

Deno.test("frames per second are those of the last second, and settled after the first", () => {
  const rate = new FrameRate();
  for (let now = 0; now <= 900; now += 100) rate.add(now);
  assertEquals([rate.at(999), rate.isSettled(999), rate.isSettled(1000)], [10, false, true]);
  assertEquals(rate.at(1000), 9);
  assertEquals(rate.at(1500), 4);
  assertEquals(rate.at(5000), 0);
});

Deno.test("a flood of frames is not counted beyond a bound", () => {
  const rate = new FrameRate();
  for (let frame = 0; frame < 5000; frame++) rate.add(frame / 5);
  rate.add(1001);
  assertEquals(rate.at(1001)! <= 1000, true);
});

Deno.test("webrtc-stats section 8.4: a freeze is an interval of three times the average, and 150 ms more than it", () => {
  const intervals = new FrameIntervals();
  let now = 0;
  const after = (interval: number) => intervals.add(now += interval);
  for (let frame = 0; frame < 31; frame++) after(33);
  after(182); // less than 33 + 150
  assertEquals(intervals.freezes, 0);
  for (let frame = 0; frame < 30; frame++) after(33);
  after(183);
  assertEquals([intervals.freezes, intervals.frozen], [1, 183]);
  for (let frame = 0; frame < 30; frame++) after(100);
  after(299); // less than three times
  assertEquals(intervals.freezes, 1);
  assertEquals([intervals.pauses, intervals.paused], [0, 0]);
  after(5001);
  assertEquals([intervals.pauses, intervals.paused, intervals.freezes], [1, 5001, 2]);
});

Deno.test("webrtc-stats section 8.4: intervals and their squares are summed up", () => {
  const intervals = new FrameIntervals();
  for (const now of [10, 40, 60]) intervals.add(now);
  assertEquals([intervals.total, intervals.totalSquared], [50, 30 ** 2 + 20 ** 2]);
});

Deno.test("webrtc-stats section 8.4: energy is the squared level, times the seconds of each piece", () => {
  const sound = new Sound();
  const opus = Uint8Array.of(0x78); // 20 ms
  assertEquals(sound.add({ mimeType: "audio/opus", data: opus }), 960);
  assertEquals([sound.energy, sound.level], [undefined, undefined], "nobody has told");
  sound.add({ mimeType: "audio/opus", data: opus, audioLevel: 20 });
  sound.add({ mimeType: "audio/opus", data: opus, audioLevel: 127 });
  assert(Math.abs(sound.energy! - 0.1 ** 2 * 0.02) < 1e-9);
  assertEquals([sound.level, sound.samples], [0, 2880]);
  assert(Math.abs(sound.duration - 0.06) < 1e-9);
});

Deno.test("webrtc-stats section 8.4: G.711 is listened to where nobody tells how loud it is", () => {
  for (
    const [mimeType, encode] of [["audio/PCMU", encodePcmu], ["audio/PCMA", encodePcma]] as const
  ) {
    const sound = new Sound();
    const half = Int16Array.from({ length: 160 }, (_, i) => i % 2 === 0 ? 16_384 : -16_384);
    sound.add({ mimeType, data: encode(half) });
    assert(Math.abs(sound.level! - 0.5) < 0.02, `${sound.level}`);
    assert(Math.abs(sound.energy! - 0.25 * 0.02) < 0.0005, `${sound.energy}`);
    sound.add({ mimeType, data: encode(new Int16Array(160)) });
    assert(sound.level! < 0.001);
    sound.add({ mimeType, data: encode(half), audioLevel: 0 });
    assertEquals(sound.level, 1, "what is told counts");
  }
});

Deno.test("samples are those of the codec, be its RTP clock what it may (RFC 3551 section 4.5.2)", () => {
  const sound = new Sound();
  assertEquals(sound.add({ mimeType: "audio/G722", data: new Uint8Array(160) }), 320);
  const opus = Uint8Array.of(0x78); // a frame of 20 ms (RFC 6716 section 3.1)
  assertEquals(sound.add({ mimeType: "audio/opus", data: opus }), 960);
  assertEquals(sound.add({ mimeType: "audio/unknown", data: opus }), 0);
});

const frame: InboundFrame = {
  ...{ type: "frame" as const, mid: "0", ssrc: 1, payloadType: 96, mimeType: "video/VP8" },
  ...{ data: new Uint8Array(100), keyFrame: true, rtpTimestamp: 0, sequenceNumber: 1 },
  ...{ timestamp: 0, receiveTime: 130, firstReceiveTime: 100, delay: 0, descriptor: undefined },
};

Deno.test("webrtc-stats section 8.4: a frame waits from its first packet on, and is put together until its last", () => {
  const received = new ReceivedFrames();
  received.add({ ...frame, delay: 40 }, { width: 320, height: 240 }, 150);
  received.add({ ...frame, senderTime: 7000 }, {}, 160);
  assertEquals([received.delay, received.targetDelay, received.emitted], [110, 40, 2]);
  assertEquals(received.assembly, 60);
  assertEquals([received.width, received.height], [320, 240]);
  assertEquals(received.latest, { senderTime: 7000, at: 160 });
});

Deno.test("webrtc-stats section 8.4: of audio, every sample waits", () => {
  const received = new ReceivedFrames();
  const data = new Uint8Array(80);
  received.add({ ...frame, mimeType: "audio/PCMA", data, delay: 10 }, {}, 120);
  assertEquals([received.delay, received.targetDelay, received.emitted], [1600, 800, 80]);
  assertEquals([received.assembly, received.intervals.total], [0, 0]);
});

Deno.test("webrtc-stats section 8.7: a frame is huge if it has 2.5 times what the target allows on average", () => {
  const sent = new SentFrames();
  const send = (size: number, now: number) =>
    sent.add(
      { ...frame, keyFrame: false, data: new Uint8Array(size) },
      "video/VP8",
      now,
    );
  for (let now = 0; now < 1000; now += 100) send(10_000, now);
  assertEquals(sent.huge, 0, "neither target nor rate are known");
  sent.targetBitrate = 80_000; // 1000 bytes each, of nine in the last second
  send(2750, 1000);
  assertEquals(sent.huge, 0);
  send(2800, 1100);
  assertEquals(sent.huge, 1);
});

Deno.test("there are no more flows than an RTP session has streams", () => {
  const flows = new Flows(() => new ReceivedFrames());
  const first = flows.of(0);
  for (let ssrc = 1; ssrc < 16; ssrc++) flows.of(ssrc);
  assertEquals(flows.of(0), first);
  flows.of(16);
  assertEquals([flows.get(0), flows.get(1) === undefined], [undefined, false]);
});
