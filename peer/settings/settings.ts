import type { DatagramSocket, Network, PortRange } from "../../transport/mod.ts";
import type { RTCCertificate } from "../rtc_certificate.ts";

/** When a connection that has gone silent is told of, in milliseconds. */
export interface PeerConnectionTimeouts {
  /** Silence after which ICE is `disconnected`: 1 to 30,000, 5000 by default. */
  readonly disconnected?: number;
  /** Without consent for this long ICE is `failed`, and nothing more is sent: up to 30,000, the default (RFC 7675 section 5.1). */
  readonly failed?: number;
  /** Between two requests for consent: 500 to 15,000, 5000 by default (RFC 7675 section 5.1). */
  readonly consentInterval?: number;
  /** How long the DTLS handshake may take: 1000 to 600,000, 30,000 by default. */
  readonly dtlsHandshake?: number;
}

/** How media is protected (RFC 5764 section 4.1.2, RFC 7714 section 14.2), by the registered names. */
export type SrtpProtectionProfileName =
  | "SRTP_AEAD_AES_128_GCM"
  | "SRTP_AEAD_AES_256_GCM"
  | "SRTP_AES128_CM_HMAC_SHA1_80"
  | "SRTP_AES128_CM_HMAC_SHA1_32";

/** What a browser decides by itself, and a server may want to. Everything is optional. */
export interface PeerConnectionSettings {
  /** What connections run on instead of this machine's network: one of the caller's own, for odd hosts and for tests. */
  readonly network?: Network;
  /** IP literals to use instead of all that the machine has: what a host without `--allow-sys=networkInterfaces` should be told. */
  readonly addresses?: readonly string[];
  /** Which network interfaces are used, by their names. It needs `--allow-sys=networkInterfaces`. */
  readonly interfaceFilter?: (name: string) => boolean;
  /** Which addresses of this machine are used: it is called with canonical IP literals. */
  readonly addressFilter?: (ip: string) => boolean;
  /**
   * The types of candidates that are gathered and told to the peer, at least one; all by default. Not a matter of privacy: a peer sees where
   * checks come from, unless `iceTransportPolicy` is "relay".
   */
  readonly candidateTypes?: readonly ("host" | "srflx" | "relay")[];
  /**
   * Continual gathering: how often to look whether network interfaces have come or gone, in milliseconds, 100 to 60,000; never by default.
   * A connection then follows this machine to another network without an ICE restart: what has lost its address is left, and new
   * candidates trickle. It needs `--allow-sys=networkInterfaces`, and a peer that takes candidates at any time: `iceGatheringState`
   * stays "gathering", for after "complete" there may be no more (RFC 8838 section 14).
   */
  readonly continualGathering?: number;
  /**
   * One UDP port, 1 to 65535, on each address, for all connections: checks are told apart by their username fragments, everything else by
   * its source. It is open while there are connections. Two peers that each have one such port can have one connection at a time.
   */
  readonly udpPort?: number;
  /** A UDP socket of the caller's, shared in the same way, and left open. Its streams must not be in use. */
  readonly udpSocket?: DatagramSocket;
  /** The ports to open sockets on, where there is no `udpPort`. A connection needs one for each address, and each relay over UDP. */
  readonly portRange?: PortRange;
  /** One TCP port, 1 to 65535, to listen on for all connections: passive candidates (RFC 6544), for peers without UDP. */
  readonly tcpPort?: number;
  /**
   * Whether connections over TCP are tried with peers that try them at the same time (RFC 6544), which gets through firewalls that let none in;
   * both peers have to have it, and browsers don't. False by default.
   */
  readonly tcpSimultaneousOpen?: boolean;
  /**
   * How much of this machine's addresses is shown (RFC 8828 section 5.2): `all-interfaces` is mode 1, the default. `default-route` is mode
   * 2: only the IPv4 address from which packets leave. `no-udp` is mode 4: nothing but TCP.
   */
  readonly ipHandling?: "all-interfaces" | "default-route" | "no-udp";
  /**
   * The addresses by which others reach this machine's own, where a NAT maps each to one of its own alone, as clouds do: host candidates
   * tell the former. Either an IP literal, for every address of its family, or an object with this machine's addresses as its keys.
   */
  readonly externalAddresses?: string | Readonly<Record<string, string>>;
  /**
   * Whether host candidates hide their addresses behind random `.local` names, as browsers do, which only the local network resolves; false
   * by default. A network of the caller's has to have `publishMdns`.
   */
  readonly mdnsCandidates?: boolean;
  /**
   * Whether ICE is lite (RFC 8445 section 2.5), for servers with a public address: it has host candidates only, answers checks, and sends
   * none, so that servers of the configuration are not asked. The peer must be full. False by default.
   */
  readonly iceLite?: boolean;
  /**
   * Whether a connection moves to a better path that is found after it was made, as continual gathering does, if the peer follows: with
   * draft-thatcher-ice-renomination-01, `a=ice-options:renomination` says so. False by default, as in browsers.
   */
  readonly iceRenomination?: boolean;
  /**
   * Makes the credentials of each ICE generation: 4 to 256 and 22 to 256 characters of A-Z, a-z, 0-9, + and /. Those of an ICE restart have
   * to be others than before.
   */
  readonly iceCredentials?: () => { usernameFragment: string; password: string };
  /** When a connection that has gone silent is told of. */
  readonly timeouts?: PeerConnectionTimeouts;
  /** What connections authenticate themselves with whose configuration has no certificate; one of its own is made for each by default. */
  readonly certificate?: RTCCertificate;
  /** The DTLS role that is taken where the peer leaves the choice; `client` by default (RFC 8842 section 5.3). */
  readonly dtlsRole?: "client" | "server";
  /** Whether a DTLS server asks for a cookie first (RFC 6347 section 4.2.1); false by default, since ICE has proved the address. */
  readonly dtlsCookies?: boolean;
  /**
   * The SRTP protection profiles that are negotiated, best first, at least one; by default all, in the order of their type. Without one in
   * common, a peer may end the DTLS handshake, and there is no media. `srtpCipher` of the transport's statistics tells which one is used.
   */
  readonly srtpProtectionProfiles?: readonly SrtpProtectionProfileName[];
}
