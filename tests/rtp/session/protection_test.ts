import { assert, assertEquals } from "@std/assert";
import { parseRed, parseRtpPacket, parseUlpfec, type RtpFormat } from "../../../rtp/mod.ts";
import { sessionCore } from "../../../rtp/session/session.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { type Ends, ends, eventsOf, format, framesOf, sendVideo, VIDEO, vp8 } from "./ends.ts";

const [VP8, RED, ULPFEC] = [96, 118, 116];

/** VP8 with forward error correction and, if that is wanted, retransmission. */
function formats(options: { fec: boolean; nack?: boolean; codec?: string }): RtpFormat[] {
  const feedback = ["transport-cc", "nack pli", ...options.nack ? ["nack"] : []];
  const codec = options.codec ?? "video/VP8";
  return [
    format(VP8, codec, {
      feedback,
      fmtp: codec === "video/H264" ? { "packetization-mode": "1" } : {},
    }),
    format(97, "video/rtx", { feedback: [], fmtp: { apt: `${VP8}` } }),
    ...options.fec
      ? [
        format(RED, "video/red", { feedback: [] }),
        format(119, "video/rtx", { feedback: [], fmtp: { apt: `${RED}` } }),
        format(ULPFEC, "video/ulpfec", { feedback: [] }),
      ]
      : [],
  ];
}

/** A call of so many frames over a lossy link. */
function call(
  seed: number,
  options: { fec: boolean; nack?: boolean; loss?: number; delay?: number; codec?: string },
): Ends {
  const own = formats(options);
  const { loss = 0.05, delay = 100 } = options;
  const pair = ends(seed, { delay, loss }, {
    startBitrate: 3_000_000,
    video: { formats: own },
    receiving: { formats: own },
  });
  const random = new Random(seed);
  for (let frame = 0; frame < 900; frame++) {
    // Every frame can be decoded alone, so that each which is whole counts.
    sendVideo(pair, vp8(random, true, 4000), true);
    pair.advance(33);
  }
  pair.advance(1000);
  return pair;
}

/** The payload types within the RED packets that were sent. */
function sentInRed(pair: Ends): number[] {
  return pair.sent.a.filter(({ kind }) => kind === "rtp").map(({ data }) => parseRtpPacket(data)!)
    .filter(({ payloadType }) => payloadType === RED)
    .map(({ payload }) => parseRed(payload)!.at(-1)!.payloadType);
}

Deno.test("RFC 5109: most of what is lost is repaired, where nothing is sent again", () => {
  const seed = seedForRun("protection");
  const [bare, repaired] = [false, true].map((fec) => framesOf(call(seed, { fec })).length);
  const [lost, left] = [900 - bare!, 900 - repaired!];
  assert(lost > 100, `only ${lost} frames are lost without repairs`);
  assert(left < lost * 0.6, `${lost} frames are lost without repairs, and ${left} with them`);
});

Deno.test("RFC 5109 section 14: repairs go within RED, each of packets that were sent before it, and all keep to the largest size", () => {
  const pair = call(3, { fec: true });
  const packets = pair.sent.a.filter(({ kind }) => kind === "rtp");
  assert(packets.every(({ data }) => data.length <= 1150));
  const types = sentInRed(pair);
  const repairs = types.filter((type) => type === ULPFEC).length;
  assert(repairs > 50 && repairs < types.length / 3, `${repairs} of ${types.length}`);
  for (const { data } of packets) {
    const { payloadType, payload, sequenceNumber } = parseRtpPacket(data)!;
    const block = payloadType === RED ? parseRed(payload)!.at(-1)! : undefined;
    if (block?.payloadType !== ULPFEC) continue;
    const { sequenceNumbers } = parseUlpfec(block.data)!;
    assert(sequenceNumbers.every((number) => ((sequenceNumber - number) & 0xffff) < 60));
  }
});

Deno.test("with retransmission, only a long round trip is worth repairs", () => {
  assertEquals(sentInRed(call(4, { fec: true, nack: true, delay: 20 })), []);
  const far = call(4, { fec: true, nack: true, delay: 80 });
  assert(sentInRed(far).includes(ULPFEC));
  assert(framesOf(far).length >= 890, `${framesOf(far).length}`);
  assert(sessionCore(far.b).receiver("1")!.streams()[0]!.retransmittedPackets > 0);
});

Deno.test("RFC 5109 section 14: a repair that is lost is no lost frame, and is neither waited nor asked for", () => {
  const own = formats({ fec: true, nack: true });
  const pair = ends(6, { delay: 80 }, { video: { formats: own }, receiving: { formats: own } });
  let [sent, dropped] = [0, 0];
  pair.filter = (datagram, from) => {
    if (from !== "a" || datagram.kind !== "rtp") return datagram;
    const { payloadType, payload, ssrc, sequenceNumber } = parseRtpPacket(datagram.data)!;
    const isRepair = payloadType === RED && parseRed(payload)!.at(-1)!.payloadType === ULPFEC;
    // Of media, a few are lost, so that repairs are sent; and then every repair.
    if (sent < 100) {
      return ssrc === VIDEO.ssrc && sequenceNumber % 12 === 0 ? undefined : datagram;
    }
    if (isRepair) dropped++;
    return isRepair ? undefined : datagram;
  };
  const random = new Random(6);
  const send = (frames: number) => {
    for (const end = sent + frames; sent < end; sent++) {
      sendVideo(pair, vp8(random, sent === 0, 3000), sent === 0);
      pair.advance(33);
    }
  };
  send(100);
  const stream = sessionCore(pair.b).receiver("1")!.streams()[0]!;
  const before = framesOf(pair).length;
  const [asked, requests] = [stream.nackCount, eventsOf(pair, "a", "key-frame-request").length];
  send(60);
  assert(dropped > 10, `only ${dropped} repairs`);
  const frames = framesOf(pair).slice(before);
  assert(frames.length >= 55, `${frames.length} of 60 frames`);
  assert(stream.nackCount - asked <= 3, `asked ${stream.nackCount - asked} times`);
  assertEquals(eventsOf(pair, "a", "key-frame-request").length, requests);
});

Deno.test("nothing is repaired without loss, nor of a codec to which a lost repair looks like a lost frame", () => {
  assertEquals(sentInRed(call(5, { fec: true, loss: 0 })), []);
  assertEquals(sentInRed(call(5, { fec: true, codec: "video/H265" })), []);
});
