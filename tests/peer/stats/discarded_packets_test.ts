import { assert, assertEquals, assertGreater } from "@std/assert";
import { PASSWORD, USER } from "../../ice/turn/turn_server.ts";
import { virtualTurnServer } from "../../net/mod.ts";
import { Pair, type PairOptions } from "../pair.ts";
import { all, one } from "../stats_reports.ts";

/** Of Alice's pairs, which that is that carries data. */
async function selected({ alice }: Pair) {
  const report = await alice.getStats();
  const { selectedCandidatePairId } = one(report, "transport");
  return all(report, "candidate-pair").find(({ id }) => id === selectedCandidatePairId)!;
}

const TURN = "203.0.113.10";

const WAYS: Record<string, PairOptions> = {
  "a socket": {},
  "a port that is shared": { settings: { alice: { udpPort: 3478 } } },
  "the socket of a relay": {
    configuration: {
      iceServers: [{ urls: `turn:${TURN}`, username: USER, credential: PASSWORD }],
      iceTransportPolicy: "relay",
    },
  },
};

/** What a datagram holds for the peer: all of it, or what is in ChannelData (RFC 8656 section 12.4). */
function contents(datagram: Uint8Array): Uint8Array {
  const [first = 0, , high = 0, low = 0] = datagram;
  return first >= 64 && first <= 79 ? datagram.subarray(4, 4 + (high << 8 | low)) : datagram;
}

for (const [way, options] of Object.entries(WAYS)) {
  Deno.test(`webrtc-stats section 8.19: what ${way} does not take counts for the pair that it was to go by`, async () => {
    const pair = new Pair(options);
    await virtualTurnServer(pair.net, TURN);
    const { a } = await pair.open();
    await pair.advance(1000);
    assertEquals((await selected(pair)).packetsDiscardedOnSend, 0);
    let [packets, bytes] = [0, 0];
    pair.hosts.alice.refuses = ({ data }) => {
      const { length, 0: first = 0 } = contents(data);
      if (first > 3) [packets, bytes] = [packets + 1, bytes + length];
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
    assert(stats.packetsDiscardedOnSend <= stats.packetsSent);
    pair.hosts.alice.refuses = () => false;
    await pair.until(() => a.bufferedAmount === 0);
    assertEquals((await selected(pair)).packetsDiscardedOnSend, packets);
    await pair.close();
  });
}
