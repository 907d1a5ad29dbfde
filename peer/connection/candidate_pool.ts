import type { IceParameters } from "../../ice/mod.ts";
import { type Configuration, gathersAlike } from "./configuration.ts";
import type { Transport } from "./transport.ts";

/**
 * Transports at most, whatever the application asks for: each holds a socket on every address of this machine and an allocation on every
 * TURN server. Where all sections are bundled, one is enough.
 */
export const MAX_POOLED = 16;

/**
 * The ICE candidate pool (RFC 9429 section 3.5.4): transports that gather candidates, and keep them alive, before a description needs
 * them. It serves the first offer and answer only.
 */
export class CandidatePool {
  readonly #create: (parameters: IceParameters) => Transport;
  readonly #newParameters: () => IceParameters;
  #transports: Transport[] = [];
  /** Of all of them: the sections of an offer have the same credentials. */
  #parameters: IceParameters | undefined;
  #gathersBy: Configuration | undefined;
  #isOver = false;

  constructor(
    create: (parameters: IceParameters) => Transport,
    newParameters: () => IceParameters,
  ) {
    this.#create = create;
    this.#newParameters = newParameters;
  }

  /** Becomes as large as the configuration says, and gathers from its servers (RFC 9429 section 4.1.18). */
  configure(configuration: Configuration): void {
    if (this.#isOver) return;
    // Deviation: RFC 9429 section 4.1.18 filters by a changed policy later; but under "relay" no packet may pass the relays meanwhile.
    const isStale = this.#gathersBy !== undefined && !gathersAlike(configuration, this.#gathersBy);
    this.#shrink(isStale ? 0 : configuration.iceCandidatePoolSize);
    this.#gathersBy = configuration;
    const size = Math.min(configuration.iceCandidatePoolSize, MAX_POOLED);
    while (this.#transports.length < size) {
      const transport = this.#create(this.#parameters ??= this.#newParameters());
      this.#transports.push(transport);
      transport.gatherAhead(configuration);
    }
  }

  /** The credentials of the transports that are there to be taken; undefined if none is, or if these are taken. */
  parameters(taken: readonly IceParameters[]): IceParameters | undefined {
    const parameters = this.#transports[0]?.localParameters;
    const isTaken = taken.some(({ usernameFragment }) =>
      usernameFragment === parameters?.usernameFragment
    );
    return isTaken ? undefined : parameters;
  }

  /** Takes a transport with these credentials out; undefined if there is none. */
  take({ usernameFragment }: IceParameters): Transport | undefined {
    const at = this.#transports.findIndex(({ localParameters }) =>
      localParameters.usernameFragment === usernameFragment
    );
    return at < 0 ? undefined : this.#transports.splice(at, 1)[0];
  }

  /** The first exchange is over, or the connection: what was not needed is discarded (RFC 9429 section 5.11). */
  close(): void {
    this.#isOver = true;
    this.#shrink(0);
  }

  #shrink(size: number): void {
    for (const transport of this.#transports.splice(size)) transport.close();
  }
}
