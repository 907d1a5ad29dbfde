import type { TransportAddress } from "../core/wire/mod.ts";
import type { IceTcpType } from "./candidate.ts";

/** A socket of this machine. */
export interface Base {
  readonly address: TransportAddress;
  /** Its place among the bases: earlier ones are preferred. */
  readonly index: number;
  /** The mDNS name that is announced in its stead. */
  readonly hostName: string | undefined;
  /** Of a TCP base, how it connects. */
  readonly tcpType?: IceTcpType | undefined;
}
