import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type RTCEncodedVideoFrame,
  SFrameDecrypterStream,
  SFrameEncrypterStream,
  SFrameTransform,
  SFrameTransformErrorEvent,
} from "../../../../mod.ts";
import { receivedFrame } from "../chunks.ts";
import { baseKey } from "./vectors.ts";

const OPTIONS = { cipherSuite: "AES_128_CTR_HMAC_SHA256_80" } as const;
const key = () => baseKey(new Uint8Array(16).fill(5), ["deriveBits", "deriveKey"]);

Deno.test("an encrypter and a decrypter pass bytes and frames (W3C WebRTC Encoded Transform section 3.1)", async () => {
  const encrypter = new SFrameEncrypterStream(OPTIONS);
  const decrypter = new SFrameDecrypterStream(OPTIONS);
  void encrypter.setEncryptionKey(await key(), 3);
  void decrypter.setEncryptionKey(await key(), 3);
  const whole = new Uint8Array([0, 1, 2, 3, 4]);
  const chunk = { type: "key", timestamp: 9, data: whole } as const;
  const frame = receivedFrame("video", chunk) as RTCEncodedVideoFrame;
  const written = [
    whole.buffer,
    whole.subarray(1),
    new DataView(whole.buffer, 3),
    "nothing",
    frame,
  ];
  const encrypted = ReadableStream.from<unknown>(written).pipeThrough(encrypter);
  const results = await Array.fromAsync(encrypted.pipeThrough(decrypter));
  const bytes = results.slice(0, 3).map((result) => [...new Uint8Array(result as ArrayBuffer)]);
  assertEquals(bytes, [[0, 1, 2, 3, 4], [1, 2, 3, 4], [3, 4]]);
  assertEquals(results.length, 4);
  assert(results[3] === frame);
  assertEquals(new Uint8Array(frame.data), whole);
  assertEquals(frame.getMetadata().timestamp, 9);
});

Deno.test("what can't be decrypted is left out and told: syntax, keyID, authentication", async () => {
  const encrypter = new SFrameEncrypterStream(OPTIONS);
  const decrypter = new SFrameDecrypterStream(OPTIONS);
  const seen: SFrameTransformErrorEvent[] = [];
  const told = new Promise<void>((resolve) => {
    decrypter.onerror = (event) => {
      if (seen.push(event) === 3) resolve();
    };
  });
  const writer = encrypter.writable.getWriter();
  const reader = encrypter.readable.getReader() as ReadableStreamDefaultReader<ArrayBuffer>;
  const encrypt = async () => {
    void writer.write(new Uint8Array(8));
    return (await reader.read()).value!;
  };
  await encrypter.setEncryptionKey(await key(), 2n ** 63n);
  const alien = await encrypt();
  await encrypter.setEncryptionKey(await key(), 4);
  await decrypter.setEncryptionKey(await key(), 4);
  const [good, bad] = [await encrypt(), await encrypt()];
  new Uint8Array(bad)[6]! ^= 1;
  const tooShort = new ArrayBuffer(4);
  const frames = ReadableStream.from<unknown>([tooShort, alien, bad, good]);
  const results = await Array.fromAsync(frames.pipeThrough(decrypter)) as ArrayBuffer[];
  assertEquals(results.map(({ byteLength }) => byteLength), [8]);
  await told;
  const errors = seen.map(({ errorType, keyID }) => [errorType, keyID]);
  assertEquals(errors, [["syntax", null], ["keyID", 2n ** 63n], ["authentication", null]]);
  [tooShort, alien, bad].forEach((frame, index) => assert(seen[index]!.frame === frame));
});

for (const Class of [SFrameTransform, SFrameEncrypterStream, SFrameDecrypterStream]) {
  Deno.test(`${Class.name}.setEncryptionKey takes key ids of 64 bits, and keys for HKDF (section 3.2)`, async () => {
    const target = new Class(OPTIONS);
    for (const id of [undefined, 0, 1, 2n ** 64n - 1n]) {
      await target.setEncryptionKey(await key(), id);
    }
    await assertRejects(async () => target.setEncryptionKey(await key(), 2n ** 64n), RangeError);
    await assertRejects(async () => target.setEncryptionKey(await key(), -1n), RangeError);
    await assertRejects(async () => target.setEncryptionKey(await key(), -1), TypeError);
    await assertRejects(() => target.setEncryptionKey({} as CryptoKey), TypeError);
    const algorithm = { name: "HMAC", hash: "SHA-256" };
    const wrong = await crypto.subtle.generateKey(algorithm, false, ["sign"]) as CryptoKey;
    const error = await assertRejects(() => target.setEncryptionKey(wrong), DOMException);
    assertEquals(error.name, "InvalidModificationError");
    await target.setEncryptionKey(await key(), 2);
  });

  Deno.test(`${Class.name} needs a cipher suite (section 3)`, () => {
    assertThrows(() => new Class(), TypeError);
    assertThrows(() => new Class({ cipherSuite: "AES" as "AES_128_GCM_SHA256_128" }), TypeError);
  });
}

Deno.test("an SFrameTransformErrorEvent has what it was made with", () => {
  const event = new SFrameTransformErrorEvent("error", { errorType: "keyID", frame: 1, keyID: 2 });
  assertEquals([event.type, event.errorType, event.frame, event.keyID], ["error", "keyID", 1, 2]);
  assertThrows(() => new SFrameTransformErrorEvent("error", { frame: 1 } as never), TypeError);
});
