import { assertEquals } from "@std/assert";
import { concat } from "../../core/wire/mod.ts";
import { deriveSessionKeys } from "../../srtp/key_derivation.ts";
import { splitKeyingMaterial } from "../../srtp/keying_material.ts";
import { srtpProtectionProfile } from "../../srtp/profiles.ts";
import { fillIv } from "../../srtp/transform/iv.ts";
import { asRtcp, crypto, endpoint, flip, keyingMaterial, rtcp, unprotect } from "./support.ts";

/** E flag off, index 5. */
const WORD = Uint8Array.of(0, 0, 0, 5);
const SSRC = 0xcafebabe;

function keysOf(id: number) {
  const profile = srtpProtectionProfile(id);
  const keys = { profile: id, keyingMaterial: keyingMaterial(id), role: "client" as const };
  return deriveSessionKeys(crypto, splitKeyingMaterial(profile, keys).ours, profile, "rtcp");
}

/** RFC 3711 section 3.4: in the clear, then the word, then the tag over both. */
function withHmac(packet: Uint8Array): Uint8Array {
  const message = concat([packet, WORD]), tag = new Uint8Array(10);
  crypto.hmacSha1(keysOf(1).authKey).sign([{ message, suffix: new Uint8Array(0), tag }]);
  return concat([message, tag]);
}

/** RFC 7714 section 9.3: in the clear, then the tag over packet and word, then the word. */
function withGcm(packet: Uint8Array): Uint8Array {
  const { key, salt } = keysOf(7), nonce = new Uint8Array(12), tag = new Uint8Array(16);
  fillIv(nonce, salt, 2, SSRC, 5);
  using aead = crypto.aead("aes-128-gcm", key);
  aead.seal([{ nonce, aad: concat([packet, WORD]), input: new Uint8Array(0), output: tag }]);
  return concat([packet, tag, WORD]);
}

for (const [profile, make] of [[1, withHmac], [7, withGcm]] as const) {
  Deno.test(`profile ${profile}: RFC 3711 section 3.4: SRTCP without the E flag is in the clear, but authentic`, () => {
    const server = endpoint(profile, "server"), packet = rtcp(SSRC), wire = make(packet);
    for (let at = 0; at < wire.length; at++) {
      assertEquals(unprotect(server, [flip(wire, at)]), [], `byte ${at}`);
    }
    assertEquals(unprotect(server, [wire, wire]), [asRtcp(packet)]);
    assertEquals(server.discards.of("replayed"), 1);
  });
}
