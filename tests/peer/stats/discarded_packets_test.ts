import { assert, assertEquals, assertGreater } from "@std/assert";
import { Pair } from "../pair.ts";
import { all, one } from "../stats_reports.ts";

/** Of Alice's pairs, which that is that carries data. */
async function selected({ alice }: Pair) {
  const report = await alice.getStats();
  const { selectedCandidatePairId } = one(report, "transport");
  return all(report, "candidate-pair").find(({ id }) => id === selectedCandidatePairId)!;
}

for (const udpPort of [undefined, 3478]) {
  const where = udpPort === undefined ? "a socket" : "a port that is shared";
  Deno.test(`webrtc-stats section 8.19: what ${where} does not take counts for the pair that it was to go by`, async () => {
    const pair = new Pair({ settings: { alice: udpPort === undefined ? {} : { udpPort } } });
    const { a } = await pair.open();
    assertEquals((await selected(pair)).packetsDiscardedOnSend, 0);
    let [packets, bytes] = [0, 0];
    pair.hosts.alice.refuses = ({ data }) => {
      if (data[0]! > 3) [packets, bytes] = [packets + 1, bytes + data.length];
      return true; // checks as well, which are no packets of data (RFC 7983 section 7)
    };
    for (let i = 0; i < 10; i++) {
      a.send(new Uint8Array(500));
      await pair.advance(100);
    }
    await pair.advance(2000);
    const stats = await selected(pair);
    assertGreater(packets, 1);
    assertEquals([stats.packetsDiscardedOnSend, stats.bytesDiscardedOnSend], [packets, bytes]);
    assert(stats.packetsDiscardedOnSend! <= stats.packetsSent);
    pair.hosts.alice.refuses = () => false;
    await pair.until(() => a.bufferedAmount === 0);
    assertEquals((await selected(pair)).packetsDiscardedOnSend, packets);
    await pair.close();
  });
}
