/**
 * Runs the web-platform-tests of WebRTC: `deno task wpt`, which has these options:
 *
 * - `--only PATTERNS`: only files that one of these stands for, with `*` for anything, and commas between them
 * - `--all`: also files that are left out for a reason
 * - `--update`: write to `expectations.json` what passes now
 * - `--jobs N`: how many files at a time
 * - `--verbose`: all failures, not only those that are news
 *
 * The suite lies outside the project, where `WPT_DIR` says. `RTC_MODULE` may name another module to be tested.
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  compare,
  type Expectations,
  matches,
  skipReason,
  UNEXPLAINED,
  updated,
} from "./expectations.ts";
import { table } from "./report.ts";
import { type Result, runTest } from "./runner.ts";
import { listTests, type Test } from "./suite.ts";

const FILE = new URL("expectations.json", import.meta.url);

const { values: flags } = parseArgs({
  args: Deno.args,
  options: {
    config: { type: "string", default: "deno.json" },
    only: { type: "string" },
    jobs: { type: "string", default: "2" },
    update: { type: "boolean", default: false },
    all: { type: "boolean", default: false },
    verbose: { type: "boolean", short: "v", default: false },
  },
});
const suite = Deno.env.get("WPT_DIR");
if (suite === undefined) {
  say("Set WPT_DIR to a checkout of the web-platform-tests.");
  Deno.exit(2);
}
const options = {
  suite,
  config: flags.config,
  module: Deno.env.get("RTC_MODULE") ?? new URL("../../mod.ts", import.meta.url).pathname,
};
const expectations: Expectations = JSON.parse(Deno.readTextFileSync(FILE));
const only = flags.only?.split(",");
const queue = listTests(suite).filter(({ id }) =>
  (flags.all || skipReason(expectations, id) === undefined) &&
  (only === undefined || only.some((glob) => matches(glob, id)))
);
const count = queue.length;
const files: Expectations["files"] = {};
let [done, lost, gained] = [0, 0, 0];

await Promise.all(Array.from({ length: Number(flags.jobs) }, work));
say(`\n${table(files)}\n\nlost ${lost}, gained ${gained}`);
if (flags.update) save();
Deno.exit(lost > 0 && !flags.update ? 1 : 0);

async function work(): Promise<void> {
  for (let test = queue.shift(); test !== undefined; test = queue.shift()) {
    tell(test, await runTest(test, options));
  }
}

function tell({ id }: Test, { status, outcomes, messages }: Result): void {
  const expected = expectations.files[id];
  const change = compare(expected, outcomes);
  files[id] = updated(expected, outcomes);
  lost += change.lost.length;
  gained += change.gained.length;
  const passed = [...outcomes.values()].filter((outcome) => outcome === "PASS").length;
  say(
    `${++done}/${count} ${id}: ${passed} of ${outcomes.size}${
      status === "OK" ? "" : ` (${status})`
    }`,
  );
  for (const [name, outcome] of change.lost) {
    say(`    lost (${outcome}): ${name}: ${messages.get(name) ?? ""}`);
  }
  const told = flags.verbose ? messages.keys() : files[id].fail?.[UNEXPLAINED] ?? [];
  for (const name of told) say(`    ${outcomes.get(name)}: ${name}: ${messages.get(name)}`);
}

function save(): void {
  const all = { ...expectations.files, ...files };
  expectations.files = Object.fromEntries(Object.entries(all).sort(([a], [b]) => a < b ? -1 : 1));
  Deno.writeTextFileSync(FILE, JSON.stringify(expectations, null, 2) + "\n");
}

function say(line: string): void {
  // deno-lint-ignore no-console
  console.log(line);
}
