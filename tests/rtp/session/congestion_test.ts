import { sessionCore } from "../../../rtp/session/session.ts";
import {
  findElement,
  parseRtcp,
  parseRtpPacket,
  parseTransportSequence,
  type RtpDatagram,
  TRANSPORT_CC_URI,
} from "../../../rtp/mod.ts";
import { assert, assertEquals } from "@std/assert";
import { Random, seedForRun } from "../../support/random.ts";
import {
  type Ends,
  ends,
  eventsOf,
  EXTENSIONS,
  framesOf,
  receiver,
  sender,
  sendVideo,
  VIDEO,
  VIDEO_FORMATS,
  vp8,
} from "./ends.ts";

/** A bottleneck: so many bits per second, behind a queue of so many bytes. */
function bottleneck(bitrate: number, queue: number) {
  let free = 0;
  return (size: number, now: number): number | undefined => {
    free = Math.max(free, now);
    if ((free - now) * bitrate / 8000 > queue) return undefined;
    free += size * 8000 / bitrate;
    return free - now;
  };
}

/** The rates of each second of a call of 30 s behind a cap of 500 kb/s. */
function underCap(
  pair: Ends,
  random: Random,
  seen: (feedback: RtpDatagram) => void = () => {},
): number[] {
  const pass = bottleneck(500_000, 30_000);
  // What the cap lets through comes later by its queue: held here, and put on the link when its time has come.
  let held: { at: number; packet: RtpDatagram }[] = [];
  let bytes = 0;
  pair.filter = (packet, from) => {
    if (from === "b") {
      seen(packet);
      return packet;
    }
    const delay = pass(packet.data.length + 28, pair.now);
    if (delay !== undefined) held.push({ at: pair.now + delay, packet });
    return undefined;
  };
  const rates: number[] = [];
  let target = 300_000;
  for (let i = 0; i < 30 * 30; i++) {
    target = eventsOf(pair, "a", "bitrate").at(-1)?.encodings.find(({ mid }) => mid === "1")
      ?.bitrate ?? target;
    sendVideo(
      pair,
      vp8(random, i % 300 === 0, Math.max(100, Math.round(target / 8 / 30))),
      i % 300 === 0,
    );
    for (let step = 0; step < 33; step++) {
      const due = held.filter(({ at }) => at <= pair.now);
      held = held.filter(({ at }) => at > pair.now);
      for (const { packet } of due) {
        bytes += packet.data.length + 28;
        pair.inject("a", packet);
      }
      pair.advance(1);
    }
    if (i % 30 === 29) {
      rates.push(bytes * 8);
      bytes = 0;
    }
  }
  return rates;
}

function assertFound(pair: Ends, rates: readonly number[]): void {
  const late = rates.slice(10);
  const mean = late.reduce((sum, rate) => sum + rate, 0) / late.length;
  assert(mean > 400_000 && mean < 600_000, `${mean} of ${rates}`);
  assert(framesOf(pair).length > 600, `${framesOf(pair).length} frames`);
}

Deno.test("packets of all streams are numbered in one row, those that are sent again anew (transport-wide-cc section 2)", () => {
  const seed = seedForRun("numbered");
  const random = new Random(seed);
  const pair = ends(seed, { delay: 20, loss: 0.1 });
  const numbered = { ssrcs: new Set<number>(), count: 0 };
  for (let i = 0; numbered.count < 66_000; i++) {
    sendVideo(pair, vp8(random, i % 90 === 0, 20_000), i % 90 === 0);
    const frame = { type: "frame", mid: "0", payloadType: 111, keyFrame: true } as const;
    pair.run(
      "a",
      (a, now) =>
        a.handleOutbound([{ ...frame, data: random.bytes(50), timestamp: now * 1000 }], now),
    );
    pair.advance(20);
    for (const { kind, data } of pair.sent.a.splice(0)) {
      const packet = kind === "rtp" ? parseRtpPacket(data) : undefined;
      if (packet === undefined) continue;
      const element = findElement(packet.extension, EXTENSIONS.get(TRANSPORT_CC_URI)!)!;
      assertEquals(parseTransportSequence(element), numbered.count++ & 0xffff);
      numbered.ssrcs.add(packet.ssrc);
    }
  }
  assertEquals([...numbered.ssrcs].sort(), [1000, 2000, 2001]);
});

Deno.test("a cap of 500 kb/s is found within 10 s and kept within 20%", () => {
  const seed = seedForRun("cap");
  const pair = ends(seed, { delay: 25 });
  assertFound(pair, underCap(pair, new Random(seed)));
});

Deno.test("RFC 8888: the cap is found where arrivals are reported stream by stream", () => {
  const seed = seedForRun("cap by RFC 8888");
  const extensions = new Map([...EXTENSIONS].filter(([uri]) => uri !== TRANSPORT_CC_URI));
  const formats = VIDEO_FORMATS.map((format) => ({ ...format, feedback: ["ack ccfb", "nack"] }));
  const pair = ends(seed, { delay: 25 });
  pair.run("a", (a, now) => a.setSender(sender("video", [VIDEO], { extensions, formats }), now));
  pair.run("b", (b, now) => b.setReceiver(receiver("video", { extensions, formats }), now));
  const kinds = new Map<string, number>();
  const rates = underCap(pair, new Random(seed), (packet) => {
    for (const { type } of parseRtcp(packet.data)) kinds.set(type, (kinds.get(type) ?? 0) + 1);
  });
  assertFound(pair, rates);
  assert(kinds.get("CCFB")! > 200, `${[...kinds]}`);
  assert(!kinds.has("TWCC"));
});

Deno.test("a source that will not slow down loses frames at its own end, and starts again with key frames", () => {
  const seed = seedForRun("stubborn");
  const random = new Random(seed);
  const pair = ends(seed, { delay: 25 }, { startBitrate: 300_000 });
  for (let i = 0; i < 300; i++) {
    const keyFrame = i % 60 === 0;
    sendVideo(pair, vp8(random, keyFrame, 40_000), keyFrame);
    pair.advance(33);
  }
  assert(pair.a.discards.of("congested") > 0);
  assert(sessionCore(pair.a).queueTime < 4000, `${sessionCore(pair.a).queueTime}`);
  const { durations } = pair.a.outbound("1")[0]!.limitation;
  assert(durations.bandwidth > 100 && durations.other === 0, "webrtc-stats section 8.7");
});
