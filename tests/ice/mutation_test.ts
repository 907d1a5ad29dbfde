import { assert } from "@std/assert";
import { generateIceParameters } from "../../ice/mod.ts";
import type { Datagram } from "../../core/wire/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import type { End } from "../support/layer_pair.ts";
import { AgentPair, isUp, Nat, seededCrypto, udp } from "./agent_pair.ts";

Deno.test("agents connect although every fourth packet also arrives mutated, and one in ten only so", () => {
  const seed = seedForRun("ICE mutation");
  for (let round = 0; round < 100; round++) {
    const random = new Random(seed + round);
    const pair = new AgentPair({ seed: (seed + round) % 1e6 });
    const route = pair.filter;
    pair.filter = (packet: Datagram, from: End) => {
      const routed = route(packet, from) as Datagram | undefined;
      if (routed === undefined || !random.chance(0.35)) return routed;
      const mutant = { ...routed, data: random.mutate(routed.data) };
      return random.chance(0.3) ? mutant : [mutant, routed];
    };
    pair.connect(30_000);
    pair.advance(20_000);
    assert(isUp(pair.a) && isUp(pair.b), `seed ${seed + round}`);
    // Mutants do not make up paths.
    for (const end of ["a", "b"] as const) {
      assert(pair[end].pairs.length === 1 && pair[end].remoteCandidates.length === 1);
    }
  }
});

Deno.test("whatever happens in whatever order, agents keep their bounds and can be brought together at last", () => {
  const seed = seedForRun("ICE operations");
  for (let round = 0; round < 60; round++) {
    const random = new Random(seed + round);
    const nats = random.chance(0.5) ? { a: new Nat("198.51.100.1", random.chance(0.5)) } : {};
    const pair = new AgentPair({
      seed: (seed + round) % 1e6,
      nats,
      bases: { a: [udp("10.0.0.1"), udp("10.0.0.2")] },
      roles: { a: random.pick(["controlling", "controlled"]), b: "controlling" },
      link: { delay: 5, jitter: 40, loss: 0.2, duplication: 0.1 },
    });
    for (let step = 0; step < 60; step++) operate(pair, random);
    for (const end of ["a", "b"] as const) check(pair, end);
    pair.link = {};
    for (const end of ["a", "b"] as const) renew(pair, end, random);
    pair.gather("a");
    pair.gather("b");
    pair.signalAll("a");
    pair.signalAll("b");
    pair.until(() => selectedNow(pair, "a") && selectedNow(pair, "b"), 30_000);
    pair.send("a", 99); // what was sent before has another first byte, and may still be on its way
    pair.advance(1000);
    const arrived = pair.received.b.filter(([first]) => first === 99);
    assert(arrived.length === 1, `seed ${seed + round}`);
  }
});

function operate(pair: AgentPair, random: Random): void {
  const end = random.pick(["a", "b"] as const);
  switch (random.below(12)) {
    case 0:
      return pair.gather(end, random.chance(0.3));
    case 1:
      return pair.signalParameters(end);
    case 2:
      return pair.signalCandidates(end, () => random.chance(0.7));
    case 3:
      return pair.run(end, (agent, now) => agent.endOfRemoteCandidates(now));
    case 4:
      return renew(pair, end, random);
    case 5:
      return pair.run(end, (agent) => agent.setRole(random.pick(["controlling", "controlled"])));
    case 6:
      return pair.send(end, 20, 1);
    case 7:
      return pair.run(end, (agent, now) => agent.handleTimeout(now));
    case 8:
      return pair.run(end, (agent, now) => agent.removeBase(random.pick(pair.bases[end]), now));
    case 9:
      pair.run(end, (agent, now) => agent.rollBackRestart(now));
      return pair.run(end, (agent, now) => agent.handleTimeout(now)); // what fell due meanwhile
    default:
      return pair.advance(random.pick([1, 60, 900, 7000, 40_000]));
  }
}

function renew(pair: AgentPair, end: End, random: Random): void {
  const parameters = generateIceParameters(seededCrypto(random.u32()));
  pair.run(end, (agent, now) => agent.restart(parameters, now));
}

function check(pair: AgentPair, end: End): void {
  const agent = pair[end];
  assert(agent.pairs.length <= 100);
  assert(agent.remoteCandidates.length <= 100);
  assert(agent.nextTimeout === undefined || agent.nextTimeout > pair.now - 1);
}

/** Whether the present session, not the one before, has its pair. */
function selectedNow(pair: AgentPair, end: End): boolean {
  const fragment = pair[end].localParameters.usernameFragment;
  return isUp(pair[end]) && pair[end].selectedPair?.local.usernameFragment === fragment;
}
