import { assert, assertEquals } from "@std/assert";
import {
  ABS_CAPTURE_TIME_URI,
  type AbsCaptureTime,
  findElement,
  ntpFromUnixMillis,
  parseRtpPacket,
  TRANSPORT_CC_URI,
  unixMillisFromNtp,
} from "../../../rtp/mod.ts";
import { CaptureClock } from "../../../rtp/session/inbound/capture_clock.ts";
import { Random } from "../../support/random.ts";
import { type Ends, ends, EXTENSIONS, framesOf, sendVideo, VIDEO, vp8 } from "./ends.ts";

/** What the time since 1970 is ahead of the clock of both ends. */
const WALL = 1_700_000_000_000;

function sendAudio(pair: Ends, captureTime?: AbsCaptureTime): void {
  const data = Uint8Array.of(0xf8, 0xff, 0xfe);
  pair.run("a", (a, now) =>
    a.handleOutbound([{
      ...{ type: "frame", mid: "0", payloadType: 111, data, keyFrame: true },
      ...{ timestamp: now * 1000, ...(captureTime !== undefined && { captureTime }) },
    }], now));
}

Deno.test("RFC 3550 section 6.4.1: by sender reports, sound and pictures of one moment have one time, though their RTP clocks begin at random", () => {
  const pair = ends(1);
  const random = new Random(1);
  const begin = pair.now;
  for (let i = 0; i < 100; i++) {
    sendAudio(pair);
    if (i % 2 === 0) sendVideo(pair, vp8(random, i === 0, 800), i === 0);
    pair.advance(20);
  }
  pair.advance(100);
  const [audio, video] = [framesOf(pair, "b", "0"), framesOf(pair, "b", "1")];
  assertEquals([audio.length, video.length], [100, 50]);
  assert(audio[0]!.rtpTimestamp !== video[0]!.rtpTimestamp);
  for (const [frames, interval] of [[audio, 20], [video, 40]] as const) {
    const told = frames.flatMap(({ senderTime }, i) =>
      senderTime === undefined ? [] : [senderTime - WALL - begin - i * interval]
    );
    assert(told.length > frames.length / 2, "reports come soon");
    for (const error of told) assert(Math.abs(error) < 1, `${error} ms`);
  }
});

Deno.test("RFC 3550 section 6.4.1: a report ties the RTP clock to when a frame was given, however long its packets wait to be sent", () => {
  // Without transport-wide feedback nothing tells that there is room for more.
  const extensions = new Map([...EXTENSIONS].filter(([uri]) => uri !== TRANSPORT_CC_URI));
  const video = { extensions };
  const pair = ends(2, {}, { startBitrate: 150_000, video, receiving: video });
  const random = new Random(2);
  const begin = pair.now;
  for (let i = 0; i < 250; i++) {
    // Key frames take long to leave, and those behind them wait.
    const keyFrame = i % 20 === 0;
    sendVideo(pair, vp8(random, keyFrame, keyFrame ? 20_000 : 300), keyFrame);
    pair.advance(40);
  }
  const frames = framesOf(pair, "b", "1");
  const [first] = frames;
  const moment = ({ timestamp }: { timestamp: number }) =>
    begin + (timestamp - first!.timestamp) / 1000;
  const late = frames.filter((frame) => frame.firstReceiveTime - moment(frame) > 50);
  assert(late.length > 10, `${late.length} wait`);
  const told = frames.filter(({ senderTime }) => senderTime !== undefined);
  assert(told.length > 100);
  for (const frame of told) {
    const error = frame.senderTime! - WALL - moment(frame);
    assert(Math.abs(error) < 2, `${error} ms`);
  }
});

/** Two ends that tell each other of capture times. */
function capturing(): Ends {
  const extensions = new Map([...EXTENSIONS, [ABS_CAPTURE_TIME_URI, 12]]);
  const pair = ends(3, {}, { video: { extensions }, receiving: { extensions } });
  return pair;
}

