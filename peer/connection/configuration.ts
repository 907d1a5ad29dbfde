import { RTCCertificate } from "../rtc_certificate.ts";
import {
  boolean,
  dictionary,
  domString,
  enforcedOctet,
  enumeration,
  instance,
  sequence,
  usvString,
} from "../../webidl/convert.ts";

/** A STUN or TURN server (W3C WebRTC section 4.2.2). */
export interface RTCIceServer {
  /** One or more URLs (RFC 7064, RFC 7065). */
  urls: string | string[];
  /** For TURN: the user. */
  username?: string;
  /** For TURN: the password. */
  credential?: string;
}

/** Which candidates may be used. */
export type RTCIceTransportPolicy = "relay" | "all";
/** How media shares transports where the other side does not bundle (RFC 9429 section 4.1.1). */
export type RTCBundlePolicy = "balanced" | "max-compat" | "max-bundle";
/** Whether RTP and RTCP share a transport: they do. */
export type RTCRtcpMuxPolicy = "require";

/** How a connection is set up (W3C WebRTC section 4.2.1). */
export interface RTCConfiguration {
  /** Servers to gather candidates from. */
  iceServers?: RTCIceServer[];
  /** Which candidates may be used; all by default. */
  iceTransportPolicy?: RTCIceTransportPolicy;
  /** How media shares transports; balanced by default. */
  bundlePolicy?: RTCBundlePolicy;
  /** Always "require". */
  rtcpMuxPolicy?: RTCRtcpMuxPolicy;
  /** Certificates to authenticate with; one is made where there are none. */
  certificates?: RTCCertificate[];
  /** How many candidates to gather ahead of need, 0 to 255. */
  iceCandidatePoolSize?: number;
  /** For old code, as in Chromium: no media passes a sender or receiver before its `createEncodedStreams` was called. */
  encodedInsertableStreams?: boolean;
  /** Whether offers have a section for data channels even if none was created (WebRTC Extensions section 6); false by default. */
  alwaysNegotiateDataChannels?: boolean;
}

/** A single URL becomes a list of one, which is also how `getConfiguration` shows it. */
const urls = (value: unknown, context: string): string[] =>
  typeof value === "object" && value !== null && Symbol.iterator in value
    ? sequence(usvString)(value, context)
    : [usvString(value, context)];

const iceServer = dictionary("RTCIceServer", {
  urls: { convert: urls, required: true },
  username: { convert: domString },
  credential: { convert: domString },
});

/** Converts what a script passed. */
export const rtcConfiguration = dictionary("RTCConfiguration", {
  iceServers: { convert: sequence(iceServer), default: () => [] },
  iceTransportPolicy: {
    convert: enumeration("RTCIceTransportPolicy", ["relay", "all"]),
    default: () => "all" as const,
  },
  bundlePolicy: {
    convert: enumeration("RTCBundlePolicy", ["balanced", "max-compat", "max-bundle"]),
    default: () => "balanced" as const,
  },
  rtcpMuxPolicy: {
    convert: enumeration("RTCRtcpMuxPolicy", ["require"]),
    default: () => "require" as const,
  },
  certificates: { convert: sequence(instance(RTCCertificate)), default: () => [] },
  iceCandidatePoolSize: { convert: enforcedOctet, default: () => 0 },
  encodedInsertableStreams: { convert: boolean },
  alwaysNegotiateDataChannels: { convert: boolean, default: () => false },
});

/** A configuration in which every member has its value. */
export type Configuration = ReturnType<typeof rtcConfiguration>;

/** A STUN or TURN server URL, taken apart. */
export interface IceServerUrl {
  readonly scheme: "stun" | "stuns" | "turn" | "turns";
  /** A host name or IP literal, the latter without brackets. */
  readonly host: string;
  readonly port: number;
  readonly transport: "udp" | "tcp";
  readonly url: string;
}

/** Throws a `SyntaxError` or an `InvalidAccessError` for a server that can't be used (W3C WebRTC section 4.4.1.6). */
export function checkServers({ iceServers }: Configuration, context: string): void {
  for (const server of iceServers) {
    if (server.urls.length === 0) throw syntaxError(context, "urls is empty");
    for (const url of server.urls) {
      const { scheme } = parseIceServerUrl(url, context);
      const needsCredential = scheme === "turn" || scheme === "turns";
      if (needsCredential && (server.username === undefined || server.credential === undefined)) {
        throw new DOMException(
          `${context}: '${url}' needs a username and a credential`,
          "InvalidAccessError",
        );
      }
      if (needsCredential && utf8Length(server.username!) > MAX_USERNAME_BYTES) {
        throw new DOMException(
          `${context}: the username exceeds ${MAX_USERNAME_BYTES} bytes`,
          "InvalidAccessError",
        );
      }
    }
  }
}

