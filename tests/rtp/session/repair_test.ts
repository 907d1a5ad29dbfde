import { assertEquals } from "@std/assert";
import {
  ABS_SEND_TIME_URI,
  buildHeaderExtension,
  createRtpPacket,
  DEPENDENCY_DESCRIPTOR_URI,
  protectPackets,
  RID_URI,
  type RtpPacket,
  serializeRtpPacket,
  TRANSPORT_CC_URI,
  writeRed,
  writeRid,
  writeUlpfec,
} from "../../../rtp/mod.ts";
import { FormatTable } from "../../../rtp/session/format_table.ts";
import { StreamRepair } from "../../../rtp/session/inbound/repair.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { format } from "./ends.ts";

const [VP8, RED, ULPFEC, SSRC] = [96, 118, 116, 7];

const section = {
  formats: new FormatTable([
    format(VP8, "video/VP8"),
    format(RED, "video/red"),
    format(ULPFEC, "video/ulpfec"),
  ]),
  extensions: new Map([
    ...[[DEPENDENCY_DESCRIPTOR_URI, 1], [ABS_SEND_TIME_URI, 2], [TRANSPORT_CC_URI, 3]] as const,
    ...[[RID_URI, 4]] as const,
  ]),
};

/** Packets whose header extensions are of unequal lengths, as they are protected: with room for what is stamped on them. */
function packets(random: Random, count: number): RtpPacket[] {
  return Array.from({ length: count }, (_, i) =>
    createRtpPacket({
      ...{ ssrc: SSRC, payloadType: VP8, sequenceNumber: 100 + i, timestamp: i },
      extension: buildHeaderExtension([
        { id: 1, data: random.bytes(3 + random.below(6)) },
        { id: 2, data: new Uint8Array(3) },
        { id: 3, data: new Uint8Array(2) },
      ])!,
      payload: random.bytes(20 + random.below(80)),
    }));
}

/** A packet as it leaves. */
function stamped(packet: RtpPacket, random: Random): RtpPacket {
  const extension = { ...packet.extension!, data: packet.extension!.data.slice() };
  const end = (extension.data[0]! & 15) + 2;
  extension.data.set(random.bytes(3), end + 1);
  extension.data.set(random.bytes(2), end + 5);
  return { ...packet, extension };
}

/** A repair of packets, within RED. */
function repairOf(protectedOnes: readonly RtpPacket[], sequenceNumber: number): RtpPacket {
  const data = writeUlpfec(protectPackets(protectedOnes.map(serializeRtpPacket)));
  const payload = writeRed([{ payloadType: ULPFEC, timestampOffset: 0, data }]);
  return createRtpPacket({ ssrc: SSRC, payloadType: RED, sequenceNumber, timestamp: 0, payload });
}

Deno.test("RFC 5109: what is stamped on packets as they leave is no part of what is recovered", () => {
  const random = new Random(seedForRun("stamps"));
  for (let round = 0; round < 100; round++) {
    const sent = packets(random, 6);
    const lost = random.below(6);
    const repair = new StreamRepair(SSRC);
    for (const [i, packet] of sent.entries()) {
      if (i !== lost) assertEquals(repair.media(stamped(packet, random), section).recovered, []);
    }
    const { recovered } = repair.media(repairOf(sent, 106), section);
    assertEquals(recovered.map(serializeRtpPacket), [serializeRtpPacket(sent[lost]!)]);
  }
});

Deno.test("RFC 5109: nothing is recovered from a retransmission, whose header extensions are its own", () => {
  const random = new Random(seedForRun("repeated"));
  const sent = packets(random, 6);
  const repair = new StreamRepair(SSRC);
  const own = buildHeaderExtension([{ id: 4, data: writeRid("high") }])!;
  assertEquals(repair.repeated({ ...sent[0]!, extension: own }, section.formats), {
    packet: { ...sent[0]!, extension: own },
    recovered: [],
  });
  for (const packet of sent.slice(1, 5)) repair.media(packet, section);
  assertEquals(repair.media(repairOf(sent, 106), section).recovered, []);
  // As it was sent at first, it is good for that.
  const { recovered } = repair.media(sent[0]!, section);
  assertEquals(recovered.map(({ sequenceNumber }) => sequenceNumber), [105]);
});