Deno.test("absolute capture time: between the frames that tell when they were captured, the RTP clock tells it, and the last offset stays", () => {
  const pair = capturing();
  const random = new Random(3);
  const told: (AbsCaptureTime | undefined)[] = [
    undefined,
    { captureTimestamp: ntpFromUnixMillis(5_000_000), clockOffset: 1n << 32n },
    undefined,
    { captureTimestamp: ntpFromUnixMillis(6_000_000) },
    undefined,
  ];
  for (const [i, captureTime] of told.entries()) {
    pair.run("a", (a, now) =>
      a.handleOutbound([{
        ...{ type: "frame", mid: "1", payloadType: 96, data: vp8(random, i === 0, 100) },
        ...{ keyFrame: i === 0, timestamp: i * 40_000 },
        ...(captureTime !== undefined && { captureTime }),
      }], now));
    pair.advance(40);
  }
  pair.advance(2000);
  const times = framesOf(pair).map(({ captureTime }) =>
    captureTime && [
      Math.round(unixMillisFromNtp(captureTime.captureTimestamp)),
      captureTime.clockOffset,
    ]
  );
  assertEquals(times, [
    [WALL + 1000, 0n],
    [5_000_000, 1n << 32n],
    [5_000_040, 1n << 32n],
    [6_000_000, 1n << 32n],
    [6_000_040, 1n << 32n],
  ]);
});

Deno.test("absolute capture time: what nobody has ever told is unknown", () => {
  const clock = new CaptureClock();
  assertEquals(clock.of(undefined, 0, 1, 90_000), undefined);
  const told = { captureTimestamp: 1n << 40n };
  assertEquals(clock.of(told, 0, 2 ** 32 - 45_000, 90_000), told);
  // Half a second later, over the wrap of timestamps; and half a second earlier.
  assertEquals(clock.of(undefined, 0, 0, 90_000), { captureTimestamp: (1n << 40n) + (1n << 31n) });
  assertEquals(clock.of(undefined, 0, 2 ** 32 - 90_000, 90_000), {
    captureTimestamp: (1n << 40n) - (1n << 31n),
  });
});

Deno.test("absolute capture time: what another source has told says nothing of this one", () => {
  const pair = capturing();
  const random = new Random(4);
  for (const [i, source] of [7, 7, 8].entries()) {
    pair.run("a", (a, now) =>
      a.handleOutbound([{
        ...{ type: "frame", mid: "1", payloadType: 96, data: vp8(random, i === 0, 100) },
        ...{ keyFrame: i === 0, timestamp: i * 40_000, contributingSources: [source] },
        ...(i === 0 && { captureTime: { captureTimestamp: ntpFromUnixMillis(1000) } }),
      }], now));
    pair.advance(40);
  }
  pair.advance(100);
  assertEquals(framesOf(pair).map(({ captureTime }) => captureTime !== undefined), [
    true,
    true,
    false,
  ]);
});

Deno.test("absolute capture time: of frames that don't tell, it is said once a second that they are captured as they are given", () => {
  const pair = capturing();
  const random = new Random(5);
  const begin = pair.now;
  for (let i = 0; i < 60; i++) {
    sendVideo(pair, vp8(random, i === 0, 100), i === 0);
    pair.advance(40);
  }
  pair.advance(100);
  const frames = framesOf(pair);
  assertEquals(frames.length, 60);
  for (const [i, { captureTime }] of frames.entries()) {
    const error = unixMillisFromNtp(captureTime!.captureTimestamp) - WALL - begin - 40 * i;
    assert(Math.abs(error) < 1, `${error} ms`);
    assertEquals(captureTime!.clockOffset, 0n);
  }
  const id = 12;
  const saying = pair.sent.a.filter(({ kind, data }) => {
    const packet = kind === "rtp" ? parseRtpPacket(data) : undefined;
    return packet?.ssrc === VIDEO.ssrc && findElement(packet.extension, id) !== undefined;
  });
  assertEquals(saying.length, 3);
});
