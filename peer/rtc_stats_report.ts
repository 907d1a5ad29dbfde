import type { RTCStats } from "./stats/stats.ts";
import { domString } from "../webidl/convert.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import { defineInterface } from "../webidl/interface.ts";
import { defineReadonlyMaplike } from "../webidl/maplike.ts";

let entriesOf: (report: RTCStatsReport) => ReadonlyMap<string, RTCStats>;

/**
 * The statistics of one moment, each under its `id` (W3C WebRTC section 8.3). Its objects never change: a later state is told by a later
 * report. Scripts can't construct it.
 */
export class RTCStatsReport {
  static {
    entriesOf = (report) => report.#entries;
  }

  readonly #entries: ReadonlyMap<string, RTCStats> = slotsOfNew<ReadonlyMap<string, RTCStats>>();
}

/**
 * A report is a map that can't be changed. Its values are of the dictionaries that their `type` tells: `RTCTransportStats` and so on.
 * They are `any` here because they are in the browser's types, and code for the browser relies on it.
 */
// deno-lint-ignore no-explicit-any
export interface RTCStatsReport extends ReadonlyMap<string, any> {
  /** Calls a function with every object, its id, and the report. */
  forEach(
    // deno-lint-ignore no-explicit-any
    callbackfn: (value: any, key: string, parent: RTCStatsReport) => void,
    thisArg?: unknown,
  ): void;
}

defineReadonlyMaplike(RTCStatsReport, (report: RTCStatsReport) => entriesOf(report), domString);
defineInterface(RTCStatsReport);
