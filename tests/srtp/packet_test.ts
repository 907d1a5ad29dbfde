import { assertEquals } from "@std/assert";
import { kindOf, rtpHeaderLength, sequenceNumberOf, ssrcOf } from "../../srtp/packet.ts";
import { Random, seedForRun } from "../support/random.ts";
import { rtcp, rtp } from "./support.ts";

Deno.test("RFC 3550 section 5.1: a header with CSRCs and extension, to the byte", () => {
  for (const csrcs of [0, 1, 15]) {
    for (const extension of [undefined, 0, 1, 7]) {
      const words = extension === undefined ? 0 : 1 + extension;
      const packet = rtp({ csrcs, length: 0, ...(extension !== undefined && { extension }) });
      assertEquals(packet.length, 12 + 4 * csrcs + 4 * words);
      assertEquals(rtpHeaderLength(packet, packet.length), packet.length);
      for (let end = 0; end < packet.length; end++) {
        assertEquals(rtpHeaderLength(packet, end), undefined, `cut at ${end}`);
      }
    }
  }
});

Deno.test("RFC 3550 section 5.1: the fields that SRTP goes by", () => {
  const packet = rtp({ sequenceNumber: 0xfffe, ssrc: 0xfedcba98 });
  assertEquals(sequenceNumberOf(packet), 0xfffe);
  assertEquals(ssrcOf(packet), 0xfedcba98);
});

Deno.test("RFC 3550 section 5.1: no version but 2", () => {
  for (const version of [0, 1, 3]) {
    const packet = rtp();
    packet[0] = version << 6;
    assertEquals(rtpHeaderLength(packet, packet.length), undefined);
  }
});

Deno.test("RFC 5761 section 4: packet types 192 to 223 are RTCP", () => {
  for (let type = 0; type < 256; type++) {
    assertEquals(kindOf(Uint8Array.of(0x80, type)), type >= 192 && type <= 223 ? "rtcp" : "rtp");
  }
  assertEquals(kindOf(rtp()), "rtp");
  assertEquals(kindOf(rtcp()), "rtcp");
  assertEquals(kindOf(new Uint8Array(0)), "rtp");
});

Deno.test("a header never ends behind the packet, whatever its bytes say", () => {
  const random = new Random(seedForRun("rtp header"));
  for (let round = 0; round < 20_000; round++) {
    const packet = random.chance(0.5)
      ? random.bytes(random.below(80))
      : random.mutate(rtp({ csrcs: random.below(16), extension: random.below(4) }));
    const end = packet.length - random.below(17);
    const length = rtpHeaderLength(packet, end);
    if (length !== undefined && (length > end || length < 12)) throw new Error(`${packet}`);
  }
});
