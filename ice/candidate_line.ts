import type { IceCandidate, IceCandidateType, IceTcpType } from "./candidate.ts";

/** The longest line looked at; real ones have about 150 characters. */
const MAX_LINE = 2048;

/** Extension attributes kept of one line. */
const MAX_EXTENSIONS = 32;

/*
 * RFC 8839 section 5.1:
 *
 * candidate:foundation SP component-id SP transport SP priority SP connection-address SP port SP "typ" SP cand-type
 *           [SP "raddr" SP address] [SP "rport" SP port] *(SP extension-att-name SP extension-att-value)
 */

/**
 * Parses a candidate attribute, with or without `a=` and the end of the line. Undefined for anything malformed, and for a type or a
 * transport that RFC 8839 section 5.1 says to ignore. TCP candidates (RFC 6544) are parsed.
 *
 * @example
 * ```ts
 * import { parseCandidate, writeCandidate } from "@heron/webrtc/ice";
 * import { assertEquals } from "@std/assert";
 *
 * const line = "candidate:1 1 udp 2130706431 192.0.2.7 5000 typ host";
 * const candidate = parseCandidate(line);
 * assertEquals(candidate?.port, 5000);
 * assertEquals(candidate && writeCandidate(candidate), line);
 * ```
 */
export function parseCandidate(line: string): IceCandidate | undefined {
  if (line.length > MAX_LINE) return undefined;
  const match = /^(?:a=)?candidate:(.*)(?:\r?\n)?$/.exec(line);
  if (match === null) return undefined;
  const fields = match[1]!.replace(/ +$/, "").split(/ +/);
  const [foundation, componentText, transport, priorityText, address, portText, typ, type] = fields;
  const component = integer(componentText, 256);
  const protocol = transport?.toLowerCase();
  const priority = integer(priorityText, 2 ** 32 - 1);
  const port = integer(portText, 65535);
  if (foundation === undefined || !/^[A-Za-z0-9+/]{1,32}$/.test(foundation)) return undefined;
  if (component !== 1 && component !== 2) return undefined;
  if (protocol !== "udp" && protocol !== "tcp") return undefined;
  if (address === undefined || !isAddress(address)) return undefined;
  if (priority === undefined || port === undefined) return undefined;
  if (typ !== "typ" || !isType(type)) return undefined;
  const rest = parseRest(fields.slice(8));
  if (rest === undefined) return undefined;
  return { foundation, component, protocol, priority, address, port, type, ...rest };
}

/** Writes a candidate as `candidate:...`, without `a=`. */
export function writeCandidate(candidate: IceCandidate): string {
  const { foundation, component, protocol, priority, address, port, type } = candidate;
  const { relatedAddress, relatedPort, tcpType, usernameFragment, extensions = [] } = candidate;
  let line =
    `candidate:${foundation} ${component} ${protocol} ${priority} ${address} ${port} typ ${type}`;
  if (relatedAddress !== undefined) line += ` raddr ${relatedAddress}`;
  if (relatedPort !== undefined) line += ` rport ${relatedPort}`;
  if (tcpType !== undefined) line += ` tcptype ${tcpType}`;
  for (const [name, value] of extensions) line += ` ${name} ${value}`;
  if (usernameFragment !== undefined) line += ` ufrag ${usernameFragment}`;
  return line;
}

type Rest = Pick<
  IceCandidate,
  "relatedAddress" | "relatedPort" | "tcpType" | "usernameFragment" | "extensions"
>;

function parseRest(fields: readonly string[]): Rest | undefined {
  if (fields.length % 2 !== 0 || fields.length > 2 * MAX_EXTENSIONS) return undefined;
  const rest: { -readonly [Key in keyof Rest]: Rest[Key] } = {};
  const extensions: [string, string][] = [];
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i]!;
    const value = fields[i + 1]!;
    switch (name) {
      case "raddr":
        rest.relatedAddress = value;
        break;
      case "rport": {
        const port = integer(value, 65535);
        if (port === undefined) return undefined;
        rest.relatedPort = port;
        break;
      }
      case "tcptype":
        if (!isTcpType(value)) return undefined;
        rest.tcpType = value;
        break;
      case "ufrag":
        rest.usernameFragment = value;
        break;
      default:
        extensions.push([name, value]);
    }
  }
  if (extensions.length > 0) rest.extensions = extensions;
  return rest;
}

function integer(text: string | undefined, max: number): number | undefined {
  if (text === undefined || !/^[0-9]{1,10}$/.test(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** An IP literal or a host name; which of them it is concerns whoever resolves it. */
function isAddress(text: string): boolean {
  return text.length <= 255 && /^[A-Za-z0-9.:%_-]+$/.test(text);
}

function isType(text: string | undefined): text is IceCandidateType {
  return text === "host" || text === "srflx" || text === "prflx" || text === "relay";
}

function isTcpType(text: string): text is IceTcpType {
  return text === "active" || text === "passive" || text === "so";
}
