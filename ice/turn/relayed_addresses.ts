import type { TransportAddress } from "../../core/wire/mod.ts";
import type { StunMessage } from "../stun/message.ts";
import { isUnicast } from "../unicast.ts";
import { XOR_RELAYED_ADDRESS } from "./attributes.ts";

/** The addresses that a server has allocated: one, or one of each family (RFC 8656 section 7.3). Senseless ones are left out. */
export function relayedAddressesOf(message: StunMessage): TransportAddress[] {
  const found: TransportAddress[] = [];
  for (const { type, value } of message.attributes) {
    if (type !== XOR_RELAYED_ADDRESS.type) continue;
    const address = XOR_RELAYED_ADDRESS.parse(value, message.transactionId);
    if (address === undefined || address.port === 0 || !isUnicast(address.ip)) continue;
    if (found.some(({ ip }) => ip.includes(":") === address.ip.includes(":"))) continue;
    found.push({ ...address, protocol: "udp" });
  }
  return found;
}
