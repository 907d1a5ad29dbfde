import { emptyOutputs } from "../../../core/stage/mod.ts";
import type { Datagram } from "../../../core/wire/mod.ts";
import { IceAgent, type IceEvent } from "../../../ice/mod.ts";
import { writeChannelData } from "../../../ice/turn/channel_data.ts";
import { testCompliance } from "../../core/compliance.ts";
import type { Random } from "../../support/random.ts";
import { seededCrypto } from "../agent_pair.ts";
import { hostCandidate, LOCAL, REMOTE, REMOTE_PARAMETERS } from "../scripted_peer.ts";
import { PASSWORD, TurnServer, USER } from "./turn_server.ts";
import { turnServer } from "./turn_net.ts";

const SERVER = { ip: "203.0.113.1", port: 3478, protocol: "udp" } as const;
const STREAM = { ip: "192.0.2.1", port: 7000, protocol: "tcp" } as const;

/** An agent with an allocation; the server's answers to it. */
function allocated(now: number, random: Random): IceAgent {
  const agent = new IceAgent({ crypto: seededCrypto(random.u32()), role: "controlling" });
  const server = new TurnServer(SERVER);
  agent.addTurnServer(turnServer(server), now);
  agent.addBase(LOCAL, now);
  agent.endOfBases(now);
  for (let round = 0; round < 2; round++) {
    const out = emptyOutputs<Datagram, Uint8Array, IceEvent>();
    agent.poll(out);
    for (const { data } of out.below) {
      for (const answer of server.handle(data, LOCAL, now)) {
        agent.handleInbound([{ data: answer.data, local: LOCAL, remote: SERVER }], now);
      }
    }
  }
  if (agent.localCandidates.length !== 2) throw new Error("there is no allocation");
  agent.setRemoteParameters(REMOTE_PARAMETERS, now);
  agent.addRemoteCandidate(hostCandidate(REMOTE), now);
  return agent;
}

/** An agent that asks for a connection, and in half of the cases gets one. */
function connecting(now: number, random: Random): IceAgent {
  const agent = new IceAgent({ crypto: seededCrypto(random.u32()), role: "controlled" });
  const address = { ip: "203.0.113.1", port: 443, protocol: "tcp" } as const;
  const login = { url: "turns:example.org", username: USER, credential: PASSWORD, tls: true };
  agent.addTurnServer({ address, ...login }, now);
  agent.endOfBases(now);
  if (random.chance(0.5)) agent.connected(1, STREAM, now);
  return agent;
}

const echo = new TurnServer(SERVER);

/** What a server may send, and what it should not. */
function inbound(random: Random): Datagram {
  const peer = random.pick([REMOTE, { ip: "198.51.100.9", port: 9 }]);
  const data = random.pick([
    () => echo.dataIndication(peer, random.bytes(random.below(40))),
    () => writeChannelData(0x4000 + random.below(3), random.bytes(random.below(40))),
    () => random.mutate(echo.dataIndication(peer, random.bytes(8))),
    () => random.mutate(writeChannelData(0x4000, random.bytes(8))),
    () => random.bytes(random.below(60)),
  ])();
  const local = random.pick([LOCAL, STREAM]);
  return { data, local, remote: random.pick([SERVER, REMOTE]) };
}

for (const [name, make] of [["an allocation", allocated], ["a connection", connecting]] as const) {
  testCompliance(`IceAgent with ${name} on a TURN server`, {
    make,
    inbound,
    outbound: (random) => random.bytes(random.below(1200)),
  });
}
