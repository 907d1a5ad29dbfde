import { assert, assertEquals } from "@std/assert";
import { concat } from "../../core/wire/mod.ts";
import type { SrtpEndpoint, SrtpPacket } from "../../srtp/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import {
  asRtcp,
  asRtp,
  endpoint,
  ends,
  flip,
  poll,
  PROFILES,
  protect,
  rtcp,
  rtp,
  unprotect,
} from "./support.ts";

/** The attacks on SRTP: state is created and moved by authenticated packets only. */
for (const profile of PROFILES) {
  Deno.test(`profile ${profile}: every bit of a packet counts, its tag's too, and none makes a stream`, () => {
    const { client, server } = ends(profile);
    const packets: SrtpPacket[] = [
      asRtp(rtp({ csrcs: 1, extension: 1, length: 3 })),
      asRtcp(rtcp(5, 4)),
    ];
    const wire = protect(client, ...packets);
    for (const packet of wire) {
      for (let at = 0; at < packet.length; at++) {
        for (let bit = 0; bit < 8; bit++) {
          assertEquals(unprotect(server, [flip(packet, at, bit)]), [], `byte ${at}, bit ${bit}`);
        }
      }
    }
    assertEquals(server.inboundStreams, 0);
    assertEquals(unprotect(server, wire), packets);
    assertEquals(server.inboundStreams, 2);
  });

  Deno.test(`profile ${profile}: forged packets far ahead move neither roll-over counter nor window`, () => {
    const { client, server } = ends(profile);
    const first = asRtp(rtp({ sequenceNumber: 30_000 }));
    const [known] = protect(client, first);
    assertEquals(unprotect(server, [known!]), [first]);
    const random = new Random(seedForRun("forged"));
    for (let round = 0; round < 300; round++) {
      const forged = known!.slice();
      forged[2] = random.below(256);
      forged[3] = random.below(256);
      if (forged[2] === known![2] && forged[3] === known![3]) continue;
      assertEquals(unprotect(server, [forged]), []);
    }
    // RFC 3711 section 3.3.1: had one of them counted, these would be guessed wrong, or be too old.
    const rest = [29_990, 30_001, 29_999, 30_002].map((sequenceNumber) =>
      asRtp(rtp({ sequenceNumber }))
    );
    assertEquals(unprotect(server, protect(client, ...rest)), rest);
    assert(server.discards.of("bad tag") > 100);
  });

  Deno.test(`profile ${profile}: a forged packet before the first one of a stream, in the same batch too`, () => {
    const { client, server } = ends(profile);
    const packets = [65534, 65535, 0, 1].map((sequenceNumber) => asRtp(rtp({ sequenceNumber })));
    const wire = protect(client, ...packets);
    const forged = wire.map((packet) => flip(packet, packet.length - 1));
    const mixed = wire.flatMap((packet, i) => [forged[3 - i]!, packet, forged[i]!]);
    assertEquals(unprotect(server, mixed), packets);
    assertEquals(server.discards.total, 8);
  });

  Deno.test(`profile ${profile}: RFC 3711 section 3.3.2: what was received is never received again`, () => {
    const { client, server } = ends(profile);
    const packets = Array.from({ length: 20 }, (_, i) => [
      asRtp(rtp({ sequenceNumber: (65_530 + i) % 65_536 })),
      asRtcp(rtcp()),
    ]).flat();
    const wire = protect(client, ...packets);
    assertEquals(unprotect(server, [...wire, ...wire]), packets);
    assertEquals(unprotect(server, wire.toReversed()), []);
    assertEquals(server.discards.of("replayed"), 2 * packets.length);
  });

  Deno.test(`profile ${profile}: a forged copy does not keep the packet itself from being received`, () => {
    const { client, server } = ends(profile);
    const packets = [asRtp(rtp()), asRtcp(rtcp())];
    const wire = protect(client, ...packets);
    const forged = wire.map((packet) => flip(packet, 9));
    assertEquals(unprotect(server, [...forged, ...wire]), packets);
  });

  Deno.test(`profile ${profile}: 100,000 alien SSRCs leave nothing behind`, () => {
    const { client, server } = ends(profile);
    const [media, report] = protect(client, asRtp(rtp()), asRtcp(rtcp()));
    const alien = (packet: Uint8Array, at: number, ssrc: number) => {
      const copy = packet.slice();
      new DataView(copy.buffer).setUint32(at, ssrc);
      return copy;
    };
    for (let ssrc = 0; ssrc < 50_000; ssrc += 25) {
      const batch = Array.from({ length: 25 }, (_, i) => [
        alien(media!, 8, ssrc + i),
        alien(report!, 4, ssrc + i),
      ]).flat();
      server.handleInbound(batch, ssrc);
    }
    assertEquals(server.inboundStreams, 0);
    assertEquals(server.discards.of("bad tag"), 100_000);
    assertEquals(poll(server), {
      below: [],
      above: [],
      events: [{ type: "state", state: "connected" }],
    });
    assertEquals(unprotect(server, [media!]), [asRtp(rtp())]);
  });
}

