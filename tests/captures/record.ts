/**
 * Records what real browsers put on the wire when they connect to Heron, as vectors for the tests beside this file:
 *
 *     tools/netns.sh deno run -A --config deno.offline.json tests/captures/record.ts > tests/vectors/captures.json
 *
 * @module
 */
import type { Datagram } from "../../core/mod.ts";
import { toHex } from "../../core/mod.ts";
import { isStun } from "../../ice/mod.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { SctpAssociation } from "../../sctp/mod.ts";
import { type Network, packetKind, systemNetwork, type UdpSocket } from "../../transport/mod.ts";
import { Browser } from "../browser/harness/browser.ts";
import { browserPeers, localPeers } from "../browser/harness/peer.ts";
import { play, type Scenario } from "../browser/harness/scenario.ts";

/** One packet of a browser's. */
export interface Capture {
  readonly name: string;
  readonly source: string;
  /** What it is: SCTP packets as they come out of DTLS. */
  readonly protocol: "stun" | "dtls" | "sctp";
  /** For STUN: the password that its integrity is checked with. */
  readonly password?: string;
  readonly packet: string;
}

/** The first packets of each protocol tell the most. */
const MAX_EACH = 12;

const { handleInbound } = SctpAssociation.prototype;

const scenario: Scenario = {
  name: "capture",
  async run(call) {
    await call.offerer.run((side) => void side.pc.createDataChannel("first"));
    await call.connect();
    await call.offerer.run(async (side) => {
      const channel = side.pc.createDataChannel("second", { ordered: false, maxRetransmits: 2 });
      await new Promise((resolve) => channel.onopen = resolve);
      channel.send("text");
      channel.send(new Uint8Array(3000));
      channel.close();
      await side.until(channel, ["close"], () => channel.readyState === "closed");
    });
  },
};

const captures: Capture[] = [];
for (const name of ["chromium", "firefox"] as const) {
  await using browser = await Browser.launch(name);
  for (const heronOffers of [true, false]) {
    const taken: Capture[] = [];
    const pc = { current: undefined as ReturnType<typeof createPeerConnection> | undefined };
    const take = (protocol: Capture["protocol"], packet: Uint8Array) => {
      const count = taken.filter((capture) => capture.protocol === protocol).length;
      if (count >= MAX_EACH) return;
      const role = heronOffers ? "answers" : "offers";
      const password = /a=ice-pwd:(\S+)/.exec(
        (isRequest(packet) ? pc.current?.localDescription : pc.current?.remoteDescription)?.sdp ??
          "",
      )?.[1];
      taken.push({
        name: `${name} ${role}: ${protocol} ${count + 1}`,
        source: `captured from ${name} by tests/captures/record.ts`,
        protocol,
        ...(protocol === "stun" && password !== undefined && { password }),
        packet: toHex(packet),
      });
    };
    const heron = localPeers("heron", () => {
      tapSctp((packet) => take("sctp", packet));
      return pc.current = createPeerConnection({ network: tapped(systemNetwork, take) });
    });
    const peers = [heron, browserPeers(browser)] as const;
    const [offering, answering] = heronOffers ? peers : [peers[1], peers[0]];
    const { error } = await play(scenario, offering, answering, true);
    if (error !== undefined) throw new Error(error);
    captures.push(...taken);
  }
}
// deno-lint-ignore no-console
console.log(JSON.stringify(captures, null, 1));
Deno.exit(0);

function isRequest(packet: Uint8Array): boolean {
  return packet[0] === 0 && packet[1] === 1;
}

/** A network whose sockets show what they receive. */
function tapped(
  network: Network,
  take: (protocol: "stun" | "dtls", packet: Uint8Array) => void,
): Network {
  return {
    clock: network.clock,
    addresses: () => network.addresses(),
    resolve: (host, family) => network.resolve(host, family),
    resolveMdns: (name, signal) => network.resolveMdns(name, signal),
    connectTcp: (remote, options) => network.connectTcp(remote, options),
    async openUdp(ip, port): Promise<UdpSocket> {
      const socket = await network.openUdp(ip, port);
      const readable = socket.readable.pipeThrough(
        new TransformStream<readonly Datagram[], readonly Datagram[]>({
          transform(batch, controller) {
            for (const { data } of batch) {
              if (isStun(data)) take("stun", data);
              else if (packetKind(data) === "dtls") take("dtls", data);
            }
            controller.enqueue(batch);
          },
        }),
      );
      return Object.create(socket, { readable: { value: readable } });
    },
  };
}

/** Shows what DTLS hands to SCTP. */
function tapSctp(take: (packet: Uint8Array) => void): void {
  SctpAssociation.prototype.handleInbound = function (batch, now) {
    for (const packet of batch) take(packet);
    return handleInbound.call(this, batch, now);
  };
}
