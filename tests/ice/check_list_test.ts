import { assert, assertEquals } from "@std/assert";
import { candidatePriority, type IceCandidateType } from "../../ice/mod.ts";
import { CandidatePair } from "../../ice/candidate_pair.ts";
import { CheckList, MAX_PAIRS } from "../../ice/check_list.ts";
import { Nomination } from "../../ice/nomination.ts";
import type { LocalCandidate } from "../../ice/candidate.ts";
import { udp } from "./agent_pair.ts";

function candidate(ip: string, port: number, priority: number, foundation: string) {
  const rest = { component: 1, protocol: "udp", address: ip, port, type: "host" } as const;
  return { ...rest, foundation, priority };
}

function pairOf(localPort: number, remotePort: number, options: {
  localFoundation?: string;
  remoteFoundation?: string;
  priority?: number;
} = {}): CandidatePair {
  const { localFoundation = `${localPort}`, remoteFoundation = "1", priority = 100 } = options;
  const base = udp("192.0.2.1", localPort);
  const local = candidate("192.0.2.1", localPort, priority, localFoundation);
  const remote = candidate("192.0.2.2", remotePort, 100, remoteFoundation);
  return new CandidatePair({ candidate: local, address: base, base, localPreference: 1 }, {
    candidate: remote,
    address: udp("192.0.2.2", remotePort),
  });
}

/** A list that has taken these pairs in their order. */
function listOf(...pairs: CandidatePair[]): CheckList {
  const list = new CheckList();
  for (const pair of pairs) list.add(pair, "controlling");
  return list;
}

Deno.test("pairs stand by falling priority, and turn with the role (RFC 8445 sections 6.1.2.3 and 7.3.1.1)", () => {
  const [low, high, middle] = [1, 3, 2].map((priority, i) => pairOf(i, 1, { priority }));
  const list = listOf(low!, high!, middle!);
  assertEquals(list.pairs, [high!, middle!, low!]);
  const before = low!.priority;
  list.prioritize("controlled");
  assert(low!.priority !== before);
  assertEquals(list.pairs, [high!, middle!, low!]);
});

Deno.test("a pair between the same addresses is redundant (RFC 8445 section 6.1.2.4)", () => {
  assertEquals(listOf(pairOf(1, 1), pairOf(1, 1), pairOf(1, 2)).pairs.length, 2);
});

Deno.test("of one foundation only the best pair waits, until that has ended (RFC 8445 sections 6.1.2.6 and 6.1.4.2)", () => {
  const kin = { localFoundation: "f" };
  const worse = pairOf(1, 1, { ...kin, priority: 1 });
  const best = pairOf(2, 1, { ...kin, priority: 9 });
  const other = pairOf(3, 1, { priority: 5 });
  const list = listOf(worse, best, other);
  assertEquals([best.state, worse.state, other.state], ["waiting", "frozen", "waiting"]);
  assertEquals(list.next, best);
  best.state = "in-progress";
  assertEquals(list.next, other);
  other.state = "in-progress";
  assertEquals(list.next, undefined);
  best.state = "failed"; // RFC 8445 section 7.2.5.2: that alone does not unfreeze; the next tick does
  assertEquals(worse.state, "frozen");
  assertEquals(list.next, worse);
});

Deno.test("a success unfreezes its foundation (RFC 8445 section 7.2.5.3.3)", () => {
  const [first, second] = [1, 2].map((port) => pairOf(port, 1, { localFoundation: "f" }));
  const list = listOf(first!, second!);
  list.unfreeze(first!.foundation);
  assertEquals(second!.state, "waiting");
});

Deno.test("the worst unproven pair goes when there are too many (RFC 8445 section 6.1.2.5)", () => {
  const list = new CheckList();
  const pairs = Array.from({ length: MAX_PAIRS }, (_, i) => pairOf(i, 1, { priority: i + 10 }));
  for (const pair of pairs) assertEquals(list.add(pair, "controlling"), undefined);
  pairs[0]!.state = "succeeded";
  assertEquals(list.add(pairOf(500, 1, { priority: 500 }), "controlling"), pairs[1]);
  const bad = pairOf(501, 1, { priority: 1 });
  assertEquals(list.add(bad, "controlling"), bad);
  assertEquals(list.pairs.length, MAX_PAIRS);
});

function validate(pair: CandidatePair, type: IceCandidateType): CandidatePair {
  const { localCandidate } = pair;
  const priority = candidatePriority(type, 1, 1);
  const seen: LocalCandidate = {
    ...localCandidate,
    candidate: { ...localCandidate.candidate, type, priority },
  };
  pair.validLocal = seen;
  pair.state = "succeeded";
  return pair;
}

Deno.test("a valid pair between hosts is nominated at once, and only one is", () => {
  const valid = validate(pairOf(1, 1, { priority: 1 }), "host");
  const list = listOf(valid, pairOf(2, 1, { priority: 9 }));
  valid.state = "succeeded";
  const nomination = new Nomination(list, () => list.bestValid, 200);
  assertEquals(nomination.choose(0), valid);
  assertEquals(nomination.choose(1000), undefined);
  nomination.reset();
  assertEquals(nomination.choose(1000), valid);
});

Deno.test("a valid pair across a NAT waits a while for a better one that is being checked", () => {
  const better = pairOf(2, 1, { priority: 9 });
  const list = listOf(pairOf(1, 1, { priority: 1 }), better);
  const valid = validate(list.pairs[1]!, "srflx");
  const nomination = new Nomination(list, () => list.bestValid, 200);
  assertEquals(nomination.choose(0), undefined);
  assertEquals(nomination.nextTimeout, 200);
  assertEquals(nomination.choose(199), undefined);
  better.state = "failed";
  assertEquals(nomination.choose(199), valid);
});
