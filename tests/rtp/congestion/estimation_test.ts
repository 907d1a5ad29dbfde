import { assert, assertEquals } from "@std/assert";
import { type CongestionEvent, SendSideBandwidthEstimation } from "../../../rtp/congestion/mod.ts";
import type { RtcpPacket } from "../../../rtp/rtcp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { Simulation } from "./bottleneck.ts";

function targets(estimation: SendSideBandwidthEstimation): number[] {
  const events: CongestionEvent[] = [];
  estimation.poll(events);
  return events.flatMap((event) => event.type === "target-bitrate" ? [event.bitrate] : []);
}

Deno.test("SendSideBandwidthEstimation: without feedback on packets, REMB is the word on delay, within the range", () => {
  const estimation = new SendSideBandwidthEstimation({ maxBitrate: 2e6 });
  const remb = (bitrate: number, now: number) =>
    estimation.receiverEstimate({ type: "REMB", senderSsrc: 1, bitrate, ssrcs: [] }, now);
  remb(900_000, 0);
  assertEquals(targets(estimation), [900_000]);
  remb(2 ** 81, 1000);
  assertEquals(targets(estimation), [2e6]);
  remb(0, 2000);
  assertEquals(targets(estimation), [30_000]);
  assertEquals(estimation.nextTimeout, 12_000);
  estimation.handleTimeout(12_000);
  assertEquals(targets(estimation), [300_000], "it is too old to hold");
});

Deno.test("SendSideBandwidthEstimation: without feedback on packets, receiver reports tell of loss", () => {
  const estimation = new SendSideBandwidthEstimation();
  for (let now = 0; now < 20_000; now += 1000) estimation.receiverReport(100, 50, now);
  assert(estimation.targetBitrate < 100_000, `${estimation.targetBitrate}`);
});

Deno.test("SendSideBandwidthEstimation: the rate to begin with is within the range", () => {
  const within = (minBitrate: number, maxBitrate: number) =>
    new SendSideBandwidthEstimation({ minBitrate, maxBitrate }).targetBitrate;
  assertEquals(within(30_000, 100_000), 100_000);
  assertEquals(within(500_000, 1e6), 500_000);
  assertEquals(within(500_000, 50_000), 500_000, "a maximum below the minimum");
});

/** Ways to lie, of which a path of 500 kb/s gets one at a time. */
const LIES: Record<string, (packet: RtcpPacket, random: Random) => RtcpPacket | undefined> = {
  "sequence numbers from the future": (packet, random) =>
    packet.type === "TWCC" ? { ...packet, baseSequence: random.below(65_536) } : packet,
  "huge deltas": (packet, random) =>
    packet.type === "TWCC"
      ? {
        ...packet,
        statuses: packet.statuses.map((status) => status === 0 ? 0 : 2),
        deltas: packet.deltas.map(() => random.pick([32_767, -32_768, 0])),
      }
      : packet,
  "a reference time that jumps": (packet, random) =>
    packet.type === "TWCC" ? { ...packet, referenceTime: random.u32() << 8 >> 8 } : packet,
  "everything was lost": (packet) =>
    packet.type === "TWCC"
      ? { ...packet, statuses: packet.statuses.map(() => 0), deltas: packet.deltas.map(() => 0) }
      : packet,
  "everything arrived at once": (packet) =>
    packet.type === "TWCC"
      ? { ...packet, statuses: packet.statuses.map(() => 1), deltas: packet.deltas.map(() => 0) }
      : packet,
  "all sequence numbers each time": (packet) =>
    packet.type === "TWCC"
      ? { ...packet, statuses: new Uint8Array(0x8000).fill(3), deltas: new Int16Array(0x8000) }
      : packet,
  "nonsense of every kind": (packet, random) => {
    if (packet.type !== "TWCC") return packet;
    const length = random.below(2000);
    const statuses = Uint8Array.from({ length }, () => random.below(4));
    const deltas = Int16Array.from(statuses, (status) => {
      if (status === 1) return random.below(256);
      return status === 2 ? (random.u32() << 16) >> 16 : 0;
    });
    const baseSequence = random.below(65_536);
    const referenceTime = random.u32() << 8 >> 8;
    return { ...packet, statuses, deltas, baseSequence, referenceTime };
  },
  "REMB of every size": (_packet, random) => ({
    ...{ type: "REMB", senderSsrc: 1, bitrate: 2 ** random.below(82), ssrcs: [] },
  }),
};

for (const [name, tamper] of Object.entries(LIES)) {
  Deno.test(`SendSideBandwidthEstimation: ${name}: bounded, and forgotten when the truth comes back`, () => {
    const seed = seedForRun(name);
    for (let run = 0; run < 3; run++) {
      let lies = true;
      const simulation = new Simulation(new Random(seed + run), {
        maxBitrate: 3e6,
        tamper: (packet, random) => lies ? tamper(packet, random) : packet,
      });
      simulation.run(10_000);
      for (const { target } of simulation.samples) {
        assert(target >= 30_000 && target <= 3e6, `${target}, seed ${seed + run}`);
      }
      const { roundTripTime, lossFraction, acknowledgedBitrate } = simulation.estimation;
      assert(roundTripTime >= 0 && roundTripTime <= 10_000);
      assert(lossFraction >= 0 && lossFraction <= 1);
      assert(acknowledgedBitrate === undefined || Number.isFinite(acknowledgedBitrate));
      assert(simulation.probes < 100, `${simulation.probes} probes`);
      lies = false;
      // From the least rate on it grows by 8% a second (draft-ietf-rmcat-gcc-02 section 5.5).
      simulation.run(70_000);
      const kept = simulation.mean("delivered", 65_000, 70_000);
      assert(kept > 250_000 && kept < 600_000, `${kept} afterwards, seed ${seed + run}`);
    }
  });
}
