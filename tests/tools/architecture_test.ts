import { assert, assertEquals } from "@std/assert";
import { FOLDERS } from "../../tools/lint/folders.ts";

const ROOT = new URL("../../", import.meta.url);
const page = await Deno.readTextFile(new URL("ARCHITECTURE.md", ROOT));

/** The lines below a heading, up to the next one. */
function section(heading: string): string {
  const [, rest] = page.split(`\n${heading}\n`);
  assert(rest !== undefined, `no ${heading}`);
  return rest.split(/^#/m)[0]!;
}

/** What stands in backticks and has a slash, as paths do. */
function pathsOf(text: string): string[] {
  return Array.from(text.matchAll(/`([\w/.]+\/[\w.]*)`/g), ([, path]) => path!);
}

Deno.test("where to find what: each file and folder that the page names is there", async () => {
  const paths = pathsOf(section("### Where to find what"));
  assert(paths.length > 40, `${paths.length}`);
  const there = await Promise.all(paths.map(async (path) => {
    const found = await Deno.stat(new URL(path, ROOT)).catch(() => undefined);
    return found?.isDirectory === path.endsWith("/");
  }));
  assertEquals(paths.filter((_, i) => !there[i]), []);
});

Deno.test("the table of folders says what the linter lets media import", () => {
  const row = section("## 2. Folders").split("\n").find((line) => line.startsWith("| `media`"))!;
  const imports = row.split("|").at(-2)!.trim().split(", ");
  assertEquals(imports, [...FOLDERS["media"]!.imports]);
});
