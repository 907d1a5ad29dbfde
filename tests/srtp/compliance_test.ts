import { SrtpEndpoint, type SrtpPacket } from "../../srtp/mod.ts";
import { testCompliance } from "../core/compliance.ts";
import type { Random } from "../support/random.ts";
import { asRtcp, asRtp, crypto, endpoint, ends, PROFILES, protect, rtcp, rtp } from "./support.ts";

function anyPacket(random: Random): SrtpPacket {
  const packet = random.chance(0.7)
    ? asRtp(rtp({ sequenceNumber: random.below(65_536), ssrc: random.below(4) }))
    : asRtcp(rtcp(random.below(4), random.below(100)));
  return random.chance(0.2) ? { ...packet, data: random.mutate(packet.data) } : packet;
}

for (const profile of PROFILES) {
  let wire: readonly Uint8Array[] | undefined; // made within a test, which frees the ciphers
  const protectedPackets = () =>
    wire ??= protect(
      ends(profile).client,
      ...Array.from({ length: 50 }, (_, i) => asRtp(rtp({ sequenceNumber: 65_500 + i }))),
      ...Array.from({ length: 10 }, () => asRtcp(rtcp())),
    );
  testCompliance(`SrtpEndpoint with profile ${profile}`, {
    make: () => endpoint(profile, "server"),
    inbound(random) {
      const packet = random.pick(protectedPackets());
      return random.chance(0.5) ? packet : random.mutate(packet);
    },
    outbound: anyPacket,
  });
}

testCompliance("SrtpEndpoint without keys", {
  make: () => new SrtpEndpoint({ crypto }),
  inbound: (random) => random.bytes(random.below(100)),
  outbound: anyPacket,
});
