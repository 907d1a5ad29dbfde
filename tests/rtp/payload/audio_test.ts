import { assert, assertEquals, assertThrows } from "@std/assert";
import { toHex } from "../../../core/wire/mod.ts";
import {
  createRtpPacket,
  decapsulateRtx,
  decodePcma,
  decodePcmu,
  depacketizerFor,
  DTMF_KEYS,
  encapsulateRtx,
  encodePcma,
  encodePcmu,
  opusDepacketizer,
  packetizerFor,
  parseComfortNoise,
  parseOpusToc,
  parseRed,
  parseTelephoneEvent,
  RedDepacketizer,
  RedEncoder,
  redPrimary,
  rtpPadding,
  telephoneEventPayloads,
  TelephoneEventReceiver,
  writeComfortNoise,
  writeRed,
  writeTelephoneEvent,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { hex, rtpVectors, vector } from "../support.ts";

const payloadOf = (name: string) => hex(vector(rtpVectors, name).payload!);

function packet(payload: Uint8Array, timestamp: number, sequenceNumber = 0) {
  return { payload, timestamp, sequenceNumber, marker: false };
}

Deno.test("Opus: what the first bytes say (RFC 6716 section 3.1)", () => {
  const { payload, expect } = vector(rtpVectors, "Opus: TOC of a 20 ms SILK-only WB mono frame");
  const toc = parseOpusToc(hex(payload!))!;
  assertEquals(
    [toc.config, toc.stereo, toc.frames, toc.duration],
    [expect.config, expect.stereo, expect.frames, expect.durationMs],
  );
  assertEquals(parseOpusToc(hex("fc"))!.duration, 20);
  assertEquals(parseOpusToc(hex("8330"))!.duration, 120);
  assertEquals(parseOpusToc(hex("79"))!.duration, 40);
  // No frame, too many frames, too long, nothing.
  for (const bad of ["8300", "8331", "1b03", "83", ""]) {
    assertEquals(parseOpusToc(hex(bad)), undefined);
  }
});

Deno.test("Opus: a packet is a payload (RFC 7587 section 4.2)", () => {
  const packetizer = packetizerFor("audio/opus")!;
  const data = hex("fc010203");
  assertEquals(packetizer.packetize({ data }, 4).map(({ payload }) => payload), [data]);
  assertEquals(packetizer.packetize({ data: hex("") }, 4), []);
  assertThrows(() => packetizer.packetize({ data }, 3), RangeError);
  const depacketizer = opusDepacketizer();
  const [frame] = depacketizer.push(packet(data, 960, 7));
  assertEquals([frame!.data, frame!.timestamp, frame!.keyFrame], [data, 960, true]);
  assertEquals([frame!.firstSequence, frame!.lastSequence], [7, 7]);
  assertEquals(depacketizer.push(packet(hex(""), 960)), []);
});

Deno.test("Opus: what is encrypted end to end comes out as it is (RFC 9605)", () => {
  const [frame] = opusDepacketizer().push(packet(hex("8300"), 960));
  assertEquals(frame!.data, hex("8300"));
});

Deno.test("PCMU, PCMA and G722 are cut anywhere, each piece at its time (RFC 3551 section 4.5)", () => {
  for (const type of ["audio/PCMU", "audio/PCMA", "audio/G722"]) {
    const data = new Random(1).bytes(400);
    const payloads = packetizerFor(type)!.packetize({ data }, 160);
    assertEquals(payloads.map(({ payload }) => payload.length), [160, 160, 80]);
    assertEquals(payloads.map(({ timestampOffset }) => timestampOffset), [0, 160, 320]);
    assertEquals(
      depacketizerFor(type)!.push(packet(payloads[2]!.payload, 320))[0]!.data.length,
      80,
    );
  }
  assertThrows(() => packetizerFor("audio/PCMU")!.packetize({ data: hex("aa") }, 0), RangeError);
});

Deno.test("G.711: every code comes back, known values, and errors stay within half a step", () => {
  const codes = Uint8Array.from({ length: 256 }, (_, i) => i);
  // Mu-law has two zeros.
  assertEquals(encodePcmu(decodePcmu(codes)), codes.map((code) => code === 0x7f ? 0xff : code));
  assertEquals(encodePcma(decodePcma(codes)), codes);
  assertEquals([...decodePcmu(hex("00807fff"))], [-32124, 32124, 0, 0]);
  assertEquals([...decodePcma(hex("d555aa2a"))], [8, -8, 32256, -32256]);
  assertEquals([...encodePcmu(Int16Array.of(32767, -32768, 0, -1))], [0x80, 0x00, 0xff, 0x7f]);
  assertEquals([...encodePcma(Int16Array.of(32767, -32768, 0, -1))], [0xaa, 0x2a, 0xd5, 0x55]);
  const samples = Int16Array.from({ length: 65536 }, (_, i) => i - 32768);
  for (
    const [back, clip] of [
      [decodePcmu(encodePcmu(samples)), 32635],
      [decodePcma(encodePcma(samples)), 32767],
    ] as const
  ) {
    for (let i = 0; i < samples.length; i++) {
      const sample = samples[i]!;
      if (Math.abs(sample) > clip) continue;
      const step = Math.max(16, Math.abs(sample) / 16);
      assert(Math.abs(back[i]! - sample) <= step / 2 + 8, `${sample} became ${back[i]}`);
    }
  }
});

Deno.test("what RED carries is what its parameter names first (RFC 2198 section 5)", () => {
  const texts = ["111/111", "111", " 0/8 ;x=1", "", "x=111", "111x", "1111/0", undefined];
  assertEquals(texts.map(redPrimary), [111, 111, 0, ...Array(5).fill(undefined)]);
});

Deno.test("comfort noise: a coefficient is 258 (N - 127) / 32768 (RFC 3389 section 3.2)", () => {
  const coefficients = [0, -258 * 127 / 32768, 258 * 64 / 32768, 258 * 127 / 32768];
  const noise = { level: 60, reflectionCoefficients: coefficients };
  assertEquals(toHex(writeComfortNoise(noise)), "3c7f00bffe");
  assertEquals(parseComfortNoise(hex("3c7f00bffe")), noise);
  // 255 is reserved, and would be more than 1.
  assertEquals(parseComfortNoise(hex("3cff")), parseComfortNoise(hex("3cfe")));
  assertEquals(toHex(writeComfortNoise({ level: 128, reflectionCoefficients: [-2, 2] })), "7f00fe");
  assertEquals(parseComfortNoise(hex("")), undefined);
  assertEquals(parseComfortNoise(new Uint8Array(34)), undefined);
});

Deno.test("telephone events: vectors (RFC 4733 section 2.3)", () => {
  for (const { payload, expect } of rtpVectors.filter(({ codec }) => codec === "telephone-event")) {
    const parsed = parseTelephoneEvent(hex(payload!));
    assertEquals(parsed, expect);
    assertEquals(toHex(writeTelephoneEvent(parsed!)), payload);
  }
  assertEquals(parseTelephoneEvent(hex("050a00")), undefined);
});

Deno.test("a key is updates, then its end three times; only the first packet has the marker (RFC 4733 section 2.5.1)", () => {
  const payloads = telephoneEventPayloads(DTMF_KEYS.indexOf("#"), 800, 320);
  const states = payloads.map(({ payload }) => parseTelephoneEvent(payload)!);
  assertEquals(states.map(({ duration }) => duration), [320, 640, 800, 800, 800]);
  assertEquals(states.map(({ end }) => end), [false, false, true, true, true]);
  assert(states.every(({ event, volume }) => event === 11 && volume === 10));
  assertEquals(payloads.map(({ marker }) => marker), [true, false, false, false, false]);
  assertEquals(payloads.map(({ sendOffset }) => sendOffset), [320, 640, 800, 1120, 1440]);
});

Deno.test("a key that is held for long goes on in another segment (RFC 4733 section 2.5.1.3)", () => {
  const payloads = telephoneEventPayloads(5, 150_000, 2400);
  const segments = new Set(payloads.map(({ timestampOffset }) => timestampOffset));
  assertEquals([...segments], [0, 64_800, 129_600]);
  for (const { payload, timestampOffset, sendOffset } of payloads) {
    const { duration, end } = parseTelephoneEvent(payload)!;
    assert(duration > 0);
    assertEquals(timestampOffset + duration, end ? 150_000 : sendOffset);
  }
});

Deno.test("a receiver makes one start and one end of an event, whatever is lost or doubled (RFC 4733 section 2.5.2)", () => {
  const random = new Random(seedForRun("telephone events"));
  for (let round = 0; round < 100; round++) {
    const receiver = new TelephoneEventReceiver();
    const seen: string[] = [];
    const expected: string[] = [];
    for (let key = 0; key < 10; key++) {
      const start = key * 8000;
      const sent = telephoneEventPayloads(key, 1000, 160)
        .map(({ payload }) => packet(payload, start))
        .flatMap((one) => random.chance(0.1) ? [one, one] : [one])
        .filter(() => !random.chance(0.4));
      if (sent.length > 0) expected.push(`start ${key}`, `end ${key}`);
      for (const one of sent) {
        for (const { type, event } of receiver.push(one)) seen.push(`${type} ${event}`);
      }
    }
    // The last one may not have ended.
    if (seen.length < expected.length) expected.pop();
    assertEquals(seen, expected, `seed ${random.seed}`);
  }
  const receiver = new TelephoneEventReceiver();
  receiver.push(packet(hex("050a00a0"), 100));
  receiver.push(packet(hex("060a00a0"), 100));
  receiver.push(packet(hex("06"), 100));
  receiver.push(packet(hex("050a00a0"), 99));
  assertEquals(receiver.discards.of("malformed payload"), 2);
  assertEquals(receiver.discards.of("late packet"), 1);
});

Deno.test("RFC 4733 section 2.5.2.3: a key that is held for long is pressed once, whatever is lost of its segments", () => {
  const random = new Random(seedForRun("long telephone events"));
  for (let round = 0; round < 50; round++) {
    const receiver = new TelephoneEventReceiver();
    const payloads = telephoneEventPayloads(5, 150_000, 2400);
    const seen = payloads
      .filter((_, i) => i === 0 || i === payloads.length - 1 || !random.chance(0.4))
      .flatMap(({ payload, marker, timestampOffset }) =>
        receiver.push({ ...packet(payload, (0xffff_ff00 + timestampOffset) >>> 0), marker })
      );
    assertEquals(seen.map(({ type, timestamp }) => [type, timestamp]), [
      ...[["start", 0xffff_ff00], ["end", 0xffff_ff00]],
    ], `seed ${random.seed}`);
    assertEquals(seen[1]!.duration, 150_000);
  }
});

Deno.test("RFC 4733 section 2.5.1.2: the same key with a marker, another key, or one with a pause before it, is pressed anew", () => {
  const pressedAnew = (payload: string, timestamp: number, marker: boolean) => {
    const receiver = new TelephoneEventReceiver();
    receiver.push({ ...packet(hex("050a0140"), 1000), marker: true });
    return receiver.push({ ...packet(hex(payload), timestamp), marker }).map(({ type }) => type);
  };
  assertEquals(pressedAnew("050a00a0", 1320, false), []);
  assertEquals(pressedAnew("050a00a0", 1320, true), ["end", "start"]);
  assertEquals(pressedAnew("060a00a0", 1320, false), ["end", "start"]);
  assertEquals(pressedAnew("050a00a0", 1000 + 0x10000, false), ["end", "start"]);
  assertEquals(pressedAnew("050a00a0", 1160, false), ["end", "start"]);
});

Deno.test("RED: vector (RFC 2198 section 3)", () => {
  const { payload, expect } = vector(rtpVectors, "RED: one redundant block and the primary");
  const blocks = parseRed(hex(payload!))!;
  assertEquals(blocks.map(({ data }) => toHex(data)), ["aabb", "ccdd"]);
  assertEquals(blocks.map(({ payloadType }) => payloadType), [111, 111]);
  assertEquals(blocks[0]!.timestampOffset, expect.blocks[0].timestampOffset);
  assertEquals(toHex(writeRed(blocks)), payload);
});

Deno.test("RED: any blocks come back, nothing throws on broken ones", () => {
  const random = new Random(seedForRun("RED"));
  for (let i = 0; i < 300; i++) {
    const blocks = Array.from({ length: 1 + random.below(10) }, () => ({
      payloadType: random.below(128),
      timestampOffset: random.below(0x4000),
      data: random.bytes(random.below(100)),
    }));
    blocks[blocks.length - 1]!.timestampOffset = 0;
    const bytes = writeRed(blocks);
    assertEquals(parseRed(bytes), blocks);
    const depacketizer = new RedDepacketizer();
    for (let n = 0; n < 20; n++) depacketizer.push(packet(random.mutate(bytes), n));
    for (let n = 0; n < 20; n++) parseRed(bytes.subarray(0, random.below(bytes.length)));
  }
  for (const bad of ["", "ef", "ef050002aa", "ef0500026faa"]) {
    assertEquals(parseRed(hex(bad)), undefined);
  }
  assertEquals(parseRed(new Uint8Array(200).fill(0x80)), undefined);
  const data = new Uint8Array(1024);
  const primary = { payloadType: 1, timestampOffset: 0, data };
  assertThrows(() => writeRed([primary, primary]), RangeError);
  assertThrows(
    () => writeRed([{ ...primary, data: hex(""), timestampOffset: 0x4000 }, primary]),
    RangeError,
  );
  assertThrows(() => writeRed([]), RangeError);
});

Deno.test("a frame that is kept for long keeps nothing of what came with it", () => {
  const arrived = new Uint8Array(100_000).fill(0x78);
  const payload = arrived.subarray(500, 600);
  for (const mimeType of ["audio/opus", "audio/PCMU", "audio/PCMA", "audio/G722"]) {
    const [frame] = depacketizerFor(mimeType)!.push(packet(payload, 0));
    assertEquals([frame!.data.length, frame!.data.buffer.byteLength], [100, 100]);
  }
  const red = writeRed([{ payloadType: 111, timestampOffset: 0, data: payload }]);
  arrived.set(red);
  const [frame] = new RedDepacketizer().push(packet(arrived.subarray(0, red.length), 0));
  assertEquals([frame!.data.length, frame!.data.buffer.byteLength], [100, 100]);
});

Deno.test("RED: frames that were lost come out of later packets, each once and in order", () => {
  const random = new Random(seedForRun("RED recovery"));
  const encoder = new RedEncoder(111, 2);
  const depacketizer = new RedDepacketizer();
  const sent = Array.from({ length: 200 }, () => random.bytes(1 + random.below(80)));
  const lost = sent.map((_, i) => i > 0 && random.chance(0.3));
  const received: number[] = [];
  sent.forEach((data, i) => {
    const payload = encoder.encode(data, (0xffff_f000 + 960 * i) >>> 0, 1200);
    if (lost[i]) return;
    for (const frame of depacketizer.push(packet(payload, (0xffff_f000 + 960 * i) >>> 0, i))) {
      const index = ((frame.timestamp - 0xffff_f000) >>> 0) / 960;
      assertEquals(frame.data, sent[index]);
      assertEquals(frame.descriptor, { payloadType: 111, recovered: lost[index]! });
      received.push(index);
    }
  });
  // A frame is gone if the two that follow it are lost too, or there are none.
  const there = sent.map((_, i) => i).filter((i) =>
    [i, i + 1, i + 2].some((n) => lost[n] === false)
  );
  assertEquals(received, there, `seed ${random.seed}`);
});

Deno.test("RED: what does not fit stays out, and what came already counts as late", () => {
  const encoder = new RedEncoder(111, 2);
  const payloads = [0, 1, 2].map((i) => encoder.encode(new Uint8Array(50), 960 * i, 110));
  assertEquals(payloads.map((payload) => parseRed(payload)!.length), [1, 2, 2]);
  assertThrows(() => encoder.encode(new Uint8Array(110), 2880, 110), RangeError);
  const depacketizer = new RedDepacketizer();
  assertEquals(depacketizer.push(packet(payloads[1]!, 960)).length, 1);
  assertEquals(depacketizer.push(packet(payloads[1]!, 960)).length, 0);
  assertEquals(depacketizer.discards.of("late packet"), 1);
});

Deno.test("RTX: the original sequence number stands before the payload (RFC 4588 section 4)", () => {
  const { payload, expect } = vector(rtpVectors, "RTX: original sequence number");
  const header = { payloadType: 97, sequenceNumber: 5, timestamp: 9, ssrc: 2 };
  const retransmission = createRtpPacket({
    ...header,
    payload: payloadOf("RTX: original sequence number"),
  });
  const original = decapsulateRtx(retransmission, { ssrc: 1, payloadType: 96 })!;
  assertEquals(original.sequenceNumber, expect.originalSequenceNumber);
  assertEquals(toHex(original.payload), expect.payload);
  assertEquals([original.ssrc, original.payloadType, original.timestamp], [1, 96, 9]);
  const again = encapsulateRtx(original, { ssrc: 2, payloadType: 97 }, 5);
  assertEquals(again, retransmission);
  assertEquals(toHex(again.payload), payload);
  const padding = createRtpPacket({ ...header, payload: hex("aa"), padding: rtpPadding(9) });
  assertEquals(decapsulateRtx(padding, { ssrc: 1, payloadType: 96 }), undefined);
});
