import type { Peer } from "../harness/peer.ts";

/** Negotiates anew, by an offer of that side. */
export async function offerAnew(offerer: Peer): Promise<void> {
  await offerer.run(async (side) => {
    await side.offer();
    await side.until(side.pc, ["signalingstatechange"], () => side.pc.signalingState === "stable");
  });
}
