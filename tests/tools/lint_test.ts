import { assertEquals } from "@std/assert";
import plugin from "../../tools/lint/mod.ts";

/** The rules that a file breaks, in the order of the source. */
function broken(path: string, source: string): string[] {
  const found = Deno.lint.runPlugin(plugin, path, source);
  return found.sort((a, b) => a.range[0] - b.range[0]).map(({ id }) => id.replace("heron/", ""));
}

Deno.test("a pure folder names no clock, timer, randomness, promise or Deno", () => {
  const impure = [
    "Date.now();",
    "new Date();",
    "const now = Date;",
    "performance.now();",
    "setTimeout(run, 1);",
    "const { setTimeout: later } = globalThis;",
    "queueMicrotask(run);",
    "Math.random();",
    'Math["random"]();',
    "const { random } = Math;",
    "new Promise(run);",
    "const o = { performance };",
    "async function f() {}",
    "const f = async () => {};",
    "class C { async m() {} }",
    "await run();",
    "for await (const x of y) run(x);",
  ];
  const layers = ["ice", "dtls", "sctp", "srtp", "rtp", "sdp"];
  for (const folder of [...layers, "core/wire", "core/crypto", "peer/jsep/media"]) {
    for (const line of impure) assertEquals(broken(`${folder}/x.ts`, line), ["purity"], line);
    assertEquals(broken(`${folder}/x.ts`, "Deno.now();"), ["runtime"]);
  }
});

Deno.test("a pure folder may use the same words for other things", () => {
  const pure = [
    "// Date.now(), await, Deno",
    "const text = 'Date Deno await setTimeout';",
    "const header = { Date: 1, performance: 2 };",
    "header.Date = header.performance;",
    "interface Header { Date: number; Promise(): void }",
    "class C { Date = 1; Deno() {} }",
    "Math.max(1, 2);",
    "new Date(millis).toISOString();",
  ];
  for (const line of pure) assertEquals(broken("ice/x.ts", line), [], line);
});

Deno.test("clock and stage, media, peer and tests aren't pure", () => {
  const line = "await new Promise((done) => setTimeout(done, performance.now()));";
  for (
    const path of ["core/stage/clock.ts", "core/stage/stage.ts", "peer/x.ts", "tests/ice/x.ts"]
  ) {
    assertEquals(broken(path, line), [], path);
  }
  assertEquals(broken("core/stage/timers.ts", "performance.now();"), ["purity"]);
});

Deno.test("of the library only transport names Deno", () => {
  assertEquals(broken("transport/udp.ts", "Deno.listenDatagram(o);"), []);
  for (const path of ["mod.ts", "globals.ts", "peer/x.ts", "media/x.ts", "core/stage/clock.ts"]) {
    assertEquals(broken(path, "Deno.listenDatagram(o);"), ["runtime"], path);
  }
});

Deno.test("layers import downwards only", () => {
  const allowed: [path: string, specifier: string][] = [
    ["ice/stun/message.ts", "../../core/wire/mod.ts"],
    ["ice/stun/message.ts", "../candidate.ts"],
    ["core/crypto/node_provider.ts", "../wire/bytes.ts"],
    ["core/crypto/node_provider.ts", "node:crypto"],
    ["core/mod.ts", "./stage/mod.ts"],
    ["core/stage/stage.ts", "./layer.ts"],
    ["transport/dns.ts", "dns-packet"],
    ["media/track.ts", "../rtp/packet.ts"],
    ["peer/pipeline.ts", "../ice/mod.ts"],
    ["peer/jsep/offer.ts", "../rtc_error.ts"],
    ["mod.ts", "./peer/mod.ts"],
    ["globals.ts", "./mod.ts"],
    ["tests/ice/x_test.ts", "@std/assert"],
  ];
  for (const [path, specifier] of allowed) {
    assertEquals(broken(path, `import "${specifier}";`), [], `${path} ${specifier}`);
  }
  const refused: [path: string, specifier: string][] = [
    ["ice/agent.ts", "../dtls/mod.ts"],
    ["ice/agent.ts", "../transport/mod.ts"],
    ["ice/agent.ts", "../tests/support/random.ts"],
    ["ice/agent.ts", "../mod.ts"],
    ["ice/agent.ts", "node:crypto"],
    ["ice/agent.ts", "@std/async/delay"],
    ["core/wire/reader.ts", "../stage/timers.ts"],
    ["core/stage/stage.ts", "../wire/mod.ts"],
    ["core/stage/clock.ts", "../../ice/mod.ts"],
    ["transport/udp.ts", "../ice/mod.ts"],
    ["media/track.ts", "../peer/mod.ts"],
    ["peer/x.ts", "node:dgram"],
    ["peer/x.ts", "../tools/run.ts"],
  ];
  for (const [path, specifier] of refused) {
    assertEquals(broken(path, `import "${specifier}";`), ["layers"], `${path} ${specifier}`);
    assertEquals(broken(path, `export * from "${specifier}";`), ["layers"]);
    assertEquals(broken(path, `export { a } from "${specifier}";`), ["layers"]);
    assertEquals(broken(path, `import("${specifier}");`), ["layers"]);
  }
  assertEquals(broken("ice/agent.ts", "import(name);"), ["layers"]);
});

Deno.test("streams are connected in one file", () => {
  const line = "a.pipeThrough(b).pipeTo(c);";
  for (const path of ["peer/pipeline.ts", "core/stage/stage.ts", "transport/x.ts", "tests/x.ts"]) {
    assertEquals(broken(path, line), [], path);
  }
  assertEquals(broken("peer/connection.ts", line), ["wiring", "wiring"]);
  assertEquals(broken("ice/agent.ts", line), ["wiring", "wiring"]);
});

Deno.test("a file has at most 600 lines", () => {
  assertEquals(broken("tests/ice/x_test.ts", "x;\n".repeat(600)), []);
  assertEquals(broken("tests/ice/x_test.ts", "x;\n".repeat(601)), ["length"]);
});
