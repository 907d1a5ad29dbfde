import type { GroupName } from "../core/crypto/provider.ts";

/** The groups that this side knows, by their numbers (RFC 8422 section 5.1.1). */
export const NAMED_GROUPS: Readonly<Record<GroupName, number>> = { x25519: 29, secp256r1: 23 };

/** The group of this number, if this side knows it. */
export function groupName(id: number): GroupName | undefined {
  for (const name of ["x25519", "secp256r1"] as const) if (NAMED_GROUPS[name] === id) return name;
  return undefined;
}
