import type { TransportAddress } from "../../core/wire/mod.ts";

/** A UDP packet on its way. */
export interface Packet {
  readonly data: Uint8Array;
  readonly source: TransportAddress;
  readonly destination: TransportAddress;
}

/** Why the virtual network dropped a packet. */
export type Drop =
  | "loss"
  | "burst"
  | "blackout"
  | "queue-full"
  | "too-big"
  | "blocked"
  | "no-route"
  | "no-socket"
  | "filtered"
  | "no-hairpinning";
