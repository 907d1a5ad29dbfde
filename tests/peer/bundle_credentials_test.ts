import { assert, assertEquals } from "@std/assert";
import type { RTCConfiguration, RTCSessionDescriptionInit } from "../../mod.ts";
import type { PeerConnectionSettings } from "../../peer/settings.ts";
import { Pair, type PairOptions, without } from "./pair.ts";

/** The ufrag of each section. */
function ufrags({ sdp }: { sdp?: string }): string[] {
  return [...sdp!.matchAll(/^a=ice-ufrag:(.*)$/gm)].map(([, ufrag]) => ufrag!.trim());
}

function threeSections(options: PairOptions = {}): Pair {
  const pair = new Pair(options);
  pair.alice.addTransceiver("audio");
  pair.alice.addTransceiver("video");
  pair.alice.createDataChannel("channel");
  return pair;
}

async function connected(pair: Pair): Promise<void> {
  await pair.until(() =>
    pair.alice.connectionState === "connected" && pair.bob.connectionState === "connected"
  );
}

for (const bundlePolicy of ["balanced", "max-compat", "max-bundle"] as const) {
  for (const iceCandidatePoolSize of [0, 1, 5]) {
    Deno.test(`sections that are offered bundled have the same credentials, as browsers have it: ${bundlePolicy}, a pool of ${iceCandidatePoolSize}`, async () => {
      const configuration: RTCConfiguration = { bundlePolicy, iceCandidatePoolSize };
      const pair = threeSections({ configuration });
      const { alice, bob } = pair;
      await pair.negotiate();
      const [first] = ufrags(alice.localDescription!);
      assertEquals(ufrags(alice.localDescription!), [first, first, first]);
      await connected(pair);
      alice.addTransceiver("audio");
      assertEquals(ufrags(await alice.createOffer()), Array(4).fill(first));
      await pair.negotiate("alice");
      await pair.negotiate("bob");
      assertEquals(ufrags(alice.localDescription!), Array(4).fill(first));
      assertEquals(new Set(ufrags(bob.localDescription!)).size, 1);
      assertEquals([alice.connectionState, bob.connectionState], ["connected", "connected"]);
      await pair.close();
    });
  }
}

Deno.test("sections that are added to an offer of ours, or to one that restarts ICE, have its credentials", async () => {
  const pair = new Pair();
  const { alice } = pair;
  alice.addTransceiver("audio");
  await alice.setLocalDescription();
  const [first] = ufrags(alice.localDescription!);
  alice.addTransceiver("video");
  await alice.setLocalDescription();
  assertEquals(ufrags(alice.localDescription!), [first, first]);
  alice.restartIce();
  alice.createDataChannel("channel");
  const restarted = ufrags(await alice.createOffer());
  assertEquals([restarted.length, new Set(restarted).size], [3, 1]);
  assert(restarted[0] !== first);
  await pair.negotiate();
  assertEquals(ufrags(alice.localDescription!), restarted);
  await connected(pair);
  await pair.close();
});

Deno.test("of bundled sections, the one that speaks for them tells candidates", async () => {
  const pair = threeSections();
  const { alice } = pair;
  await pair.negotiate();
  await connected(pair);
  const { sdp } = await alice.createOffer();
  const [, ...sections] = sdp!.split(/^m=/m);
  assertEquals(sections.map((section) => section.includes("a=candidate:")), [true, false, false]);
  await pair.close();
});

