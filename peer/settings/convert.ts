/**
 * Checks of settings, all at the moment when they are given: a mistake in a server's set-up must not wait for its first connection.
 *
 * @module
 */
import { canonicalIp, ipVersion } from "../../core/mod.ts";
import type { GatheredType, IceParameters } from "../../ice/mod.ts";
import type { DatagramSocket, Network, PortRange } from "../../transport/mod.ts";
import {
  boolean,
  type Converter,
  dictionary,
  domString,
  enumeration,
  instance,
  sequence,
} from "../../webidl/convert.ts";
import { SRTP_PROTECTION_PROFILES } from "../../srtp/mod.ts";
import { RTCCertificate } from "../rtc_certificate.ts";

/** Settings that have been found good. */
export type Settings = ReturnType<typeof settings>;

const HIGHEST_PORT = 65535;

/** Of a network, what may not be missing. */
const NETWORK_METHODS = ["addresses", "openUdp", "connectTcp", "resolve", "resolveMdns"] as const;

/** Throws a TypeError or a RangeError that names the setting. */
export function convertSettings(value: unknown, context: string): Settings {
  refuseUnknown(value, context);
  const converted = settings(value, context);
  for (const [one, other] of CONTRADICTIONS) {
    if (converted[one] !== undefined && converted[other] !== undefined) {
      throw new TypeError(`${context}: ${one} and ${other} exclude each other`);
    }
  }
  const { ipHandling, network, addresses, interfaceFilter } = converted;
  if (ipHandling === "default-route" && (network ?? addresses ?? interfaceFilter) !== undefined) {
    throw new TypeError(
      `${context}: with the default route only, there are no addresses to choose`,
    );
  }
  if (converted.mdnsCandidates && network !== undefined && network.publishMdns === undefined) {
    throw new TypeError(`${context}: the network knows of no mDNS`);
  }
  if (converted.iceLite && converted.candidateTypes?.includes("host") === false) {
    throw new TypeError(`${context}: a lite agent has host candidates only`);
  }
  const { disconnected = 0, failed = Infinity } = converted.timeouts ?? {};
  if (disconnected > failed) {
    throw new RangeError(`${context}: timeouts.disconnected exceeds timeouts.failed`);
  }
  return converted;
}

/** A whole number within a range; anything else is a RangeError, or a TypeError if it is no number at all. */
function integer(min: number, max: number): Converter<number> {
  return (value, context) => {
    if (typeof value !== "number") throw new TypeError(`${context}: not a number`);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    throw new RangeError(`${context}: ${value} is no whole number from ${min} to ${max}`);
  };
}

const port = integer(1, HIGHEST_PORT);

function callback<F>(value: unknown, context: string): F {
  if (typeof value === "function") return value as F;
  throw new TypeError(`${context}: not a function`);
}

function ipLiteral(value: unknown, context: string): string {
  const text = domString(value, context);
  const ip = canonicalIp(text);
  if (ip === undefined) throw new TypeError(`${context}: '${text}' is no IP address`);
  return ip;
}

/** From an address of this machine to the one that others know it by. */
function externalAddresses(value: unknown, context: string): (ip: string) => string | undefined {
  if (typeof value === "string") {
    const external = ipLiteral(value, context);
    return (ip) => ipVersion(ip) === ipVersion(external) ? external : undefined;
  }
  if (typeof value !== "object" || value === null) throw new TypeError(`${context}: not an object`);
  const table = new Map(
    Object.entries(value).map((
      [own, other],
    ) => [ipLiteral(own, context), ipLiteral(other, context)]),
  );
  for (const [own, other] of table) {
    if (ipVersion(own) !== ipVersion(other)) {
      throw new TypeError(`${context}: ${own} and ${other} are of different families`);
    }
  }
  return (ip) => table.get(ip);
}

function network(value: unknown, context: string): Network {
  const given = Object(value) as Network;
  const missing = NETWORK_METHODS.find((name) => typeof given[name] !== "function");
  if (missing !== undefined) {
    throw new TypeError(`${context}: no Network, for it has no ${missing}`);
  }
  if (typeof given.clock?.now !== "function" || typeof given.clock.after !== "function") {
    throw new TypeError(`${context}: no Network, for it has no clock`);
  }
  return given;
}

function datagramSocket(value: unknown, context: string): DatagramSocket {
  const { local, readable, writable, close } = Object(value) as DatagramSocket;
  const isSocket = readable instanceof ReadableStream && writable instanceof WritableStream &&
    typeof close === "function" && ipVersion(String(local?.ip)) !== undefined;
  if (!isSocket) throw new TypeError(`${context}: not a DatagramSocket`);
  if (readable.locked || writable.locked) throw new TypeError(`${context}: its streams are in use`);
  return value as DatagramSocket;
}

