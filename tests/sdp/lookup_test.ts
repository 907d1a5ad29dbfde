import { assertEquals } from "@std/assert";
import {
  attribute,
  candidatesOf,
  directionOf,
  find,
  findAll,
  fingerprintsOf,
  groupsOf,
  has,
  iceCredentialsOf,
  inherited,
  inheritedAll,
  isEndOfCandidates,
  isIceLite,
  isRtp,
  isSctp,
  maxMessageSizeOf,
  parseFmtp,
  parseIceOptions,
  parseMaxMessageSize,
  reverseDirection,
  sctpPortOf,
  setupOf,
  writeIceOptions,
} from "../../sdp/mod.ts";
import { sessionWith } from "./support.ts";

const SCTP = "m=application 9 UDP/DTLS/SCTP webrtc-datachannel";
const SHA_1 = "a=fingerprint:sha-1 " + "AB:".repeat(19) + "AB";
const SHA_256 = "a=fingerprint:sha-256 " + "CD:".repeat(31) + "CD";

Deno.test("attributes are found by their whole name, case and all", () => {
  const attributes = [attribute("mid", 0), attribute("midx"), attribute("mid", "1")];
  assertEquals(find(attributes, "mid"), { name: "mid", value: "0" });
  assertEquals(findAll(attributes, "mid").length, 2);
  assertEquals(has(attributes, "midx"), true);
  assertEquals(has(attributes, "MID"), false);
  assertEquals(has(attributes, "toString"), false);
  assertEquals("value" in find(attributes, "midx")!, false);
});

Deno.test("what a section does not say, the session says for it", () => {
  const session = sessionWith("a=x:session", "a=y:1", "a=y:2", SCTP, "a=x:own", SCTP);
  const [own, none] = session.media;
  assertEquals(inherited(session, own!, "x")?.value, "own");
  assertEquals(inherited(session, none!, "x")?.value, "session");
  assertEquals(inherited(session, none!, "z"), undefined);
  assertEquals(inheritedAll(session, own!, "y").length, 2);
  assertEquals(inheritedAll(session, own!, "x").map(({ value }) => value), ["own"]);
});

Deno.test("RFC 8839 section 5.4: credentials come from either level, or not at all", () => {
  const session = sessionWith(
    "a=ice-lite",
    "a=ice-ufrag:sess",
    "a=ice-pwd:0123456789abcdef012345",
    SCTP,
    "a=ice-ufrag:own1",
    "a=candidate:1 1 udp 1 192.0.2.1 1 typ host",
    "a=end-of-candidates",
    SCTP,
    "a=ice-pwd:short",
  );
  const [own, bad] = session.media;
  assertEquals(iceCredentialsOf(session, own!), {
    usernameFragment: "own1",
    password: "0123456789abcdef012345",
  });
  assertEquals(iceCredentialsOf(session, bad!), undefined);
  assertEquals(isIceLite(session), true);
  assertEquals(candidatesOf(own!), ["candidate:1 1 udp 1 192.0.2.1 1 typ host"]);
  assertEquals(isEndOfCandidates(session, own!), true);
  assertEquals(isEndOfCandidates(session, bad!), false);
});

Deno.test("RFC 8839 section 5.6: ice-options are tags between spaces", () => {
  assertEquals(parseIceOptions(" trickle  renomination "), ["trickle", "renomination"]);
  assertEquals(parseIceOptions(undefined), []);
  assertEquals(writeIceOptions(["trickle", "ice2"]), "trickle ice2");
});

Deno.test("RFC 8122 section 5: a section's fingerprints replace those of the session", () => {
  const session = sessionWith(
    SHA_1,
    "a=setup:actpass",
    SCTP,
    SHA_256,
    SHA_1,
    "a=setup:active",
    SCTP,
  );
  const [own, none] = session.media;
  assertEquals(fingerprintsOf(session, own!).map((f) => f.algorithm), ["sha-256", "sha-1"]);
  assertEquals(fingerprintsOf(session, none!).map((f) => f.algorithm), ["sha-1"]);
  assertEquals(setupOf(session, own!), "active");
  assertEquals(setupOf(session, none!), "actpass");
});

