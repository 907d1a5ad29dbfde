import { assert, assertEquals } from "@std/assert";
import {
  parseSFrameHeader,
  writeSFrameHeader,
} from "../../../../peer/encoded_transform/sframe/header.ts";
import { Random, seedForRun } from "../../../support/random.ts";
import { hex, vectors } from "./vectors.ts";

Deno.test("headers of RFC 9605 appendix C.1 are written and read", () => {
  assertEquals(vectors.header.length, 289);
  for (const { kid, ctr, encoded } of vectors.header) {
    const header = { kid: BigInt(kid), ctr: BigInt(ctr) };
    assertEquals(writeSFrameHeader(header).toHex(), encoded);
    assertEquals(parseSFrameHeader(hex(encoded)), { header, length: encoded.length / 2 });
  }
});

Deno.test("any header comes back as it was, whatever follows it, and not if it is cut (RFC 9605 section 4.3)", () => {
  const random = new Random(seedForRun("SFrame headers"));
  const value = () => {
    const bits = BigInt(random.u32()) << 32n | BigInt(random.u32());
    return bits >> BigInt(random.u32() % 65);
  };
  for (let round = 0; round < 2000; round++) {
    const header = { kid: value(), ctr: value() };
    const bytes = writeSFrameHeader(header);
    assertEquals(parseSFrameHeader(Uint8Array.of(...bytes, 1, 2, 3)), {
      header,
      length: bytes.length,
    });
    const cut = bytes.subarray(0, random.u32() % bytes.length);
    assertEquals(parseSFrameHeader(cut), undefined);
  }
});

Deno.test("whatever is a header is the only way to write it (RFC 9605 section 4.3)", () => {
  const random = new Random(seedForRun("SFrame header bytes"));
  let found = 0;
  for (let round = 0; round < 5000; round++) {
    const bytes = Uint8Array.from({ length: 1 + random.u32() % 20 }, () => random.u32());
    const parsed = parseSFrameHeader(bytes);
    if (parsed === undefined) continue;
    found++;
    assertEquals(writeSFrameHeader(parsed.header), bytes.slice(0, parsed.length));
  }
  assert(found > 1000);
});

const BAD = [["nothing", ""], ["a value below 8", "8803"], ["a leading zero", "900012"]] as const;
for (const [what, text] of BAD) {
  Deno.test(`${what} in an extended field is no header (RFC 9605 section 4.3)`, () => {
    assertEquals(parseSFrameHeader(hex(text)), undefined);
  });
}