/** RFC 8489 section 14.3: fewer than 509 bytes. */
const MAX_USERNAME_BYTES = 508;

/** Throws an `InvalidModificationError` where a configuration can't follow the one before it (W3C WebRTC section 4.4.1.6). */
export function checkModification(
  next: Configuration,
  before: Configuration,
  localDescriptionWasSet: boolean,
): void {
  const fail = (what: string): never => {
    throw new DOMException(
      `RTCPeerConnection.setConfiguration: ${what} can't change`,
      "InvalidModificationError",
    );
  };
  const same = next.certificates.length === before.certificates.length &&
    next.certificates.every((certificate, i) => certificate === before.certificates[i]);
  if (!same) fail("certificates");
  if (next.bundlePolicy !== before.bundlePolicy) fail("bundlePolicy");
  if (next.alwaysNegotiateDataChannels !== before.alwaysNegotiateDataChannels) {
    fail("alwaysNegotiateDataChannels");
  }
  if (next.rtcpMuxPolicy !== before.rtcpMuxPolicy) fail("rtcpMuxPolicy");
  if (next.iceCandidatePoolSize !== before.iceCandidatePoolSize && localDescriptionWasSet) {
    fail("iceCandidatePoolSize");
  }
}

/** Whether both gather candidates in the same way. */
export function gathersAlike(one: Configuration, other: Configuration): boolean {
  return one.iceTransportPolicy === other.iceTransportPolicy &&
    JSON.stringify(one.iceServers) === JSON.stringify(other.iceServers);
}

/** Validates an ICE server URL (W3C WebRTC section 4.4.1.6); throws a `SyntaxError`. */
export function parseIceServerUrl(text: string, context: string): IceServerUrl {
  const url = URL.parse(text);
  const scheme = url?.protocol.slice(0, -1);
  if (
    url === null ||
    (scheme !== "stun" && scheme !== "stuns" && scheme !== "turn" && scheme !== "turns")
  ) {
    throw syntaxError(context, `'${text}' is no stun:, stuns:, turn: or turns: URL`);
  }
  const path = url.pathname;
  const opaque = !path.startsWith("/") && !text.slice(scheme.length + 1).startsWith("/");
  if (!opaque || /[/@]/.test(path) || text.includes("#")) {
    throw syntaxError(context, `'${text}' is not a scheme, a host and a port alone`);
  }
  const isTurn = scheme === "turn" || scheme === "turns";
  if (!isTurn && text.includes("?")) {
    throw syntaxError(context, `'${text}': a STUN URL has no query`);
  }
  const hostAndPort = URL.parse(`https://${path}`);
  if (hostAndPort === null || hostAndPort.hostname === "" || hostAndPort.pathname !== "/") {
    throw syntaxError(context, `'${text}' has no valid host and port`);
  }
  const query = text.includes("?") ? url.search.slice(1) : undefined;
  if (query !== undefined && query !== "transport=udp" && query !== "transport=tcp") {
    throw syntaxError(
      context,
      `'${text}': the query is transport=udp or transport=tcp, or missing`,
    );
  }
  const secure = scheme === "stuns" || scheme === "turns";
  return {
    scheme,
    host: hostAndPort.hostname.replace(/^\[(.*)\]$/, "$1"),
    port: explicitPort(path) ?? (secure ? 5349 : 3478), // RFC 7064 section 3.2, RFC 7065 section 3.2
    transport: query === "transport=tcp" || (secure && query === undefined) ? "tcp" : "udp",
    url: text,
  };
}

/** `URL` leaves out 443, the default of the scheme that was borrowed to parse the host. */
function explicitPort(hostAndPort: string): number | undefined {
  const digits = /:([0-9]+)$/.exec(hostAndPort)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function syntaxError(context: string, message: string): DOMException {
  return new DOMException(`${context}: ${message}`, "SyntaxError");
}

function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
