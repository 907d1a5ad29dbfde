import { assert, assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { ROOT } from "../../tools/project.ts";
import { serveFakeJsr } from "./fake_jsr.ts";

interface Ended {
  code: number;
  lines: string[];
  errors: string;
}

/** Runs a task as `deno task` does, on a machine where Deno has been installed just now. */
async function run(task: string, args: string[], env: Record<string, string> = {}): Promise<Ended> {
  const cache = Deno.makeTempDirSync({ prefix: "heron_cache_" });
  try {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", join(ROOT, "tools", "run.ts"), task, ...args],
      env: { HERON_OFFLINE: "", NO_COLOR: "1", DENO_DIR: cache, ...env },
    }).output();
    const decoder = new TextDecoder();
    return { code, lines: decoder.decode(stdout).split("\n"), errors: decoder.decode(stderr) };
  } finally {
    Deno.removeSync(cache, { recursive: true });
  }
}

/** Runs the tests of a file that has this text. */
async function runTests(text: string, ...args: string[]): Promise<Ended> {
  const folder = Deno.makeTempDirSync({ prefix: "heron_tests_" });
  try {
    const file = join(folder, "some_test.ts");
    Deno.writeTextFileSync(file, text);
    return await run("test", [file, ...args], { HERON_OFFLINE: "1" });
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

const OUT_OF_REACH = "JSR is out of reach";
const SOME_FILE = "core/crypto/node_provider.ts"; // it imports from JSR

Deno.test("a task runs without JSR, and says so", async () => {
  const { code, errors } = await run("check", [SOME_FILE], { JSR_URL: "http://127.0.0.1:1" });
  assertEquals(code, 0, errors);
  assertStringIncludes(errors, OUT_OF_REACH);
});

Deno.test("a JSR that never answers doesn't hold a task up for long", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const start = performance.now();
  const { code, errors } = await run("check", [SOME_FILE], {
    JSR_URL: `http://127.0.0.1:${silent.addr.port}`,
  });
  assertEquals(code, 0, errors);
  assertStringIncludes(errors, OUT_OF_REACH);
  assertLess(performance.now() - start, 30_000);
});

Deno.test("where JSR answers, a task takes its packages from there", async () => {
  await using jsr = serveFakeJsr();
  const { code, errors } = await run("check", [SOME_FILE], {
    JSR_URL: `http://127.0.0.1:${jsr.addr.port}`,
  });
  assertEquals(code, 0, errors);
  assert(!errors.includes(OUT_OF_REACH), errors);
});

Deno.test("an unknown task is refused, with the names of those that exist", async () => {
  const { code, errors } = await run("toString", []);
  assertEquals(code, 2);
  assertStringIncludes(errors, "demo, ");
});

Deno.test("tests that pass close with their number", async () => {
  const { code, lines } = await runTests(`
    Deno.test("a", () => {});
    Deno.test.ignore("b", () => {});
  `);
  assertEquals(code, 0);
  assertEquals(lines.slice(-2), ["1 passed, 0 failed, 1 skipped", ""]);
});

Deno.test("a test that fails fails the task", async () => {
  const { code, lines } = await runTests(`
    Deno.test("a", () => {});
    Deno.test("b", () => { throw new Error("broken"); });
  `);
  assertEquals(code, 1);
  assertEquals(lines.slice(-2), ["1 passed, 1 failed", ""]);
});

Deno.test("a test that leaks fails the task", async () => {
  const { code, lines } = await runTests(`Deno.test("a", () => void setTimeout(() => {}, 1e6));`);
  assertEquals(code, 1);
  assertEquals(lines.slice(-2), ["0 passed, 1 failed", ""]);
});

Deno.test("tests that can't start, for a type error, fail the task", async () => {
  const { code, lines } = await runTests(`Deno.test("a", () => {}); export const b: string = 1;`);
  assertEquals(code, 1);
  assertEquals(lines.slice(-2), ["0 passed, 1 failed", ""]);
});

Deno.test("running no test at all fails the task", async () => {
  const { code, lines } = await runTests(`Deno.test("a", () => {});`, "--filter", "nothing");
  assertEquals(code, 1);
  assertEquals(lines.slice(-2), ["0 passed, 0 failed", ""]);
});
