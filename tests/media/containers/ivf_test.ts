import { assert, assertEquals, assertThrows } from "@std/assert";
import { codecOfMimeType } from "../../../media/codec.ts";
import { isIvf, ivfFrame, ivfHeader, IvfParser } from "../../../media/containers/ivf.ts";
import { Random, seedForRun } from "../../support/random.ts";

const VP8 = codecOfMimeType("video/VP8")!;
const FRAMES = [{ timestamp: 0, data: Uint8Array.of(1, 2, 3) }, {
  timestamp: 2 ** 40,
  data: new Uint8Array(1000).fill(7),
}];

function file(): Uint8Array {
  const parts = [ivfHeader(VP8, 640, 480), ...FRAMES.map(ivfFrame)];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

Deno.test("a file is read as it was written, in whatever pieces it comes", () => {
  for (const size of [1, 7, 31, 32, 45, 5000]) {
    const parser = new IvfParser();
    const frames = [];
    for (let at = 0; at < file().length; at += size) {
      frames.push(...parser.push(file().subarray(at, at + size)));
    }
    assertEquals(frames, FRAMES);
    assertEquals(parser.header, { codec: VP8, width: 640, height: 480, unit: 1 });
  }
  assert(isIvf(file()));
});

Deno.test("a frame larger than any is an EncodingError, before memory is taken for it", () => {
  const bytes = file();
  new DataView(bytes.buffer).setUint32(32, 0xffffffff, true);
  assertEquals(assertThrows(() => new IvfParser().push(bytes), DOMException).name, "EncodingError");
});

Deno.test("an unknown codec is a NotSupportedError, both ways", () => {
  const bytes = file();
  bytes.set(new TextEncoder().encode("toSt"), 8);
  const errors = [
    assertThrows(() => new IvfParser().push(bytes), DOMException),
    assertThrows(() => ivfHeader(codecOfMimeType("audio/opus")!, 1, 1), DOMException),
  ];
  assertEquals(errors.map(({ name }) => name), ["NotSupportedError", "NotSupportedError"]);
});

Deno.test("a broken file gives frames or a DOMException", () => {
  const random = new Random(seedForRun("ivf"));
  for (let i = 0; i < 500; i++) {
    try {
      new IvfParser().push(random.mutate(file()));
    } catch (error) {
      assert(error instanceof DOMException, `${error}`);
    }
  }
});
