import { assertEquals } from "@std/assert";
import { concat, fromHex, toHex } from "../../core/wire/mod.ts";
import { SrtpEndpoint } from "../../srtp/mod.ts";
import { deriveKey } from "../../srtp/key_derivation.ts";
import { AeadAesGcm } from "../../srtp/transform/aead_aes_gcm.ts";
import { fillIv } from "../../srtp/transform/iv.ts";
import { Batch, type Job } from "../../srtp/transform/job.ts";
import vectors from "../vectors/srtp.json" with { type: "json" };
import { asRtcp, asRtp, crypto, protect, unprotect } from "./support.ts";

/** A vector's fields, all of them hexadecimal unless they are numbers. */
interface Vector {
  readonly name: string;
  readonly source: string;
  readonly profile?: string;
  readonly masterKey?: string;
  readonly masterSalt?: string;
  readonly sessionKey?: string;
  readonly sessionSalt?: string;
  readonly rtp?: string;
  readonly rtcp?: string;
  readonly srtp?: string;
  readonly index?: number;
  readonly sequence?: readonly { rtp?: string; srtp: string; ok?: boolean }[];
  readonly expect: string | Readonly<Record<string, string>>;
}

const all = vectors as readonly Vector[];

function bytes(text: string | undefined): Uint8Array {
  return fromHex(text!)!;
}

function vector(start: string): Vector {
  return all.find(({ name }) => name.startsWith(start))!;
}

function expected({ expect }: Vector, key: string): string {
  return (expect as Readonly<Record<string, string>>)[key]!;
}

const PROFILE_IDS: Readonly<Record<string, number>> = {
  SRTP_AES128_CM_HMAC_SHA1_80: 1,
  SRTP_AES128_CM_HMAC_SHA1_32: 2,
  SRTP_AEAD_AES_128_GCM: 7,
};

/** An endpoint that sends and receives with one master key. */
function endpointOf({ profile, masterKey, masterSalt }: Vector): SrtpEndpoint {
  const one = new SrtpEndpoint({ crypto });
  const [key, salt] = [bytes(masterKey), bytes(masterSalt)];
  const keyingMaterial = concat([key, key, salt, salt]);
  one.setKeys({ profile: PROFILE_IDS[profile!]!, keyingMaterial, role: "client" }, 1000);
  return one;
}

function job(input: Uint8Array, ssrc: number, index: number, clear: number, encrypted = true) {
  const batch = new Batch();
  batch.add(input, ssrc, index, clear, encrypted);
  return {
    run(growth: number, transform: (jobs: readonly Job[]) => void): Uint8Array {
      batch.allocateOutputs(growth);
      transform(batch.jobs);
      return batch.jobs[0]!.output;
    },
  };
}

for (const name of ["AES-CM keystream", "AES-256-CM keystream"]) {
  const one = vector(name);
  Deno.test(`${one.source}: ${name}`, () => {
    const counter = new Uint8Array(16), keystream = new Uint8Array(48);
    fillIv(counter, bytes(one.sessionSalt), 4, 0, 0);
    using cipher = crypto.aesCtr(bytes(one.sessionKey));
    cipher.apply([{ counter, input: keystream, output: keystream }]);
    assertEquals(toHex(keystream), expected(one, "keystream"));
  });
}

Deno.test("RFC 3711 appendix B.3: key derivation", () => {
  const one = vector("key derivation");
  const master = { key: bytes(one.masterKey), salt: bytes(one.masterSalt) };
  assertEquals(toHex(deriveKey(crypto, master, 0, 16)), expected(one, "cipherKey"));
  assertEquals(toHex(deriveKey(crypto, master, 2, 14)), expected(one, "cipherSalt"));
  assertEquals(toHex(deriveKey(crypto, master, 1, 94)), expected(one, "authKey"));
});

for (
  const one of all.filter(({ rtp, masterKey }) => rtp !== undefined && masterKey !== undefined)
) {
  Deno.test(`${one.name} (${one.source})`, () => {
    const protectedPackets = protect(endpointOf(one), asRtp(bytes(one.rtp)));
    assertEquals(protectedPackets.map(toHex), [expected(one, "srtp")]);
    assertEquals(unprotect(endpointOf(one), protectedPackets), [asRtp(bytes(one.rtp))]);
  });
}

for (
  const one of all.filter(({ rtcp, masterKey }) => rtcp !== undefined && masterKey !== undefined)
) {
  Deno.test(`${one.name} (${one.source})`, () => {
    const packet = asRtcp(bytes(one.rtcp));
    const [, second] = protect(endpointOf(one), packet, packet); // the first one has index 0
    assertEquals(toHex(second!), expected(one, "srtcp"));
    assertEquals(unprotect(endpointOf(one), [second!]), [packet]);
  });
}

