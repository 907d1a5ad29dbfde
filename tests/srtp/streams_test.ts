import { assertEquals } from "@std/assert";
import { Discards } from "../../core/stage/mod.ts";
import type { SrtpDiscard } from "../../srtp/mod.ts";
import { Opener } from "../../srtp/opener.ts";
import type { SrtpPacket } from "../../srtp/packet.ts";
import { SRTP_PROTECTION_PROFILES } from "../../srtp/profiles.ts";
import { SrtcpSender } from "../../srtp/srtcp_sender.ts";
import { SrtpReceiver } from "../../srtp/srtp_receiver.ts";
import { SrtpSender } from "../../srtp/srtp_sender.ts";
import { makeTransform } from "../../srtp/transform/make_transform.ts";
import { asRtcp, asRtp, crypto, ends, PROFILES, protect, rtcp, rtp, unprotect } from "./support.ts";

/** A sender and a receiver of their own, whose streams can be looked into. */
function parts(kind: "rtp" | "rtcp") {
  const profile = SRTP_PROTECTION_PROFILES[0]!;
  const master = { key: new Uint8Array(16), salt: new Uint8Array(12) };
  const transform = () => makeTransform(crypto, profile, master, kind);
  const discards = new Discards<SrtpDiscard>();
  const below: Uint8Array[] = [], above: SrtpPacket[] = [];
  return { transform, discards, below, above };
}

Deno.test("RFC 3711 section 9.2: SRTP stops at index 2^48, on both sides", () => {
  const { transform, discards, below, above } = parts("rtp");
  const sender = new SrtpSender(transform(), discards, below);
  const opener = new Opener("rtp", transform(), discards, above);
  const receiver = new SrtpReceiver(opener, discards);
  sender.queue(rtp({ sequenceNumber: 1 }));
  sender.flush();
  sender.streams.get(0xcafebabe)!.highest = 2 ** 48 - 3;
  opener.streams.accept(0xcafebabe, 2 ** 48 - 3, 0);
  below.length = 0;
  for (const sequenceNumber of [65534, 65535, 0, 1]) sender.queue(rtp({ sequenceNumber }));
  sender.flush();
  assertEquals(below.length, 2);
  assertEquals(discards.of("index limit"), 2);
  for (const packet of below) receiver.queue(packet, 0);
  receiver.flush(0);
  assertEquals(above.length, 2);
  receiver.queue(rtp({ sequenceNumber: 0 }), 0);
  assertEquals(discards.of("index limit"), 3);
  assertEquals(opener.streams.get(0xcafebabe)!.window.highest, 2 ** 48 - 1);
});

Deno.test("RFC 3711 section 9.2: SRTCP stops at index 2^31", () => {
  const { transform, discards, below } = parts("rtcp");
  const sender = new SrtcpSender(transform(), discards, below);
  sender.queue(rtcp());
  sender.nextIndexes.set(0xcafebabe, 2 ** 31 - 1);
  for (let i = 0; i < 3; i++) sender.queue(rtcp());
  sender.flush();
  assertEquals(below.map((packet) => [...packet.subarray(-4)]), [
    [0x80, 0, 0, 0], // E, index 0
    [0xff, 0xff, 0xff, 0xff], // E, the last index
  ]);
  assertEquals(discards.of("index limit"), 2);
});

Deno.test("RFC 3711 section 3.4: SRTCP indexes count for each sender apart", () => {
  const { transform, discards, below } = parts("rtcp");
  const sender = new SrtcpSender(transform(), discards, below);
  for (const ssrc of [1, 1, 2, 1, 2]) sender.queue(rtcp(ssrc));
  sender.flush();
  assertEquals(below.map((packet) => packet.at(-1)), [0, 1, 0, 2, 1]);
});

for (const profile of PROFILES) {
  Deno.test(`profile ${profile}: RFC 3711 section 9.1: no index is used for two different packets`, () => {
    const { client, server } = ends(profile);
    const first = asRtp(rtp({ sequenceNumber: 7 }));
    const [wire] = protect(client, first);
    assertEquals(protect(client, first), [wire!], "the same packet may be sent once more");
    const other = asRtp(rtp({ sequenceNumber: 7, length: 21 }));
    const changed = asRtp(rtp({ sequenceNumber: 7 }));
    changed.data[4]! ^= 1; // a header alone would give away the key of GCM's tags
    const marked = asRtp(rtp({ sequenceNumber: 7, extension: 1 }));
    assertEquals(protect(client, other, changed, marked), []);
    assertEquals(client.discards.of("index used before"), 3);
    const next = asRtp(rtp({ sequenceNumber: 8 }));
    assertEquals(protect(client, next, asRtp(rtp({ sequenceNumber: 8, length: 3 }))).length, 1);
    assertEquals(unprotect(server, protect(client, first, next)), [first, next]);
  });
}

Deno.test("a packet from long ago is not sent again: nobody knows what it was", () => {
  const { client } = ends(7);
  const first = asRtp(rtp({ sequenceNumber: 0 }));
  protect(client, first);
  for (let i = 1; i < 512; i++) protect(client, asRtp(rtp({ sequenceNumber: i })));
  assertEquals(protect(client, first).length, 1);
  protect(client, asRtp(rtp({ sequenceNumber: 512 })));
  assertEquals(protect(client, first).length, 0);
  assertEquals(client.discards.of("index used before"), 1);
});

Deno.test("we send 1024 streams at most, and none is forgotten", () => {
  const { client } = ends(7);
  for (let ssrc = 0; ssrc < 1030; ssrc++) protect(client, asRtp(rtp({ ssrc })), asRtcp(rtcp(ssrc)));
  assertEquals(client.discards.of("too many streams"), 12);
  assertEquals(protect(client, asRtp(rtp({ ssrc: 0, length: 5 })), asRtcp(rtcp(0))).length, 1);
  assertEquals(client.discards.of("index used before"), 1);
});
