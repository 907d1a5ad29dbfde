import { canonicalIp, parseIp } from "../core/wire/address.ts";

/** Addresses offered at most: each becomes a socket, a candidate, and many checks. */
export const MAX_ADDRESSES = 16;

/** As much of a network interface's address as is needed. */
export interface InterfaceAddress {
  /** An IP literal. */
  readonly address: string;
}

/**
 * Addresses in an order in which neither family waits for all of the other: spread evenly, the family of the first one first (RFC 8421
 * section 4). Within a family the order stays.
 */
export function interleaveFamilies(ips: readonly string[]): string[] {
  const families = Map.groupBy(ips, (ip) => ip.includes(":"));
  const placed = [...families.values()].flatMap((family) =>
    family.map((ip, index) => ({ ip, place: index / family.length }))
  );
  return placed.sort((a, b) => a.place - b.place).map(({ ip }) => ip);
}

/**
 * The addresses that candidates are gathered on (RFC 8445 section 5.1.1.1), fairly to both families.
 *
 * Deviation: that section forbids loopback addresses; where a machine has nothing else they are used after all, so that two peers
 * on a machine without a network still meet. Browsers leave such a machine unconnected.
 */
export function usableAddresses(interfaces: readonly InterfaceAddress[]): string[] {
  const found = [...new Set(interfaces.map(({ address }) => canonicalIp(address)))]
    .filter((ip) => ip !== undefined);
  const usable = found.filter((ip) => scopeOf(ip) === "usable");
  const chosen = usable.length > 0 ? usable : found.filter((ip) => scopeOf(ip) === "loopback");
  return interleaveFamilies(chosen).slice(0, MAX_ADDRESSES);
}

/** What can be done with an address. */
export type AddressScope = "usable" | "loopback" | "unusable";

/** Whether packets to the canonical IP literal can arrive at another machine, only at this one, or not be sent to one machine at all. */
export function scopeOf(ip: string): AddressScope {
  const bytes = parseIp(ip);
  if (bytes === undefined) return "unusable";
  return bytes.length === 4 ? scopeOfIpv4(bytes) : scopeOfIpv6(bytes);
}

function scopeOfIpv4(bytes: Uint8Array): AddressScope {
  const first = bytes[0]!;
  if (first === 127) return "loopback";
  if (first === 0 || first >= 224) return "unusable"; // this network, multicast, reserved, broadcast
  return "usable";
}

function scopeOfIpv6(bytes: Uint8Array): AddressScope {
  const first = bytes[0]!, second = bytes[1]!;
  if (first === 0xff) return "unusable"; // multicast
  if (first === 0xfe && second >= 0x80) return "unusable"; // link-local, which needs a zone, and deprecated site-local
  if (bytes.subarray(0, 10).some((byte) => byte !== 0)) return "usable";
  const isLoopback = bytes[15] === 1 && bytes.subarray(10, 15).every((byte) => byte === 0);
  return isLoopback ? "loopback" : "unusable"; // unspecified, IPv4-mapped, IPv4-compatible
}