Deno.test("RFC 3711 section 3.3.1: sequence numbers wrap, one by one and in one batch", () => {
  const one = vector("sequence wraps"), sequence = one.sequence!;
  const plain = sequence.map(({ rtp }) => asRtp(bytes(rtp)));
  assertEquals(protect(endpointOf(one), ...plain).map(toHex), sequence.map(({ srtp }) => srtp));
  assertEquals(unprotect(endpointOf(one), sequence.map(({ srtp }) => bytes(srtp))), plain);
  const receiver = endpointOf(one);
  assertEquals(sequence.flatMap(({ srtp }) => unprotect(receiver, [bytes(srtp)])), plain);
});

Deno.test("RFC 3711 section 3.3.2: a replayed packet and one that is too old", () => {
  const one = vector("replay"), receiver = endpointOf(one);
  for (const { srtp, ok } of one.sequence!) {
    assertEquals(unprotect(receiver, [bytes(srtp)]).length, ok ? 1 : 0);
  }
  assertEquals(receiver.discards.of("replayed"), 2);
});

Deno.test("RFC 3711 section 3.3: a changed payload, and what is shorter than the tag", () => {
  const receiver = endpointOf(vector("payload changed"));
  assertEquals(unprotect(receiver, [bytes(vector("payload changed").srtp)]), []);
  assertEquals(receiver.discards.of("bad tag"), 1);
  assertEquals(unprotect(receiver, [bytes(vector("shorter than").srtp)]), []);
  assertEquals(receiver.discards.of("malformed RTP"), 1);
});

function gcm({ sessionKey, sessionSalt }: Vector, kind: "rtp" | "rtcp"): AeadAesGcm {
  const keys = { key: bytes(sessionKey), salt: bytes(sessionSalt), authKey: new Uint8Array(0) };
  return new AeadAesGcm(crypto, keys, kind);
}

Deno.test("RFC 7714 section 16.1.1: AES-128-GCM SRTP", () => {
  const one = vector("AES-128-GCM SRTP,");
  using transform = gcm(one, "rtp");
  const sealed = job(bytes(one.rtp), 0x5501a0b2, 0xf17b, 12).run(16, (jobs) => {
    transform.protect(jobs);
  });
  assertEquals(toHex(sealed), expected(one, "srtp"));
  const opened = job(sealed, 0x5501a0b2, 0xf17b, 12).run(-16, (jobs) => {
    assertEquals(transform.unprotect(jobs), [true]);
  });
  assertEquals(toHex(opened), one.rtp!);
});

Deno.test("RFC 7714 section 17.1: AES-128-GCM SRTCP", () => {
  const one = vector("AES-128-GCM SRTCP");
  using transform = gcm(one, "rtcp");
  const sealed = job(bytes(one.rtcp), 0x4d617273, one.index!, 8).run(20, (jobs) => {
    transform.protect(jobs);
  });
  assertEquals(toHex(sealed), expected(one, "srtcp"));
  const opened = job(sealed, 0x4d617273, one.index!, 8).run(-20, (jobs) => {
    assertEquals(transform.unprotect(jobs), [true]);
  });
  assertEquals(toHex(opened), one.rtcp!);
});

Deno.test("RFC 7714 section 17.4: AES-256-GCM SRTCP that is tagged only", () => {
  const one = vector("AES-256-GCM SRTCP");
  using transform = gcm(one, "rtcp");
  const packet = bytes(expected(one, "srtcp"));
  const opened = job(packet, 0x4d617273, one.index!, 8, false).run(-20, (jobs) => {
    assertEquals(transform.unprotect(jobs), [true]);
  });
  assertEquals(toHex(opened), one.rtcp!);
  for (let at = 0; at < packet.length - 4; at++) {
    const changed = packet.slice();
    changed[at]! ^= 1;
    job(changed, 0x4d617273, one.index!, 8, false).run(-20, (jobs) => {
      assertEquals(transform.unprotect(jobs), [false], `byte ${at}`);
    });
  }
});

Deno.test("RFC 7714 section 16.2.3: AES-256-GCM tag over a packet in the clear", () => {
  const one = vector("AES-256-GCM tag"), nonce = new Uint8Array(12), output = new Uint8Array(16);
  fillIv(nonce, bytes(one.sessionSalt), 2, 0x5501a0b2, 0xf17b);
  const input = new Uint8Array(0);
  using aead = crypto.aead("aes-256-gcm", bytes(one.sessionKey));
  aead.seal([{ nonce, aad: bytes(one.rtp), input, output }]);
  assertEquals(toHex(output), expected(one, "tag"));
});
