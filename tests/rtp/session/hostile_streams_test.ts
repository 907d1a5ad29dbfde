import { assert, assertEquals } from "@std/assert";
import {
  buildHeaderExtension,
  createRtpPacket,
  DEPENDENCY_DESCRIPTOR_URI,
  isOutbound,
  type RtpDatagram,
  type RtpItem,
  type RtpPacket,
  type RtpSessionEvent,
  serializeRtcp,
  serializeRtpPacket,
  writeMid,
  writeRid,
} from "../../../rtp/mod.ts";
import { MAX_UNFINISHED_BYTES } from "../../../rtp/session/inbound/unfinished_frames.ts";
import { HANG } from "../../support/hang.ts";
import { MemoryWatch } from "../../support/memory.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { AUDIO_FORMATS, EXTENSIONS, format, receiver, session, VIDEO_FORMATS } from "./ends.ts";
import { datagram } from "./ends.ts";

const IDS = new Map([...EXTENSIONS, [DEPENDENCY_DESCRIPTOR_URI, 12]]);
const FORMATS = [
  ...VIDEO_FORMATS,
  format(35, "video/flexfec-03"),
  format(36, "video/red"),
  format(37, "video/ulpfec"),
];
const [RED, KEYS] = [63, 110];
const [VP8, RTX, VP9, H264, AV1, H265, FLEXFEC, VIDEO_RED, ULPFEC] = [
  96,
  97,
  98,
  102,
  45,
  49,
  35,
  36,
  37,
] as const;

/** What follows each other `times` times. */
const times = (count: number, ...bytes: number[]) =>
  Array.from({ length: count }, () => bytes).flat();
const inSection = (mid: string) => ({ id: 4, data: writeMid(mid) });

/** A whole frame of VP8: descriptor and payload (RFC 7741 sections 4.2 and 4.3). */
const wholeFrame = (random: Random) => [0x10, 0, ...random.bytes(40)];

/** The fields of a packet by what it says; others are those of the one before, with the next number. */
interface Fields extends Partial<Omit<RtpPacket, "payload">> {
  payload?: readonly number[] | Uint8Array;
}

