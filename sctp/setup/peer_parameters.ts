import type { InitChunk } from "../chunks/init.ts";

/** What the peer's INIT or INIT ACK says of it. */
export interface PeerParameters {
  /** The verification tag of packets to it. */
  readonly tag: number;
  /** TSN of its first DATA chunk. */
  readonly initialTsn: number;
  /** Its receive window in bytes. */
  readonly aRwnd: number;
  /** Streams that it can receive on. */
  readonly inboundStreams: number;
  /** Streams that it wants to send on. */
  readonly outboundStreams: number;
  /** It understands FORWARD-TSN (RFC 3758). */
  readonly forwardTsn: boolean;
  /** It understands RE-CONFIG (RFC 6525). */
  readonly reconfig: boolean;
  /** It accepts a checksum of zero (RFC 9653). */
  readonly zeroChecksum: boolean;
}

/** The peer that sent this INIT or INIT ACK. */
export function peerOf(init: InitChunk): PeerParameters {
  return {
    tag: init.initiateTag,
    initialTsn: init.initialTsn,
    aRwnd: init.aRwnd,
    inboundStreams: init.inboundStreams,
    outboundStreams: init.outboundStreams,
    forwardTsn: init.forwardTsn,
    reconfig: init.reconfig,
    zeroChecksum: init.zeroChecksum,
  };
}
