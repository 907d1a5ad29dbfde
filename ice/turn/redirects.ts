import { ipVersion, parseIp, sameAddress, type TransportAddress } from "../../core/wire/mod.ts";
import { ALTERNATE_SERVER } from "../stun/attributes.ts";
import type { StunMessage } from "../stun/message.ts";
import { isUnicast } from "../unicast.ts";

/** How often a server may send a client on to another one: more lead nowhere, or in circles. */
export const MAX_REDIRECTS = 3;

/** Why a redirect is not followed. */
export type RedirectRefusal =
  | "The server named no usable alternative"
  | "Too many redirects"
  | "The servers redirect in a circle"
  | "The server redirects into a private network";

/** Where a client has been sent by servers that answer 300 (RFC 8489 section 10). */
export class Redirects {
  readonly #visited: TransportAddress[];

  /** `first` is the server that the application named. */
  constructor(first: TransportAddress) {
    this.#visited = [first];
  }

  /** Where to go now, with the same transport protocol; or why not. */
  follow(message: StunMessage | undefined): TransportAddress | RedirectRefusal {
    const [first] = this.#visited;
    const address = message?.get(ALTERNATE_SERVER);
    if (
      address === undefined || address.port === 0 || !isUnicast(address.ip) ||
      ipVersion(address.ip) !== ipVersion(first!.ip)
    ) return "The server named no usable alternative";
    const next = { ...address, protocol: first!.protocol };
    if (this.#visited.length > MAX_REDIRECTS) return "Too many redirects";
    if (this.#visited.some((each) => sameAddress(each, next))) {
      return "The servers redirect in a circle";
    }
    // A server on the Internet has no business with the machines around this one.
    if (isPublic(first!.ip) && !isPublic(next.ip)) {
      return "The server redirects into a private network";
    }
    this.#visited.push(next);
    return next;
  }
}

/** Whether an address is not reserved for use within one machine, one link or one network (RFC 6890). */
export function isPublic(ip: string): boolean {
  const bytes = parseIp(ip);
  if (bytes === undefined || !isUnicast(ip)) return false;
  return bytes.length === 4 ? isPublicIpv4(bytes) : isPublicIpv6(bytes);
}

function isPublicIpv4([a, b]: Uint8Array): boolean {
  const isPrivate = a === 10 || (a === 172 && (b! & 0xf0) === 16) || (a === 192 && b === 168);
  const isShared = a === 100 && (b! & 0xc0) === 64;
  const isLinkLocal = a === 169 && b === 254;
  return a !== 127 && !isPrivate && !isShared && !isLinkLocal;
}

function isPublicIpv6(bytes: Uint8Array): boolean {
  const [a, b] = bytes;
  const isUniqueLocal = (a! & 0xfe) === 0xfc;
  const isLinkLocal = a === 0xfe && (b! & 0x80) === 0x80;
  const isIpv4InDisguise = bytes.subarray(0, 10).every((byte) => byte === 0);
  return !isUniqueLocal && !isLinkLocal && !isIpv4InDisguise;
}
