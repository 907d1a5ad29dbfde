import type { CryptoProvider } from "../../core/crypto/provider.ts";
import type { Discards } from "../../core/stage/mod.ts";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import type { IceDiscard } from "../context.ts";
import type { IceTimings } from "../timings.ts";

/** What the parts of the TURN client share with the agent. */
export interface TurnContext {
  readonly crypto: CryptoProvider;
  readonly timings: IceTimings;
  readonly discards: Discards<IceDiscard>;
  /** Puts a datagram on the wire, past every relay. */
  readonly transmit: (datagram: Datagram) => void;
}

/** A TURN server as the application gave it, its name resolved. */
export interface TurnServer {
  /** Where it is, and whether it is spoken to over UDP or over a stream. */
  readonly address: TransportAddress;
  /** How the user named it. */
  readonly url: string;
  /** The user. */
  readonly username: string;
  /** The user's password. */
  readonly credential: string;
  /** Whether the stream is TLS. */
  readonly tls?: boolean;
}

/** The two ends of the way between this client and a server: with the protocol, its 5-tuple (RFC 8656 section 3). */
export interface ServerPath {
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
}
