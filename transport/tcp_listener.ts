import { type Clock, systemClock } from "../core/stage/clock.ts";
import type { TransportAddress } from "../core/wire/address.ts";
import { AcceptedConnections, type TcpListener } from "./accepted_connections.ts";
import { debug } from "./debug.ts";
import { FramedTcpSocket } from "./tcp_socket.ts";

/** How long after one that failed the next connection is accepted, in milliseconds: it may fail for the same reason. */
const RETRY_AFTER = 100;

/** Asks for a socket that listens. */
export interface TcpListenOptions {
  /** The IP literal to listen on; `0.0.0.0` and `::` stand for every address. */
  readonly ip: string;
  /** The port to listen on; 0, the default, lets the system choose. */
  readonly port?: number;
  /** What the listener calls its address, where it listens on every one. */
  readonly shownIp?: string;
  /** Where time comes from; the machine's clock by default. */
  readonly clock?: Clock;
}

/**
 * Listens for TCP connections that are framed as RFC 4571 says: the socket behind a passive TCP candidate (RFC 6544 section 5.1). Throws
 * where there is no permission, no such address, or the port is in use.
 *
 * @example
 * ```ts
 * import { connectTcp, listenTcp } from "@heron/webrtc/transport";
 * import { assertEquals } from "@std/assert";
 *
 * const listener = listenTcp({ ip: "127.0.0.1" });
 * const socket = await connectTcp(listener.local, { framing: "rfc4571" });
 * const { local, remote } = socket;
 * await socket.writable.getWriter().write([{ data: Uint8Array.of(1), local, remote }]);
 * const { value } = await listener.readable.getReader().read();
 * assertEquals(value![0]!.data, Uint8Array.of(1));
 * assertEquals(value![0]!.remote, local);
 * listener.close();
 * socket.close();
 * await socket.closed;
 * ```
 */
export function listenTcp(options: TcpListenOptions): TcpListener {
  const { ip, port = 0, shownIp = ip, clock = systemClock } = options;
  const listener = Deno.listen({ hostname: ip, port });
  const local: TransportAddress = { ip: shownIp, port: listener.addr.port, protocol: "tcp" };
  const connections = new AcceptedConnections(local, clock, () => listener.close());
  debug("transport", `TCP listens on ${ip}:${local.port}`);
  void accept(listener, connections, clock);
  return connections;
}

/**
 * Accepts until the listener is closed. A connection that has gone before it was accepted, or that there is no file descriptor for, is none;
 * those that there are go on.
 */
async function accept(
  listener: Deno.TcpListener,
  connections: AcceptedConnections,
  clock: Clock,
): Promise<void> {
  while (!connections.isClosed) {
    let connection: Deno.TcpConn | undefined;
    try {
      connection = await listener.accept();
      connection.setNoDelay(true);
      connections.take(new FramedTcpSocket(connection, "rfc4571", { local: connections.local }));
    } catch {
      connection?.close();
      if (!connections.isClosed) await new Promise<void>((go) => clock.after(RETRY_AFTER, go));
    }
  }
}