/** What a peer sends that has finished its handshake, as its packet number `i`. */
const ATTACKS: Record<string, (i: number, random: Random) => Fields[]> = {
  "all fields change with each packet": (_, random) => [{
    ssrc: random.u32(),
    payloadType: random.pick(FORMATS).payloadType,
    sequenceNumber: random.below(65536),
    timestamp: random.u32(),
    extension: buildHeaderExtension([
      inSection(random.pick(["0", "1"])),
      { id: 10, data: writeRid(`r${random.below(1000)}`) },
    ]),
    payload: random.bytes(100),
  }],
  "the codec changes with each packet": (i, random) => [{
    payloadType: [VP8, VP9, H264, AV1, H265][i % 5]!,
    payload: random.bytes(60),
  }],
  "numbers jump ahead by nearly all that is buffered": (i, random) => [
    { sequenceNumber: i * 4095 & 0xffff, payload: random.bytes(50) },
  ],
  "numbers go back": (i, random) => [
    { sequenceNumber: -i & 0xffff, payload: random.bytes(50) },
  ],
  "a packet far ahead, and all before it from the last to the first": (i, random) => [
    {
      sequenceNumber: 4096 * Math.floor(i / 4095) + 4095 - i % 4095,
      payload: random.bytes(50),
    },
  ],
  "every second packet is missing": (i, random) => [
    { sequenceNumber: 2 * i & 0xffff, payload: random.bytes(50) },
  ],
  "timestamps go back": (i, random) => [
    { timestamp: -i * 90_000 >>> 0, marker: true, payload: wholeFrame(random) },
  ],
  "a frame has no end": (i, random) => [
    { timestamp: 0, payload: [i === 0 ? 0x10 : 0, ...random.bytes(1150)] },
  ],
  "a fragment has no end": (i, random) => [
    { payloadType: H264, timestamp: 0, payload: [28, i === 0 ? 0x85 : 5, ...random.bytes(1150)] },
  ],
  "RTX repeats RTX": (i, random) => [
    { payload: wholeFrame(random) },
    { ssrc: 8, payloadType: RTX, payload: [i >> 8 & 0xff, i & 0xff, ...random.bytes(40)] },
    { ssrc: 8, payloadType: RTX, payload: random.bytes(2) },
  ],
  "header extensions as large as they can be": (_, random) => [{
    extension: buildHeaderExtension(
      Array.from(
        { length: 14 },
        (_, k) => k === 3 ? inSection("1") : { id: k + 1, data: random.bytes(k === 11 ? 250 : 16) },
      ),
    ),
    payload: wholeFrame(random),
  }],
  "hundreds of empty header extensions": (_, random) => [{
    extension: {
      profile: 0x1000,
      data: Uint8Array.from({ length: 1000 }, (_, k) => k % 2 === 0 ? 20 + k % 200 : 0),
    },
    payload: wholeFrame(random),
  }],
  "each dependency descriptor has another structure": (i, random) => [{
    payloadType: AV1,
    extension: buildHeaderExtension([
      inSection("1"),
      { id: 12, data: Uint8Array.of(0xc0, i >> 8, i, 0x80, ...random.bytes(200)) },
    ]),
    payload: [0x10, ...random.bytes(30)],
  }],
  "each scalability structure of VP9 is another, and as long as it can be": (i, random) => [{
    payloadType: VP9,
    marker: true,
    payload: [0x8b, 0x80 | i >> 8 & 0x7f, i & 0xff, 0xff, ...random.bytes(900)],
  }],
  "a temporal unit of 512 OBUs": () => [
    { payloadType: AV1, marker: true, payload: [0x08, ...times(512, 1, 0x30)] },
  ],
  "an aggregation of 280 slices": () => [
    { payloadType: H265, marker: true, payload: [48 << 1, 1, ...times(280, 0, 2, 0x26, 1)] },
  ],
  "FlexFEC for packets that there are not": (_, random) => [
    { marker: true, payload: wholeFrame(random) },
    {
      ...{ ssrc: 9, payloadType: FLEXFEC },
      payload: [
        ...times(8, 0),
        ...[1, 0, 0, 0, 0, 0, 0, 7],
        ...random.bytes(2),
        ...[0xff, 0xff, 0x7f, 0xff, 0xff, 0xff],
        ...random.bytes(200),
      ],
    },
  ],
  "ULPFEC for packets that there are not": (_, random) => [{
    payloadType: VIDEO_RED,
    payload: [ULPFEC, 0x40, 0, ...random.bytes(2), ...times(5, 0), 40, 0, 40, ...times(6, 0xff)],
  }],
  "RED of 200 blocks": (i) => [{
    ...{ payloadType: RED, timestamp: i * 960, extension: buildHeaderExtension([inSection("0")]) },
    payload: [...times(200, 0x80 | 111, 1, 0, 1), 111, ...times(201, 0)],
  }],
  "keys that are pressed for ever": (i, random) => [{
    ...{ payloadType: KEYS, timestamp: i * 960, extension: buildHeaderExtension([inSection("0")]) },
    payload: [random.below(256), random.below(128), 0xff, 0xff],
  }],
  "layers take turns": (i, random) => [{
    ssrc: 100 + i % 3,
    sequenceNumber: Math.floor(i / 3),
    extension: buildHeaderExtension([inSection("1"), { id: 10, data: writeRid("abc"[i % 3]!) }]),
    marker: true,
    payload: wholeFrame(random),
  }],
};

/** Packets of each attack. */
const COUNT = 5000;

/** Bytes: a frame of the largest size, and what is in the jitter buffers. */
const MAX_HELD = 6_000_000;

