import type { Clock } from "../core/stage/clock.ts";
import { Discards } from "../core/stage/discards.ts";
import type { Datagram, TransportAddress } from "../core/wire/address.ts";
import type { DatagramSocket, OnRefused } from "./datagram_socket.ts";
import { type RouteOwner, Routes } from "./routes.ts";
import { readCheckUsername, readStunHeader, type StunHeader } from "./stun_header.ts";

/** Connections that one port serves at a time. */
export const MAX_SHARES = 4096;

/** Batches that wait in the share of a connection that is slow; what comes after is dropped, for the others do not wait for it. */
const QUEUED_BATCHES = 64;

/** Why a shared port dropped a packet. */
export type SharedPortDiscard =
  /** A check for nobody: it gets no answer, for there is nobody to give one (RFC 8445 section 7.3). */
  | "unknown-username-fragment"
  /** An answer to no question of anybody's. */
  | "unknown-transaction"
  /** Neither of these, from where nobody expects it. */
  | "unknown-address"
  /** The connection that it belongs to reads too slowly. */
  | "overflow";

/** How a port is shared. */
export interface SharedPortOptions {
  /** Where time comes from. */
  readonly clock: Clock;
  /** Whether the socket stays open without any share, since it is somebody else's to close; false by default. */
  readonly outlivesShares?: boolean;
  /** Told when it has closed. */
  readonly onClose?: () => void;
}

/** A connection's share of a port. */
export interface Share extends DatagramSocket {
  /** Checks that name this fragment are for this connection; of several with the same, those of the peer whose fragment is given. */
  claim(usernameFragment: string, peer?: string): void;
}

/**
 * One socket for many connections. A connectivity check belongs to the connection whose username fragment it names, a STUN response to
 * the one that has asked, and everything else to the one which its source address belongs to (see {@linkcode Routes}); what belongs to
 * nobody is dropped and counted.
 *
 * The socket closes with the last share of it: a server of nobody need not listen, and lets its process end.
 */
export class SharedPort {
  /** What was dropped, by reason. */
  readonly discards: Discards<SharedPortDiscard> = new Discards();
  readonly #socket: DatagramSocket;
  readonly #writer: WritableStreamDefaultWriter<readonly Datagram[]>;
  readonly #shares = new Set<SharedPortShare>();
  readonly #routes: Routes<SharedPortShare>;
  readonly #outlivesShares: boolean;
  readonly #onClose: () => void;
  #closed = false;

  /** Takes a socket over. */
  constructor(socket: DatagramSocket, options: SharedPortOptions) {
    this.#socket = socket;
    this.#routes = new Routes(options.clock);
    this.#outlivesShares = options.outlivesShares ?? false;
    this.#onClose = options.onClose ?? (() => {});
    this.#writer = socket.writable.getWriter();
    socket.watch?.((datagram) => this.#routes.ofAddress(datagram.remote)?.refused(datagram));
    void this.#pump();
  }

  /** Whether it can be shared no longer. */
  get isClosed(): boolean {
    return this.#closed;
  }

  /** How many connections share it. */
  get size(): number {
    return this.#shares.size;
  }

  /** A share for one more connection. Throws if there are {@linkcode MAX_SHARES}, or the socket has closed. */
  share(): Share {
    if (this.#closed) throw new Error("The shared port has closed");
    if (this.#shares.size >= MAX_SHARES) {
      throw new Error(`${MAX_SHARES} connections share the port`);
    }
    const share = new SharedPortShare(this.#socket.local, {
      send: (share, batch) => this.#send(share, batch),
      claim: (share, usernameFragment, peer) => this.#routes.claim(share, usernameFragment, peer),
      close: (share) => this.#remove(share),
    });
    this.#shares.add(share);
    return share;
  }

  /** Closes the socket and every share of it. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.close();
    for (const share of [...this.#shares]) share.close();
    this.#onClose();
  }

  #remove(share: SharedPortShare): void {
    this.#routes.forget(share);
    this.#shares.delete(share);
    if (this.#shares.size === 0 && !this.#outlivesShares) this.close();
  }

  /** Never rejects. */
  async #pump(): Promise<void> {
    try {
      for await (const batch of this.#socket.readable) this.#distribute(batch);
    } catch { /* a socket that breaks is one that has closed */ }
    this.close();
  }

  /** Hands runs of datagrams for the same connection on together; mostly that is the whole batch as it is. */
  #distribute(batch: readonly Datagram[]): void {
    for (let start = 0, end: number; start < batch.length; start = end) {
      const owner = this.#ownerOf(batch[start]!);
      end = start + 1;
      if (typeof owner === "string") {
        this.discards.add(owner);
        continue;
      }
      while (end < batch.length && this.#ownerOf(batch[end]!) === owner) end++;
      const run = end - start === batch.length ? batch : batch.slice(start, end);
      if (!owner.push(run)) this.discards.add("overflow", run.length);
    }
  }

  #ownerOf({ data, remote }: Datagram): SharedPortShare | SharedPortDiscard {
    const stun = readStunHeader(data);
    switch (stun?.messageClass) {
      case "success":
      case "error":
        return this.#routes.ofTransaction(stun.transactionId) ?? "unknown-transaction";
      case "request":
        if (stun.isBinding) {
          return this.#routes.ofUsername(readCheckUsername(data), remote) ??
            "unknown-username-fragment";
        }
    }
    return this.#routes.ofAddress(remote) ?? "unknown-address";
  }

  async #send(share: SharedPortShare, batch: readonly Datagram[]): Promise<void> {
    for (const { data, remote } of batch) {
      const stun = readStunHeader(data);
      if (stun !== undefined) this.#note(share, stun, remote);
    }
    try {
      await this.#writer.write(batch);
    } catch { /* the socket has closed */ }
  }

  #note(share: SharedPortShare, stun: StunHeader, remote: TransportAddress): void {
    if (stun.messageClass === "request") this.#routes.asked(share, stun.transactionId, remote);
    else if (stun.messageClass === "success" && stun.isBinding) {
      this.#routes.answered(share, remote);
    }
  }
}

/** What a share needs of its port. */
interface SharedPortHost {
  send(share: SharedPortShare, batch: readonly Datagram[]): Promise<void>;
  claim(share: SharedPortShare, usernameFragment: string, peer: string | undefined): void;
  close(share: SharedPortShare): void;
}

class SharedPortShare implements Share, RouteOwner {
  readonly local: TransportAddress;
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;
  readonly usernameFragments: Map<string, string | undefined> = new Map();
  readonly addresses: Set<string> = new Set();
  readonly #host: SharedPortHost;
  #onRefused: OnRefused = () => {};
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #closed = false;

  constructor(local: TransportAddress, host: SharedPortHost) {
    this.local = local;
    this.#host = host;
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => this.close(),
    }, { highWaterMark: QUEUED_BATCHES });
    this.writable = new WritableStream({
      write: (batch) => this.#closed ? undefined : host.send(this, batch),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  watch(onRefused: OnRefused): void {
    this.#onRefused = onRefused;
  }

  /** The socket does not send what is for this address. */
  refused(datagram: Datagram): void {
    this.#onRefused(datagram);
  }

  claim(usernameFragment: string, peer?: string): void {
    if (!this.#closed) this.#host.claim(this, usernameFragment, peer);
  }

  /** False if there is no room. */
  push(batch: readonly Datagram[]): boolean {
    if (this.#closed || this.#controller.desiredSize! <= 0) return false;
    this.#controller.enqueue(batch);
    return true;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#host.close(this);
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
  }
}
