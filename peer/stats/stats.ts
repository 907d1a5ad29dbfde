import { nodeProvider, toHex } from "../../core/mod.ts";

/** What a statistics object tells of (webrtc-stats section 7.1), as far as Heron has such objects. */
export type RTCStatsType =
  | "codec"
  | "inbound-rtp"
  | "outbound-rtp"
  | "remote-inbound-rtp"
  | "remote-outbound-rtp"
  | "media-source"
  | "media-playout"
  | "peer-connection"
  | "data-channel"
  | "transport"
  | "candidate-pair"
  | "local-candidate"
  | "remote-candidate"
  | "certificate";

/** What all statistics objects have (W3C WebRTC section 8.4). */
export interface RTCStats {
  /** When the values were collected: `performance.timeOrigin + performance.now()`, in milliseconds. */
  timestamp: number;
  /** Which dictionary this is. */
  type: RTCStatsType;
  /** The same in every report for the same object. */
  id: string;
}

/** What a dictionary has of its own. What is not known is undefined here, and left out of the report. */
export type Members<S extends RTCStats> = {
  [K in Exclude<keyof S, keyof RTCStats>]: Record<never, never> extends Pick<S, K>
    ? S[K] | undefined
    : S[K];
};

/** Bytes of randomness in an id. */
const ID_BYTES = 8;

/** Names objects for one connection: the same object always alike, and never so that an application could guess it (W3C WebRTC section 8.4). */
export class StatsIds {
  readonly #ids = new WeakMap<object, string>();

  /** The id of an object, or of a `part` of it that has a number or name but no object of its own. */
  of(type: RTCStatsType, inspected: object, part?: string | number): string {
    let id = this.#ids.get(inspected);
    if (id === undefined) {
      id = toHex(nodeProvider.random(ID_BYTES));
      this.#ids.set(inspected, id);
    }
    return part === undefined ? `${type}-${id}` : `${type}-${id}-${part}`;
  }
}

/** Collects the statistics objects of one report. All of it happens in one go, so that the values fit together. */
export class StatsCollector {
  /** What has been collected, by id. */
  readonly entries: ReadonlyMap<string, RTCStats>;
  readonly #entries = new Map<string, RTCStats>();
  readonly #ids: StatsIds;
  readonly #timestamp: number;

  constructor(ids: StatsIds, timestamp: number) {
    this.#ids = ids;
    this.#timestamp = timestamp;
    this.entries = this.#entries;
  }

  /** The id under which an object is or will be in the report. */
  id(type: RTCStatsType, inspected: object, part?: string | number): string {
    return this.#ids.of(type, inspected, part);
  }

  /** Adds what is known of an object, or of a part of it; returns its id. What came otherwise than now has a `timestamp` of its own. */
  add<S extends RTCStats>(
    type: S["type"],
    inspected: object,
    members: Members<S>,
    { part, timestamp = this.#timestamp }: { part?: string | number; timestamp?: number } = {},
  ): string {
    const id = this.id(type, inspected, part);
    const known = Object.entries(members).filter(([, value]) => value !== undefined);
    this.#entries.set(id, { id, timestamp, type, ...Object.fromEntries(known) });
    return id;
  }
}
