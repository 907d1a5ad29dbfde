import { assert, assertEquals } from "@std/assert";
import { RTCIceCandidate, type RTCSessionDescriptionInit } from "../../mod.ts";
import { Pair } from "./pair.ts";

/** An offer of two sections that are not for data, each with an ICE generation of its own. */
const MEDIA_OFFER = {
  type: "offer" as const,
  sdp: [
    "v=0",
    "o=- 1 1 IN IP4 0.0.0.0",
    "s=-",
    "t=0 0",
    ...["audio", "video"].flatMap((kind, index) => [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF 96`,
      "c=IN IP4 0.0.0.0",
      `a=mid:${index}`,
      "a=rtcp-mux",
      `a=ice-ufrag:frag${index}`,
      "a=ice-pwd:0123456789abcdef01234567",
      `a=fingerprint:sha-256 ${Array(32).fill("AB").join(":")}`,
      "a=setup:actpass",
    ]),
    "",
  ].join("\r\n"),
};

const CANDIDATE = "candidate:1 1 udp 2122260223 203.0.113.7 5000 typ host";

/** How often a line occurs before and after the second section begins. */
function occurrences(sdp: string, line: string): number[] {
  return sdp.split("m=video").map((part) => part.split(`${line}\r\n`).length - 1);
}

Deno.test("a candidate is added to the section that it is for", async () => {
  const pair = new Pair();
  const { alice } = pair;
  await alice.setRemoteDescription(MEDIA_OFFER);
  await alice.addIceCandidate({ candidate: CANDIDATE, sdpMid: "1" });
  assertEquals(occurrences(alice.remoteDescription!.sdp, `a=${CANDIDATE}`), [0, 1]);
  await alice.addIceCandidate({ candidate: "", sdpMLineIndex: 0 });
  assertEquals(occurrences(alice.remoteDescription!.sdp, "a=end-of-candidates"), [1, 0]);
  await pair.close();
});

Deno.test("a candidate may come as a whole line of a description, as in Chromium", async () => {
  const pair = new Pair();
  const { alice } = pair;
  await alice.setRemoteDescription(MEDIA_OFFER);
  await alice.addIceCandidate({ candidate: `a=${CANDIDATE}\r\n`, sdpMid: "1" });
  await alice.addIceCandidate({ candidate: CANDIDATE, sdpMid: "1" }); // the same one
  const { sdp } = alice.remoteDescription!;
  assertEquals(occurrences(sdp, `a=${CANDIDATE}`), [0, 1]);
  assert(!sdp.includes("\r\n\r\n"));
  await pair.close();
});

Deno.test("an empty sdpMid is none: the section is told by its index", async () => {
  const pair = new Pair();
  const { alice } = pair;
  await alice.setRemoteDescription(MEDIA_OFFER);
  await alice.addIceCandidate({ candidate: CANDIDATE, sdpMid: "", sdpMLineIndex: 1 });
  assertEquals(occurrences(alice.remoteDescription!.sdp, `a=${CANDIDATE}`), [0, 1]);
  for (const sdpMLineIndex of [null, 2]) {
    const error = await alice.addIceCandidate({ candidate: CANDIDATE, sdpMid: "", sdpMLineIndex })
      .catch((error) => error);
    assertEquals(error.name, "OperationError");
  }
  await pair.close();
});

Deno.test("the end of candidates without a section is for all sections, or for the generation that it names", async () => {
  for (const candidate of [undefined, null, {}, { candidate: "" }]) {
    const pair = new Pair();
    await pair.alice.setRemoteDescription(MEDIA_OFFER);
    await pair.alice.addIceCandidate(candidate);
    const { sdp } = pair.alice.remoteDescription!;
    assertEquals(occurrences(sdp, "a=end-of-candidates"), [1, 1]);
    await pair.close();
  }
  const pair = new Pair();
  const { alice } = pair;
  await alice.setRemoteDescription(MEDIA_OFFER);
  const unknown = await alice.addIceCandidate({ usernameFragment: "none" }).catch((e) => e);
  assertEquals(unknown.name, "OperationError");
  await alice.addIceCandidate({ usernameFragment: "frag1" });
  assertEquals(occurrences(alice.remoteDescription!.sdp, "a=end-of-candidates"), [0, 1]);
  await pair.close();
});

Deno.test("what a section gains of candidates has its bound", async () => {
  const pair = new Pair();
  const { alice } = pair;
  await alice.setRemoteDescription(MEDIA_OFFER);
  for (let port = 5000; port < 5300; port++) {
    await alice.addIceCandidate({ candidate: CANDIDATE.replace("5000", `${port}`), sdpMid: "0" });
  }
  assertEquals(alice.remoteDescription!.sdp.match(/a=candidate/g)!.length, 100);
  await pair.close();
});

Deno.test("a prohibited candidate is taken like any other, and nothing is sent to it", async () => {
  for (
    const [candidate, policy] of [
      [CANDIDATE.replace("5000", "5060"), "all"], // Fetch section 2.9: the port of SIP
      [CANDIDATE.replace("203.0.113.7", "0e8c8a2c.local"), "relay"],
    ] as const
  ) {
    const pair = new Pair({ trickle: false });
    const { alice, bob } = pair;
    alice.createDataChannel("x");
    await alice.setLocalDescription();
    await pair.gathered(alice);
    bob.setConfiguration({ iceTransportPolicy: policy });
    let [packets, lookups] = [0, 0];
    pair.net.tap = ({ destination }) => {
      if (destination.ip === "203.0.113.7") packets++;
    };
    pair.hosts.bob.resolveMdns = () => {
      lookups++;
      return Promise.resolve("203.0.113.7");
    };
    await bob.setRemoteDescription(alice.localDescription!);
    await bob.setLocalDescription();
    await bob.addIceCandidate({ candidate, sdpMid: "0" });
    await pair.advance(5000);
    assert(bob.remoteDescription!.sdp.includes(candidate));
    const shown = bob.sctp!.transport.iceTransport.getRemoteCandidates();
    assert(shown.some((each) => each instanceof RTCIceCandidate && each.candidate === candidate));
    assertEquals([packets, lookups], [0, 0]);
    await bob.addIceCandidate({ candidate: CANDIDATE, sdpMid: "0" });
    await pair.advance(5000);
    assertEquals(packets > 0, policy === "all", "without prohibition there are checks");
    await pair.close();
  }
});

/** An offer of that many sections, each with a transport of its own, of generations of their own or of one. */
function unbundledOffer(sections: number, generations: "one" | "each"): RTCSessionDescriptionInit {
  const [session, section] = MEDIA_OFFER.sdp.split(/(?=m=audio)|(?=m=video)/);
  const media = Array.from(
    { length: sections },
    (_, index) =>
      section!.replace("SAVPF 96", "SAVPF 0").replace("a=mid:0", `a=mid:${index}`)
        .replace("frag0", generations === "one" ? "frag" : `frag${index}`),
  );
  return { type: "offer", sdp: session + media.join("") };
}

for (const generations of ["each", "one"] as const) {
  Deno.test(`W3C WebRTC section 4.4.2: a candidate goes to the transport of its section, ${generations === "one" ? "also where all have one ufrag" : "however many there are"}`, async () => {
    const SECTIONS = 40;
    const pair = new Pair({ configuration: { bundlePolicy: "max-compat" } });
    const { alice } = pair;
    const askers = new Map<number, Set<number>>();
    pair.net.tap = ({ source, destination: { ip, port } }) => {
      if (ip === "203.0.113.7") askers.set(port, (askers.get(port) ?? new Set()).add(source.port));
    };
    await alice.setRemoteDescription(unbundledOffer(SECTIONS, generations));
    const ports = Array.from({ length: SECTIONS }, (_, index) => 5000 + index);
    for (const [index, port] of ports.entries()) {
      const candidate = CANDIDATE.replace("5000", `${port}`);
      await alice.addIceCandidate({ candidate, sdpMLineIndex: index });
    }
    await alice.setLocalDescription();
    await pair.advance(8000);
    assertEquals([...askers.keys()].sort((a, b) => a - b), ports);
    const sources = [...askers.values()].map((each) => [...each]);
    assertEquals(sources.map(({ length }) => length), Array(SECTIONS).fill(1));
    assertEquals(new Set(sources.flat()).size, SECTIONS);
    await pair.close();
  });
}
