import { count, type Expectations } from "./expectations.ts";

/** The area that a file belongs to: its folder, and what stands before the first dash or dot of its name. */
export function areaOf(id: string): string {
  const [, folder, name] = /^(.*)\/([^/]*)$/.exec(id) ?? ["", "", id];
  return folder === "webrtc" ? `webrtc/${/^[^-.]*/.exec(name!)![0]}` : folder!;
}

/** A table of how many subtests pass, by area. */
export function table(files: Expectations["files"]): string {
  const areas = new Map<string, [passed: number, total: number]>();
  for (const [id, expectation] of Object.entries(files)) {
    const { passed, total } = count(expectation);
    for (const area of [areaOf(id), "all"]) {
      const [p, t] = areas.get(area) ?? [0, 0];
      areas.set(area, [p + passed, t + total]);
    }
  }
  const all = areas.get("all") ?? [0, 0];
  areas.delete("all");
  const rows = [...areas].sort(([a], [b]) => a < b ? -1 : 1);
  return [...rows, ["all", all] as const].map(([area, [passed, total]]) =>
    `${area.padEnd(36)} ${String(passed).padStart(5)} of ${String(total).padStart(5)}`
  ).join("\n");
}
