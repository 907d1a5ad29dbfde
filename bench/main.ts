/**
 * Heron beside other stacks, measured in one run: `deno task bench`. What counts are the ratios; the machine decides the rest.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { chooseConfig } from "../tools/project.ts";
import type { Figures } from "./measure.ts";
import { MEDIA_STACKS, type MediaFigures } from "./media/stacks.ts";
import { STACKS } from "./stacks.ts";

/** Of a stack without media, only the first ones. */
type All = Figures & Partial<MediaFigures>;

/** How each figure is shown, and which way is better. */
const ROWS: readonly [key: keyof All, label: string, unit: string, better: "more" | "less"][] = [
  ["throughput16", "throughput, 16 KiB messages", "MB/s", "more"],
  ["throughput64", "throughput, 64 KiB messages", "MB/s", "more"],
  ["messages", "messages of 64 B a second", "", "more"],
  ["roundTrip50", "round trip, median", "ms", "less"],
  ["roundTrip99", "round trip, 99th percentile", "ms", "less"],
  ["setUp", "time to both channels open, median", "ms", "less"],
  ["memory", "memory of a connection, both ends", "KiB", "less"],
  ["srtp160", "SRTP protect and unprotect, 160 B", "us", "less"],
  ["srtp1200", "SRTP protect and unprotect, 1200 B", "us", "less"],
  ["forwardingCpu", "2 Mb/s video to 50, share of a core", "%", "less"],
  ["delivered", "what of it they receive", "%", "more"],
];

/** Slow stacks get less to carry, so that a run ends in good time. */
const SCALE: Readonly<Record<string, number>> = { werift: 0.25 };

const config = await chooseConfig();
const all: [string, All][] = [];
for (const name of Object.keys(STACKS)) {
  console.log(`measuring ${name} ...`);
  const figures = await measure<Figures>("./one.ts", name, `${SCALE[name] ?? 1}`);
  if (figures === undefined) continue;
  const media = Object.hasOwn(MEDIA_STACKS, name)
    ? await measure<MediaFigures>("./media/one.ts", name, config)
    : {};
  all.push([name, { ...figures, ...media }]);
}
const names = all.map(([name]) => name);
console.log(`\n${"".padEnd(38)}${names.map((name) => name.padStart(14)).join("")}`);
for (const [key, label, unit] of ROWS) {
  const cells = all.map(([, { [key]: value }]) =>
    (value === undefined ? "-" : `${round(value)} ${unit}`.trim()).padStart(14)
  );
  console.log(`${label.padEnd(38)}${cells.join("")}`);
}
const [, ours] = all[0]!;
console.log(`\nratios: how many times better heron is (below 1: worse)`);
for (const [key, label, , better] of ROWS) {
  const cells = all.map(([, { [key]: theirs }]) => {
    const own = ours[key];
    if (own === undefined || theirs === undefined) return "-".padStart(14);
    return round(better === "more" ? own / theirs : theirs / own).padStart(14);
  });
  console.log(`${label.padEnd(38)}${cells.join("")}`);
}

/** Figures of one stack, in a process of its own. */
async function measure<F>(script: string, name: string, last: string): Promise<F | undefined> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--config", config, "--v8-flags=--expose-gc"],
      ...[new URL(script, import.meta.url).pathname, name, last],
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
