import { parseIp } from "../core/wire/mod.ts";

/**
 * Whether an address is one machine's: not that of a group of hosts, nor the unspecified one, nor of the block that nothing is sent to
 * (RFC 1122 section 3.2.1.3), of which resolvers make addresses for numbers, as in `turn:123`.
 */
export function isUnicast(ip: string): boolean {
  const bytes = parseIp(ip);
  if (bytes === undefined || bytes.every((byte) => byte === 0)) return false;
  return bytes.length === 4 ? bytes[0]! > 0 && bytes[0]! < 224 : bytes[0] !== 0xff;
}
