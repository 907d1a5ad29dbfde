import { sameAddress, type TransportAddress } from "../core/wire/mod.ts";
import type { IceContext } from "./context.ts";

/** One for each path that a peer may try. */
const MAX_EARLY_CHECKS = 50;

/** An authenticated check of the peer's that has been answered with success. */
export interface IncomingCheck {
  /** Where it arrived. */
  readonly base: TransportAddress;
  /** Where it came from. */
  readonly source: TransportAddress;
  /** Its PRIORITY. */
  readonly priority: number;
  /** Whether it nominates. */
  readonly useCandidate: boolean;
  /** The number of that nomination, if the peer numbers them. */
  readonly nomination: number | undefined;
  /** The peer's fragment, as its USERNAME has it. */
  readonly remoteFragment: string;
}

/** Checks that came before the peer's parameters: they have been answered, and the rest follows later (RFC 8445 section 7.3). */
export class EarlyChecks {
  readonly #discards: IceContext["discards"];
  #checks: IncomingCheck[] = [];

  constructor({ discards }: Pick<IceContext, "discards">) {
    this.#discards = discards;
  }

  /** Remembers one for each path. */
  keep(check: IncomingCheck): void {
    const at = this.#checks.findIndex(({ base, source }) =>
      sameAddress(base, check.base) && sameAddress(source, check.source)
    );
    if (at >= 0) {
      const before = this.#checks[at]!;
      const useCandidate = check.useCandidate || before.useCandidate;
      const nomination = check.nomination ?? before.nomination;
      this.#checks[at] = { ...check, useCandidate, nomination };
    } else if (this.#checks.length < MAX_EARLY_CHECKS) this.#checks.push(check);
    else this.#discards.add("too many early checks");
  }

  /** Those of the peer whose parameters have come; the others are forgotten. */
  take(remoteFragment: string): IncomingCheck[] {
    const checks = this.#checks.splice(0);
    const own = checks.filter((check) => check.remoteFragment === remoteFragment);
    const strange = checks.length - own.length;
    if (strange > 0) this.#discards.add("check from an unknown username fragment", strange);
    return own;
  }
}
