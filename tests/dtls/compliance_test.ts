import { DtlsEndpoint } from "../../dtls/mod.ts";
import { testCompliance } from "../core/compliance.ts";
import { certificate, connectedPair, crypto, records, sha256 } from "./support.ts";
import { clientHelloOf } from "./vectors.ts";

const pair = connectedPair();
const heard = {
  client: pair.sent.b.flatMap((datagram) => [datagram, ...records(datagram)]),
  server: [
    ...clientHelloOf("chromium"),
    ...clientHelloOf("firefox"),
    ...pair.sent.a.flatMap((datagram) => [datagram, ...records(datagram)]),
  ],
};

for (const role of ["client", "server"] as const) {
  testCompliance(`DtlsEndpoint as ${role}`, {
    make: (now) => {
      const endpoint = new DtlsEndpoint({
        crypto,
        certificate: certificate("ecdsa-p256", role === "client" ? "a" : "b"),
        srtpProfiles: [7, 1],
      });
      const peer = certificate("ecdsa-p256", role === "client" ? "b" : "a");
      endpoint.start(role, [sha256(peer.der)], now);
      return endpoint;
    },
    inbound: (random) => {
      const datagram = random.pick(heard[role]);
      switch (random.below(3)) {
        case 0:
          return datagram;
        case 1:
          return random.mutate(datagram);
        default:
          return random.bytes(random.below(100));
      }
    },
    outbound: (random) => random.bytes(random.below(1200)),
    closesWithin: 1000,
  });
}

/** A connected end; its peer is forgotten. */
testCompliance("DtlsEndpoint that is connected", {
  make: (now) => {
    const connected = connectedPair();
    connected.advance(Math.max(0, now - connected.now));
    return connected.a;
  },
  inbound: (random) => random.mutate(random.pick(heard.client)),
  outbound: (random) => random.bytes(random.below(1200)),
  closesWithin: 1000,
});
