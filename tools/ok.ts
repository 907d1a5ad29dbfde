import { join } from "node:path";
import { deno, exists, readManifest, ROOT, say, withOutsideAdapters } from "./project.ts";
import { test } from "./test.ts";

/** What a contributor runs before a commit; `--no-test` leaves the tests out. Stops at the first step that fails. */
export async function ok(config: string, args: string[]): Promise<number> {
  const steps: [name: string, run: () => Promise<number>][] = [
    ["fmt", () => deno("fmt", config, "--check")],
    ["lint, with purity and layers", () => deno("lint", config)],
    ["types", () => deno("check", config)],
    ["docs", () => lintDocs(config)],
    ["tests", () => test(config, [])],
    [
      "publish",
      () => withOutsideAdapters(config, (c) => deno("publish", c, "--dry-run", "--allow-dirty")),
    ],
  ];
  for (const [name, run] of steps) {
    if (name === "tests" && args.includes("--no-test")) continue;
    say(`\n== ${name}`);
    const code = await run();
    if (code !== 0) {
      say(`\n${name}: failed`);
      return code;
    }
  }
  for (const note of longFiles()) say(note);
  say("\nAll is well.");
  return 0;
}

/** `deno doc` reads `deno.json` whatever the config, and would only warn that it can't reach JSR. */
function lintDocs(config: string): Promise<number> {
  const offline = config === "deno.json" ? [] : ["--no-remote", "--quiet"];
  return deno("doc", config, ...offline, "--lint", ...Object.values(readManifest().exports));
}

/** The linter refuses 600 lines; from 500 on it is time to think of where to cut. */
function* longFiles(): Generator<string> {
  const { stdout } = new Deno.Command("git", { args: ["ls-files", "*.ts"], cwd: ROOT })
    .outputSync();
  for (const path of new TextDecoder().decode(stdout).split("\n")) {
    if (path === "" || !exists(path)) continue;
    const lines = Deno.readTextFileSync(join(ROOT, path)).split("\n").length - 1;
    if (lines > 500) yield `note: ${path} has ${lines} lines`;
  }
}
