import { TextLineStream } from "@std/streams/text-line-stream";
import { join } from "node:path";
import type { Line } from "../inside/reporter.ts";
import { type BrowserName, findBrowser } from "./profiles.ts";
import { removeFolder } from "./remove_folder.ts";
import { chooseConfig, ROOT } from "../../../tools/project.ts";

/** Makes a network namespace and runs a command in it. */
const NETNS = join(ROOT, "tools", "netns.sh");
/** How long all steps of one program may take. */
const PROGRAM_TIMEOUT_MS = 15 * 60_000;

/** A program of `tests/browser/inside`, and what it needs. */
export interface NamespaceTest {
  readonly name: string;
  /** Its file there, and its arguments. */
  readonly program: readonly [string, ...string[]];
  readonly browsers: readonly BrowserName[];
}

/**
 * Registers a test that runs a program in a network namespace of its own, so that no packet leaves the machine, and shows what the
 * program reports as its steps.
 *
 * Without a browser, or where no namespace can be made, the test is ignored, and its name says why. In CI nothing is ignored.
 */
export async function testInNamespace({ name, program, browsers }: NamespaceTest): Promise<void> {
  const lack = Deno.env.get("CI") === "true" ? undefined : await whatIsMissing(browsers);
  Deno.test({
    name: lack ? `${name} (${lack})` : name,
    ignore: lack !== undefined,
    async fn(t) {
      const [file, ...args] = program;
      // All that the program and its browsers leave behind, should they be killed.
      const folder = await Deno.makeTempDir({ prefix: "heron-" });
      const child = new Deno.Command(NETNS, {
        args: [
          ...[Deno.execPath(), "run", "-A", "--cached-only", "--config", await chooseConfig()],
          ...[join("tests", "browser", "inside", file), ...args],
        ],
        cwd: ROOT,
        env: { TMPDIR: folder },
        stdin: "piped", // when this process ends, however that comes about, the program reads the end of it
        stdout: "piped",
      }).spawn();
      const timer = setTimeout(() => child.kill("SIGKILL"), PROGRAM_TIMEOUT_MS);
      try {
        await showSteps(t, child.stdout);
        const { success, code } = await child.status;
        if (!success) throw new Error(`the program ended with exit code ${code}`);
      } finally {
        clearTimeout(timer);
        await child.stdin.close();
        await child.status;
        await removeFolder(folder);
      }
    },
  });
}

/** Turns each pair of `begins` and `ends` lines into a step. */
async function showSteps(t: Deno.TestContext, stdout: ReadableStream<Uint8Array>): Promise<void> {
  const lines = stdout
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream())
    .pipeThrough(
      new TransformStream<string, Line>({
        transform: (line, controller) => controller.enqueue(JSON.parse(line)),
      }),
    )[Symbol.asyncIterator]();
  for (let begin = await lines.next(); !begin.done; begin = await lines.next()) {
    if (!("begins" in begin.value)) throw new Error("a step ends that has not begun");
    await t.step(begin.value.begins, async (t) => {
      const end = await lines.next();
      if (end.done || !("ends" in end.value)) throw new Error("the program ended amid this step");
      if (end.value.error) throw new Error(end.value.error);
      for (const note of end.value.notes) await t.step(note, () => {});
    });
  }
}

/** Why the test can't run here, if so. */
async function whatIsMissing(browsers: readonly BrowserName[]): Promise<string | undefined> {
  for (const browser of browsers) {
    if (!await findBrowser(browser)) return `${browser} is not installed`;
  }
  return await canMakeNamespace() ? undefined : "no network namespace can be made here";
}

async function canMakeNamespace(): Promise<boolean> {
  try {
    const command = new Deno.Command(NETNS, { args: ["true"], stdout: "null", stderr: "null" });
    return (await command.output()).success;
  } catch {
    return false;
  }
}
