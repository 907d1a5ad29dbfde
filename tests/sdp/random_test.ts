import { assert, assertEquals, assertLess } from "@std/assert";
import {
  type Attribute,
  type Bandwidth,
  type Connection,
  type MediaDescription,
  parseSession,
  type SessionDescription,
  type TimeDescription,
  writeSession,
} from "../../sdp/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { hostileText, hostileVectors } from "./hostile.ts";
import { OPENING, sdp, vectors } from "./support.ts";
import { HANG } from "../support/hang.ts";

/** A session with something, nothing or much of everything. */
function randomSession(random: Random): SessionDescription {
  return {
    version: 0,
    origin: {
      username: random.pick(["-", "jdoe", "ü"]),
      sessionId: digits(random, 19),
      sessionVersion: digits(random, 19),
      netType: "IN",
      addrType: random.pick(["IP4", "IP6"]),
      address: random.pick(["127.0.0.1", "::1", "example.com"]),
    },
    sessionName: random.pick(["-", " ", "", text(random)]),
    ...maybe(random, "information", text),
    ...maybe(random, "uri", text),
    emails: several(random, text),
    phones: several(random, text),
    ...maybe(random, "connection", randomConnection),
    bandwidths: several(random, randomBandwidth),
    times: several(random, randomTime),
    ...maybe(random, "key", text),
    attributes: several(random, randomAttribute),
    media: several(random, randomMedia),
  };
}

function randomMedia(random: Random): MediaDescription {
  const rtp = random.chance(0.5);
  const format = () => rtp ? String(random.below(128)) : random.pick(["webrtc-datachannel", "*"]);
  return {
    kind: random.pick(["audio", "video", "application", "x-y"]),
    port: random.below(65536),
    ...maybe(random, "portCount", () => 1 + random.below(65535)),
    protocol: rtp ? "UDP/TLS/RTP/SAVPF" : random.pick(["UDP/DTLS/SCTP", "UDP/BFCP"]),
    formats: [format(), ...several(random, format)],
    ...maybe(random, "information", text),
    connections: several(random, randomConnection),
    bandwidths: several(random, randomBandwidth),
    ...maybe(random, "key", text),
    attributes: several(random, randomAttribute),
  };
}

function randomAttribute(random: Random): Attribute {
  const name = random.pick(["x", "", "__proto__", "🦕", "candidate", "ice-lite", "mid x"]);
  return random.chance(0.3) ? { name } : { name, value: random.pick(["", ":", " ", text(random)]) };
}

function randomConnection(random: Random): Connection {
  const address = random.pick(["0.0.0.0", "233.252.0.1/127/3", "2001:db8::1", "a.local"]);
  return { netType: "IN", addrType: random.pick(["IP4", "IP6"]), address };
}

function randomBandwidth(random: Random): Bandwidth {
  const type = random.pick(["AS", "TIAS", "X-1"]);
  return { type, value: random.pick([-1, 0, random.u32(), Number.MAX_SAFE_INTEGER]) };
}

function randomTime(random: Random): TimeDescription {
  return {
    start: digits(random, 10),
    stop: digits(random, 10),
    repeats: several(random, () => "7d 1h 0 25h"),
    ...maybe(random, "zones", () => "0 -1h"),
  };
}

function digits(random: Random, most: number): string {
  return Array.from({ length: 1 + random.below(most) }, () => random.below(10)).join("");
}

function text(random: Random): string {
  const characters = ["a", "=", ":", " ", "\t", "ü", "\u2028", "\ud800", "🦕", "\x7f", "\\", "/"];
  return "t" + several(random, () => random.pick(characters)).join("");
}

function several<T>(random: Random, make: (random: Random) => T): T[] {
  return Array.from({ length: random.below(4) }, () => make(random));
}

function maybe<K extends string, T>(
  random: Random,
  key: K,
  make: (random: Random) => T,
): { [P in K]?: T } {
  return (random.chance(0.5) ? { [key]: make(random) } : {}) as { [P in K]?: T };
}

Deno.test("any session is the same after it was written and read", () => {
  const random = new Random(seedForRun("SDP identity"));
  for (let round = 0; round < 500; round++) {
    const session = randomSession(random);
    const written = writeSession(session);
    const result = parseSession(written);
    assert(result.ok, result.ok ? "" : `${result.message} in ${JSON.stringify(written)}`);
    assertEquals(result.session, session);
    assertEquals(writeSession(result.session), written);
  }
});

Deno.test("mutated descriptions are read or refused with their line, never thrown at", () => {
  const random = new Random(seedForRun("SDP mutation"));
  const texts = [
    ...vectors<{ sdp: string }>("sdp-samples.json").map(({ sdp }) => sdp),
    ...hostileVectors().filter(({ sdp }) => sdp !== undefined).map(hostileText),
  ].map((text) => new TextEncoder().encode(text));
  let accepted = 0;
  for (let round = 0; round < 3000; round++) {
    const text = new TextDecoder().decode(random.mutate(random.pick(texts)));
    const result = parseSession(text);
    if (!result.ok) {
      assert(result.line >= 1 && result.line <= text.split("\n").length + 1, `${result.line}`);
      assert(result.message.length > 0 && result.message.length < 80);
      continue;
    }
    accepted++;
    const again = parseSession(writeSession(result.session));
    assert(again.ok);
    assertEquals(again.session, result.session);
  }
  assert(accepted > 100, `only ${accepted} of 3000 were accepted: the test shows nothing`);
});

Deno.test("1 MB of anything is read in linear time", () => {
  const fillers: ((size: number) => string)[] = [
    (size) => "a=x\r\n".repeat(size / 5),
    (size) => "m=x 0 x x\r\n".repeat(size / 11),
    (size) => "m=audio 9 RTP/AVP 0\r\n" + "a=ssrc:1 cname:x\r\n".repeat(size / 18),
    (size) => "m=audio 9 RTP/AVP 0\r\na=fmtp:0 " + "a=1;".repeat(size / 4),
    (size) => "a=group:BUNDLE" + " 0".repeat(size / 2),
    (size) => "a=fingerprint:sha-256 " + "AA:".repeat(size / 3),
    (size) => "a=" + " ".repeat(size),
    (size) => "a=x" + "\r".repeat(size),
    (size) => "\r\n".repeat(size / 2),
    (size) => "b=AS:" + "9".repeat(size),
  ];
  const read = (text: string) => {
    const started = performance.now();
    parseSession(text);
    return performance.now() - started;
  };
  for (const filler of fillers) {
    assertLess(read(sdp(...OPENING) + filler(2_000_000)), HANG, filler(100));
  }
});
