import type { CryptoProvider } from "../core/crypto/provider.ts";
import type { GatheredType, IceTcpType } from "./candidate.ts";
import type { IceParameters } from "./parameters.ts";
import type { IceRole } from "./role.ts";
import type { IceTimings } from "./timings.ts";

/** What an agent is made with. */
export interface IceAgentOptions {
  /** Randomness and HMAC. */
  readonly crypto: CryptoProvider;
  /** The role to begin with. */
  readonly role: IceRole;
  /** The parameters of the first session; made at random if absent. */
  readonly localParameters?: IceParameters;
  /**
   * Whether it is lite (RFC 8445 section 2.5): it has host candidates only, answers checks, sends none, and leaves the choice to a peer
   * that is full; false by default. Two lite agents do not connect.
   */
  readonly lite?: boolean;
  /**
   * The types of candidates that are gathered; all by default. Peers are told of no others, though checks leave from the bases of those
   * that there are. What types the peer may have is not limited.
   */
  readonly candidateTypes?: readonly GatheredType[];
  /**
   * Whether a better path that is found later is taken, if the peer's parameters say that it follows (draft-thatcher-ice-renomination-01);
   * false by default.
   */
  readonly renomination?: boolean;
  /** Intervals other than the default ones. */
  readonly timings?: Partial<IceTimings>;
}

/** How a base is announced. */
export interface IceBaseOptions {
  /** The mDNS name that stands for its address (draft-ietf-mmusic-mdns-ice-candidates). */
  readonly hostName?: string;
  /**
   * For TCP: `passive` for an address that connections are accepted on, `active` for one that they are made from, whose port is 9
   * (RFC 6544 section 4.5), `so` for one from which they are opened while the peer opens them, too.
   */
  readonly tcpType?: IceTcpType;
}
