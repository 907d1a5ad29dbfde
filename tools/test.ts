import { join } from "node:path";
import { namespacePrefix } from "./namespace.ts";
import { exists, passSignals, readManifest, ROOT } from "./project.ts";
import { addCounts, closingLine, type Counts, NO_COUNTS, parseSummary } from "./test_summary.ts";

/** Folders whose tests drive real peers: one at a time, so that they don't starve one another. */
const REAL_PEERS = ["tests/browser", "tests/interop"];

/** Programs that tests start, whose packages no test imports. */
const PROGRAMS = [
  "tests/interop/werift/peer.ts",
  "tests/interop/wrtc/peer.ts",
  "tests/interop/libraries/simple_peer.ts",
  "tests/interop/libraries/peerjs.ts",
];

/** A test has to end what it starts; and it is told where it started it. */
const NO_LEAKS = ["--sanitize-ops", "--sanitize-resources", "--trace-leaks"];

/**
 * All tests, or those of the files and folders that are named. Further arguments go to `deno test`.
 * The last line printed is the sum: `12 passed, 0 failed`.
 */
export async function test(config: string, args: string[]): Promise<number> {
  const runs = args.some((arg) => !arg.startsWith("-") && exists(arg)) ? [args] : [
    ["--parallel", ...args, ...documentedPaths(), ...otherTests()],
    ...REAL_PEERS.filter(exists).map((folder) => ["--permit-no-files", ...args, folder]),
  ];
  const prefix = await namespacePrefix();
  let total: Counts = NO_COUNTS;
  let code = 0;
  for (const run of runs) {
    if (prefix.length > 0) await prepare(config, run);
    const result = await denoTest(config, run, prefix);
    total = addCounts(total, result.counts);
    code ||= result.code;
  }
  if (total.passed + total.failed + total.skipped === 0) code ||= 1; // nothing ran: nothing was shown
  // deno-lint-ignore no-console
  console.log(`\n${closingLine(total)}`);
  return code;
}

/** The folders of `tests` but {@linkcode REAL_PEERS}. By name, since `--ignore` is not heeded beside paths to files. */
function otherTests(): string[] {
  return Array.from(Deno.readDirSync(join(ROOT, "tests")))
    .filter(({ isDirectory }) => isDirectory)
    .map(({ name }) => `tests/${name}`)
    .filter((folder) => !REAL_PEERS.includes(folder))
    .sort();
}

/** What is published and may hold examples, which are tests too. */
function documentedPaths(): string[] {
  const documented = readManifest().publish.include.filter((path) =>
    !/\.json$|^LICENSE$|^CHANGELOG/.test(path)
  );
  return documented.filter(exists);
}

/**
 * Fetches and type-checks everything beforehand: within the namespace no registry can be reached. Errors show in the run itself. Each
 * program by itself, as it is run: beside others it may be given other versions of the packages that its own depend on.
 */
async function prepare(config: string, args: string[]): Promise<void> {
  const withoutRun = args.filter((arg) => arg !== "--parallel");
  const commands = [
    ["test", "--no-run", "--doc", ...withoutRun],
    ...PROGRAMS.map((program) => ["cache", program]),
  ];
  for (const [command, ...rest] of commands) {
    await new Deno.Command(Deno.execPath(), {
      args: [command!, "--config", config, ...rest],
      cwd: ROOT,
      stdout: "null",
      stderr: "null",
    }).output();
  }
}

async function denoTest(
  config: string,
  args: string[],
  prefix: string[],
): Promise<{ counts: Counts; code: number }> {
  const [command, ...before] = [...prefix, Deno.execPath()];
  const child = new Deno.Command(command!, {
    args: [...before, "test", "--config", config, "-A", "--doc", ...NO_LEAKS, ...args],
    cwd: ROOT,
    env: Deno.stdout.isTerminal() && !Deno.noColor ? { FORCE_COLOR: "1" } : {},
    stdout: "piped",
  }).spawn();
  const [shown, read] = child.stdout.tee();
  const [status, counts] = await Promise.all([
    passSignals(child),
    countTests(read),
    shown.pipeTo(Deno.stdout.writable, { preventClose: true }),
  ]);
  // A run that ends before its summary (a type error, a crash) counts as one failure.
  return { counts: counts ?? { ...NO_COUNTS, failed: status.success ? 0 : 1 }, code: status.code };
}

/** What the last summary line says, if there is one. */
async function countTests(output: ReadableStream<Uint8Array>): Promise<Counts | undefined> {
  let counts: Counts | undefined;
  let rest = "";
  for await (const text of output.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) counts = parseSummary(line) ?? counts;
  }
  return parseSummary(rest) ?? counts;
}
