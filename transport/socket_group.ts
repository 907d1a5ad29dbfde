import { Discards } from "../core/stage/discards.ts";
import { type Datagram, sameAddress, type TransportAddress } from "../core/wire/address.ts";
import type { DatagramSocket, OnRefused } from "./datagram_socket.ts";
import { Refusals } from "./refusals.ts";

/** Batches that wait for a slow reader, all sockets together; beyond that the sockets are not read. */
const QUEUED_BATCHES = 8;

/** Sockets in one group: a few interfaces, two families, and what an ICE restart adds. */
export const MAX_SOCKETS = 64;

/** Why a group dropped a datagram: no socket has its local address. */
export type SocketGroupDiscard = "no-such-socket";

/** A socket of the group, with the one reader and writer that it can have. */
interface Member {
  readonly socket: DatagramSocket;
  readonly reader: ReadableStreamDefaultReader<readonly Datagram[]>;
  readonly writer: WritableStreamDefaultWriter<readonly Datagram[]>;
}

/**
 * Many sockets as one pair of streams, so that what stands above is wired once and sockets come and go.
 *
 * What is written leaves through the socket whose address is `Datagram.local`. Neither stream ever errors.
 */
export class SocketGroup {
  /** What arrives on any of the sockets. It ends when the group is closed, not when the last socket is. */
  readonly readable: ReadableStream<readonly Datagram[]>;
  /** What is to be sent. Closing it closes the group. */
  readonly writable: WritableStream<readonly Datagram[]>;
  /** What was dropped, by reason. */
  readonly discards: Discards<SocketGroupDiscard> = new Discards();
  readonly #refusals = new Refusals(this.discards);

  readonly #usernameFragments = new Map<string, string | undefined>();
  #members: Member[] = [];
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #waitingPumps: (() => void)[] = [];
  #closed = false;

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#resumePumps(),
      cancel: () => this.close(),
    }, { highWaterMark: QUEUED_BATCHES });
    this.writable = new WritableStream({
      write: (batch) => this.#send(batch),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  /** From now on `onRefused` is called with each datagram that was to be sent and is not. */
  watch(onRefused: OnRefused): void {
    this.#refusals.onRefused = onRefused;
  }

  /** The sockets that are open. */
  get sockets(): readonly DatagramSocket[] {
    return this.#members.map(({ socket }) => socket);
  }

  /**
   * Takes a socket over: its streams are the group's from now on, and it closes with the group. A closed or full group closes it at once.
   * `onLost` is called if it closes by itself.
   */
  add(socket: DatagramSocket, onLost?: () => void): void {
    if (this.#closed || this.#members.length >= MAX_SOCKETS) return socket.close();
    const member = {
      socket,
      reader: socket.readable.getReader(),
      writer: socket.writable.getWriter(),
    };
    this.#members.push(member);
    socket.watch?.((datagram) => this.#refusals.onRefused(datagram));
    for (const [usernameFragment, peer] of this.#usernameFragments) {
      socket.claim?.(usernameFragment, peer);
    }
    void this.#pump(member, onLost);
  }

  /** Checks that name this fragment, and that of the peer, are for the group, on those of its sockets whose ports it shares with others. */
  claim(usernameFragment: string, peer?: string): void {
    this.#usernameFragments.set(
      usernameFragment,
      peer ?? this.#usernameFragments.get(usernameFragment),
    );
    for (const { socket } of this.#members) socket.claim?.(usernameFragment, peer);
  }

  /** Closes one socket and lets go of it. */
  remove(socket: DatagramSocket): void {
    this.#members = this.#members.filter((member) => member.socket !== socket);
    socket.close();
  }

  /** Closes every socket and ends both streams. Repeated calls do nothing. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { socket } of this.#members.splice(0)) socket.close();
    this.#resumePumps();
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
  }

  /** Carries batches from one socket until it closes. Never rejects. */
  async #pump({ socket, reader }: Member, onLost?: () => void): Promise<void> {
    try {
      while (!this.#closed) {
        const { done, value } = await reader.read();
        if (done || this.#closed) break;
        this.#controller.enqueue(value);
        if (this.#controller.desiredSize! <= 0) await this.#demand();
      }
    } catch { /* a socket that breaks is a socket that has closed */ }
    const isLost = this.#members.some((member) => member.socket === socket);
    this.remove(socket);
    if (isLost) onLost?.();
  }

  #demand(): Promise<void> {
    return new Promise((resume) => this.#waitingPumps.push(resume));
  }

  #resumePumps(): void {
    for (const resume of this.#waitingPumps.splice(0)) resume();
  }

  /** Hands runs of datagrams for the same socket on together; mostly that is the whole batch as it is. */
  async #send(batch: readonly Datagram[]): Promise<void> {
    for (let start = 0, end: number; start < batch.length; start = end) {
      const { local } = batch[start]!;
      for (end = start + 1; end < batch.length && sameAddress(batch[end]!.local, local);) end++;
      const member = this.#memberAt(local);
      if (member === undefined) {
        this.#refusals.add("no-such-socket", ...batch.slice(start, end));
        continue;
      }
      await deliver(member, end - start === batch.length ? batch : batch.slice(start, end));
    }
  }

  #memberAt(local: TransportAddress): Member | undefined {
    for (const member of this.#members) {
      if (sameAddress(member.socket.local, local)) return member;
    }
    return undefined;
  }
}

async function deliver({ writer }: Member, batch: readonly Datagram[]): Promise<void> {
  try {
    await writer.write(batch);
  } catch { /* a socket that breaks is a socket that has closed */ }
}
