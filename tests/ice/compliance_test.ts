import { concat, type Datagram } from "../../core/wire/mod.ts";
import { fromHex } from "../../core/wire/mod.ts";
import { nodeProvider } from "../../core/crypto/node_provider.ts";
import { BINDING, ICE_CONTROLLING, PRIORITY, StunBuilder } from "../../ice/mod.ts";
import { shortTermKey, USE_CANDIDATE, USERNAME } from "../../ice/mod.ts";
import { testCompliance } from "../core/compliance.ts";
import type { Random } from "../support/random.ts";
import vectors from "../vectors/stun.json" with { type: "json" };
import { IceAgent, type IceRole } from "../../ice/mod.ts";
import { seededCrypto, STUN_SERVER, udp } from "./agent_pair.ts";
import { hostCandidate, LOCAL, REMOTE, REMOTE_PARAMETERS } from "./scripted_peer.ts";

const LOCAL_PARAMETERS = { usernameFragment: "mine", password: "minemineminemineminemine" };

/** A check that authenticates, so that random calls reach what lies behind. */
function goodCheck(random: Random): Uint8Array {
  const builder = new StunBuilder("request", BINDING, random.bytes(12))
    .add(USERNAME, "mine:peer").add(PRIORITY, random.u32())
    .add(ICE_CONTROLLING, BigInt(random.u32()) << 32n);
  if (random.chance(0.5)) builder.add(USE_CANDIDATE, true);
  return builder.integrity(nodeProvider, shortTermKey(LOCAL_PARAMETERS.password))
    .fingerprint().finish();
}

function inbound(random: Random): Datagram {
  const vector = fromHex(random.pick(vectors).message)!;
  const data = random.pick([
    () => goodCheck(random),
    () => random.mutate(goodCheck(random)),
    () => random.mutate(vector),
    () => random.bytes(random.below(60)),
    () => concat([Uint8Array.of(22), random.bytes(30)]),
  ])();
  const remote = random.pick([REMOTE, STUN_SERVER, udp("198.51.100.1", 1 + random.below(9))]);
  return { data, local: random.pick([LOCAL, LOCAL, udp("10.0.0.9")]), remote };
}

for (const role of ["controlling", "controlled"] as const) {
  for (const signalled of [true, false]) {
    testCompliance(`IceAgent, ${role}, ${signalled ? "with" : "without"} a peer's parameters`, {
      make: (now, random) => make(role, signalled, now, random),
      inbound,
      outbound: (random) => random.bytes(random.below(1200)),
    });
  }
}

function make(role: IceRole, signalled: boolean, now: number, random: Random): IceAgent {
  const crypto = seededCrypto(random.u32());
  const agent = new IceAgent({ crypto, role, localParameters: LOCAL_PARAMETERS });
  agent.addServer({ address: STUN_SERVER, url: "stun:stun.example.org" }, now);
  agent.addBase(LOCAL, now);
  agent.endOfBases(now);
  if (signalled) {
    agent.setRemoteParameters(REMOTE_PARAMETERS, now);
    agent.addRemoteCandidate(hostCandidate(REMOTE), now);
  }
  return agent;
}