Deno.test("an authentic peer with ever new SSRCs: 1024 streams are kept, and the oldest ones are forgotten", () => {
  const server = endpoint(7, "server");
  const now = { at: 1000 };
  /** Sends with so many endpoints as it takes: one alone refuses to have that many streams. */
  const send = (from: number, to: number) => {
    const client = endpoint(7, "client");
    for (let ssrc = from; ssrc < to; ssrc++) receive(server, client, ssrc, ++now.at);
  };
  send(0, 1000);
  assertEquals(server.inboundStreams, 1000);
  const busy = endpoint(7, "client");
  receive(server, busy, 0, ++now.at, 2); // stream 0 is in use
  send(1000, 1900);
  assertEquals(server.inboundStreams, 1024);
  assertEquals(server.discards.total, 0);
  receive(server, busy, 0, ++now.at, 2); // known: a replay
  assertEquals(server.discards.of("replayed"), 1);
  // Of those in use last, everything is remembered; of the first ones that were not used since, nothing.
  receive(server, endpoint(7, "client"), 1899, ++now.at);
  receive(server, endpoint(7, "client"), 1500, ++now.at);
  assertEquals(server.discards.of("replayed"), 3);
  receive(server, endpoint(7, "client"), 1, ++now.at);
  assertEquals(server.discards.total, 3);
});

/** One packet of a stream, from end to end. */
function receive(
  server: SrtpEndpoint,
  client: SrtpEndpoint,
  ssrc: number,
  now: number,
  sequenceNumber = 1,
): void {
  unprotect(server, protect(client, asRtp(rtp({ ssrc, sequenceNumber }))), now);
}

Deno.test("what is cut off, drawn out or mutated never throws, and never passes", () => {
  const random = new Random(seedForRun("srtp mutation"));
  for (const profile of PROFILES) {
    const { client, server } = ends(profile);
    const packets = [
      asRtp(rtp({ csrcs: 2, extension: 3 })),
      asRtp(rtp({ sequenceNumber: 65_535, length: 0 })),
      asRtcp(rtcp()),
      asRtcp(rtcp(1, 0)),
    ];
    const wire = protect(client, ...packets);
    for (const packet of wire) {
      for (let end = 0; end < packet.length; end++) {
        assertEquals(unprotect(server, [packet.subarray(0, end)]), []);
      }
      assertEquals(unprotect(server, [concat([packet, Uint8Array.of(0)])]), []);
      assertEquals(unprotect(server, [concat([packet, new Uint8Array(70_000)])]), []);
    }
    const original = new Set(wire.map(String));
    for (let round = 0; round < 3000; round++) {
      const batch = Array.from(
        { length: 1 + random.below(6) },
        () =>
          random.chance(0.1) ? random.bytes(random.below(60)) : random.mutate(random.pick(wire)),
      ).filter((packet) => !original.has(String(packet)));
      assertEquals(unprotect(server, batch), []);
    }
    assertEquals(server.inboundStreams, 0);
    assertEquals(unprotect(server, wire), packets);
  }
});

Deno.test("mutated packets from above never throw, and what leaves is what arrives", () => {
  const random = new Random(seedForRun("srtp mutation, outbound"));
  for (const profile of PROFILES) {
    const { client, server } = ends(profile);
    const originals = [asRtp(rtp({ csrcs: 1, extension: 2 })), asRtcp(rtcp())];
    for (let round = 0; round < 500; round++) {
      const { kind, data } = random.pick(originals);
      const packet = { kind, data: random.mutate(data) };
      for (const wire of protect(client, packet)) {
        const received = unprotect(server, [wire]);
        if (received.length === 1) assertEquals(received[0]!.data, packet.data);
      }
    }
  }
});
