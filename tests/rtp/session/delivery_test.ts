import { sessionCore } from "../../../rtp/session/session.ts";
import { assert, assertEquals } from "@std/assert";
import {
  buildHeaderExtension,
  createRtpPacket,
  findElement,
  MAX_BUFFER_DELAY,
  parseRtcp,
  parseRtpPacket,
  PLAYOUT_DELAY_URI,
  serializeRtpPacket,
  VIDEO_ORIENTATION_URI,
  writePlayoutDelay,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { codecs } from "../payload/codecs.ts";
import {
  call,
  ends,
  eventsOf,
  EXTENSIONS,
  format,
  framesOf,
  receiver,
  sender,
  sendVideo,
  VIDEO,
  VIDEO_FORMATS,
  vp8,
} from "./ends.ts";

const PAYLOAD_TYPES: Readonly<Record<string, number>> = {
  "VP8": 96,
  "VP9": 98,
  "H264": 102,
  "AV1": 45,
  "H265": 49,
};

for (const { name, frame } of codecs) {
  const payloadType = PAYLOAD_TYPES[name];
  if (payloadType === undefined) continue;
  Deno.test(`frames of ${name} arrive as they were sent`, () => {
    const random = new Random(seedForRun(name));
    const pair = ends(1);
    const sent: Uint8Array[] = [];
    for (let i = 0; i < 30; i++) {
      const keyFrame = i === 0;
      const data = frame(random, keyFrame, 40 + random.below(5000));
      sent.push(data);
      sendVideo(pair, data, keyFrame, { payloadType });
      pair.advance(33);
    }
    pair.advance(500);
    const frames = framesOf(pair);
    // What VP9 calls a key frame stands in its payload descriptor, which comes of what the sender says.
    assertEquals(frames.length, sent.length);
    for (const [i, one] of frames.entries()) assertEquals(one.data, sent[i]);
    assertEquals(frames[0]!.keyFrame, true);
    assertEquals([frames[0]!.mimeType, frames[0]!.payloadType], [`video/${name}`, payloadType]);
  });
}

Deno.test("audio arrives with its level and in RTP time", () => {
  const pair = ends(2);
  for (let i = 0; i < 10; i++) {
    const data = Uint8Array.of(0xf8, i); // Opus, 20 ms
    pair.run("a", (a, now) =>
      a.handleOutbound([{
        ...{ type: "frame", mid: "0", payloadType: 111, data, keyFrame: true },
        ...{ timestamp: i * 20_000, audioLevel: 30 + i, voiceActivity: true },
      }], now));
    pair.advance(20);
  }
  pair.advance(100);
  const frames = framesOf(pair, "b", "0");
  assertEquals(frames.map(({ data }) => data[1]), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(frames.map(({ audioLevel }) => audioLevel), [
    30,
    31,
    32,
    33,
    34,
    35,
    36,
    37,
    38,
    39,
  ]);
  assertEquals(frames.every(({ voiceActivity }) => voiceActivity), true);
  const begin = Math.round(frames[0]!.firstReceiveTime * 1000);
  assertEquals(
    frames.map(({ timestamp }) => timestamp - begin),
    frames.map((_, i) => i * 20_000),
  );
  const steps = frames.slice(1).map((frame, i) =>
    (frame.rtpTimestamp - frames[i]!.rtpTimestamp) >>> 0
  );
  assertEquals(new Set(steps), new Set([960]));
});

Deno.test("redundant audio (RFC 2198) makes up for every second packet that is lost", () => {
  const pair = ends(3);
  let count = 0;
  pair.filter = (packet, from) =>
    from === "a" && (packet.data[1]! & 0x7f) === 63 && count++ % 2 === 1 ? undefined : packet;
  for (let i = 0; i < 20; i++) {
    const data = Uint8Array.of(0xf8, i);
    pair.run("a", (a, now) =>
      a.handleOutbound([{
        ...{ type: "frame", mid: "0", payloadType: 63, data, keyFrame: true },
        timestamp: i * 20_000,
      }], now));
    pair.advance(20);
  }
  pair.advance(500);
  const frames = framesOf(pair, "b", "0");
  assertEquals(frames.map(({ data }) => data[1]), Array.from({ length: 19 }, (_, i) => i));
  assertEquals(frames[3]!.mimeType, "audio/opus");
});

for (const rtx of [true, false]) {
  Deno.test(`at 5% loss and a round trip of 50 ms, 99% of frames are complete ${rtx ? "with" : "without"} RTX`, () => {
    const seed = seedForRun(`loss ${rtx}`);
    const encoding = rtx ? { ssrc: 2000, rtxSsrc: 2001 } : { ssrc: 2000 };
    const pair = ends(seed, { delay: 25, loss: 0.05 }, {
      startBitrate: 2_000_000,
      encodings: [{ ...encoding, active: true }],
    });
    const { sent } = call(pair, 30, new Random(seed));
    const frames = framesOf(pair);
    assert(frames.length >= 0.99 * sent.length, `${frames.length} of ${sent.length}`);
    const known = new Set(sent.map((data) => data.join()));
    assert(frames.every(({ data }) => known.has(data.join())));
    const { retransmitter } = sessionCore(pair.a).sender("1")!.streams()[0]!;
    assert(retransmitter.packetsSent > 0);
  });
}

Deno.test("after a loss that can't be repaired, nothing undecodable comes out, and a key frame is asked for (RFC 4585 section 6.3.1)", () => {
  const pair = ends(4, {}, { startBitrate: 2_000_000 });
  const random = new Random(4);
  pair.filter = (packet, from) =>
    // Half a second in which nothing of the video gets through, retransmissions among it.
    from === "a" && pair.now > 3000 && pair.now < 4500 && [96, 97].includes(packet.data[1]! & 0x7f)
      ? undefined
      : packet;
  const { sent } = call(pair, 8, random);
  const requests = eventsOf(pair, "a", "key-frame-request");
  assert(requests.length >= 1);
  assertEquals([requests[0]!.mid, requests[0]!.ssrc], ["1", 2000]);
  const order = framesOf(pair).map(({ data }) =>
    sent.indexOf(sent.find((one) => one.join() === data.join())!)
  );
  for (const [i, index] of order.entries()) {
    if (i === 0 || index === order[i - 1]! + 1) continue;
    assert(framesOf(pair)[i]!.keyFrame, `frame ${index} follows frame ${order[i - 1]}`);
  }
});

Deno.test("a request for a key frame is there within a round trip, and ends when one comes", () => {
  const pair = ends(5, { delay: 25 });
  const random = new Random(5);
  sendVideo(pair, vp8(random, true, 500), true);
  pair.advance(200);
  const before = eventsOf(pair, "a", "key-frame-request").length;
  pair.run("b", (b, now) => b.requestKeyFrame("1", undefined, now));
  pair.until(() => eventsOf(pair, "a", "key-frame-request").length > before, 100);
  sendVideo(pair, vp8(random, true, 500), true);
  pair.advance(500);
  const after = eventsOf(pair, "a", "key-frame-request").length;
  pair.advance(2000);
  assertEquals(eventsOf(pair, "a", "key-frame-request").length, after);
});

Deno.test("a codec can be changed in mid-call: sequence numbers and time go on", () => {
  const pair = ends(6);
  const random = new Random(6);
  const h264 = codecs.find(({ name }) => name === "H264")!;
  for (let i = 0; i < 60; i++) {
    const second = i >= 30;
    const keyFrame = i % 30 === 0;
    const data = second ? h264.frame(random, keyFrame, 2000) : vp8(random, keyFrame, 2000);
    sendVideo(pair, data, keyFrame, { payloadType: second ? 102 : 96 });
    pair.advance(33);
  }
  pair.advance(500);
  const frames = framesOf(pair);
  assertEquals(frames.map(({ mimeType }) => mimeType), [
    ...Array(30).fill("video/VP8"),
    ...Array(30).fill("video/H264"),
  ]);
  const times = frames.map(({ timestamp }) => timestamp);
  assert(times.every((time, i) => i === 0 || Math.abs(time - times[i - 1]! - 33_000) < 100));
});

Deno.test("an encoding that pauses says nothing, and goes on with a key frame", () => {
  const pair = ends(7);
  const random = new Random(7);
  const set = (active: boolean) =>
    pair.run(
      "a",
      (a, now) => a.setSender(sender("video", [{ ssrc: 2000, rtxSsrc: 2001, active }]), now),
    );
  sendVideo(pair, vp8(random, true, 500), true);
  pair.advance(100);
  set(false);
  sendVideo(pair, vp8(random, true, 500), true);
  pair.advance(100);
  set(true);
  sendVideo(pair, vp8(random, false, 500), false); // refers to what was not sent
  pair.advance(100);
  assertEquals(framesOf(pair).length, 1);
  assert(eventsOf(pair, "a", "key-frame-request").length >= 1);
  sendVideo(pair, vp8(random, true, 500), true);
  pair.advance(100);
  assertEquals(framesOf(pair).length, 2);
});

Deno.test("tones are pressed and heard (RFC 4733), at the clock rate of the audio", () => {
  const pair = ends(8);
  pair.run("a", (a, now) => {
    assert(a.insertTone("0", 5, 100, now));
    assert(a.insertTone("0", 11, 200, now));
    assertEquals(a.insertTone("1", 5, 100, now), false);
  });
  pair.advance(1000);
  const keys = eventsOf(pair, "b", "tone").map(({ key }) => [key.type, key.event]);
  assertEquals(keys, [["start", 5], ["end", 5], ["start", 11], ["end", 11]]);
});

Deno.test("RFC 4733 section 2.5.1: keys that follow each other without a gap are told of in time", () => {
  const pair = ends(9);
  const begin = pair.now;
  pair.run("a", (a, now) => {
    for (const event of [1, 2]) a.insertTone("0", event, 40, now);
  });
  const times: number[] = [];
  while (pair.now < begin + 200) {
    const before = pair.sent.a.length;
    pair.advance(10);
    for (const { data } of pair.sent.a.slice(before)) {
      if (parseRtpPacket(data)?.payloadType === 110) times.push(pair.now - begin);
    }
  }
  // The first key from 0 to 40 ms, and its end three times; the second from 40 to 80 ms.
  assertEquals(times, [20, 40, 40, 40, 60, 80, 100, 120]);
  assertEquals(eventsOf(pair, "b", "tone").map(({ key }) => `${key.type} ${key.event}`), [
    ...["start 1", "end 1", "start 2", "end 2"],
  ]);
});

Deno.test("a key that is pressed where audio has paused comes with silence at its time, since browsers play none without", () => {
  const pair = ends(10);
  const packets = () =>
    pair.sent.a.map(({ data }) => parseRtpPacket(data)!)
      .filter(({ ssrc }) => ssrc === 1000)
      .map(({ payloadType, payload, timestamp }) => ({ payloadType, payload, timestamp }));
  const press = () => pair.run("a", (a, now) => void a.insertTone("0", 5, 40, now));
  for (let i = 0; i < 2; i++) { // the silence is no audio that would do for the next key
    const before = packets().length;
    press();
    pair.advance(80);
    const [first, second] = packets().slice(before);
    assertEquals([first!.payloadType, first!.payload], [111, Uint8Array.of(0xf8, 0xff, 0xfe)]);
    assertEquals([second!.payloadType, second!.timestamp], [110, first!.timestamp]);
  }
  pair.advance(100);
  pair.run("a", (a, now) =>
    a.handleOutbound([{
      ...{ type: "frame", mid: "0", payloadType: 111, keyFrame: true },
      ...{ timestamp: now * 1000, data: Uint8Array.of(0xf8, 1) },
    }], now));
  pair.advance(20);
  const before = packets().length;
  press();
  pair.advance(80);
  const types = packets().slice(before).map(({ payloadType }) => payloadType);
  assertEquals([...new Set(types)], [110]);
});

Deno.test("playout delay: frames are held as long as their sender wants, or the application, whichever is longer; a lie is bounded", () => {
  const extensions = new Map([...EXTENSIONS, [PLAYOUT_DELAY_URI, 12]]);
  const waits = (min: number, target: number) => {
    const random = new Random(7);
    const pair = ends(7, {}, { receiving: { extensions, jitterBufferTarget: target } });
    pair.filter = ({ kind, data }, from) => {
      const packet = kind === "rtp" && from === "a" ? parseRtpPacket(data) : undefined;
      if (packet === undefined || packet.ssrc !== VIDEO.ssrc) return { kind, data };
      const delay = writePlayoutDelay({ min, max: 40_950 });
      const extension = buildHeaderExtension([{ id: 12, data: delay }]);
      return { kind, data: serializeRtpPacket({ ...packet, extension }) };
    };
    for (let i = 0; i < 5; i++) {
      sendVideo(pair, vp8(random, i === 0, 300), i === 0);
      pair.advance(40);
    }
    const begin = pair.now;
    pair.until(() => framesOf(pair).length === 5, 60_000);
    const last = framesOf(pair)[4]!;
    return [Math.round(pair.now - (begin - 40)), last.delay];
  };
  assertEquals(waits(0, 0)[1], 0);
  assertEquals(waits(300, 0), [310, 300]);
  assertEquals(waits(300, 500), [510, 500]);
  assertEquals(waits(40_950, 0), [4010, MAX_BUFFER_DELAY]);
});

Deno.test("RFC 5104 section 4.3.1: where only FIR was agreed on, key frames are asked for by it, each time with another number", () => {
  const feedback = ["nack", "ccm fir"];
  const formats = VIDEO_FORMATS.map((format) => ({ ...format, feedback }));
  const pair = ends(10, {}, { video: { formats }, receiving: { formats } });
  const random = new Random(10);
  sendVideo(pair, vp8(random, false, 300), false);
  pair.advance(1000);
  const firs = pair.sent.b.filter(({ kind }) => kind === "rtcp").flatMap(({ data }) =>
    parseRtcp(data)
  ).filter(({ type }) => type === "FIR" || type === "PLI");
  assertEquals(firs.map((fir) => fir.type === "FIR" && fir.entries), [
    [{ ssrc: VIDEO.ssrc, sequence: 0 }],
    [{ ssrc: VIDEO.ssrc, sequence: 1 }],
    [{ ssrc: VIDEO.ssrc, sequence: 2 }],
    [{ ssrc: VIDEO.ssrc, sequence: 3 }],
  ]);
  assertEquals([pair.b.inbound("1")[0]!.firCount, pair.a.outbound("1")[0]!.firCount], [4, 4]);
  assertEquals(eventsOf(pair, "a", "key-frame-request").length, 4);
});

Deno.test("another codec in the same stream begins with a key frame, and is asked for one", () => {
  const pair = ends(11);
  const random = new Random(11);
  const send = (payloadType: number, keyFrame: boolean) => {
    sendVideo(pair, vp8(random, keyFrame, 300), keyFrame, { payloadType });
    pair.advance(40);
  };
  send(96, true);
  send(96, false);
  send(98, false);
  send(98, false);
  const requests = () => eventsOf(pair, "a", "key-frame-request").length;
  const before = requests();
  pair.advance(400);
  assert(requests() > before);
  send(98, true);
  send(98, false);
  send(96, false);
  send(96, true);
  assertEquals(framesOf(pair).map(({ payloadType, keyFrame }) => [payloadType, keyFrame]), [
    ...[[96, true], [96, false], [98, true], [98, false], [96, true]],
  ]);
  assertEquals(pair.b.inbound("1")[0]!.framesDropped, 3);
});

Deno.test("behind a packet whose payload is malformed, nothing comes out before a key frame", () => {
  const pair = ends(12);
  const random = new Random(12);
  let isBroken = false;
  pair.filter = ({ kind, data }, from) => {
    const packet = kind === "rtp" && from === "a" ? parseRtpPacket(data) : undefined;
    if (packet === undefined || !isBroken) return { kind, data };
    // An extended descriptor without what it promises (RFC 7741 section 4.2).
    return { kind, data: serializeRtpPacket({ ...packet, payload: Uint8Array.of(0x90) }) };
  };
  for (const [broken, keyFrame] of [[0, 1], [0, 0], [1, 0], [0, 0], [0, 1], [0, 0]] as const) {
    isBroken = broken === 1;
    sendVideo(pair, vp8(random, keyFrame === 1, 300), keyFrame === 1);
    pair.advance(40);
  }
  assertEquals(framesOf(pair).map(({ keyFrame }) => keyFrame), [true, false, true, false]);
});

Deno.test("3GPP TS 26.114 section 7.4.5: the last packet of a picture tells how it is turned", () => {
  const extensions = new Map([...EXTENSIONS, [VIDEO_ORIENTATION_URI, 13]]);
  const pair = ends(14, {}, { video: { extensions }, receiving: { extensions } });
  pair.run("a", (a, now) =>
    a.handleOutbound([{
      ...{ type: "frame", mid: "1", payloadType: 96, data: vp8(new Random(14), true, 3000) },
      ...{ keyFrame: true, timestamp: 0, rotation: 90 },
    }], now));
  pair.advance(100);
  const packets = pair.sent.a.filter(({ kind }) => kind === "rtp").map(({ data }) =>
    parseRtpPacket(data)!
  ).filter(({ ssrc }) => ssrc === VIDEO.ssrc);
  const told = packets.map(({ extension }) => findElement(extension, 13) !== undefined);
  assertEquals(told, [false, false, true]);
  assertEquals(framesOf(pair).map(({ rotation }) => rotation), [90]);
});

Deno.test("RFC 3389: comfort noise between sound is no frame", () => {
  const formats = [
    format(0, "audio/PCMU", { clockRate: 8000 }),
    format(13, "audio/CN", { clockRate: 8000 }),
  ];
  const pair = ends(13);
  pair.run("b", (b, now) => b.setReceiver(receiver("audio", { formats }), now));
  for (const [i, payloadType] of [0, 13, 0].entries()) {
    const packet = createRtpPacket({
      ...{ ssrc: 9, payloadType, sequenceNumber: i, timestamp: 160 * i },
      payload: new Uint8Array(payloadType === 0 ? 160 : 1).fill(70),
    });
    pair.inject("a", { kind: "rtp", data: serializeRtpPacket(packet) });
    pair.advance(20);
  }
  pair.advance(100);
  assertEquals(framesOf(pair, "b", "0").map(({ payloadType }) => payloadType), [0, 0]);
});