/** Of a session that receives sound, too. */
class Victim {
  readonly #session = session(1);
  readonly #out = {
    below: [] as RtpDatagram[],
    above: [] as RtpItem[],
    events: [] as RtpSessionEvent[],
  };
  /** Frames of sound that came through. */
  heard = 0;

  constructor() {
    const parameters = { extensions: IDS };
    this.#session.setReceiver(receiver("audio", { ...parameters, formats: AUDIO_FORMATS }), 0);
    const video = { ...parameters, formats: FORMATS, delivery: "both" } as const;
    for (const mid of ["1", "2", "3", "4"]) {
      this.#session.setReceiver(receiver("video", { ...video, mid }), 0);
    }
  }

  take(batch: readonly RtpDatagram[], now: number): void {
    this.#session.handleInbound(batch, now);
    if ((this.#session.nextTimeout ?? Infinity) <= now) this.#session.handleTimeout(now);
    this.#session.poll(this.#out);
    for (const item of this.#out.above) {
      if (!isOutbound(item) && item.type === "frame" && item.ssrc === 1) this.heard++;
    }
    for (const drained of Object.values(this.#out)) drained.length = 0;
  }
}

function sound(i: number): RtpDatagram {
  const payload = new Uint8Array(80);
  const numbers = { sequenceNumber: i & 0xffff, timestamp: i * 960 >>> 0 };
  const extension = buildHeaderExtension([inSection("0")]);
  const packet = createRtpPacket({ ssrc: 1, payloadType: 111, ...numbers, payload, extension });
  return datagram(serializeRtpPacket(packet));
}

for (const [name, attack] of Object.entries(ATTACKS)) {
  Deno.test(`${name}: bounded, and sound goes on`, () => {
    const random = new Random(seedForRun(name));
    const victim = new Victim();
    const watch = new MemoryWatch();
    const start = performance.now();
    let next = 0;
    for (let i = 0; i < COUNT; i++) {
      const hostile = attack(i, random).map(({ payload = [], ...fields }) => {
        const packet = createRtpPacket({
          ...{ ssrc: 7, payloadType: VP8, timestamp: i * 3000 >>> 0 },
          sequenceNumber: next++ & 0xffff,
          ...fields,
          payload: Uint8Array.from(payload),
        });
        return datagram(serializeRtpPacket(packet));
      });
      victim.take([...hostile, sound(i)], i);
      if (i % 1000 === 999) watch.sample();
    }
    const took = performance.now() - start;
    assertEquals(victim.heard, COUNT);
    assert(watch.peak < MAX_HELD, `${watch.peak} bytes`);
    assert(took < HANG, `${took} ms`);
  });
}

Deno.test("frames without end in very many streams: those that take most are given up, and sound goes on", () => {
  const victim = new Victim();
  const watch = new MemoryWatch();
  const filler = new Array(60_000).fill(1);
  for (let i = 0; i < 4000; i++) {
    // Of 15 streams in each of four sections, one frame of VP8 each.
    const [mid, ssrc, sequenceNumber] = [1 + i % 4, 100 + i % 60, Math.floor(i / 60)];
    const packet = createRtpPacket({
      ...{ ssrc, payloadType: VP8, sequenceNumber, timestamp: 0 },
      extension: buildHeaderExtension([inSection(`${mid}`)]),
      payload: Uint8Array.from([sequenceNumber === 0 ? 0x10 : 0, ...filler]),
    });
    victim.take([datagram(serializeRtpPacket(packet)), sound(i)], 10 * i);
    if (i % 400 === 399) watch.sample();
  }
  assertEquals(victim.heard, 4000);
  // Buffers double as they grow.
  const [least, most] = [MAX_UNFINISHED_BYTES / 2, 2 * MAX_UNFINISHED_BYTES];
  assert(watch.peak > least && watch.peak < most, `${watch.peak} bytes`);
});

Deno.test("goodbyes and reports without end: bounded, and sound goes on", () => {
  const random = new Random(seedForRun("reports"));
  const victim = new Victim();
  const watch = new MemoryWatch();
  for (let i = 0; i < COUNT; i++) {
    const reports = Array.from({ length: 31 }, () => ({
      ...{ ssrc: random.u32(), fractionLost: 255, cumulativeLost: 0x7fffff },
      ...{ highestSequence: random.u32(), jitter: random.u32() },
      ...{ lastSenderReport: random.u32(), delaySinceLastSenderReport: random.u32() },
    }));
    const rtcp = serializeRtcp([
      { type: "RR", ssrc: random.u32(), reports },
      { type: "BYE", ssrcs: Array.from({ length: 31 }, () => random.pick([7, random.u32()])) },
    ]);
    victim.take([datagram(rtcp), sound(i)], i);
    if (i % 1000 === 999) watch.sample();
  }
  assertEquals(victim.heard, COUNT);
  assert(watch.peak < MAX_HELD, `${watch.peak} bytes`);
});
