/**
 * What is expected of each file: which subtests pass, and why the others can't.
 *
 * @module
 */

/** How subtests ended: `PASS`, or something else. */
export type Outcomes = ReadonlyMap<string, string>;

/** What is expected of one file. */
export interface FileExpectation {
  /** Subtests that pass. */
  pass: string[];
  /** Subtests that can't, by the key of the reason. */
  fail?: Record<string, string[]>;
}

/** The contents of `expectations.json`. */
export interface Expectations {
  /** Why a subtest can't pass, by a short key. */
  reasons: Record<string, string>;
  /** Files that are not run, by the key of the reason; `*` stands for anything. */
  skip: Record<string, string[]>;
  files: Record<string, FileExpectation>;
}

/** The key for failures that nobody has explained yet. */
export const UNEXPLAINED = "unexplained";

/** What a run has changed in one file. */
export interface Change {
  /** Subtests that once passed, and how they ended now. */
  readonly lost: readonly (readonly [name: string, status: string])[];
  /** Subtests that pass for the first time. */
  readonly gained: readonly string[];
}

/** Parts of subtest names that differ from run to run are folded. */
export function stableName(name: string): string {
  return name.replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "<uuid>");
}

/** Why a file is not run; undefined if it is. */
export function skipReason(expectations: Expectations, id: string): string | undefined {
  return Object.entries(expectations.skip).find(([, globs]) =>
    globs.some((glob) => matches(glob, id))
  )?.[0];
}

/** Whether a name is one that a pattern stands for, in which `*` is anything. */
export function matches(glob: string, name: string): boolean {
  const pattern = glob.split("*").map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${pattern.join(".*")}$`).test(name);
}

/** Holds a run of a file against what is expected of it. */
export function compare(expected: FileExpectation | undefined, outcomes: Outcomes): Change {
  const pass = expected?.pass ?? [];
  const lost = pass.filter((name) => outcomes.get(name) !== "PASS")
    .map((name) => [name, outcomes.get(name) ?? "MISSING"] as const);
  const gained = [...outcomes.keys()].filter((name) =>
    outcomes.get(name) === "PASS" && !pass.includes(name)
  );
  return { lost, gained };
}

/** What is expected after a run: reasons stay with the subtests that they explain. */
export function updated(
  expected: FileExpectation | undefined,
  outcomes: Outcomes,
): FileExpectation {
  const reasonOf = new Map(
    Object.entries(expected?.fail ?? {}).flatMap(([reason, names]) =>
      names.map((name) => [name, reason] as const)
    ),
  );
  const pass: string[] = [];
  const fail: Record<string, string[]> = {};
  for (const name of new Set([...outcomes.keys(), ...reasonOf.keys()])) {
    if (outcomes.get(name) === "PASS") pass.push(name);
    else (fail[reasonOf.get(name) ?? UNEXPLAINED] ??= []).push(name);
  }
  return Object.keys(fail).length > 0 ? { pass, fail } : { pass };
}

/** How many subtests there are, and how many of them pass. */
export function count({ pass, fail = {} }: FileExpectation): { passed: number; total: number } {
  const failed = Object.values(fail).reduce((sum, names) => sum + names.length, 0);
  return { passed: pass.length, total: pass.length + failed };
}
