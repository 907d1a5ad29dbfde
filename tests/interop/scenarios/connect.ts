import { assert, assertEquals } from "@std/assert";
import type { Scenario } from "../../browser/harness/scenario.ts";

export const connects: Scenario = {
  name: "connects, with a channel that both ends see",
  withoutTrickle: true,
  async run({ offerer, answerer, connect }) {
    await offerer.run((side) => void side.open("first"));
    await connect();
    for (const peer of [offerer, answerer]) {
      await peer.run(async (side) => void await side.mailbox("first"));
      const events = await peer.run((side) => side.mailboxes.get("first")!.events);
      assertEquals(events, ["open"], peer.name);
      if (peer.name !== "heron") continue;
      const seen = await peer.run(({ pc, states }) => ({
        states,
        ice: pc.sctp?.transport.iceTransport.state,
        dtls: pc.sctp?.transport.state,
        sctp: pc.sctp?.state,
        pair: pc.sctp?.transport.iceTransport.getSelectedCandidatePair() !== null,
      }));
      assertEquals(seen.states, ["connecting", "connected"]);
      assert(seen.ice === "connected" || seen.ice === "completed", `ice ${seen.ice}`);
      assertEquals([seen.dtls, seen.sctp, seen.pair], ["connected", "connected", true]);
    }
    assertEquals(await offerer.run((side) => side.announced), []);
    assertEquals(await answerer.run((side) => side.announced), ["first"]);
  },
};
