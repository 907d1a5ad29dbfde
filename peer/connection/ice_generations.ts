import type { IceParameters } from "../../ice/mod.ts";
import type { AppliedDescription } from "../jsep/applied_description.ts";
import type { Transport } from "./transport.ts";
import type { TransportTable } from "./transport_table.ts";

/** What the credentials of descriptions need of their connection. */
export interface IceGenerationsHost {
  readonly transports: TransportTable;
  newIceParameters(): IceParameters;
  /** The credentials of a transport that a description makes: those of the ones that have gathered ahead, unless these are them, or new ones. */
  iceOfNewTransport(others: readonly IceParameters[]): IceParameters;
}

/** Which ICE credentials descriptions of ours have: those in use, or, where ICE is to restart, new ones (RFC 8839 section 4.4.1.1.1). */
export class IceGenerations {
  readonly #host: IceGenerationsHost;
  /** [[LocalIceCredentialsToReplace]], by ufrag. */
  readonly #toReplace = new Set<string>();
  /** The "needs-ice-restart" bit (RFC 9429 section 3.5.1), and whether a pending description has answered it. */
  #needsRestart = false;
  #isNeedAnswered = false;
  /** The generations that the next description of ours will begin, once one has been created with them: by transport, or by mid. */
  readonly #next = new Map<Transport | string, IceParameters>();

  constructor(host: IceGenerationsHost) {
    this.#host = host;
  }

  /** Whether there are credentials to replace: negotiation is needed for that. */
  get restartIsPending(): boolean {
    return this.#toReplace.size > 0;
  }

  /** The generations of local descriptions are to be replaced. */
  replace(descriptions: readonly (AppliedDescription | null)[]): void {
    this.#toReplace.clear();
    for (const description of descriptions) {
      for (const fragment of fragmentsOf(description)) this.#toReplace.add(fragment);
    }
  }

  /** The next offer restarts ICE, whenever that comes; or no longer needs to. */
  needRestart(needs: boolean): void {
    this.#needsRestart = needs;
  }

  /** A local description is about to be applied. New credentials answer the need for a restart. */
  localApplied(description: AppliedDescription): void {
    const inUse = new Set(
      this.#host.transports.inUse.map(({ localParameters }) => localParameters.usernameFragment),
    );
    if (fragmentsOf(description).some((fragment) => !inUse.has(fragment))) {
      this.#isNeedAnswered = this.#needsRestart;
      this.#needsRestart = false;
    }
    this.#next.clear();
  }

  /** Negotiation is complete, with this local description. */
  completed(local: AppliedDescription): void {
    this.#isNeedAnswered = false;
    const isToReplace = (fragment: string) => this.#toReplace.has(fragment);
    if (!fragmentsOf(local).some(isToReplace)) this.#toReplace.clear();
  }

  /** What was pending is not. */
  rolledBack(): void {
    this.#next.clear();
    this.#needsRestart ||= this.#isNeedAnswered;
    this.#isNeedAnswered = false;
  }

  /**
   * The credentials of a section of an offer, which `restarts` ICE or need not; `tag` is the section that its bundle goes by.
   *
   * Deviation: RFC 9429 section 5.2.1 wants credentials of their own for the sections of a bundle that is yet to be agreed on. Browsers give
   * all of them the same, pion refuses other offers, and Firefox takes what changes once they are bundled for an ICE restart.
   */
  forOffer(mid: string, tag: string, restarts: boolean): IceParameters {
    const transport = this.#host.transports.of(mid);
    const inUse = transport?.localParameters;
    const keep = inUse !== undefined && !restarts && !this.#needsRestart &&
      !this.#toReplace.has(inUse.usernameFragment);
    if (keep) return inUse;
    return tag === mid ? this.#begin(transport ?? mid) : this.forOffer(tag, tag, restarts);
  }

  /** The credentials of a section of an answer: an offer with new ones restarts ICE, and so must its answer. */
  forAnswer(mid: string, offer: AppliedDescription): IceParameters {
    const transport = this.#host.transports.of(mid);
    const offered = offer.usernameFragmentOf(offer.indexOfMid(mid));
    const before = transport?.remoteParameters?.usernameFragment;
    const restarts = before !== undefined && before !== offered;
    return transport === undefined || restarts
      ? this.#begin(transport ?? mid)
      : transport.localParameters;
  }

  #begin(of: Transport | string): IceParameters {
    let parameters = this.#next.get(of);
    if (parameters === undefined) {
      parameters = typeof of === "string"
        ? this.#host.iceOfNewTransport([...this.#next.values()])
        : this.#restart(of);
      this.#next.set(of, parameters);
    }
    return parameters;
  }

  /** Without another ufrag it would be no restart. */
  #restart({ localParameters }: Transport): IceParameters {
    const parameters = this.#host.newIceParameters();
    if (parameters.usernameFragment !== localParameters.usernameFragment) return parameters;
    throw new TypeError(`iceCredentials: '${parameters.usernameFragment}' is in use already`);
  }
}

/** The ufrags of all sections of a description. */
function fragmentsOf(description: AppliedDescription | null): string[] {
  if (description === null) return [];
  return [...description.session.media.keys()]
    .map((index) => description.usernameFragmentOf(index))
    .filter((fragment) => fragment !== undefined);
}
