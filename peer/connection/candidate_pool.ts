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
  readonly #create: () => Transport;
  #transports: Transport[] = [];
  #gathersBy: Configuration | undefined;
  #isOver = false;

  /** `create` makes a transport with credentials of its own. */
  constructor(create: () => Transport) {
    this.#create = create;
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
      const transport = this.#create();
      this.#transports.push(transport);
      transport.gatherAhead(configuration);
    }
  }

  /** The credentials of a transport that is there to be taken, other than those; undefined if there is none. */
  parameters(others: readonly IceParameters[]): IceParameters | undefined {
    return this.#transports.map(({ localParameters }) => localParameters).find((parameters) =>
      !others.some((other) => isSame(parameters, other))
    );
  }

  /** Takes the transport with these credentials out; undefined if it is not there. */
  take(parameters: IceParameters): Transport | undefined {
    const at = this.#transports.findIndex((each) => isSame(each.localParameters, parameters));
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

function isSame(one: IceParameters, other: IceParameters): boolean {
  return one.usernameFragment === other.usernameFragment && one.password === other.password;
}
