import { Reader } from "./reader.ts";

/** An IP address, a port and a transport protocol (RFC 8445 section 4, "transport address"). */
export interface TransportAddress {
  /** A literal IPv4 or IPv6 address in its canonical text form (RFC 5952), never a host name. */
  readonly ip: string;
  /** 0 to 65535. */
  readonly port: number;
  /** What carries it. */
  readonly protocol: "udp" | "tcp";
}

/** One packet between two transport addresses. */
export interface Datagram {
  /** The payload. */
  readonly data: Uint8Array;
  /** The address on this machine. */
  readonly local: TransportAddress;
  /** The peer's address. */
  readonly remote: TransportAddress;
}

/** Whether two transport addresses are the same. */
export function sameAddress(a: TransportAddress, b: TransportAddress): boolean {
  return a === b || (a.port === b.port && a.ip === b.ip && a.protocol === b.protocol);
}

/** A key for maps: equal for equal addresses only. */
export function addressKey(address: TransportAddress): string {
  return `${address.protocol} ${address.ip} ${address.port}`;
}

/** Four bytes of an IPv4 literal, or sixteen of an IPv6 one (a zone index is ignored); undefined if the text is neither. */
export function parseIp(text: string): Uint8Array<ArrayBuffer> | undefined {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

/** 4 or 6 for an IP literal, undefined for anything else. */
export function ipVersion(text: string): 4 | 6 | undefined {
  const bytes = parseIp(text);
  return bytes === undefined ? undefined : bytes.length === 4 ? 4 : 6;
}

/** The canonical text of 4 or 16 bytes (RFC 5952 section 4). */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.length !== 16) {
    throw new TypeError(`An IP address has 4 or 16 bytes, not ${bytes.length}`);
  }
  const reader = new Reader(bytes);
  const groups = Array.from({ length: 8 }, () => reader.u16());
  const { start, length } = longestZeroRun(groups);
  const text = (part: number[]) => part.map((group) => group.toString(16)).join(":");
  if (length < 2) return text(groups); // RFC 5952 section 4.2.2: a single zero group stays
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** The canonical form of an IP literal; undefined if it is none. */
export function canonicalIp(text: string): string | undefined {
  const bytes = parseIp(text);
  return bytes === undefined ? undefined : formatIp(bytes);
}

function parseIpv4(text: string): Uint8Array<ArrayBuffer> | undefined {
  const parts = text.split(".", 5);
  if (parts.length !== 4) return undefined;
  const bytes = new Uint8Array(4);
  for (const [i, part] of parts.entries()) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined;
    bytes[i] = Number(part);
  }
  return bytes;
}

function parseIpv6(text: string): Uint8Array<ArrayBuffer> | undefined {
  const zone = text.indexOf("%");
  const literal = zone < 0 ? text : text.slice(0, zone);
  if (literal.length > 45) return undefined;
  const halves = literal.split("::");
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0]!, halves.length === 1);
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 16 - head.length - tail.length;
  if (halves.length === 2 ? missing < 2 : missing !== 0) return undefined;
  const bytes = new Uint8Array(16);
  bytes.set(head, 0);
  bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of colon-separated groups, the last of which may be an embedded IPv4 literal (RFC 4291 section 2.2). */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === "") return [];
  const bytes: number[] = [];
  const groups = text.split(":");
  for (const [i, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
      continue;
    }
    const ipv4 = mayEndInIpv4 && i === groups.length - 1 ? parseIpv4(group) : undefined;
    if (ipv4 === undefined) return undefined;
    bytes.push(...ipv4);
  }
  return bytes;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
