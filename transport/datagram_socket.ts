import type { Datagram, TransportAddress } from "../core/wire/address.ts";

/** Told of each datagram that was to be sent, and is not. */
export type OnRefused = (datagram: Datagram) => void;

/**
 * Something that carries datagrams between this machine and others, as a pair of streams of batches: a UDP socket, or a TCP or TLS
 * connection whose framing makes datagrams of it.
 */
export interface DatagramSocket {
  /** The address on this machine; the `local` of every datagram it receives is this very object. */
  readonly local: TransportAddress;
  /** What arrives, in order, in batches of at most 32. */
  readonly readable: ReadableStream<readonly Datagram[]>;
  /** What is to be sent, in order. */
  readonly writable: WritableStream<readonly Datagram[]>;
  /**
   * Only of a socket whose port others share: connectivity checks that name this fragment are for whoever holds this socket
   * (RFC 8445 section 7.2.2). Where several have the same, those are that come from the peer with the other fragment, once that is known.
   */
  claim?(usernameFragment: string, peer?: string): void;
  /**
   * From now on `onRefused` is called with each datagram that was to be sent and is not: the system refuses it, or there is no room. A socket
   * without this keeps it to itself.
   */
  watch?(onRefused: (datagram: Datagram) => void): void;
  /** Closes it at once. Repeated calls do nothing. */
  close(): void;
}
