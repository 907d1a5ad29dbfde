import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { toHex } from "../../core/wire/mod.ts";
import { splitKeyingMaterial } from "../../srtp/keying_material.ts";
import { keyingMaterialLength, SRTP_PROTECTION_PROFILES, SrtpEndpoint } from "../../srtp/mod.ts";
import {
  asRtcp,
  asRtp,
  crypto,
  endpoint,
  ends,
  keyingMaterial,
  poll,
  PROFILES,
  protect,
  rtcp,
  rtp,
  unprotect,
} from "./support.ts";

for (const profile of PROFILES) {
  Deno.test(`profile ${profile}: packets of both protocols go both ways, in order`, () => {
    const { client, server } = ends(profile);
    const packets = [
      asRtp(rtp({ sequenceNumber: 1 })),
      asRtp(rtp({ sequenceNumber: 2, csrcs: 3, extension: 2 })),
      asRtcp(rtcp()),
      asRtp(rtp({ sequenceNumber: 3, length: 0 })),
      asRtp(rtp({ sequenceNumber: 4, length: 1400 })),
      asRtcp(rtcp(0xcafebabe, 0)),
    ];
    for (const [from, to] of [[client, server], [server, client]] as const) {
      const wire = protect(from, ...packets);
      assertEquals(wire.length, packets.length);
      assertEquals(unprotect(to, wire), packets);
    }
    assertEquals(client.discards.total + server.discards.total, 0);
  });

  Deno.test(`profile ${profile}: header and tag length are as the profile says, and the rest is hidden`, () => {
    const growth = { 1: [10, 14], 2: [4, 14], 7: [16, 20], 8: [16, 20] }[profile]!;
    const [media, report] = protect(endpoint(profile, "client"), asRtp(rtp()), asRtcp(rtcp()));
    assertEquals([media!.length - rtp().length, report!.length - rtcp().length], growth);
    assertEquals(media!.subarray(0, 12), rtp().subarray(0, 12));
    assertEquals(report!.subarray(0, 8), rtcp().subarray(0, 8));
    assertNotEquals(media!.subarray(12, 32), rtp().subarray(12));
    assertNotEquals(report!.subarray(8, 20), rtcp().subarray(8));
  });

  Deno.test(`profile ${profile}: RFC 5764 section 4.2: each end sends with a key of its own`, () => {
    const { client, server } = ends(profile);
    const [ofClient] = protect(client, asRtp(rtp())), [ofServer] = protect(server, asRtp(rtp()));
    assertNotEquals(toHex(ofClient!), toHex(ofServer!));
    assertEquals(unprotect(client, [ofClient!]), []); // its own packet, reflected
    assertEquals(client.discards.of("bad tag"), 1);
  });
}

Deno.test("RFC 5764 section 4.2: the client's key comes first, then the server's, then the salts in the same order", () => {
  for (const profile of SRTP_PROTECTION_PROFILES) {
    const { keyLength, saltLength } = profile;
    const keyingMaterial = Uint8Array.from(
      { length: 2 * (keyLength + saltLength) },
      (_, at) =>
        at < 2 * keyLength ? (at < keyLength ? 1 : 2) : at < 2 * keyLength + saltLength ? 3 : 4,
    );
    const keys = { profile: profile.id, keyingMaterial };
    const client = splitKeyingMaterial(profile, { ...keys, role: "client" });
    const server = splitKeyingMaterial(profile, { ...keys, role: "server" });
    const of = (key: number, salt: number) => ({
      key: new Uint8Array(keyLength).fill(key),
      salt: new Uint8Array(saltLength).fill(salt),
    });
    assertEquals(client, { ours: of(1, 3), theirs: of(2, 4) });
    assertEquals(server, { ours: of(2, 4), theirs: of(1, 3) });
  }
});

Deno.test("packets that come before the keys are kept, a few", () => {
  const { client } = ends(7);
  const server = new SrtpEndpoint({ crypto });
  const packets = Array.from({ length: 20 }, (_, i) => asRtp(rtp({ sequenceNumber: i })));
  const wire = protect(client, ...packets);
  server.handleInbound([new Uint8Array(1501), ...wire], 1000);
  wire.forEach((packet) => packet.fill(0)); // they are the caller's
  assertEquals(poll(server).above, []);
  assertEquals(server.discards.of("early packet"), 1 + 4);
  server.setKeys({ profile: 7, keyingMaterial: keyingMaterial(7), role: "server" }, 1001);
  assertEquals(poll(server).above, packets.slice(0, 16));
});

Deno.test("nothing is sent before the keys", () => {
  const one = new SrtpEndpoint({ crypto });
  assertEquals(protect(one, asRtp(rtp()), asRtcp(rtcp())), []);
  assertEquals(one.discards.of("before the keys"), 2);
});

