import type { Datagram } from "../core/wire/mod.ts";
import type { CandidatePair } from "./candidate_pair.ts";
import type { IceSession } from "./session.ts";

/** Which pairs carry data: the hot path of ICE, a few comparisons a packet. */
export class DataPath {
  #outbound: CandidatePair | undefined;
  #inbound: CandidatePair[] = [];
  /** The pair of the latest datagram, and probably of the next. */
  #latest: CandidatePair | undefined;

  /** The pair that data leaves on (RFC 8445 section 12.1); undefined where there is none, or no consent. */
  get outbound(): CandidatePair | undefined {
    return this.#outbound;
  }

  /** The valid pair that a datagram arrived on; undefined if it did on none. */
  inbound({ local, remote }: Datagram): CandidatePair | undefined {
    const latest = this.#latest;
    if (latest !== undefined && latest.matches(local, remote)) return latest;
    const pair = this.#inbound.find((each) => each.matches(local, remote));
    if (pair !== undefined) this.#latest = pair;
    return pair;
  }

  /** Looks anew at what the sessions have found; to be called whenever that may have changed. */
  update(session: IceSession, previous: IceSession | undefined): void {
    this.#outbound = session.failed ? undefined : session.selected ??
      (previous?.usable ? previous.selected : undefined) ?? session.checkList.bestValid;
    this.#inbound = session.checkList.pairs.filter((pair) => pair.valid);
    for (const pair of previous?.checkList.pairs ?? []) {
      if (pair.valid) this.#inbound.push(pair);
    }
    if (this.#latest !== undefined && !this.#inbound.includes(this.#latest)) {
      this.#latest = undefined;
    }
  }

  /** Carries nothing any more. */
  clear(): void {
    this.#outbound = undefined;
    this.#inbound = [];
    this.#latest = undefined;
  }
}
