import { assert, assertEquals } from "@std/assert";
import { toHex } from "../../core/wire/mod.ts";
import type { SrtpEndpoint, SrtpEvent, SrtpPacket } from "../../srtp/mod.ts";
import { LayerPair } from "../support/layer_pair.ts";
import { Random, seedForRun } from "../support/random.ts";
import { asRtcp, asRtp, ends, PROFILES, rtcp, rtp } from "./support.ts";

type SrtpPair = LayerPair<Uint8Array, SrtpPacket, SrtpEvent, SrtpEndpoint>;

for (const profile of PROFILES) {
  Deno.test(`profile ${profile}: through loss, reordering and duplication, around 65535 many times`, () => {
    const seed = seedForRun("srtp network");
    const random = new Random(seed);
    const { client, server } = ends(profile);
    const link = { delay: 10, jitter: 30, loss: 0.2, duplication: 0.2 };
    const pair: SrtpPair = new LayerPair(client, server, { link, seed });
    const sent = new Map<string, number>(); // how often
    const next = new Map([1, 2, 3].map((ssrc) => [ssrc, random.below(32768)]));
    let rollOvers = 0;
    for (let round = 0; round < 1500; round++) {
      const ssrc = random.pick([...next.keys()]);
      const packets: SrtpPacket[] = [];
      for (let n = random.below(5); n >= 0; n--) {
        const sequenceNumber = next.get(ssrc)!;
        // Leaps bring the next roll-over near; between them packets come one by one.
        const following = sequenceNumber + (random.chance(0.05) ? 1 + random.below(7000) : 1);
        if (following > 65535) rollOvers++;
        next.set(ssrc, following % 65536);
        packets.push(asRtp(rtp({ sequenceNumber, ssrc, length: random.below(100) })));
      }
      if (random.chance(0.1)) packets.push(asRtcp(rtcp(ssrc, 4 * random.below(10))));
      for (const { data } of packets) count(sent, data, 1);
      pair.run("a", (layer, now) => layer.handleOutbound(packets, now));
      pair.advance(random.below(5));
    }
    pair.advance(1000);
    assert(rollOvers > 2);
    assertEquals(server.discards.of("bad tag"), 0, "every index was guessed right");
    assert(server.discards.of("replayed") > 100, "what came twice was seen");
    assert(pair.received.b.length > 0.5 * pair.sent.a.length);
    for (const { data } of pair.received.b) {
      assert(count(sent, data, -1) >= 0, "as it was sent, and not more often");
    }
  });

  Deno.test(`profile ${profile}: each packet arrives once and in its own form, in whatever batches`, () => {
    const seed = seedForRun("srtp batches");
    const random = new Random(seed);
    const { client, server } = ends(profile);
    const packets: SrtpPacket[] = [];
    for (let i = 0; i < 400; i++) {
      const sequenceNumber = (65_400 + i) % 65_536;
      packets.push(asRtp(rtp({ sequenceNumber, length: random.below(200) })));
      if (random.chance(0.1)) packets.push(asRtcp(rtcp()));
    }
    const pair: SrtpPair = new LayerPair(client, server);
    for (let at = 0; at < packets.length;) {
      const batch = packets.slice(at, at += 1 + random.below(60));
      pair.a.handleOutbound(batch, 1000);
    }
    pair.run("a", () => {});
    pair.advance(1000);
    assertEquals(pair.received.b, packets);
    // All of it once more, shuffled in small steps, at an endpoint that has seen nothing but the first packet.
    const { server: other } = ends(profile);
    const wire = pair.sent.a;
    const shuffled = wire.slice(1).map((packet, i) => ({ packet, at: i + random.below(40) }))
      .sort((a, b) => a.at - b.at).map(({ packet }) => packet);
    const out = { below: [], above: [] as SrtpPacket[], events: [] };
    other.handleInbound([wire[0]!], 1000);
    for (let at = 0; at < shuffled.length;) {
      other.handleInbound(shuffled.slice(at, at += 1 + random.below(60)), 1000);
    }
    other.poll(out);
    const ids = (list: readonly SrtpPacket[]) =>
      list.map(({ kind, data }) => kind + toHex(data)).sort();
    assertEquals(ids(out.above), ids(packets));
  });
}

function count(counts: Map<string, number>, data: Uint8Array, by: number): number {
  const id = toHex(data), now = (counts.get(id) ?? 0) + by;
  counts.set(id, now);
  return now;
}
