import { assert, assertEquals } from "@std/assert";
import {
  candidatePriority,
  type IceCandidateType,
  isStun,
  pairPriority,
  parseCandidate,
  writeCandidate,
} from "../../ice/mod.ts";
import { canPair, Foundations } from "../../ice/candidate.ts";
import { Random, seedForRun } from "../support/random.ts";
import vectors from "../vectors/ice.json" with { type: "json" };
import { udp } from "./agent_pair.ts";

interface Vector {
  name: string;
  source: string;
  expect: unknown;
  typePreference?: number;
  localPreference?: number;
  component?: number;
  controlling?: number;
  controlled?: number;
  first?: number;
  last?: number;
  line?: string;
}

const TYPES: Record<number, IceCandidateType> = {
  126: "host",
  110: "prflx",
  100: "srflx",
  0: "relay",
};

for (const vector of vectors as Vector[]) {
  const what = vector.line ?? vector.name;
  Deno.test(`ICE vector: ${what} (${vector.source})`, () => check(vector));
}

function check({ expect, ...vector }: Vector): void {
  if (vector.line !== undefined) {
    const candidate = parseCandidate(vector.line);
    if (expect === "error") return assertEquals(candidate, undefined);
    assert(candidate !== undefined, "parses");
    const expected = expect as Record<string, unknown>;
    for (const [field, value] of Object.entries(expected)) {
      assertEquals(candidate[field as keyof typeof candidate], value, field);
    }
    assertEquals(parseCandidate(writeCandidate(candidate)), candidate, "survives writing");
    assertEquals(parseCandidate(`a=${vector.line}`), candidate, "with a=");
  } else if (vector.controlling !== undefined) {
    assertEquals(String(pairPriority(vector.controlling, vector.controlled!)), expect);
  } else if (vector.first !== undefined) {
    const datagram = new Uint8Array(20);
    datagram.set([0x21, 0x12, 0xa4, 0x42], 4);
    for (let byte = vector.first; byte <= vector.last!; byte++) {
      datagram[0] = byte;
      assertEquals(isStun(datagram), expect === "STUN", `first byte ${byte}`);
    }
  } else {
    const type = TYPES[vector.typePreference!]!;
    assertEquals(candidatePriority(type, vector.localPreference!, vector.component!), expect);
  }
}

Deno.test("a Firefox TCP candidate of component 2 is parsed with its extensions", () => {
  const line =
    "candidate:2 2 TCP 2105393406 abc.local 9 typ host tcptype active generation 0 network-cost 50";
  const candidate = parseCandidate(line)!;
  assertEquals(candidate.component, 2);
  assertEquals(candidate.tcpType, "active");
  assertEquals(candidate.extensions, [["generation", "0"], ["network-cost", "50"]]);
  assertEquals(parseCandidate(writeCandidate(candidate)), candidate);
});

Deno.test("a line is taken as it stands in a description, with its end", () => {
  const line = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
  for (const whole of [`a=${line}`, `${line}\n`, `a=${line}\r\n`]) {
    assertEquals(parseCandidate(whole), parseCandidate(line));
  }
  for (const more of [`${line}\r\n\r\n`, `${line}\r\na=x`, `\n${line}`, `${line}\r`]) {
    assertEquals(parseCandidate(more), undefined);
  }
});

Deno.test("what RFC 8839 section 5.1 does not allow is refused", () => {
  const good = "candidate:1 1 udp 1 192.0.2.1 9 typ host";
  assert(parseCandidate(good) !== undefined);
  for (
    const line of [
      "",
      "candidate:",
      'candidate:""',
      good.replace("candidate", "x"),
      good.replace(":1", ":"),
      good.replace(":1", `:${"1".repeat(33)}`),
      good.replace(":1", ":é"),
      good.replace(" 1 udp", " 0 udp"),
      good.replace(" 1 udp", " 3 udp"),
      good.replace("udp", "sctp"),
      good.replace("udp 1", "udp 4294967296"),
      good.replace("udp 1", "udp -1"),
      good.replace("192.0.2.1", "a<b"),
      good.replace("typ", "type"),
      good.replace("host", "token"),
      `${good} raddr`,
      `${good} rport x`,
      `${good} tcptype sideways`,
      `${good}\r\na=ice-lite`,
      good + " a b".repeat(33),
      good + " ".repeat(3000),
    ]
  ) assertEquals(parseCandidate(line), undefined, line.slice(0, 80));
});

Deno.test("mutated candidate lines are parsed or refused; what is parsed survives writing", () => {
  const random = new Random(seedForRun("candidate mutation"));
  const lines = (vectors as Vector[]).flatMap(({ line }) => line ?? []);
  let parsed = 0;
  for (let round = 0; round < 20_000; round++) {
    const bytes = random.mutate(new TextEncoder().encode(random.pick(lines)));
    const candidate = parseCandidate(new TextDecoder().decode(bytes));
    if (candidate === undefined) continue;
    parsed++;
    assertEquals(parseCandidate(writeCandidate(candidate)), candidate);
  }
  assert(parsed > 100, `only ${parsed} were parsed`);
});

Deno.test("only addresses of one family pair, link-local only with link-local (RFC 8445 section 6.1.2.2)", () => {
  assert(canPair(udp("192.0.2.1"), udp("198.51.100.1")));
  assert(canPair(udp("2001:db8::1"), udp("2001:db8::2")));
  assert(canPair(udp("fe80::1"), udp("fe80::2")));
  assert(!canPair(udp("192.0.2.1"), udp("2001:db8::1")));
  assert(!canPair(udp("fe80::1"), udp("2001:db8::1")));
  assert(!canPair(udp("2001:db8::1"), udp("febf::1")));
  assert(!canPair(udp("192.0.2.1"), { ...udp("192.0.2.2"), protocol: "tcp" }));
});

Deno.test("foundations differ with type, base IP, server and protocol, not with the port (RFC 8445 section 5.1.1.3)", () => {
  const foundations = new Foundations();
  const first = foundations.of("host", udp("192.0.2.1", 1));
  assertEquals(foundations.of("host", udp("192.0.2.1", 2)), first);
  const others = [
    foundations.of("host", udp("192.0.2.9")),
    foundations.of("host", { ...udp("192.0.2.1"), protocol: "tcp" }),
    foundations.of("srflx", udp("192.0.2.1"), "203.0.113.1"),
    foundations.of("srflx", udp("192.0.2.1"), "203.0.113.2"),
  ];
  assertEquals(new Set([first, ...others]).size, 5);
});
