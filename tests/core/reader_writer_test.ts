import { assert, assertEquals, assertThrows } from "@std/assert";
import { Reader, Writer } from "../../core/wire/mod.ts";
import { Random, seedForRun } from "../support/random.ts";

/** One field: how it is written, and a check that reads it back. */
interface Field {
  write(writer: Writer): void;
  check(reader: Reader): void;
}

function randomField(random: Random): Field {
  const number = (
    write: (writer: Writer, value: number) => void,
    read: (reader: Reader) => number,
    bytes: number,
  ): Field => {
    const limit = 256 ** bytes;
    const value = random.pick([0, 1, limit / 2, limit - 1, Math.floor(random.fraction() * limit)]);
    return {
      write: (writer) => write(writer, value),
      check: (reader) => assertEquals(read(reader), value),
    };
  };
  switch (random.below(9)) {
    case 0:
      return number((w, v) => w.u8(v), (r) => r.u8(), 1);
    case 1:
      return number((w, v) => w.u16(v), (r) => r.u16(), 2);
    case 2:
      return number((w, v) => w.u24(v), (r) => r.u24(), 3);
    case 3:
      return number((w, v) => w.u32(v), (r) => r.u32(), 4);
    case 4:
      return number((w, v) => w.u48(v), (r) => r.u48(), 6);
    case 5: {
      const value = random.pick([0n, 2n ** 64n - 1n, BigInt(random.u32()) << 20n]);
      return { write: (w) => w.u64(value), check: (r) => assertEquals(r.u64(), value) };
    }
    case 6: {
      const value = random.bytes(random.below(30));
      return {
        write: (w) => w.bytes(value),
        check: (r) => assertEquals([...r.bytes(value.length)], [...value]),
      };
    }
    case 7: {
      const value = random.pick(["", "plain", "ünïcödé 🦆", "\ufeffwith a mark"]);
      let length = 0;
      return {
        write: (w) => void (length = w.text(value)),
        check: (r) => assertEquals(r.strictText(length), value),
      };
    }
    default: {
      const inner = Array.from({ length: random.below(4) }, () => randomField(random));
      const write = (writer: Writer) => inner.forEach((field) => field.write(writer));
      const check = (reader: Reader) => {
        inner.forEach((field) => field.check(reader));
        assert(reader.complete);
      };
      const narrow = new Writer();
      write(narrow);
      if (narrow.length < 256 && random.chance(0.4)) {
        return { write: (w) => w.vector8(() => write(w)), check: (r) => check(r.sub(r.u8())) };
      }
      return random.chance(0.5)
        ? { write: (w) => w.vector16(() => write(w)), check: (r) => check(r.sub(r.u16())) }
        : { write: (w) => w.vector24(() => write(w)), check: (r) => check(r.sub(r.u24())) };
    }
  }
}

Deno.test("A Reader reads back whatever a Writer wrote", () => {
  const random = new Random(seedForRun("fields"));
  for (let round = 0; round < 500; round++) {
    const fields = Array.from({ length: random.below(20) }, () => randomField(random));
    const writer = new Writer(random.below(40));
    for (const field of fields) field.write(writer);
    const written = writer.finish();
    assertEquals(written.length, writer.length);
    // Somewhere inside a larger buffer, as datagrams are.
    const around = new Uint8Array(written.length + 20).fill(0xee);
    around.set(written, 7);
    const reader = new Reader(around, 7, 7 + written.length);
    for (const field of fields) field.check(reader);
    assert(reader.complete);
    reader.u8();
    assert(!reader.ok);
  }
});