Deno.test("until they are bundled, each tells candidates of its own", async () => {
  const pair = threeSections();
  const { alice } = pair;
  const told = new Map<string, Set<string>>();
  alice.onicecandidate = ({ candidate }) => {
    if (!candidate?.port) return;
    const { sdpMid, port, protocol } = candidate;
    if (protocol === "udp") told.set(sdpMid!, (told.get(sdpMid!) ?? new Set()).add(`${port}`));
  };
  await alice.setLocalDescription();
  await pair.gathered(alice);
  assertEquals([...told.keys()], ["0", "1", "2"]);
  assertEquals(new Set([...told.values()].flatMap((ports) => [...ports])).size, 3);
  const [, ...sections] = alice.localDescription!.sdp.split(/^m=/m);
  const ports = sections.map((section) => /a=candidate:\S+ 1 udp \d+ \S+ (\d+)/.exec(section)![1]);
  assertEquals(ports.map((port, mid) => told.get(`${mid}`)!.has(port!)), [true, true, true]);
  await pair.close();
});

const SETTINGS: readonly [string, PeerConnectionSettings, signallingTime: number][] = [
  ["ports of their own", {}, 0],
  ["one port for all", { udpPort: 3478 }, 0],
  ["one port for all and an answer that takes its time", { udpPort: 3478 }, 2000],
];
for (const [name, settings, signallingTime] of SETTINGS) {
  Deno.test(`a peer that knows no bundling reaches every transport by the same credentials, with ${name}`, async () => {
    const pair = threeSections({ trickle: false, settings: { alice: settings } });
    const { alice, bob } = pair;
    const unbundled = (description: RTCSessionDescriptionInit | null) =>
      without(description!, /^a=group:BUNDLE/);
    await alice.setLocalDescription();
    await pair.gathered(alice);
    await bob.setRemoteDescription(unbundled(alice.localDescription));
    await bob.setLocalDescription();
    await pair.gathered(bob);
    await pair.advance(signallingTime); // meanwhile there are checks
    await alice.setRemoteDescription(unbundled(bob.localDescription));
    await connected(pair);
    assertEquals(new Set(ufrags(alice.localDescription!)).size, 1);
    assertEquals(new Set(ufrags(bob.localDescription!)).size, 3);
    const transports = new Set([
      alice.sctp!.transport,
      ...alice.getReceivers().map(({ transport }) => transport),
    ]);
    assertEquals([...transports].map((transport) => transport!.state), Array(3).fill("connected"));
    await pair.close();
  });
}

Deno.test("where the first section is refused, another transport takes its place on a port that all share", async () => {
  const pair = threeSections({ settings: { alice: { udpPort: 3478 } } });
  const { alice, bob } = pair;
  await alice.setLocalDescription();
  await bob.setRemoteDescription(alice.localDescription!);
  bob.getTransceivers()[0]!.stop();
  await bob.setLocalDescription();
  await alice.setRemoteDescription(bob.localDescription!);
  await connected(pair);
  await pair.close();
});

Deno.test("RFC 9143 section 7.3.1: a new section that speaks for a bundle, as where a browser uses the first one's place again, has the bundle's transport while its credentials stay", async () => {
  const pair = threeSections();
  const { alice, bob } = pair;
  await pair.negotiate();
  await connected(pair);
  const [transport, [before]] = [bob.sctp!.transport, ufrags(bob.localDescription!)];
  alice.getTransceivers()[0]!.stop();
  await pair.negotiate();
  alice.addTransceiver("video");
  await alice.setLocalDescription();
  const { type, sdp } = alice.localDescription!;
  const [, mids] = /^a=group:BUNDLE (.*)$/m.exec(sdp)!;
  const [first, ...others] = [mids!.split(" ").at(-1), ...mids!.split(" ").slice(0, -1)];
  const group = `a=group:BUNDLE ${[first, ...others].join(" ")}`;
  await bob.setRemoteDescription({ type, sdp: sdp.replace(/^a=group:BUNDLE .*$/m, group) });
  await bob.setLocalDescription();
  assert(bob.localDescription!.sdp.includes(group));
  assertEquals(new Set(ufrags(bob.localDescription!)), new Set([before]));
  await alice.setRemoteDescription(bob.localDescription!);
  assertEquals([bob.sctp!.transport, bob.connectionState], [transport, "connected"]);
  await pair.close();
});
