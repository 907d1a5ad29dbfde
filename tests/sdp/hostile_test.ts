import { assert, assertEquals, assertLess } from "@std/assert";
import { iceCredentialsOf, parseSession } from "../../sdp/mod.ts";
import { hostileText, hostileVectors, SEMANTIC } from "./hostile.ts";
import { HANG } from "../support/hang.ts";

for (const vector of hostileVectors()) {
  Deno.test(`hostile SDP: ${vector.name}`, () => {
    const text = hostileText(vector);
    const started = performance.now();
    const result = parseSession(text);
    const took = performance.now() - started;

    assertLess(took, HANG);
    if (vector.expect.any) return;
    if (SEMANTIC.has(vector.name)) {
      assert(vector.expect.reject !== undefined, "what is accepted needs no reason");
      return;
    }
    assertEquals(result.ok, vector.expect.accept === true);
  });
}

Deno.test("every semantic case is one of the vectors, and well-formed but for rollback's empty text", () => {
  for (const name of SEMANTIC.keys()) {
    const vector = hostileVectors().find((vector) => vector.name === name);
    assert(vector, name);
    assertEquals(parseSession(hostileText(vector)).ok, vector.type !== "rollback", name);
  }
});

Deno.test("RFC 8839 section 5.4: credentials of a wrong length or with a space are none", () => {
  const named = hostileVectors().filter(({ name }) => /^(no )?ice-(ufrag|pwd)/.test(name));
  assertEquals(named.length, 6);
  for (const vector of named) {
    const result = parseSession(hostileText(vector));
    assert(result.ok);
    assertEquals(iceCredentialsOf(result.session, result.session.media[0]!), undefined);
  }
});

Deno.test("hostile names do not reach a prototype", () => {
  const before = Object.getOwnPropertyNames(Object.prototype).sort();
  for (const vector of hostileVectors().filter(({ name }) => name.startsWith("prototype"))) {
    parseSession(hostileText(vector));
  }
  assertEquals(Object.getOwnPropertyNames(Object.prototype).sort(), before);
  assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
});
