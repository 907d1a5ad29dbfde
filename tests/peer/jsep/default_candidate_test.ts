import { assert, assertEquals } from "@std/assert";
import { withDefaultCandidate } from "../../../peer/jsep/default_candidate.ts";
import { Pair } from "../pair.ts";
import { sessionWith } from "./support.ts";

/** Candidates, with the foundation that tells them from one another. */
const HOST = "1 1 udp 2130706431 192.0.2.1 5001 typ host";
const HOST6 = "2 1 udp 2130706430 2001:db8::1 5002 typ host";
const REFLEXIVE = "3 1 udp 1694498815 203.0.113.1 5003 typ srflx raddr 0.0.0.0 rport 9";
const RELAYED = "4 1 udp 16777215 203.0.113.9 5004 typ relay raddr 0.0.0.0 rport 9";
const TCP = "5 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active";
const NAMED = "6 1 udp 2130706431 0f7d5d9c-0000-4000-8000-000000000000.local 5006 typ host";
const RTCP = "7 2 udp 2130706430 192.0.2.1 5007 typ host";

function defaultOf(...candidates: readonly string[]): string {
  const { media } = sessionWith(
    "m=audio 9 UDP/TLS/RTP/SAVPF 0",
    "c=IN IP4 0.0.0.0",
    ...candidates.map((candidate) => `a=candidate:${candidate}`),
  );
  const { port, connections } = withDefaultCandidate(media[0]!);
  assertEquals(connections.length, 1);
  return `${port} ${connections[0]!.addrType} ${connections[0]!.address}`;
}

Deno.test("RFC 5245 section 4.1.4: the default candidate is the one that most likely works without ICE", () => {
  assertEquals(defaultOf(HOST6, HOST, REFLEXIVE, RELAYED), "5004 IP4 203.0.113.9");
  assertEquals(defaultOf(HOST6, HOST, REFLEXIVE), "5003 IP4 203.0.113.1");
  assertEquals(defaultOf(HOST6, HOST), "5001 IP4 192.0.2.1");
  assertEquals(defaultOf(HOST6), "5002 IP6 2001:db8::1");
});

Deno.test("RFC 9429 section 5.2.1: there is none before a candidate tells its address", () => {
  for (const candidates of [[], [TCP], [NAMED], [RTCP], ["malformed"]]) {
    assertEquals(defaultOf(...candidates), "9 IP4 0.0.0.0");
  }
});

Deno.test("a section that is rejected has none", () => {
  const { media: [section] } = sessionWith("m=audio 0 RTP/SAVPF 0", `a=candidate:${HOST}`);
  assertEquals(withDefaultCandidate(section!), section);
});

Deno.test("RFC 9429 section 5.2.2: descriptions of ours follow what is gathered, and so do later offers until ICE restarts", async () => {
  const pair = new Pair();
  const { alice } = pair;
  const places = (sdp: string) =>
    sdp.match(/^m=\S+ \d+|^c=.*/gm)!.map((line) => line.replace(/^m=\S+ /, ""));
  alice.createDataChannel("channel");
  alice.addTransceiver("audio");
  assertEquals(places((await alice.createOffer()).sdp!).slice(0, 2), ["9", "c=IN IP4 0.0.0.0"]);
  await pair.negotiate();
  await pair.gathered(alice);
  const [port, connection] = places(alice.localDescription!.sdp);
  assert(Number(port) >= 1024);
  assertEquals(connection, "c=IN IP4 198.51.100.1");
  const next = await alice.createOffer();
  // The other section is bundled by now, and has no candidates of its own.
  assertEquals(places(next.sdp!), [port, connection, "9", "c=IN IP4 0.0.0.0"]);
  await alice.setLocalDescription(next);
  await alice.setLocalDescription({ type: "rollback" });
  const restart = await alice.createOffer({ iceRestart: true });
  assertEquals(places(restart.sdp!).slice(0, 2), ["9", "c=IN IP4 0.0.0.0"]);
  await pair.close();
});
