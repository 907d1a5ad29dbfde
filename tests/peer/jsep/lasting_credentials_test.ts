import { assert, assertEquals } from "@std/assert";
import { Pair } from "../pair.ts";

/** The ufrag of each section. */
function ufrags({ sdp }: { sdp?: string }): string[] {
  return [...sdp!.matchAll(/^a=ice-ufrag:(.*)$/gm)].map(([, ufrag]) => ufrag!.trim());
}

async function bundled(): Promise<Pair> {
  const pair = new Pair();
  pair.alice.addTransceiver("audio");
  pair.alice.addTransceiver("video");
  pair.alice.createDataChannel("channel");
  await pair.negotiate();
  await pair.until(() =>
    pair.alice.connectionState === "connected" && pair.bob.connectionState === "connected"
  );
  return pair;
}

Deno.test("sections that had credentials of their own before they were bundled go on to show them", async () => {
  const pair = await bundled();
  const { alice, bob } = pair;
  const [first, later] = [ufrags(alice.localDescription!), ufrags(bob.localDescription!)];
  assertEquals([new Set(first).size, new Set(later).size], [3, 1]);
  alice.addTransceiver("audio");
  assertEquals(ufrags(await alice.createOffer()), [...first, first[0]!]);
  await pair.negotiate("alice");
  assertEquals(ufrags(alice.localDescription!), [...first, first[0]!]);
  assertEquals(ufrags(bob.remoteDescription!), [...first, first[0]!]);
  await pair.negotiate("bob");
  assertEquals(ufrags(alice.localDescription!), [...first, first[0]!]);
  assertEquals(ufrags(bob.localDescription!), Array(4).fill(later[0]!));
  assertEquals([alice.connectionState, bob.connectionState], ["connected", "connected"]);
  await pair.close();
});

Deno.test("an ICE restart gives the new credentials to all that are bundled", async () => {
  const pair = await bundled();
  const { alice } = pair;
  const first = ufrags(alice.localDescription!);
  alice.restartIce();
  const [restarted, ...others] = ufrags(await alice.createOffer());
  assert(!first.includes(restarted!));
  assertEquals(others, [restarted, restarted]);
  await pair.negotiate("alice");
  assertEquals(ufrags(await alice.createOffer()), Array(3).fill(restarted));
  const { iceTransport } = alice.sctp!.transport;
  await pair.until(() =>
    iceTransport.getLocalParameters()!.usernameFragment === restarted &&
    iceTransport.state === "connected"
  );
  await pair.close();
});

Deno.test("candidates of a later generation are told of the section that speaks for the bundle", async () => {
  const pair = await bundled();
  const { alice } = pair;
  const { sdp } = await alice.createOffer();
  const [, ...sections] = sdp!.split(/^m=/m);
  assertEquals(sections.map((section) => section.includes("a=candidate:")), [true, false, false]);
  await alice.setLocalDescription({ type: "offer", sdp: sdp! });
  await alice.setLocalDescription({ type: "rollback" });
  await pair.close();
});
