import { assertEquals, assertThrows } from "@std/assert";
import { toHex } from "../../core/wire/mod.ts";
import {
  buildHeaderExtension,
  type ExtensionElement,
  findElement,
  isTwoByte,
  ONE_BYTE_PROFILE,
  parseElements,
  TWO_BYTE_PROFILE,
} from "../../rtp/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { hex } from "./support.ts";

Deno.test("any elements come back from their extension", () => {
  const random = new Random(seedForRun("header extensions"));
  for (let i = 0; i < 1000; i++) {
    const oneByte = random.chance(0.5);
    const elements: ExtensionElement[] = Array.from({ length: 1 + random.below(6) }, () => ({
      id: 1 + random.below(oneByte ? 14 : 255),
      data: random.bytes(oneByte ? 1 + random.below(16) : random.below(60)),
    }));
    const extension = buildHeaderExtension(elements)!;
    assertEquals(extension.data.length % 4, 0);
    assertEquals(parseElements(extension), elements);
    const { id } = random.pick(elements);
    assertEquals(findElement(extension, id), elements.find((one) => one.id === id)!.data);
  }
});

Deno.test("headers have one byte where they can, else two (RFC 8285 section 4.1.2)", () => {
  const profile = (id: number, length: number) =>
    buildHeaderExtension([{ id, data: new Uint8Array(length) }])!.profile;
  assertEquals(profile(14, 16), ONE_BYTE_PROFILE);
  assertEquals(profile(15, 1), TWO_BYTE_PROFILE);
  assertEquals(profile(1, 17), TWO_BYTE_PROFILE);
  assertEquals(profile(1, 0), TWO_BYTE_PROFILE);
  assertEquals(buildHeaderExtension([]), undefined);
});

Deno.test("two-byte headers may have application bits (RFC 8285 section 4.3)", () => {
  const extension = { profile: 0x100f, data: hex("ff02aabb") };
  assertEquals(isTwoByte(extension), true);
  assertEquals(toHex(findElement(extension, 255)!), "aabb");
});

Deno.test("padding lies between elements, before and after them", () => {
  const extension = { profile: ONE_BYTE_PROFILE, data: hex("0010aa000020bb00") };
  assertEquals(parseElements(extension).map(({ id }) => id), [1, 2]);
});

Deno.test("an identifier 0 that claims data ends the elements (RFC 8285 section 4.2)", () => {
  const extension = { profile: ONE_BYTE_PROFILE, data: hex("10aa01bbcc20dd00") };
  assertEquals(parseElements(extension).map(({ id }) => id), [1]);
});

Deno.test("an element that is longer than the extension is not there, but those before it are", () => {
  const oneByte = { profile: ONE_BYTE_PROFILE, data: hex("10aa2faa") };
  assertEquals(parseElements(oneByte).map(({ id }) => id), [1]);
  const twoByte = { profile: TWO_BYTE_PROFILE, data: hex("01000205aabbcc00") };
  assertEquals(parseElements(twoByte).map(({ id }) => id), [1]);
  assertEquals(findElement(twoByte, 2), undefined);
});

Deno.test("another profile's extension has no elements", () => {
  assertEquals(parseElements({ profile: 0xabac, data: hex("10aa0000") }), []);
  assertEquals(findElement({ profile: 0xabac, data: hex("10aa0000") }, 1), undefined);
});

Deno.test("elements that no header can describe are refused", () => {
  assertThrows(() => buildHeaderExtension([{ id: 0, data: hex("aa") }]), RangeError);
  assertThrows(() => buildHeaderExtension([{ id: 256, data: hex("aa") }]), RangeError);
  assertThrows(() => buildHeaderExtension([{ id: 1, data: new Uint8Array(256) }]), RangeError);
});
