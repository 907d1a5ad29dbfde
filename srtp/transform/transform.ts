import { setU32 } from "../packet.ts";
import type { Job } from "./job.ts";

/**
 * A cryptographic transform (RFC 3711 section 4) for the packets of one protocol in one direction. It knows nothing of streams: each
 * job says which SSRC and index it has.
 */
export interface Transform extends Disposable {
  /** Bytes by which a protected packet is longer. */
  readonly overhead: number;
  /** Protects every packet into its `output`. */
  protect(jobs: readonly Job[]): void;
  /** Opens every packet into its `output`; tells for each whether it was authentic. A false one's output is meaningless. */
  unprotect(jobs: readonly Job[]): boolean[];
  /** Frees the cipher. */
  [Symbol.dispose](): void;
}

/** Bytes of the word that carries the E flag and the index of an SRTCP packet (RFC 3711 section 3.4). */
export const SRTCP_WORD_LENGTH = 4;

/** Writes the E flag and the index. */
export function setSrtcpWord(bytes: Uint8Array, at: number, { encrypted, index }: Job): void {
  setU32(bytes, at, encrypted ? 0x8000_0000 + index : index);
}
