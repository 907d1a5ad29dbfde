/**
 * What Heron does with every other stack.
 *
 * @module
 */
import type { Scenario } from "../../browser/harness/scenario.ts";
import {
  answererRestartsIce,
  lateChannels,
  offererRestartsIce,
} from "../../browser/scenarios/changes.ts";
import { many, names, negotiated, reliability } from "../../browser/scenarios/channels.ts";
import {
  answererClosesChannel,
  answererClosesConnection,
  bothClose,
  offererClosesChannel,
  offererClosesConnection,
} from "../../browser/scenarios/closing.ts";
import { kinds } from "../../browser/scenarios/messages.ts";
import { bothWays } from "../../browser/scenarios/transfer.ts";
import { connects } from "./connect.ts";

/**
 * All by name, so that a stack's test can leave out what that stack can't do, and say what it does instead. `bothWays` takes seconds
 * and crosses in both directions: one role will do.
 */
export const COMMON = {
  connects,
  kinds,
  reliability,
  negotiated,
  names,
  many,
  lateChannels,
  bothWays,
  offererRestartsIce,
  answererRestartsIce,
  offererClosesChannel,
  answererClosesChannel,
  bothClose,
  offererClosesConnection,
  answererClosesConnection,
} as const satisfies Readonly<Record<string, Scenario>>;

/** The common scenarios but for those that are named. */
export function allBut(...names: readonly (keyof typeof COMMON)[]): Scenario[] {
  const entries = Object.entries(COMMON);
  return entries.filter(([name]) => !names.some((one) => one === name)).map(([, one]) => one);
}
