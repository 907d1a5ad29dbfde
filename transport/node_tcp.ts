import { connect, type Socket } from "node:net";
import type { TransportAddress } from "../core/wire/address.ts";

/** What a connection is to whoever frames datagrams in it: the part of `Deno.TcpConn` that is used. */
export interface ByteConnection {
  readonly localAddr: Deno.Addr;
  readonly remoteAddr: Deno.Addr;
  /** Fills some of the buffer; null at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, and tells how many. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** A connection of `node:net`, which unlike `Deno.connect` can be made from a port of one's choice. */
class NodeConnection implements ByteConnection {
  readonly localAddr: Deno.NetAddr;
  readonly remoteAddr: Deno.NetAddr;
  readonly #socket: Socket;
  #wake: () => void = () => {};
  #ended = false;

  constructor(socket: Socket, local: TransportAddress, remote: TransportAddress) {
    this.localAddr = { transport: "tcp", hostname: local.ip, port: local.port };
    this.remoteAddr = { transport: "tcp", hostname: remote.ip, port: remote.port };
    this.#socket = socket;
    socket.on("readable", () => this.#wake());
    for (const event of ["end", "close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const count = Math.min(this.#socket.readableLength, into.length);
      // Reading where there is nothing is what lets the end come.
      const chunk: Uint8Array | null = this.#socket.read(count || undefined);
      if (chunk !== null) {
        into.set(chunk);
        return chunk.length;
      }
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<number> {
    return new Promise((resolve, reject) =>
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve(bytes.length))
    );
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** Connects from one address and port to another. Rejects if it is refused, the port can't be had, or `signal` aborts. */
export function connectFrom(
  local: TransportAddress,
  remote: TransportAddress,
  signal: AbortSignal,
): Promise<ByteConnection> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...{ host: remote.ip, port: remote.port },
      ...{ localAddress: local.ip, localPort: local.port, noDelay: true },
    });
    const giveUp = () => {
      socket.destroy();
      reject(new DOMException("Given up", "AbortError"));
    };
    if (signal.aborted) return giveUp();
    signal.addEventListener("abort", giveUp, { once: true });
    socket.once("error", (error) => {
      signal.removeEventListener("abort", giveUp);
      reject(error);
    });
    socket.once("connect", () => {
      signal.removeEventListener("abort", giveUp);
      resolve(new NodeConnection(socket, local, remote));
    });
  });
}