Deno.test("A Reader never leaves its bounds, never throws, and comes to its end", () => {
  const random = new Random(seedForRun("random reads"));
  for (let round = 0; round < 500; round++) {
    const bytes = random.bytes(40);
    const start = random.below(50) - 5, end = random.below(60) - 5;
    const reader = new Reader(bytes, start, end);
    const last = Math.min(Math.max(end, 0), 40);
    for (let step = 0; step < 30; step++) {
      const before = reader.remaining;
      const length = random.below(20) - 3;
      const view = random.pick([
        () => reader.bytes(length),
        () => reader.sub(length).rest(),
        () => (reader.skip(length), undefined),
        () => (reader.text(length), undefined),
        () => (reader.strictText(length), undefined),
        () => (reader.u8(),
          reader.u16(),
          reader.u24(),
          reader.u32(),
          reader.u48(),
          reader.u64(),
          undefined),
        () => (reader.peek(length), undefined),
      ])();
      assert(reader.remaining <= before && reader.remaining >= 0);
      assert(reader.offset <= Math.max(last, 0));
      if (view !== undefined && view.length > 0) {
        assert(view.byteOffset >= Math.max(start, 0) && view.byteOffset + view.length <= last);
      }
      if (!reader.ok) assertEquals(reader.remaining, 0);
    }
  }
});

Deno.test("A read past the end gives zeros, and fails the Reader for good", () => {
  const reader = new Reader(Uint8Array.of(1, 2, 3));
  assertEquals([reader.u32(), reader.ok, reader.remaining, reader.u8()], [0, false, 0, 0]);
  assertEquals([reader.u16(), reader.u24(), reader.u48(), reader.u64()], [0, 0, 0, 0n]);
  assertEquals([reader.bytes(1).length, reader.text(1), reader.complete], [0, "", false]);
  for (const read of ["bytes", "skip", "sub"] as const) {
    const negative = new Reader(Uint8Array.of(1));
    negative[read](-1);
    assert(!negative.ok, read);
  }
});

Deno.test("peek looks ahead and consumes nothing", () => {
  const reader = new Reader(Uint8Array.of(1, 2));
  assertEquals([reader.peek(), reader.peek(1), reader.peek(2), reader.u8()], [1, 2, 0, 1]);
  assert(reader.ok);
});

Deno.test("sub fails both Readers when there is too little", () => {
  const reader = new Reader(Uint8Array.of(1, 2, 3));
  const good = reader.sub(2);
  assertEquals([good.u16(), good.complete, reader.remaining], [0x0102, true, 1]);
  const bad = reader.sub(2);
  assertEquals([bad.ok, reader.ok], [false, false]);
});

Deno.test("Ill-formed UTF-8 is replaced, or fails a strict read", () => {
  const bytes = Uint8Array.of(0x61, 0xff, 0x62);
  assertEquals(new Reader(bytes).text(3), "a\ufffdb");
  const strict = new Reader(bytes);
  assertEquals([strict.strictText(3), strict.ok], ["", false]);
});

Deno.test("bytes shares memory with what was read", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  new Reader(bytes).bytes(2)[1] = 9;
  assertEquals([...bytes], [1, 9, 3]);
});

Deno.test("A Writer refuses vectors longer than their length field", () => {
  const writer = new Writer();
  writer.vector8(() => writer.zeros(255));
  assertThrows(() => writer.vector8(() => writer.zeros(256)), RangeError);
  writer.vector16(() => writer.zeros(0xffff));
  assertThrows(() => writer.vector16(() => writer.zeros(0x1_0000)), RangeError);
  assertThrows(() => writer.vector24(() => writer.zeros(0x100_0000)), RangeError);
});

Deno.test("A Writer pads, patches, and aligns from where it is told", () => {
  const writer = new Writer(1);
  writer.u8(1);
  writer.align(4);
  writer.align(4);
  assertEquals([...writer.finish()], [1, 0, 0, 0]);
  writer.u16(7);
  writer.align(4, 3);
  assertEquals([...writer.finish()], [1, 0, 0, 0, 0, 7, 0]);
  writer.patchU16(0, 0x0203);
  writer.patchU16(5, 0x0607);
  assertEquals([...writer.finish()], [2, 3, 0, 0, 0, 6, 7]);
});
