import { type IceCandidate, parseCandidate } from "../ice/mod.ts";
import {
  dictionary,
  type DictionaryOf,
  domString,
  enumeration,
  nullable,
  unsignedShort,
  usvString,
} from "../webidl/convert.ts";
import { defineInterface } from "../webidl/interface.ts";

/** An ICE component by its name: RTP (1) or RTCP (2). */
export type RTCIceComponent = "rtp" | "rtcp";
/** What carries a candidate. */
export type RTCIceProtocol = "udp" | "tcp";
/** Which side opens the connection of a TCP candidate (RFC 6544). */
export type RTCIceTcpCandidateType = "active" | "passive" | "so";
/** How a candidate was found (RFC 8445 section 4). */
export type RTCIceCandidateType = "host" | "srflx" | "prflx" | "relay";
/** What carries the conversation with a TURN server. */
export type RTCIceServerTransportProtocol = "udp" | "tcp" | "tls";

/** A candidate as it is signalled (W3C WebRTC section 4.8.1.3). */
export interface RTCIceCandidateInit {
  /** The candidate-attribute (RFC 8839 section 5.1); empty for the end of candidates. */
  candidate?: string;
  /** The mid of the media description it belongs to. */
  sdpMid?: string | null;
  /** The index of the media description it belongs to. */
  sdpMLineIndex?: number | null;
  /** The ufrag of the ICE generation it belongs to. */
  usernameFragment?: string | null;
}

/** What the constructor of {@linkcode RTCIceCandidate} takes besides what is signalled. */
export interface RTCLocalIceCandidateInit extends RTCIceCandidateInit {
  /** What carries the conversation with the TURN server, for a relay candidate. */
  relayProtocol?: RTCIceServerTransportProtocol | null;
  /** The server it was obtained from. */
  url?: string | null;
}

const signalled = {
  candidate: { convert: domString, default: () => "" },
  sdpMid: { convert: nullable(domString), default: () => null },
  sdpMLineIndex: { convert: nullable(unsignedShort), default: () => null },
  usernameFragment: { convert: nullable(domString), default: () => null },
} as const;

/** Converts an RTCIceCandidateInit. */
export const iceCandidateInit = dictionary("RTCIceCandidateInit", signalled);

const localIceCandidateInit = dictionary("RTCLocalIceCandidateInit", {
  ...signalled,
  relayProtocol: {
    convert: nullable(enumeration("RTCIceServerTransportProtocol", ["udp", "tcp", "tls"])),
    default: () => null,
  },
  url: { convert: nullable(usvString), default: () => null },
});

/** An ICE candidate (W3C WebRTC section 4.8.1). */
export class RTCIceCandidate {
  readonly #init: DictionaryOf<typeof signalled> & {
    relayProtocol: RTCIceServerTransportProtocol | null;
    url: string | null;
  };
  readonly #parsed: IceCandidate | undefined;

  /** A new candidate; throws a TypeError if both `sdpMid` and `sdpMLineIndex` are null. A malformed candidate string is kept as it is. */
  constructor(candidateInitDict: RTCLocalIceCandidateInit = {}) {
    const init = localIceCandidateInit(candidateInitDict, "RTCIceCandidate constructor");
    if (init.sdpMid === null && init.sdpMLineIndex === null) {
      throw new TypeError("RTCIceCandidate constructor: sdpMid and sdpMLineIndex are both null");
    }
    this.#init = init;
    this.#parsed = init.candidate === "" ? undefined : parseCandidate(init.candidate);
  }

  /** The candidate-attribute; empty for the end of candidates. */
  get candidate(): string {
    return this.#init.candidate;
  }

  /** The mid of the media description it belongs to. */
  get sdpMid(): string | null {
    return this.#init.sdpMid;
  }

  /** The index of the media description it belongs to. */
  get sdpMLineIndex(): number | null {
    return this.#init.sdpMLineIndex;
  }

  /** Equal for candidates that share what their fate depends on (RFC 8445 section 5.1.1.3). */
  get foundation(): string | null {
    return this.#parsed?.foundation ?? null;
  }

  /** The component. */
  get component(): RTCIceComponent | null {
    return this.#parsed === undefined ? null : this.#parsed.component === 1 ? "rtp" : "rtcp";
  }

  /** The priority, 1 to 2^31 - 1 (RFC 8445 section 5.1.2). */
  get priority(): number | null {
    return this.#parsed?.priority ?? null;
  }

  /** An IP literal or a `.local` name. */
  get address(): string | null {
    return this.#parsed?.address ?? null;
  }

  /** What carries it. */
  get protocol(): RTCIceProtocol | null {
    return this.#parsed?.protocol ?? null;
  }

  /** The port. */
  get port(): number | null {
    return this.#parsed?.port ?? null;
  }

  /** How it was found. */
  get type(): RTCIceCandidateType | null {
    return this.#parsed?.type ?? null;
  }

  /** For a TCP candidate, which side opens the connection. */
  get tcpType(): RTCIceTcpCandidateType | null {
    return this.#parsed?.tcpType ?? null;
  }

  /** The address that it was derived from. */
  get relatedAddress(): string | null {
    return this.#parsed?.relatedAddress ?? null;
  }

  /** The port that it was derived from. */
  get relatedPort(): number | null {
    return this.#parsed?.relatedPort ?? null;
  }

  /** The ufrag of its ICE generation. */
  get usernameFragment(): string | null {
    return this.#init.usernameFragment;
  }

  /** For a local relay candidate, what carries the conversation with the TURN server. */
  get relayProtocol(): RTCIceServerTransportProtocol | null {
    return this.#init.relayProtocol;
  }

  /** For a local candidate, the server that it was obtained from. */
  get url(): string | null {
    return this.#init.url;
  }

  /** The members that are signalled. */
  toJSON(): RTCIceCandidateInit {
    const { candidate, sdpMid, sdpMLineIndex, usernameFragment } = this.#init;
    return { candidate, sdpMid, sdpMLineIndex, usernameFragment };
  }
}

defineInterface(RTCIceCandidate);