const types = sequence(enumeration("candidateTypes", ["host", "srflx", "relay"]));

function candidateTypes(value: unknown, context: string): GatheredType[] {
  const chosen = types(value, context);
  if (chosen.length === 0) throw new RangeError(`${context}: without candidates nobody connects`);
  return chosen;
}

const profiles = sequence(
  enumeration("srtpProtectionProfiles", SRTP_PROTECTION_PROFILES.map(({ name }) => name)),
);

/** Their numbers in use_srtp. */
function srtpProtectionProfiles(value: unknown, context: string): number[] {
  const chosen = new Set(profiles(value, context));
  if (chosen.size === 0) throw new RangeError(`${context}: without one there is no media`);
  return Array.from(
    chosen,
    (name) => SRTP_PROTECTION_PROFILES.find((one) => one.name === name)!.id,
  );
}

const range = dictionary("PortRange", {
  min: { convert: port, required: true },
  max: { convert: port, required: true },
});

function portRange(value: unknown, context: string): PortRange {
  const { min, max } = range(value, context);
  if (min > max) throw new RangeError(`${context}: min ${min} exceeds max ${max}`);
  return { min, max };
}

const timeouts = dictionary("PeerConnectionTimeouts", {
  disconnected: { convert: integer(1, 30_000) },
  failed: { convert: integer(1, 30_000) }, // RFC 7675 section 5.1: consent lasts for 30 seconds
  consentInterval: { convert: integer(500, 15_000) },
  dtlsHandshake: { convert: integer(1000, 600_000) },
});

const credentials = dictionary("RTCIceParameters", {
  usernameFragment: { convert: domString, required: true },
  password: { convert: domString, required: true },
});

/** RFC 8839 section 5.4. */
const USERNAME_FRAGMENT = /^[A-Za-z0-9+/]{4,256}$/, PASSWORD = /^[A-Za-z0-9+/]{22,256}$/;

/** The function is only known to be good each time that it has been called. */
function iceCredentials(value: unknown, context: string): () => IceParameters {
  const make = callback<() => unknown>(value, context);
  return () => {
    const { usernameFragment, password } = credentials(make(), context);
    if (!USERNAME_FRAGMENT.test(usernameFragment)) {
      throw new TypeError(`${context}: '${usernameFragment}' is no ufrag (RFC 8839 section 5.4)`);
    }
    if (!PASSWORD.test(password)) {
      throw new TypeError(`${context}: the password is no ice-pwd (RFC 8839 section 5.4)`);
    }
    return { usernameFragment, password };
  };
}

const MEMBERS = {
  network: { convert: network },
  addresses: { convert: sequence(ipLiteral) },
  interfaceFilter: { convert: callback<(name: string) => boolean> },
  addressFilter: { convert: callback<(ip: string) => boolean> },
  candidateTypes: { convert: candidateTypes },
  continualGathering: { convert: integer(100, 60_000) },
  udpPort: { convert: port },
  udpSocket: { convert: datagramSocket },
  portRange: { convert: portRange },
  tcpPort: { convert: port },
  tcpSimultaneousOpen: { convert: boolean },
  ipHandling: {
    convert: enumeration("ipHandling", ["all-interfaces", "default-route", "no-udp"]),
  },
  externalAddresses: { convert: externalAddresses },
  mdnsCandidates: { convert: boolean },
  iceLite: { convert: boolean },
  iceRenomination: { convert: boolean },
  iceCredentials: { convert: iceCredentials },
  timeouts: { convert: timeouts },
  certificate: { convert: instance(RTCCertificate) },
  dtlsRole: { convert: enumeration("dtlsRole", ["client", "server"]) },
  dtlsCookies: { convert: boolean },
  srtpProtectionProfiles: { convert: srtpProtectionProfiles },
} as const;

const settings = dictionary("PeerConnectionSettings", MEMBERS);

/** Each of these pairs says the same thing in two ways. */
const CONTRADICTIONS: readonly (readonly [keyof typeof MEMBERS, keyof typeof MEMBERS])[] = [
  ["network", "addresses"],
  ["network", "interfaceFilter"],
  ["addresses", "interfaceFilter"],
  ["udpPort", "udpSocket"],
  ["externalAddresses", "mdnsCandidates"],
];

/** A dictionary would ignore what it does not know, and a misspelt port would go unnoticed. */
function refuseUnknown(value: unknown, context: string): void {
  const unknown = Object.keys(Object(value)).find((name) => !(name in MEMBERS));
  if (unknown !== undefined) throw new TypeError(`${context}: there is no setting '${unknown}'`);
}
