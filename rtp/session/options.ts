import type { CryptoProvider } from "../../core/crypto/provider.ts";

/** Bytes of an RTP packet at most, unless told otherwise: 1172 of a datagram, less a tag of 16 (RFC 7714 section 13.2) and a few. */
export const DEFAULT_MAX_PACKET_SIZE = 1150;

/** How a session is made. */
export interface RtpSessionOptions {
  /** Where randomness comes from. */
  readonly crypto: CryptoProvider;
  /** The canonical name of all our sources (RFC 7022), at most 255 bytes of UTF-8. */
  readonly cname: string;
  /** What the time since 1970 is ahead of the layer's clock, in milliseconds: the wall clock of sender reports. */
  readonly wallClockOffset: number;
  /** Bytes of an RTP packet at most. */
  readonly maxPacketSize?: number;
  /** What may be sent at first, in bits per second. */
  readonly startBitrate?: number;
}
