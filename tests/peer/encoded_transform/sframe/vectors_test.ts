import { assert, assertEquals } from "@std/assert";
import { createAead } from "../../../../peer/encoded_transform/sframe/aead.ts";
import {
  decryptFrame,
  encryptFrame,
} from "../../../../peer/encoded_transform/sframe/frame_cipher.ts";
import { parseSFrameHeader } from "../../../../peer/encoded_transform/sframe/header.ts";
import { deriveKey } from "../../../../peer/encoded_transform/sframe/key_schedule.ts";
import { baseKey, hex, suiteOf, vectors } from "./vectors.ts";

for (const vector of vectors.aes_ctr_hmac) {
  Deno.test(`AES-CTR with HMAC, suite ${vector.cipher_suite} (RFC 9605 appendix C.2)`, async () => {
    const aead = await createAead(suiteOf(vector.cipher_suite), hex(vector.key));
    const [nonce, aad, pt, ct] = [vector.nonce, vector.aad, vector.pt, vector.ct].map(hex);
    assertEquals(await aead.encrypt(nonce!, aad!, pt!), ct);
    assertEquals(await aead.decrypt(nonce!, aad!, ct!), pt);
  });
}

for (const vector of vectors.sframe) {
  for (const usage of ["deriveBits", "deriveKey"] as const) {
    Deno.test(`SFrame, suite ${vector.cipher_suite}, by ${usage} (RFC 9605 appendix C.3)`, async () => {
      const base = await baseKey(hex(vector.base_key), [usage]);
      const key = await deriveKey(suiteOf(vector.cipher_suite), BigInt(vector.kid), base);
      assertEquals(key.salt.toHex(), vector.sframe_salt);
      const [metadata, pt, ct] = [vector.metadata, vector.pt, vector.ct].map(hex);
      assertEquals(await encryptFrame(key, BigInt(vector.ctr), pt!, metadata), ct);
      const parsed = parseSFrameHeader(ct!)!;
      assertEquals(parsed.header, { kid: BigInt(vector.kid), ctr: BigInt(vector.ctr) });
      assertEquals(await decryptFrame(key, parsed, ct!, metadata), pt);
      assertEquals(await decryptFrame(key, parsed, ct!), undefined);
    });
  }

  Deno.test(`suite ${vector.cipher_suite}: a change of any byte is noticed (RFC 9605 section 4.4.4)`, async () => {
    const base = await baseKey(hex(vector.base_key));
    const key = await deriveKey(suiteOf(vector.cipher_suite), BigInt(vector.kid), base);
    const [metadata, ct] = [vector.metadata, vector.ct].map(hex);
    const parsed = parseSFrameHeader(ct!)!;
    for (let at = parsed.length; at < ct!.length; at++) {
      const changed = ct!.slice();
      changed[at]! ^= 1;
      assertEquals(await decryptFrame(key, parsed, changed, metadata), undefined);
    }
    for (let length = parsed.length; length < ct!.length; length++) {
      assertEquals(await decryptFrame(key, parsed, ct!.slice(0, length), metadata), undefined);
    }
    assert(await decryptFrame(key, parsed, ct!, metadata) !== undefined);
  });
}
