import {
  PacketStatus,
  type ReportBlock,
  type RtcpPacket,
  statusOfDelta,
  type XrBlock,
} from "../../rtp/mod.ts";
import type { Random } from "../support/random.ts";

/** A random packet of each type, as parsing gives it back. */
export const makers: { readonly [type: string]: (random: Random) => RtcpPacket } = {
  SR: (random) => ({
    type: "SR",
    ssrc: random.u32(),
    ntpTimestamp: u64(random),
    rtpTimestamp: random.u32(),
    packetCount: random.u32(),
    octetCount: random.u32(),
    reports: many(random, 32, () => reportBlock(random)),
    ...(random.chance(0.2) ? { extension: random.bytes(8) } : {}),
  }),
  RR: (random) => ({
    type: "RR",
    ssrc: random.u32(),
    reports: many(random, 32, () => reportBlock(random)),
    ...(random.chance(0.2) ? { extension: random.bytes(4) } : {}),
  }),
  SDES: (random) => ({
    type: "SDES",
    chunks: many(random, 32, () => ({
      ssrc: random.u32(),
      items: many(random, 4, () => ({ type: 1 + random.below(255), text: text(random) })),
    })),
  }),
  BYE: (random) => ({
    type: "BYE",
    ssrcs: many(random, 32, () => random.u32()),
    ...(random.chance(0.5) ? { reason: text(random) } : {}),
  }),
  APP: (random) => ({
    type: "APP",
    subtype: random.below(32),
    ssrc: random.u32(),
    name: "hero",
    data: random.bytes(4 * random.below(10)),
  }),
  NACK: (random) => {
    let sequence = random.below(65536);
    const next = () => sequence = (sequence + 1 + random.below(random.pick([2, 30]))) & 0xffff;
    return {
      type: "NACK",
      senderSsrc: random.u32(),
      mediaSsrc: random.u32(),
      lost: many(random, 200, next),
    };
  },
  PLI: (random) => ({ type: "PLI", senderSsrc: random.u32(), mediaSsrc: random.u32() }),
  FIR: (random) => ({
    type: "FIR",
    senderSsrc: random.u32(),
    entries: many(random, 5, () => ({ ssrc: random.u32(), sequence: random.below(256) })),
  }),
  REMB: (random) => ({
    type: "REMB",
    senderSsrc: random.u32(),
    bitrate: random.below(2 ** 18) * 2 ** random.below(64),
    ssrcs: many(random, 256, () => random.u32()),
  }),
  TWCC: (random) => {
    const deltas: number[] = [];
    const statuses: number[] = [];
    while (random.chance(0.95)) {
      const status = random.pick([0, 1, 1, 1, 2, 3]);
      for (let run = 1 + random.below(random.pick([1, 5, 100])); run > 0; run--) {
        const delta = status === 1
          ? random.below(256)
          : random.pick([-1, 256, 0x7fff, -0x8000, -5 - random.below(1000)]);
        const has = status === PacketStatus.SMALL_DELTA || status === PacketStatus.LARGE_DELTA;
        statuses.push(has ? statusOfDelta(delta)! : status);
        deltas.push(has ? delta : 0);
      }
    }
    return {
      type: "TWCC",
      senderSsrc: random.u32(),
      mediaSsrc: random.u32(),
      baseSequence: random.below(65536),
      referenceTime: random.u32() >> 8,
      feedbackCount: random.below(256),
      statuses: Uint8Array.from(statuses),
      deltas: Int16Array.from(deltas),
    };
  },
  CCFB: (random) => ({
    type: "CCFB",
    senderSsrc: random.u32(),
    streams: many(random, 5, () => ({
      ssrc: random.u32(),
      beginSequence: random.below(65536),
      metrics: Uint16Array.from(many(random, 40, () => random.below(65536))),
    })),
    reportTimestamp: random.u32(),
  }),
  XR: (random) => ({
    type: "XR",
    ssrc: random.u32(),
    blocks: many(random, 5, () => xrBlock(random)),
  }),
  unknown: (random) => ({
    type: "unknown",
    packetType: random.pick([192, 195, 208, 223]),
    count: random.below(32),
    body: random.bytes(4 * random.below(20)),
  }),
};

function xrBlock(random: Random): XrBlock {
  switch (random.below(3)) {
    case 0:
      return { type: "RRTR", ntpTimestamp: u64(random) };
    case 1:
      return {
        type: "DLRR",
        reports: many(random, 5, () => ({
          ssrc: random.u32(),
          lastReceiverReport: random.u32(),
          delaySinceLastReceiverReport: random.u32(),
        })),
      };
    default:
      return {
        type: "unknown",
        blockType: 6 + random.below(250),
        typeSpecific: random.below(256),
        data: random.bytes(4 * random.below(5)),
      };
  }
}

function reportBlock(random: Random): ReportBlock {
  return {
    ssrc: random.u32(),
    fractionLost: random.below(256),
    cumulativeLost: random.u32() >> 8,
    highestSequence: random.u32(),
    jitter: random.u32(),
    lastSenderReport: random.u32(),
    delaySinceLastSenderReport: random.u32(),
  };
}

function u64(random: Random): bigint {
  return BigInt(random.u32()) << 32n | BigInt(random.u32());
}

function text(random: Random): string {
  return "aé☃".repeat(random.below(20)).slice(random.below(3));
}

/** Fewer than `limit` items. */
function many<T>(random: Random, limit: number, make: () => T): T[] {
  return Array.from({ length: random.below(limit) }, make);
}