Deno.test("RFC 8841 section 5: the SCTP port, in the new style and in those of the drafts", () => {
  const port = (...lines: string[]) => sctpPortOf(sessionWith(...lines).media[0]!);
  assertEquals(port(SCTP, "a=sctp-port:5001"), 5001);
  assertEquals(port(SCTP), undefined);
  assertEquals(port("m=application 9 DTLS/SCTP 5000"), 5000);
  assertEquals(
    port("m=application 9 DTLS/SCTP 5002", "a=sctpmap:5002 webrtc-datachannel 256"),
    5002,
  );
  assertEquals(
    port("m=application 9 DTLS/SCTP 5003", "a=sctpmap:7 webrtc-datachannel 256"),
    5003,
  );
});

Deno.test("RFC 8841 section 6.1: without a=max-message-size it is 64 KiB, and 0 is no limit", () => {
  const size = (...lines: string[]) => maxMessageSizeOf(sessionWith(SCTP, ...lines).media[0]!);
  assertEquals(size(), 65536);
  assertEquals(size("a=max-message-size:0"), 0);
  assertEquals(size("a=max-message-size:262144"), 262144);
  assertEquals(parseMaxMessageSize("9".repeat(100_000)), Number.MAX_SAFE_INTEGER);
});

Deno.test("RFC 8866 section 6.7: direction of the section, of the session, else sendrecv", () => {
  const session = sessionWith("a=recvonly", SCTP, "a=inactive", "a=sendonly", SCTP);
  assertEquals(directionOf(session, session.media[0]!), "inactive");
  assertEquals(directionOf(session, session.media[1]!), "recvonly");
  const plain = sessionWith(SCTP);
  assertEquals(directionOf(plain, plain.media[0]!), "sendrecv");
});

Deno.test("RFC 3264 section 6.1: the other side sees the direction reversed", () => {
  assertEquals(
    (["sendrecv", "sendonly", "recvonly", "inactive"] as const).map(reverseDirection),
    ["sendrecv", "recvonly", "sendonly", "inactive"],
  );
});

Deno.test("RFC 5888 section 5: groups by their semantics, in order", () => {
  const session = sessionWith("a=group:LS 0 1", "a=group:BUNDLE 0", "a=group:BUNDLE 1 2", SCTP);
  assertEquals(groupsOf(session, "BUNDLE").map(({ mids }) => mids), [["0"], ["1", "2"]]);
  assertEquals(groupsOf(session, "LS").length, 1);
});

Deno.test("protocols of RTP and of SCTP are told apart", () => {
  for (const protocol of ["RTP/AVP", "UDP/TLS/RTP/SAVPF", "TCP/DTLS/RTP/SAVP"]) {
    assertEquals([isRtp(protocol), isSctp(protocol)], [true, false], protocol);
  }
  for (const protocol of ["DTLS/SCTP", "UDP/DTLS/SCTP", "TCP/DTLS/SCTP"]) {
    assertEquals([isRtp(protocol), isSctp(protocol)], [false, true], protocol);
  }
  for (const protocol of ["UDP/BFCP", "XRTP/AVP", "UDP/SCTP", "DTLS/SCTPX"]) {
    assertEquals([isRtp(protocol), isSctp(protocol)], [false, false], protocol);
  }
});

Deno.test("RFC 8866 section 6.15: fmtp parameters are a bounded Map, the last of a name counts", () => {
  assertEquals(
    [...parseFmtp("96 a=1; b = 2 ;;a=3;0-15")!.parameters],
    [["a", "3"], ["b", "2"], ["0-15", undefined]],
  );
  const many = Array.from({ length: 1000 }, (_, i) => `p${i}=1`).join(";");
  assertEquals(parseFmtp(`96 ${many}`)!.parameters.size, 256);
});
