import { assert, assertEquals, assertThrows } from "@std/assert";
import { toHex } from "../../core/wire/mod.ts";
import {
  FecReceiver,
  type FecRepair,
  parseFlexfec,
  parseFlexfec03,
  parseUlpfec,
  protectPackets,
  recoverPacket,
  serializeRtpPacket,
  writeFlexfec,
  writeFlexfec03,
  writeUlpfec,
} from "../../rtp/mod.ts";
import { MemoryWatch } from "../support/memory.ts";
import { Random, seedForRun } from "../support/random.ts";
import { hex, randomPacket } from "./support.ts";

const SSRC = 0xdeadbeef;

const kinds = [
  { name: "ULPFEC", write: writeUlpfec, parse: parseUlpfec, reach: 48 },
  { name: "FlexFEC", write: writeFlexfec, parse: parseFlexfec, reach: 110 },
  {
    name: "flexfec-03",
    write: (repair: FecRepair) => writeFlexfec03(repair, SSRC),
    parse: parseFlexfec03,
    reach: 109,
  },
];

function packets(random: Random, count: number, first: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) =>
    serializeRtpPacket({
      ...randomPacket(random),
      ssrc: SSRC,
      sequenceNumber: (first + i) & 0xffff,
    }));
}

Deno.test("ULPFEC: the XOR of two packets, by hand (RFC 5109 section 7)", () => {
  const a = hex("80601234000003e8deadbeef01020304");
  const b = hex("90e11236000003e9deadbeef0f");
  const repair = protectPackets([a, b]);
  // Flags 1081, base, timestamp, length 4 ^ 1, protected 4, mask 101.
  assertEquals(toHex(writeUlpfec(repair)), "10811234000000010005" + "0004a000" + "0e020304");
  assertEquals(recoverPacket(repair, [b], 0x1234, SSRC), a);
  assertEquals(recoverPacket(repair, [a], 0x1236, SSRC), b);
});

Deno.test("FlexFEC: the same, and the k bits that end the mask (RFC 8627 section 4.2.2.1)", () => {
  const a = hex("80601234000003e8deadbeef01020304");
  const at = (number: number) => {
    const b = hex("90e11236000003e9deadbeef0f");
    b[2] = number >> 8;
    b[3] = number;
    return toHex(writeFlexfec(protectPackets([a, b])));
  };
  const head = "1081000500000001" + "1234";
  assertEquals(at(0x1236), head + "d000" + "0e020304");
  assertEquals(at(0x1234 + 15), head + "4000" + "c0000000" + "0e020304");
  assertEquals(at(0x1234 + 46), head + "4000" + "00000000" + "8000000000000000" + "0e020304");
});

Deno.test("flexfec-03 has the stream in it, and a k bit in every part (draft-ietf-payload-flexible-fec-scheme-03 section 4.2)", () => {
  const a = hex("80601234000003e8deadbeef01020304");
  const at = (number: number) => {
    const b = hex("90e11236000003e9deadbeef0f");
    b[2] = number >> 8;
    b[3] = number;
    return toHex(writeFlexfec03(protectPackets([a, b]), SSRC));
  };
  const head = "1081000500000001" + "01000000" + "deadbeef" + "1234";
  assertEquals(at(0x1236), head + "d000" + "0e020304");
  assertEquals(at(0x1234 + 15), head + "4000" + "c0000000" + "0e020304");
  assertEquals(at(0x1234 + 46), head + "4000" + "00000000" + "c000000000000000" + "0e020304");
  const endless = hex(head + "4000" + "00000000" + "4000000000000000" + "0e020304");
  assertEquals(parseFlexfec03(endless), undefined);
  const ofTwo = hex("1081000500000001" + "02000000" + "deadbeef" + "1234" + "d000" + "0e020304");
  assertEquals(parseFlexfec03(ofTwo), undefined);
});

for (const { name, write, parse, reach } of kinds) {
  Deno.test(`${name}: any one of any packets is recovered, whatever its extension and padding`, () => {
    const random = new Random(seedForRun(name));
    for (let i = 0; i < 200; i++) {
      const all = packets(random, 1 + random.below(reach), random.below(65536));
      const group = all.filter((_, n) => n === 0 || random.chance(0.5));
      const repair = parse(write(protectPackets(group)))!;
      const lost = random.pick(group);
      const number = lost[2]! << 8 | lost[3]!;
      const others = group.filter((packet) => packet !== lost);
      assertEquals(recoverPacket(repair, others, number, SSRC), lost, `seed ${random.seed}`);
    }
    const far = packets(random, reach + 1, 0);
    assertThrows(() => write(protectPackets([far[0]!, far[reach]!])), RangeError);
  });

  Deno.test(`${name}: no truncation and no mutation throws, nor makes a packet that is none`, () => {
    const random = new Random(seedForRun(`${name} mutation`));
    for (let i = 0; i < 300; i++) {
      const group = packets(random, 5, 100);
      const bytes = write(protectPackets(group));
      parse(bytes.subarray(0, random.below(bytes.length)));
      const repair = parse(random.mutate(bytes));
      const receiver = new FecReceiver(SSRC);
      for (const packet of group.slice(1)) receiver.pushMedia(packet);
      if (repair === undefined) continue;
      for (const packet of receiver.pushRepair(repair)) assert(packet.length >= 12);
    }
  });

  Deno.test(`${name}: a receiver recovers what it can, each packet once, in whatever order`, () => {
    const random = new Random(seedForRun(`${name} receiver`));
    const receiver = new FecReceiver(SSRC);
    const all = packets(random, 400, 65400);
    let recovered = 0;
    receiver.pushMedia(all[0]!);
    for (let at = 1; at + 10 < all.length; at += 10) {
      const group = all.slice(at, at + 10);
      const lost = random.below(10);
      const out: Uint8Array[] = [];
      const repair = parse(write(protectPackets(group)))!;
      const early = random.chance(0.5);
      if (early) out.push(...receiver.pushRepair(repair));
      group.forEach((packet, i) => {
        if (i !== lost) out.push(...receiver.pushMedia(packet));
      });
      if (!early) out.push(...receiver.pushRepair(repair));
      assertEquals(out, [group[lost]!], `seed ${random.seed}`);
      recovered += out.length;
    }
    assertEquals(recovered, 39);
  });
}

