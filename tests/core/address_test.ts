import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import {
  addressKey,
  canonicalIp,
  formatIp,
  ipVersion,
  parseIp,
  sameAddress,
  type TransportAddress,
} from "../../core/wire/mod.ts";
import { Random, seedForRun } from "../support/random.ts";

Deno.test("RFC 5952 sections 1, 4 and 5: every text of an address has one canonical form", () => {
  const forms: Record<string, string[]> = {
    "2001:db8::1": [ // section 2.2 and 4.2.1
      "2001:db8:0:0:0:0:0:1",
      "2001:0db8::1",
      "2001:db8:0:0::1",
      "2001:DB8:0000:0:0::1",
      "2001:db8::0:1",
    ],
    "2001:db8::aaaa:0:0:1": [ // section 4.2.3: the first of equal runs
      "2001:db8:0:0:aaaa::1",
      "2001:db8::aaaa:0:0:1",
    ],
    "2001:db8:0:1:1:1:1:1": ["2001:db8::1:1:1:1:1"], // section 4.2.2: a single group is not shortened
    "2001:0:0:1::1": ["2001:0:0:1:0:0:0:1"], // section 4.2.3: the longest run
    "2001:db8:aaaa:bbbb:cccc:dddd:eeee:aaa": ["2001:db8:aaaa:bbbb:cccc:dddd:eeee:0AAA"],
    "::": ["0:0:0:0:0:0:0:0", "0::0"],
    "::1": ["0:0:0:0:0:0:0:1"],
    "1::": ["1:0:0:0:0:0:0:0"],
    "fe80::1": ["fe80::1%eth0", "FE80::1%25"],
    "64:ff9b::c000:221": ["64:ff9b::192.0.2.33"],
    "192.0.2.1": ["192.0.2.1"],
  };
  for (const [canonical, texts] of Object.entries(forms)) {
    assertEquals(canonicalIp(canonical), canonical);
    for (const text of texts) assertEquals(canonicalIp(text), canonical, text);
  }
});

Deno.test("What is no IP literal is refused", () => {
  for (
    const text of [
      "",
      "localhost",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "01.2.3.4", // some read octal here
      "1.2.3.4 ",
      "1.2.3.-4",
      "1.2.3.0x4",
      "1.2.3.4%eth0",
      ":",
      ":::",
      "1::2::3",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7:8::",
      "::1:2:3:4:5:6:7:8",
      "12345::",
      "g::",
      ":1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:",
      "1.2.3.4::",
      "::1.2.3.4:5",
      "::1.2.3",
      "[::1]",
      `::${"0".repeat(100)}1`,
    ]
  ) {
    assertEquals(parseIp(text), undefined, text);
    assertEquals(canonicalIp(text), undefined, text);
    assertEquals(ipVersion(text), undefined, text);
  }
});

Deno.test("Parsing undoes formatting", () => {
  const random = new Random(seedForRun("addresses"));
  for (let i = 0; i < 5000; i++) {
    const bytes = random.bytes(random.pick([4, 16]));
    for (let group = 0; group < 16; group += 2) {
      if (random.chance(0.5)) bytes.fill(0, group, group + 2);
    }
    const text = formatIp(bytes);
    assertEquals(parseIp(text), bytes, text);
    assertEquals(ipVersion(text), bytes.length === 4 ? 4 : 6);
  }
});

Deno.test("Random text never throws", () => {
  const random = new Random(seedForRun("address texts"));
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: random.below(20) }, () => random.pick([..."0189af:.%g"]))
      .join("");
    const parsed = parseIp(text);
    if (parsed !== undefined) assertEquals(canonicalIp(formatIp(parsed)), formatIp(parsed));
  }
});

Deno.test("Only 4 or 16 bytes are an address", () => {
  assertThrows(() => formatIp(new Uint8Array(5)), TypeError);
});

Deno.test("Transport addresses are the same when IP, port and protocol are", () => {
  const a: TransportAddress = { ip: "192.0.2.1", port: 1, protocol: "udp" };
  assert(sameAddress(a, a));
  assert(sameAddress(a, { ...a }));
  assertEquals(addressKey(a), addressKey({ ...a }));
  for (
    const b of [{ ...a, ip: "192.0.2.11" }, { ...a, port: 2 }, { ...a, protocol: "tcp" as const }]
  ) {
    assert(!sameAddress(a, b));
    assertNotEquals(addressKey(a), addressKey(b));
  }
});
