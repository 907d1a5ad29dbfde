import { assertEquals } from "@std/assert";
import { nodeProvider } from "../../core/mod.ts";
import { fingerprintOf } from "../../dtls/mod.ts";
import { generateIceParameters } from "../../ice/mod.ts";
import { DataLane, Pipeline } from "../../peer/pipeline.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";

const ROLES = ["controlling", "controlled"] as const;

/** Two pipelines that are connected up to DTLS, and carry nothing yet. */
async function connected() {
  const net = new VirtualNetwork();
  const parameters = ROLES.map(() => generateIceParameters(nodeProvider));
  const certificates = ROLES.map(() =>
    nodeProvider.generateCertificate({ keyType: "ecdsa-p256", now: 1.7e12, lifetime: 86_400_000 })
  );
  const pipelines = ROLES.map((iceRole, i): Pipeline =>
    new Pipeline({
      ...{ clock: net.clock, crypto: nodeProvider, ice: undefined, dtls: undefined, iceRole },
      ...{ certificate: certificates[i]!, iceParameters: parameters[i]! },
      onDtlsEvent: () => {},
      onIceEvent: (event) => {
        if (event.type !== "candidate" || event.candidate === null) return;
        const { candidate } = event;
        pipelines[1 - i]!.ice.run((agent, now) => agent.addRemoteCandidate(candidate, now));
      },
    })
  );
  const until = (condition: (pipeline: Pipeline) => boolean) =>
    net.clock.until(() => pipelines.every(condition));
  for (const [i, { ice, sockets }] of pipelines.entries()) {
    const socket = await net.host(`198.51.100.${i + 1}`).openUdp(`198.51.100.${i + 1}`);
    sockets.add(socket);
    ice.run((agent, now) => agent.addBase(socket.local, now));
    ice.run((agent, now) => agent.endOfBases(now));
    ice.run((agent, now) => agent.setRemoteParameters(parameters[1 - i]!, now));
  }
  await until(({ ice }) => ice.run((agent) => agent.selectedPair) !== undefined);
  for (const [i, { dtls }] of pipelines.entries()) {
    const value = fingerprintOf(nodeProvider, certificates[1 - i]!.der);
    const fingerprints = [{ algorithm: "sha-256", value }];
    dtls.run((endpoint, now) => endpoint.start(i === 0 ? "client" : "server", fingerprints, now));
  }
  await until(({ dtls }) => dtls.run(({ state }) => state) === "connected");
  const close = async () => {
    void Promise.all(pipelines.map((pipeline) => pipeline.close()));
    await net.clock.advance(1000);
    await settle();
  };
  return { net, close, one: pipelines[0]!, other: pipelines[1]! };
}

Deno.test("data for an SCTP association that is not carried is dropped and counted, and taken once it is", async () => {
  const { net, one, other, close } = await connected();
  const lane = () =>
    new DataLane({
      ...{ clock: net.clock, crypto: nodeProvider, maxMessageSize: 1000 },
      onSctpEvent: () => {},
      onChannelItems: () => {},
    });
  const [mine, theirs] = [lane(), lane()];
  one.carry(mine);
  mine.sctp.run((sctp, now) => sctp.connect(now));
  await net.clock.advance(100);
  assertEquals(other.discards.of("no association"), 1);
  other.carry(theirs);
  await net.clock.advance(5000); // the INIT comes again (RFC 9260 section 5.1)
  assertEquals(mine.sctp.run(({ state }) => state), "ESTABLISHED");
  assertEquals(other.discards.total, 1);
  await close();
});
