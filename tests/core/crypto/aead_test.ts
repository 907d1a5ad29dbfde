import { assert, assertEquals, assertThrows } from "@std/assert";
import { aead } from "../../../core/crypto/aead.ts";
import { kernels } from "../../../core/crypto/kernels.ts";
import { nodeAead } from "../../../core/crypto/node_aead.ts";
import type { AeadName, AeadPacket } from "../../../core/crypto/provider.ts";
import { bytesEqual } from "../../../core/wire/bytes.ts";
import { Random, seedForRun } from "../../support/random.ts";

const NAMES: readonly AeadName[] = ["chacha20-poly1305", "aes-128-gcm", "aes-256-gcm"];
const TAG_LENGTH = 16;

/** Any of the sixteen alignments. */
function unaligned(random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(16);
  const buffer = new Uint8Array(at + bytes.length);
  buffer.set(bytes, at);
  return buffer.subarray(at);
}

function randomPacket(random: Random, length: number): AeadPacket {
  return {
    nonce: unaligned(random, random.bytes(12)),
    aad: unaligned(random, random.bytes(random.chance(0.5) ? 13 : random.below(80))),
    input: unaligned(random, random.bytes(length)),
    output: unaligned(random, new Uint8Array(length + TAG_LENGTH)),
  };
}

/** The packet that opens what `sealed` has in its output. */
function opening(sealed: AeadPacket, change?: Partial<AeadPacket>): AeadPacket {
  const { nonce, aad, input, output } = sealed;
  return { nonce, aad, input: output, output: new Uint8Array(input.length), ...change };
}

/** For long ones: the difference of two arrays of 64 KiB takes minutes to print. */
function assertBytes(actual: Uint8Array, expected: Uint8Array): void {
  assert(bytesEqual(actual, expected), `differs from what was expected, in ${actual.length} bytes`);
}

function keyOf(name: AeadName, random: Random): Uint8Array {
  return random.bytes(name === "aes-128-gcm" ? 16 : 32);
}

Deno.test("this runtime has the kernels", () => {
  assert(kernels() !== undefined);
});

for (const name of NAMES) {
  Deno.test(`${name}: the kernels and node:crypto agree at all lengths, alignments and batch sizes`, () => {
    const random = new Random(seedForRun(name));
    const key = keyOf(name, random);
    using ours = aead(name, key);
    const node = nodeAead(name, key);
    for (let length = 0; length <= 2048;) {
      const batch: AeadPacket[] = [];
      for (let n = 1 + random.below(32); n > 0; n--) batch.push(randomPacket(random, length++));
      const theirs = batch.map((packet) => ({ ...packet, output: new Uint8Array(packet.output) }));
      ours.seal(batch);
      node.seal(theirs);
      batch.forEach((packet, i) => assertBytes(packet.output, theirs[i]!.output));

      const opened = batch.map((packet) => opening(packet));
      assertEquals(ours.open(opened), batch.map(() => true));
      opened.forEach((packet, i) => assertBytes(packet.output, batch[i]!.input));
    }
  });

  Deno.test(`${name}: one flipped bit anywhere, and the packet isn't authentic, its neighbours are`, () => {
    const random = new Random(seedForRun(name));
    using cipher = aead(name, keyOf(name, random));
    for (let run = 0; run < 200; run++) {
      const packets = [17, 1 + random.below(300), 40].map((length) => randomPacket(random, length));
      cipher.seal(packets);
      const flip = (bytes: Uint8Array) => {
        const flipped = bytes.slice();
        flipped[random.below(bytes.length)]! ^= 1 << random.below(8);
        return flipped;
      };
      const part = random.pick(["nonce", "aad", "output"] as const);
      const [before, broken, after] = packets as [AeadPacket, AeadPacket, AeadPacket];
      const changed = broken[part].length === 0 ? Uint8Array.of(0) : flip(broken[part]);
      const change = part === "output" ? { input: changed } : { [part]: changed };
      const batch = [opening(before), opening(broken, change), opening(after)];
      assertEquals(cipher.open(batch), [true, false, true], part);
      assertEquals(batch[2]!.output, after.input);
    }
  });

  Deno.test(`${name}: each byte of the tag counts`, () => {
    const random = new Random(seedForRun(name));
    using cipher = aead(name, keyOf(name, random));
    const packet = randomPacket(random, 100);
    cipher.seal([packet]);
    for (let i = 100; i < 116; i++) {
      const input = packet.output.slice();
      input[i]! ^= 0x80;
      assertEquals(cipher.open([opening(packet, { input })]), [false]);
    }
  });

  Deno.test(`${name}: what is shorter than a tag isn't authentic`, () => {
    using cipher = aead(name, keyOf(name, new Random(1)));
    for (let length = 0; length < TAG_LENGTH; length++) {
      const packet = { ...randomPacket(new Random(2), length), output: new Uint8Array(0) };
      assertEquals(cipher.open([packet]), [false]);
    }
  });

  Deno.test(`${name}: 64 KiB is the longest; more is refused, and never authentic`, () => {
    const random = new Random(3);
    const key = keyOf(name, random);
    using cipher = aead(name, key);
    const longest = { ...randomPacket(random, 65536 - 13), aad: random.bytes(13) };
    const batch = [longest, { ...longest, output: longest.output.slice() }]; // two key streams don't fit at once
    cipher.seal(batch);
    const theirs = { ...longest, output: new Uint8Array(longest.output.length) };
    nodeAead(name, key).seal([theirs]);
    assertBytes(longest.output, theirs.output);
    assertBytes(batch[1]!.output, theirs.output);
    assertEquals(cipher.open(batch.map((packet) => opening(packet))), [true, true]);

    const longer = { ...randomPacket(random, 65536), aad: random.bytes(13) };
    assertThrows(() => cipher.seal([longer]), RangeError);
    const short = randomPacket(random, 10);
    cipher.seal([short]);
    const huge = { ...longer, input: new Uint8Array(200_000) };
    assertEquals(cipher.open([opening(longer), huge, opening(short)]), [false, false, true]);
  });

  Deno.test(`${name}: ciphers with different keys don't disturb each other, and leave no key behind`, () => {
    const random = new Random(4);
    const keys = [keyOf(name, random), keyOf(name, random)];
    using one = aead(name, keys[0]!);
    using two = aead(name, keys[1]!);
    keys.forEach((key) => key.fill(0)); // the cipher has its own copy
    const packets = [100, 200].map((length) => randomPacket(random, length));
    one.seal(packets.slice(0, 1));
    two.seal(packets.slice(1));
    assertEquals(one.open(packets.map((packet) => opening(packet))), [true, false]);
    assertEquals(two.open(packets.map((packet) => opening(packet))), [false, true]);
    const { memory, at } = kernels()!;
    assert(memory.subarray(0, at.message).every((byte) => byte === 0));
  });

  Deno.test(`${name}: a nonce or key of the wrong length is the caller's mistake`, () => {
    const random = new Random(5);
    using cipher = aead(name, keyOf(name, random));
    const packet = { ...randomPacket(random, 10), nonce: new Uint8Array(11) };
    assertThrows(() => cipher.seal([packet]), RangeError);
    assertThrows(() => aead(name, new Uint8Array(15)));
  });
}
