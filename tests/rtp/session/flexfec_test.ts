import { assert, assertEquals } from "@std/assert";
import {
  createRtpPacket,
  parseFlexfec03,
  parseRtpPacket,
  protectPackets,
  serializeRtpPacket,
  writeFlexfec,
  writeFlexfec03,
} from "../../../rtp/mod.ts";
import { sessionCore } from "../../../rtp/session/session.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { type Ends, ends, format, framesOf, sendVideo, VIDEO, vp8 } from "./ends.ts";

const FEC = { ssrc: 2500, payloadType: 43 };

for (const name of ["flexfec-03", "flexfec"]) {
  Deno.test(`a packet that was lost is recovered by ${name}, in a stream of its own`, () => {
    const seed = seedForRun(name);
    const random = new Random(seed);
    const formats = [
      format(96, "video/VP8", { feedback: [] }),
      format(FEC.payloadType, `video/${name}`, { feedback: [] }),
    ];
    const sources = [{ ssrc: VIDEO.ssrc, fec: FEC.ssrc }];
    const pair = ends(seed, { delay: 10 }, { video: { formats }, receiving: { formats, sources } });
    const media: Uint8Array[] = [];
    let dropped = 0;
    pair.filter = (packet, from) => {
      const rtp = from === "a" && packet.kind === "rtp" ? parseRtpPacket(packet.data) : undefined;
      if (rtp?.ssrc !== VIDEO.ssrc) return packet;
      media.push(packet.data);
      const isLost = media.length === 5;
      if (isLost) dropped++;
      return isLost ? undefined : packet;
    };
    const sent = Array.from({ length: 10 }, (_, i) => vp8(random, i === 0, 500));
    sent.forEach((data, i) => {
      sendVideo(pair, data, i === 0);
      pair.advance(33);
    });
    assertEquals([media.length, dropped, framesOf(pair).length], [10, 1, 4]);
    const repair = protectPackets(media.slice(2, 8));
    const payload = name === "flexfec" ? writeFlexfec(repair) : writeFlexfec03(repair, VIDEO.ssrc);
    const packet = createRtpPacket({ ...FEC, sequenceNumber: 1, timestamp: 0, payload });
    pair.inject("a", { kind: "rtp", data: serializeRtpPacket(packet) });
    pair.advance(100);
    assertEquals(framesOf(pair).map(({ data }) => data), sent);
    const [stream] = pair.b.inbound("1");
    assertEquals([stream!.fecSsrc, stream!.fecPacketsReceived, stream!.fecBytesReceived], [
      ...[FEC.ssrc, 1, payload.length],
    ]);
    assertEquals(stream!.fecPacketsDiscarded, 0);
    // Once more, with nothing left to recover; then in pieces.
    for (const [i, bytes] of [payload, payload.subarray(0, 9)].entries()) {
      const late = createRtpPacket({ ...FEC, sequenceNumber: 2 + i, timestamp: 0, payload: bytes });
      pair.inject("a", { kind: "rtp", data: serializeRtpPacket(late) });
    }
    pair.advance(100);
    const [after] = pair.b.inbound("1");
    assertEquals([after!.fecPacketsReceived, after!.fecPacketsDiscarded], [3, 2]);
  });
}

/** A call of 900 frames of H.265 over a link that loses packets. */
function call(seed: number, options: { fec: boolean; loss?: number }): Ends {
  const formats = [
    format(49, "video/H265", { feedback: ["transport-cc", "nack pli"] }),
    format(FEC.payloadType, "video/flexfec-03", { feedback: ["transport-cc"] }),
  ];
  const pair = ends(seed, { delay: 100, loss: options.loss ?? 0.05 }, {
    startBitrate: 3_000_000,
    video: { formats },
    encodings: [options.fec ? { ...VIDEO, fecSsrc: FEC.ssrc } : VIDEO],
    receiving: { formats, sources: [{ ssrc: VIDEO.ssrc, fec: FEC.ssrc }] },
  });
  const random = new Random(seed);
  for (let i = 0; i < 900; i++) {
    // An IDR picture each (RFC 7798 section 1.1.4), so that every frame which is whole counts.
    const data = new Uint8Array([
      0,
      0,
      0,
      1,
      0x26,
      1,
      ...random.bytes(4000).map((byte) => byte | 1),
    ]);
    sendVideo(pair, data, true, { payloadType: 49 });
    pair.advance(33);
  }
  pair.advance(1000);
  return pair;
}

function repairsOf(pair: Ends) {
  return pair.sent.a.filter(({ kind }) => kind === "rtp").map(({ data }) => parseRtpPacket(data)!)
    .filter(({ ssrc }) => ssrc === FEC.ssrc);
}

Deno.test("FlexFEC: most of what is lost is repaired, of any codec, and all packets keep to the largest size", () => {
  const seed = seedForRun("FlexFEC calls");
  const [bare, repaired] = [false, true].map((fec) => call(seed, { fec }));
  const [lost, left] = [bare!, repaired!].map((pair) => 900 - framesOf(pair).length);
  assert(lost! > 100, `only ${lost} frames are lost without repairs`);
  assert(left! < lost! * 0.6, `${lost} frames are lost without repairs, and ${left} with them`);
  assertEquals(repairsOf(bare!), []);
  assert(repaired!.sent.a.every(({ data }) => data.length <= 1150));
  const repairs = repairsOf(repaired!);
  assert(repairs.length > 50 && repairs.length < repaired!.sent.a.length / 3);
  assert(repairs.every(({ payload }) => parseFlexfec03(payload) !== undefined));
  // Neither media nor what is sent again has anything of them.
  const { media, fec } = sessionCore(repaired!.a).sender("1")!.streams()[0]!;
  assertEquals(fec!.packetCount, repairs.length);
  assertEquals(media.packetCount, media.numberedCount);
  assertEquals(repaired!.a.discards.of("implausible feedback"), 0);
});

Deno.test("FlexFEC: nothing is repaired without loss", () => {
  assertEquals(repairsOf(call(5, { fec: true, loss: 0 })), []);
});
