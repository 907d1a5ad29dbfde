import { type Outcomes, stableName } from "./expectations.ts";
import type { Test } from "./suite.ts";

/** How a run of one file ended. */
export interface Result {
  /** `OK`, or what went wrong with the file as a whole. */
  readonly status: string;
  readonly outcomes: Outcomes;
  /** What the subtests that failed had to say. */
  readonly messages: ReadonlyMap<string, string>;
}

/** What the child prints, one a line behind {@linkcode MARK}. */
export type ChildLine =
  | { readonly name: string; readonly status: string; readonly message: string | null }
  | { readonly file: string; readonly message: string | null };

/** Begins each line that is meant for the runner: tests print lines of their own. */
export const MARK = "\x01";

/** How long a file may take, in milliseconds: the suite's own limits, with some time to start and to clean up. */
const LIMIT = 20_000, LONG_LIMIT = 70_000;

/** Runs one file in a process of its own. */
export async function runTest(
  { id, isLong }: Test,
  options: { config: string; module: string; suite: string },
): Promise<Result> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...["-A", "--no-check", "--quiet", "--config", options.config, "--v8-flags=--expose-gc"],
      ...["--location", pageOf(id), import.meta.resolve("./child.ts"), id],
    ],
    env: { WPT_DIR: options.suite, RTC_MODULE: options.module, NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), isLong ? LONG_LIMIT : LIMIT);
  const { stdout, stderr, signal } = await child.output();
  clearTimeout(timer);
  const [output, complaint] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return readResult(output!, signal === null ? `CRASH: ${complaint!.trim()}` : "KILLED");
}

/** The address that a file believes to have. */
export function pageOf(id: string): string {
  return `https://localhost:8443/${id.replace(/\.js(?=$|\?)/, ".html")}`;
}

/** Reads what a child printed; `otherwise` is its status if it did not get to print one. */
export function readResult(output: string, otherwise: string): Result {
  let status = otherwise;
  const outcomes = new Map<string, string>(), messages = new Map<string, string>();
  for (const text of output.split("\n")) {
    const at = text.indexOf(MARK);
    if (at < 0) continue;
    const line: ChildLine = JSON.parse(text.slice(at + MARK.length));
    if ("file" in line) {
      status = line.message === null ? line.file : `${line.file}: ${line.message}`;
      continue;
    }
    const name = stableName(line.name);
    outcomes.set(name, line.status);
    if (line.status !== "PASS") messages.set(name, line.message ?? "");
  }
  return { status, outcomes, messages };
}
