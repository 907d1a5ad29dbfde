import { assertEquals } from "@std/assert";
import {
  createRtpPacket,
  parseRtpPacket,
  protectPackets,
  serializeRtpPacket,
  writeFlexfec,
  writeFlexfec03,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { ends, format, framesOf, sendVideo, VIDEO, vp8 } from "./ends.ts";

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
  });
}
