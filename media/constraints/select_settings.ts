import type { MediaTrackSettings } from "./dictionaries.ts";
import {
  appliesTo,
  type Constraint,
  type Constraints,
  type ConstraintSet,
  PROPERTY_NAMES,
  type PropertyName,
} from "./properties.ts";
import type { MediaKind } from "../encoded_chunk.ts";

/** A constraint, taken apart. */
interface Parts {
  readonly min?: number;
  readonly max?: number;
  readonly exact?: unknown;
  readonly ideal?: unknown;
}

type Setting = number | boolean | string;

/** What comes of {@linkcode selectSettings}. */
export type Selection =
  | { readonly settings: MediaTrackSettings }
  /** No candidate will do; `failed` is a required constraint that none satisfies, or empty. */
  | { readonly failed: PropertyName | "" };

/**
 * W3C mediacapture-streams section 11.1.1, the SelectSettings algorithm: the candidate that fits best, the earlier of two that fit as
 * well.
 */
export function selectSettings(
  candidates: readonly MediaTrackSettings[],
  constraints: Constraints,
  kind: MediaKind,
): Selection {
  const distances = new Map<MediaTrackSettings, number>();
  for (const candidate of candidates) {
    const distance = fitnessDistance(candidate, constraints, kind, "ideal");
    if (distance < Infinity) distances.set(candidate, distance);
  }
  if (distances.size === 0) return { failed: failedConstraint(candidates, constraints, kind) };
  let left = [...distances.keys()];
  for (const set of constraints.advanced ?? []) {
    const fits = left.filter((settings) =>
      fitnessDistance(settings, set, kind, "exact") < Infinity
    );
    if (fits.length > 0) left = fits;
  }
  const settings = left.reduce((best, next) =>
    distances.get(next)! < distances.get(best)! ? next : best
  );
  return { settings };
}

/** The constraints of a set that can't be left unsatisfied. */
export function requiredConstraints(constraints: ConstraintSet): PropertyName[] {
  return PROPERTY_NAMES.filter((name) => {
    const { min, max, exact } = partsOf(constraints[name], "ideal");
    return min !== undefined || max !== undefined || exact !== undefined;
  });
}

/** W3C mediacapture-streams section 11.1.1, "fitness distance". `bare` says what a value without a name is. */
function fitnessDistance(
  settings: MediaTrackSettings,
  constraints: ConstraintSet,
  kind: MediaKind,
  bare: "ideal" | "exact",
): number {
  let sum = 0;
  for (const name of PROPERTY_NAMES) {
    if (constraints[name] === undefined || !appliesTo(name, kind)) continue;
    sum += distanceOf(settings[name], partsOf(constraints[name], bare));
  }
  return sum;
}

function distanceOf(actual: Setting | undefined, parts: Parts): number {
  if (!satisfies(actual, parts)) return Infinity;
  const { ideal } = parts;
  if (ideal === undefined) return 0;
  if (actual === undefined) return typeof ideal === "boolean" ? Number(ideal) : 1;
  if (typeof actual !== "number" || typeof ideal !== "number") return equals(actual, ideal) ? 0 : 1;
  return actual === ideal
    ? 0
    : Math.abs(actual - ideal) / Math.max(Math.abs(actual), Math.abs(ideal));
}

function satisfies(actual: Setting | undefined, { min, max, exact }: Parts): boolean {
  if (min === undefined && max === undefined && exact === undefined) return true;
  if (actual === undefined) return false;
  if (typeof actual === "number" && min !== undefined && actual < min) return false;
  if (typeof actual === "number" && max !== undefined && actual > max) return false;
  return exact === undefined || equals(actual, exact);
}

/** For strings, one of those given is enough. */
function equals(actual: Setting, wanted: unknown): boolean {
  return Array.isArray(wanted) ? wanted.includes(actual) : actual === wanted;
}

/** An empty list is no constraint. */
function partsOf(constraint: Constraint | undefined, bare: "ideal" | "exact"): Parts {
  if (constraint === undefined) return {};
  const isBare = typeof constraint !== "object" || Array.isArray(constraint);
  const parts: Parts = isBare ? { [bare]: constraint } : constraint as Parts;
  const { exact, ideal, ...range } = parts;
  return {
    ...range,
    ...!isEmpty(exact) && { exact },
    ...!isEmpty(ideal) && { ideal },
  };
}

function isEmpty(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

function failedConstraint(
  candidates: readonly MediaTrackSettings[],
  constraints: ConstraintSet,
  kind: MediaKind,
): PropertyName | "" {
  const fails = (name: PropertyName) =>
    appliesTo(name, kind) &&
    candidates.every((settings) => !satisfies(settings[name], partsOf(constraints[name], "ideal")));
  return PROPERTY_NAMES.find(fails) ?? "";
}
