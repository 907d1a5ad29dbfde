import { nodeProvider } from "../../core/mod.ts";
import type { DtlsOptions } from "../../dtls/mod.ts";
import { generateIceParameters, type IceAgentOptions, type IceParameters } from "../../ice/mod.ts";
import type { AddressWatch, Network } from "../../transport/mod.ts";
import type { RTCCertificate } from "../rtc_certificate.ts";

/** What a connection runs on, beside its configuration: all that a browser decides by itself, and a server wants to. */
export interface Environment {
  readonly network: Network;
  /** Whether TCP connections are listened for, and not only made (RFC 6544). */
  readonly listens?: boolean;
  /** Whether TCP connections are opened to peers that open them at the same time (RFC 6544). */
  readonly opensSimultaneously?: boolean;
  /** Whether the addresses of this machine are hidden behind `.local` names (draft-ietf-mmusic-mdns-ice-candidates section 3.1). */
  readonly hidesAddresses?: boolean;
  /** The address by which others reach one of this machine's, where a NAT maps it to one of its own alone. */
  readonly externalAddress?: (ip: string) => string | undefined;
  /** Candidates are gathered for as long as a connection lives, each time that this tells of other addresses; else only when asked for. */
  readonly addressWatch?: AddressWatch;
  /** What ICE agents are made with, beyond what the connection settles. */
  readonly ice?: Omit<IceAgentOptions, "crypto" | "role" | "localParameters">;
  /** Makes the credentials of an ICE generation; at random if absent. */
  readonly iceCredentials?: () => IceParameters;
  /** What DTLS endpoints are made with, beyond what the connection settles. */
  readonly dtls?: Pick<
    DtlsOptions,
    "cookieExchange" | "handshakeTimeout" | "cipherSuites" | "groups" | "srtpProfiles"
  >;
  /** The role that is taken where the offer leaves the choice (RFC 8842 section 5.3). */
  readonly dtlsRole?: "client" | "server";
  /** What is used where the configuration has no certificate. */
  readonly certificate?: RTCCertificate;
}

/** Credentials for a new ICE generation. */
export function newIceParameters({ iceCredentials }: Environment): IceParameters {
  return iceCredentials?.() ?? generateIceParameters(nodeProvider);
}
