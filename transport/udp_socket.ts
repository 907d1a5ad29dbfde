import type { Discards } from "../core/stage/discards.ts";
import type { DatagramSocket } from "./datagram_socket.ts";

/** Batches that wait for a slow reader. What comes after them waits in the kernel, and is lost there, as UDP is. */
export const QUEUED_BATCHES = 4;

/**
 * Datagrams taken without a pause before timers and other sockets get their turn: four batches.
 *
 * Measured on a flood from another process: with a pause after each batch timers came up to 42 ms late and batches were half full;
 * with one after four batches, 10 ms, and nothing was gained beyond. A kernel buffer (92 packets of 1200 bytes) fits in.
 */
export const MAX_PER_TURN = 128;

/** Receives that fail in a row before a socket counts as broken: an unplugged interface gives a few, a dead socket endless ones. */
export const MAX_RECEIVE_FAILURES = 16;

/** Why a socket dropped a datagram. */
export type UdpDiscard =
  /** The system refused to send it: unreachable, too big, refused by ICMP. */
  | "send-failed"
  /** Its destination is no IP literal; a host name would cost a look-up for every datagram. */
  | "not-literal"
  /** It was to be sent after the socket had closed. */
  | "closed"
  /** A receive failed. */
  | "receive-failed"
  /** It arrived while the reader had fallen too far behind. */
  | "overflow";

/**
 * One UDP socket as a pair of streams of batches.
 *
 * A send that fails is dropped and counted, as a packet lost on the way would be. Neither stream ever errors: when the socket
 * closes, `readable` ends and `writable` swallows the rest. Ending, cancelling or aborting either stream closes the socket.
 */
export interface UdpSocket extends DatagramSocket {
  /** What was dropped, by reason. */
  readonly discards: Discards<UdpDiscard>;
}

/** Asks for a UDP socket. */
export interface UdpOptions {
  /** The IP literal to bind to; `0.0.0.0` and `::` stand for every address. */
  readonly ip: string;
  /** The port to bind to; 0, the default, lets the system choose. */
  readonly port?: number;
  /** What the socket calls its address, where it is bound to every one. */
  readonly shownIp?: string;
}
