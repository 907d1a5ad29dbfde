import { assert, assertEquals, assertThrows } from "@std/assert";
import { toHex } from "../../core/wire/mod.ts";
import {
  createRtpPacket,
  isRtcp,
  parseElements,
  parseRtpPacket,
  rtpPacketSize,
  rtpPadding,
  serializeRtpPacket,
} from "../../rtp/mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { hex, randomPacket, rtpVectors } from "./support.ts";

const packets = rtpVectors.filter(({ packet }) => packet !== undefined);

for (const { name, packet, expect } of packets) {
  Deno.test(`RTP vector: ${name}`, () => {
    const bytes = hex(packet!);
    const parsed = parseRtpPacket(bytes);
    if (expect === "error") return assertEquals(parsed, undefined);
    assert(parsed !== undefined);
    assertEquals(toHex(serializeRtpPacket(parsed)), packet);
    if (typeof expect === "string") return;
    const fields = {
      version: 2,
      padding: typeof expect.padding === "number" ? parsed.padding.length : false,
      extension: parsed.extension !== undefined,
      marker: parsed.marker,
      payloadType: parsed.payloadType,
      sequenceNumber: parsed.sequenceNumber,
      timestamp: parsed.timestamp,
      ssrc: parsed.ssrc,
      csrc: parsed.csrcs,
      payload: toHex(parsed.payload),
      extensions: parsed.extension === undefined
        ? []
        : parseElements(parsed.extension).map(({ id, data }) => ({ id, data: toHex(data) })),
    };
    for (const [key, value] of Object.entries(expect)) {
      assertEquals(fields[key as keyof typeof fields], value, key);
    }
  });
}

Deno.test("any packet comes back from its bytes as it was, and these from it (RFC 3550 section 5.1)", () => {
  const random = new Random(seedForRun("RTP identity"));
  for (let i = 0; i < 2000; i++) {
    const packet = randomPacket(random);
    const bytes = serializeRtpPacket(packet);
    assertEquals(bytes.length, rtpPacketSize(packet));
    const parsed = parseRtpPacket(bytes);
    assertEquals(parsed, packet);
    assertEquals(serializeRtpPacket(parsed!), bytes);
  }
});

Deno.test("padding that is not all zero survives", () => {
  const bytes = hex("a0601234000003e8deadbeef01aabb03");
  const parsed = parseRtpPacket(bytes)!;
  assertEquals(toHex(parsed.payload), "01");
  assertEquals(serializeRtpPacket(parsed), bytes);
});

Deno.test("no truncation and no mutation of a packet throws, and what parses has its payload within the packet", () => {
  const random = new Random(seedForRun("RTP mutation"));
  const seeds = [
    ...packets.map(({ packet }) => hex(packet!)),
    ...Array.from({ length: 50 }, () => serializeRtpPacket(randomPacket(random))),
  ];
  let refused = 0;
  for (const bytes of seeds) {
    for (let length = 0; length < bytes.length; length++) check(bytes.subarray(0, length));
    for (let i = 0; i < 100; i++) check(random.mutate(bytes));
  }
  assert(refused > 1000);

  function check(bytes: Uint8Array): void {
    const parsed = parseRtpPacket(bytes);
    if (parsed === undefined) return void refused++;
    assertEquals(rtpPacketSize(parsed), bytes.length);
    if (parsed.extension !== undefined) parseElements(parsed.extension);
  }
});

Deno.test("a padding count of zero is refused, as is padding that reaches into the header", () => {
  assertEquals(parseRtpPacket(hex("a0601234000003e8deadbeef00")), undefined);
  assertEquals(parseRtpPacket(hex("a0601234000003e8deadbe04")), undefined);
});

Deno.test("an impossible packet cannot be written", () => {
  const packet = createRtpPacket({ payloadType: 96, sequenceNumber: 0, timestamp: 0, ssrc: 1 });
  assertThrows(() => serializeRtpPacket({ ...packet, csrcs: new Array(16).fill(1) }), RangeError);
  const extension = { profile: 0xbede, data: new Uint8Array(3) };
  assertThrows(() => serializeRtpPacket({ ...packet, extension }), RangeError);
  assertThrows(() => rtpPadding(0), RangeError);
  assertThrows(() => rtpPadding(256), RangeError);
});

Deno.test("RTP and RTCP on one port are told apart by the second byte (RFC 5761 section 4)", () => {
  assert(isRtcp(Uint8Array.of(0x80, 192)));
  assert(isRtcp(Uint8Array.of(0x80, 223)));
  for (const type of [0, 63, 96, 127]) {
    assert(!isRtcp(Uint8Array.of(0x80, type)));
    assert(!isRtcp(Uint8Array.of(0x80, 0x80 | type)));
  }
  assert(!isRtcp(Uint8Array.of(0x80)));
});