Deno.test("the state is told, and ends with close or with the side below", () => {
  for (const end of ["close", "handleEnd"] as const) {
    const one = new SrtpEndpoint({ crypto });
    assertEquals([one.state, one.profile], ["new", undefined]);
    one.setKeys({ profile: 8, keyingMaterial: keyingMaterial(8), role: "client" }, 1000);
    assertEquals([one.state, one.profile, one.done], ["connected", 8, false]);
    one[end](1001);
    one[end](1002);
    assert(one.done);
    assertEquals(poll(one).events.map(({ state }) => state), ["connected", "closed"]);
    one.setKeys({ profile: 8, keyingMaterial: keyingMaterial(8), role: "client" }, 1003);
    assertEquals(protect(one, asRtp(rtp())), []);
    assertEquals(unprotect(one, [rtp()]), []);
    assertEquals(one.discards.of("after the end"), 2);
  }
});

Deno.test("keys are for a known profile, of the right length, and are not set twice", () => {
  const one = new SrtpEndpoint({ crypto });
  const set = (profile: number, length: number) =>
    one.setKeys({ profile, keyingMaterial: new Uint8Array(length), role: "client" }, 1000);
  assertThrows(() => set(5, 60), TypeError);
  assertThrows(() => keyingMaterialLength(5), TypeError);
  for (const profile of PROFILES) {
    assertThrows(() => set(profile, keyingMaterialLength(profile) - 1), RangeError);
  }
  assertEquals(one.state, "new");
  set(1, 60);
  const error = assertThrows(() => set(1, 60), DOMException);
  assertEquals(error.name, "InvalidStateError");
});

Deno.test("the keys of another DTLS association take the place of the ones before (RFC 8842 section 5.1)", () => {
  for (const profile of PROFILES) {
    const { client, server } = ends(profile);
    const another = new SrtpEndpoint({ crypto });
    const keys = { profile, keyingMaterial: keyingMaterial(profile).map((byte) => ~byte) };
    another.setKeys({ ...keys, role: "server" }, 1000);
    const packets = [asRtp(rtp({ sequenceNumber: 65535 })), asRtcp(rtcp())];
    assertEquals(unprotect(server, protect(client, ...packets)), packets);
    client.setKeys({ ...keys, role: "client" }, 1000);
    const wire = protect(client, ...packets);
    assertEquals(unprotect(another, wire), packets);
    assertEquals(unprotect(server, wire), []);
    assertEquals(unprotect(client, protect(another, ...packets)), packets);
    assertEquals(client.state, "connected");
  }
});

Deno.test("what is no RTP or RTCP from above is dropped, and so is what no datagram holds", () => {
  const { client } = ends(1);
  const wrong = [
    asRtp(new Uint8Array(0)),
    asRtp(rtp().subarray(0, 11)),
    asRtp(rtp({ extension: 2 }).subarray(0, 20)),
    asRtp(rtp({ length: 65_490 })),
  ];
  assertEquals(protect(client, ...wrong), []);
  assertEquals(client.discards.of("malformed RTP"), 4);
  const wrongReports = [
    new Uint8Array(0),
    rtcp().subarray(0, 7),
    rtcp(1, 65_490),
    new Uint8Array(20),
  ];
  assertEquals(protect(client, ...wrongReports.map(asRtcp)), []);
  assertEquals(client.discards.of("malformed RTCP"), 4);
  assertEquals(protect(client, asRtp(rtp({ length: 65_485 }))).length, 1);
});

Deno.test("a batch goes through the ciphers in one call, and they are freed in the end", () => {
  const calls: string[] = [];
  let freed = 0;
  const counting: CryptoProvider = {
    ...crypto,
    aesCtr(key) {
      const cipher = crypto.aesCtr(key);
      return {
        apply: (packets) => (calls.push(`apply ${packets.length}`), cipher.apply(packets)),
        [Symbol.dispose]: () => (freed++, cipher[Symbol.dispose]()),
      };
    },
    hmacSha1(key) {
      const mac = crypto.hmacSha1(key);
      return {
        sign: (packets) => (calls.push(`sign ${packets.length}`), mac.sign(packets)),
        verify: (packets) => (calls.push(`verify ${packets.length}`), mac.verify(packets)),
      };
    },
    aead(name, key) {
      const aead = crypto.aead(name, key);
      return {
        tagLength: aead.tagLength,
        seal: (packets) => (calls.push(`seal ${packets.length}`), aead.seal(packets)),
        open: (packets) => (calls.push(`open ${packets.length}`), aead.open(packets)),
        [Symbol.dispose]: () => (freed++, aead[Symbol.dispose]()),
      };
    },
  };
  const packets = Array.from({ length: 40 }, (_, i) => asRtp(rtp({ sequenceNumber: i })));
  const expected: Record<number, string[]> = {
    1: ["apply 32", "sign 32", "apply 8", "sign 8", "verify 32", "apply 32", "verify 8", "apply 8"],
    7: ["seal 32", "seal 8", "open 32", "open 8"],
  };
  for (const profile of [1, 7]) {
    const [client, server] = [
      endpoint(profile, "client", counting),
      endpoint(profile, "server", counting),
    ];
    const known = asRtp(rtp({ sequenceNumber: 65535 }));
    unprotect(server, protect(client, known)); // where a stream begins has to be known first
    calls.length = 0;
    freed = 0;
    assertEquals(unprotect(server, protect(client, ...packets)), packets);
    assertEquals(calls, expected[profile]);
    client.close(1000);
    server.handleEnd(1000);
    assertEquals(freed, 8, "all four ciphers of both ends");
  }
});