Deno.test("rows and columns recover what neither could alone", () => {
  const random = new Random(3);
  const grid = packets(random, 9, 10);
  const receiver = new FecReceiver(SSRC);
  const lost = [0, 1, 3];
  const out: Uint8Array[] = [];
  grid.forEach((packet, i) => {
    if (!lost.includes(i)) out.push(...receiver.pushMedia(packet));
  });
  for (let i = 0; i < 3; i++) {
    out.push(...receiver.pushRepair(protectPackets(grid.slice(3 * i, 3 * i + 3))));
  }
  assertEquals(out, [grid[3]!]);
  out.push(...receiver.pushRepair(protectPackets([grid[1]!, grid[4]!, grid[7]!])));
  assertEquals(out.slice(1), [grid[1]!, grid[0]!]);
});

Deno.test("a repair that protects only the beginning of packets recovers none", () => {
  const group = packets(new Random(5), 2, 7);
  const repair = protectPackets(group);
  const partial = { ...repair, payload: repair.payload.subarray(0, 3) };
  assertEquals(recoverPacket(partial, [group[0]!], 8, SSRC), undefined);
});

Deno.test("a repair from far away is not kept, and what it says of packets long gone does not matter", () => {
  const random = new Random(6);
  const receiver = new FecReceiver(SSRC);
  receiver.pushMedia(packets(random, 1, 0)[0]!);
  const far = packets(random, 2, 5000);
  assertEquals(receiver.pushRepair(protectPackets(far)), []);
  assertEquals(receiver.pushMedia(far[0]!), []);
  assertEquals(receiver.pushRepair(protectPackets(far)), [far[1]!]);
  assertEquals(receiver.pushMedia(new Uint8Array(3)), []);
});

Deno.test("repairs of which nothing can come are counted: needless, from far away, from before, and one of two that recover the same", () => {
  const random = new Random(8);
  const all = packets(random, 400, 0);
  const receiver = new FecReceiver(SSRC);
  const unusedAfter = (...repaired: number[]) => {
    receiver.pushRepair(protectPackets(repaired.map((number) => all[number]!)));
    return receiver.unusedRepairs;
  };
  for (const number of [0, 1, 2, 3]) receiver.pushMedia(all[number]!);
  assertEquals(unusedAfter(0, 1), 1);
  assertEquals(unusedAfter(3, 4), 1); // recovers 4
  assertEquals(unusedAfter(2, 4), 2);
  assertEquals(unusedAfter(398, 399), 3);
  assertEquals(unusedAfter(5, 6), 3); // waits
  receiver.pushMedia(all[5]!); // recovers 6
  assertEquals(receiver.unusedRepairs, 3);
  for (let number = 7; number < 300; number++) if (number !== 90) receiver.pushMedia(all[number]!);
  assertEquals(unusedAfter(2, 50), 4);
  assertEquals(unusedAfter(298, 299, 300, 301), 4); // waits
  for (let number = 350; number < 400; number++) receiver.pushMedia(all[number]!);
  receiver.pushMedia(packets(random, 1, 493)[0]!);
  assertEquals(receiver.unusedRepairs, 5);
});

Deno.test("what is longer than a network carries is neither kept nor repaired", () => {
  const receiver = new FecReceiver(SSRC);
  const random = new Random(seedForRun("long"));
  const [first, second, third] = packets(random, 3, 1) as [Uint8Array, Uint8Array, Uint8Array];
  const long = new Uint8Array(60_000);
  long.set(second.subarray(0, 12));
  const watch = new MemoryWatch();
  for (let i = 0; i < 192; i++) {
    const copy = long.slice();
    copy[3] = i;
    receiver.pushMedia(copy);
    receiver.pushRepair(protectPackets([copy, copy]));
  }
  watch.sample();
  assert(watch.peak < 500_000, `${watch.peak} bytes`);
  receiver.pushMedia(first);
  receiver.pushMedia(third);
  assertEquals(receiver.pushRepair(protectPackets([first, second, third])), [second]);
});

Deno.test("repairs that wait for packets are few: the oldest goes first", () => {
  const random = new Random(7);
  const all = packets(random, 120, 0);
  for (const [waiting, recovered] of [[48, 1], [49, 0]]) {
    const receiver = new FecReceiver(SSRC);
    receiver.pushMedia(all[0]!);
    for (let i = 0; i < waiting!; i++) {
      receiver.pushRepair(protectPackets(all.slice(1 + 2 * i, 3 + 2 * i)));
    }
    assertEquals(receiver.pushMedia(all[1]!).length, recovered);
  }
});
