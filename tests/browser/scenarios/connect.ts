import { assert, assertEquals } from "@std/assert";
import type { Peer } from "../harness/peer.ts";
import type { Scenario } from "../harness/scenario.ts";

/** A page without capture permission must not learn, nor tell, the machine's addresses (RFC 8828 section 5.2, mode 3). */
async function assertOnlyMdnsCandidates(peer: Peer): Promise<void> {
  const candidates = await peer.run((side) => side.candidates);
  assert(candidates.length > 0, `${peer.name} gathered nothing`);
  for (const line of candidates) {
    const address = line.split(" ")[4] ?? "";
    assert(address.endsWith(".local"), `${peer.name} shows an address: ${line}`);
  }
}

export const connects: Scenario = {
  name: "connects, with mDNS names for the browser's addresses, and closes",
  withoutTrickle: true,
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("first"));
    await connect();
    for (const peer of [offerer, answerer]) {
      if (peer.browser && !peer.browser.options.showAddresses) await assertOnlyMdnsCandidates(peer);
      await peer.run(async (side) => void await side.mailbox("first"));
      const seen = await peer.run(({ pc, states }) => ({
        states,
        signaling: pc.signalingState,
        ice: pc.sctp?.transport.iceTransport.state,
        dtls: pc.sctp?.transport.state,
        sctp: pc.sctp?.state,
        // Not every browser has getSelectedCandidatePair(), and not every one fills in the types.
        pair: pc.sctp?.transport.iceTransport.getSelectedCandidatePair?.() !== null,
      }));
      assertEquals(seen.states, ["connecting", "connected"], peer.name);
      assertEquals(seen.signaling, "stable", peer.name);
      assert(seen.ice === "connected" || seen.ice === "completed", `${peer.name}: ice ${seen.ice}`);
      assertEquals(seen.dtls, "connected", peer.name);
      assertEquals(seen.sctp, "connected", peer.name);
      assert(seen.pair, `${peer.name}: a candidate pair is selected`);
    }
    for (const peer of [offerer, answerer]) {
      const events = await peer.run((side) => side.mailboxes.get("first")!.events);
      assertEquals(events, ["open"], peer.name);
    }
    assertEquals(await offerer.run((side) => side.announced), []);
    assertEquals(await answerer.run((side) => side.announced), ["first"]);
  },
};
