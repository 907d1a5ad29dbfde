/**
 * Heron beside other stacks, measured in one run: `deno task bench`. What counts are the ratios; the machine decides the rest.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { chooseConfig } from "../tools/project.ts";
import type { Figures } from "./measure.ts";
import { STACKS } from "./stacks.ts";

/** How each figure is shown, and which way is better. */
const ROWS: readonly [key: keyof Figures, label: string, unit: string, better: "more" | "less"][] =
  [
    ["throughput16", "throughput, 16 KiB messages", "MB/s", "more"],
    ["throughput64", "throughput, 64 KiB messages", "MB/s", "more"],
    ["messages", "messages of 64 B a second", "", "more"],
    ["roundTrip50", "round trip, median", "ms", "less"],
    ["roundTrip99", "round trip, 99th percentile", "ms", "less"],
    ["setUp", "time to both channels open, median", "ms", "less"],
    ["memory", "memory of a connection, both ends", "KiB", "less"],
  ];

/** Slow stacks get less to carry, so that a run ends in good time. */
const SCALE: Readonly<Record<string, number>> = { werift: 0.25 };

const SCRIPT = new URL("./one.ts", import.meta.url).pathname;

const all: [string, Figures][] = [];
for (const name of Object.keys(STACKS)) {
  console.log(`measuring ${name} ...`);
  const figures = await measure(name);
  if (figures !== undefined) all.push([name, figures]);
}
const names = all.map(([name]) => name);
console.log(`\n${"".padEnd(38)}${names.map((name) => name.padStart(14)).join("")}`);
for (const [key, label, unit] of ROWS) {
  const cells = all.map(([, figures]) => `${round(figures[key])} ${unit}`.trim().padStart(14));
  console.log(`${label.padEnd(38)}${cells.join("")}`);
}
const [, ours] = all[0]!;
console.log(`\nratios: how many times better heron is (below 1: worse)`);
for (const [key, label, , better] of ROWS) {
  const cells = all.map(([, theirs]) => {
    const ratio = better === "more" ? ours[key] / theirs[key] : theirs[key] / ours[key];
    return round(ratio).padStart(14);
  });
  console.log(`${label.padEnd(38)}${cells.join("")}`);
}

async function measure(name: string): Promise<Figures | undefined> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--config",
      await chooseConfig(),
      "--v8-flags=--expose-gc",
      SCRIPT,
      name,
      `${SCALE[name] ?? 1}`,
    ],
  }).output();
  const line = new TextDecoder().decode(stdout).trim().split("\n").at(-1) ?? "";
  if (code === 0 && line.startsWith("{")) return JSON.parse(line);
  console.log(
    `${name} left out: ${
      new TextDecoder().decode(stderr).trim().split("\n").slice(0, 5).join("\n  ")
    }`,
  );
  return undefined;
}

function round(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
