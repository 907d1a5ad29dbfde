import { assert, assertEquals } from "@std/assert";
import {
  ABS_SEND_TIME_URI,
  DEPENDENCY_DESCRIPTOR_URI,
  findElement,
  MID_URI,
  ONE_BYTE_PROFILE,
  parseRtpPacket,
  type RtpPacket,
  type SenderParameters,
  TRANSPORT_CC_URI,
  TWO_BYTE_PROFILE,
  VIDEO_ORIENTATION_URI,
} from "../../../rtp/mod.ts";
import { DEFAULT_MAX_PACKET_SIZE } from "../../../rtp/session/options.ts";
import { Random, seedForRun } from "../../support/random.ts";
import {
  call,
  type Ends,
  ends,
  EXTENSIONS,
  format,
  framesOf,
  sender,
  VIDEO,
  VIDEO_FORMATS,
  vp8,
} from "./ends.ts";

const ROTATION = 20;
const LONG_ID = new Map([...EXTENSIONS, [VIDEO_ORIENTATION_URI, ROTATION]]);

/** All packets that left, of media, repair and padding. */
function packetsOf(pair: Ends): RtpPacket[] {
  return pair.sent.a.filter(({ kind }) => kind === "rtp").map(({ data }) => parseRtpPacket(data)!);
}

function profilesOf(pair: Ends): number[] {
  return [...new Set(packetsOf(pair).map(({ extension }) => extension!.profile))].sort();
}

function sendRotated(pair: Ends, rotation: 0 | 90): void {
  const data = vp8(new Random(1), true, 500);
  const frame = { type: "frame", mid: "1", payloadType: 96, data, keyFrame: true } as const;
  pair.run("a", (a, now) =>
    a.handleOutbound([{
      ...frame,
      timestamp: now * 1000,
      ...(rotation !== 0 && { rotation }),
    }], now));
  pair.advance(40);
}

Deno.test("RFC 8285 section 4.1.2: where headers may not be mixed, an id above 14 needs two-byte headers in all packets", () => {
  const seed = seedForRun("long ids");
  const video: Partial<SenderParameters> = { extensions: LONG_ID, extmapAllowMixed: false };
  const link = { delay: 20, loss: 0.03 };
  const pair = ends(seed, link, { video, receiving: { extensions: LONG_ID } });
  pair.run("a", (a, now) => {
    const audio = { extensions: LONG_ID, extmapAllowMixed: false };
    a.setSender(sender("audio", [{ ssrc: 1000, active: true }], audio), now);
    a.insertTone("0", 5, 100, now);
  });
  const { sent } = call(pair, 5, new Random(seed));
  sendRotated(pair, 90);
  pair.advance(500);
  assertEquals(profilesOf(pair), [TWO_BYTE_PROFILE]);
  const packets = packetsOf(pair);
  const sources = new Set(packets.map(({ ssrc }) => ssrc));
  assertEquals([...sources].sort(), [1000, VIDEO.ssrc, VIDEO.rtxSsrc]);
  assert(packets.some(({ payload, padding }) => payload.length === 0 && padding !== undefined));
  assert(packets.every(({ extension }) => findElement(extension, 3) !== undefined));
  assertEquals(framesOf(pair).at(-1)!.rotation, 90);
  assert(framesOf(pair).length > 0.95 * sent.length, `seed ${seed}`);
});

Deno.test("RFC 8285 section 4.1.2: where headers may be mixed, only those packets have longer ones that need them", () => {
  const video = { extensions: LONG_ID, extmapAllowMixed: true };
  const pair = ends(1, {}, { video, receiving: { extensions: LONG_ID } });
  sendRotated(pair, 0);
  sendRotated(pair, 90);
  assertEquals(
    packetsOf(pair).filter(({ ssrc }) => ssrc === VIDEO.ssrc).map((packet) => [
      findElement(packet.extension, ROTATION) !== undefined,
      packet.extension!.profile,
    ]),
    [[false, ONE_BYTE_PROFILE], [true, TWO_BYTE_PROFILE]],
  );
});

Deno.test("without an id above 14, packets keep to headers of one byte, and say nothing that does not go into these", () => {
  const mid = "a section with a long name";
  const pair = ends(1, {}, { video: { mid, extmapAllowMixed: false }, receiving: { mid } });
  const data = vp8(new Random(1), true, 500);
  const frame = { type: "frame", mid, payloadType: 96, data, keyFrame: true } as const;
  pair.run("a", (a, now) => a.handleOutbound([{ ...frame, timestamp: 0 }], now));
  pair.advance(40);
  assertEquals(profilesOf(pair), [ONE_BYTE_PROFILE]);
  assert(packetsOf(pair).every(({ extension }) => findElement(extension, 4) === undefined));
});

Deno.test("where all headers have two bytes, long values go along", () => {
  const mid = "a section with a long name";
  const extensions = new Map([...LONG_ID, [DEPENDENCY_DESCRIPTOR_URI, 13]]);
  const encodings = [{ ...VIDEO, layers: { spatial: 3, temporal: 3 } }];
  const pair = ends(1, {}, {
    ...{ video: { mid, extensions, extmapAllowMixed: false }, encodings },
    receiving: { mid, extensions },
  });
  const data = vp8(new Random(1), true, 500);
  const frame = { type: "frame", mid, payloadType: 96, data, keyFrame: true } as const;
  pair.run("a", (a, now) => a.handleOutbound([{ ...frame, timestamp: 0 }], now));
  pair.advance(40);
  const [{ extension } = {}] = packetsOf(pair);
  assertEquals(new TextDecoder().decode(findElement(extension, 4)), mid);
  assert(findElement(extension, 13)!.length > 16);
  assertEquals(framesOf(pair, "b", mid).length, 1);
});

Deno.test("longer headers make no packet larger than may be", () => {
  const protection = [
    format(118, "video/red", { feedback: [] }),
    format(119, "video/rtx", { feedback: [], fmtp: { apt: "118" } }),
    format(116, "video/ulpfec", { feedback: [] }),
  ];
  const few = new Map([[ABS_SEND_TIME_URI, 2], [TRANSPORT_CC_URI, 3], [VIDEO_ORIENTATION_URI, 20]]);
  const named = new Map([...LONG_ID, [MID_URI, 200]]);
  for (const extensions of [few, named]) {
    for (const repairs of [[], protection]) {
      const formats = [...VIDEO_FORMATS, ...repairs];
      const seed = seedForRun("long headers");
      const link = { delay: 100, loss: 0.1 };
      const pair = ends(seed, link, {
        startBitrate: 3_000_000,
        video: { formats, extensions, extmapAllowMixed: false },
        receiving: { formats, extensions, sources: [{ ssrc: 2000, rtx: 2001 }] },
      });
      const random = new Random(seed);
      call(pair, 5, random, () => 1050 + random.below(100));
      const sizes = pair.sent.a.map(({ data }) => data.length);
      assert(
        Math.max(...sizes) <= DEFAULT_MAX_PACKET_SIZE,
        `${Math.max(...sizes)} bytes, seed ${seed}`,
      );
      assert(Math.max(...sizes) > 1090);
    }
  }
});
