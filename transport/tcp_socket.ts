import { Discards } from "../core/stage/discards.ts";
import { MAX_BATCH } from "../core/stage/stage.ts";
import { canonicalIp, type Datagram, type TransportAddress } from "../core/wire/address.ts";
import type { DatagramSocket, OnRefused } from "./datagram_socket.ts";
import { debug } from "./debug.ts";
import { FrameReader, type StreamFraming, writeFrame } from "./framing.ts";
import type { ByteConnection } from "./node_tcp.ts";
import { Refusals } from "./refusals.ts";

/** Bytes that wait for a slow connection. What comes after them is dropped, as UDP would: nobody else is to wait for it. */
const MAX_QUEUED = 1 << 18;

/** Batches that wait for a slow reader; beyond that the connection is not read. */
const QUEUED_BATCHES = 4;

/** How long what was written last has to leave once the connection is closed, in milliseconds. */
const LINGER = 200;

/** TLS around a connection. */
export interface TlsOptions {
  /** The name, or the IP literal, that the certificate must be for. */
  readonly serverName: string;
  /** Certificate authorities in PEM to trust besides the usual ones. */
  readonly caCerts?: readonly string[];
}

/** How a connection is made. */
export interface TcpOptions {
  /** What makes datagrams of the stream. */
  readonly framing: StreamFraming;
  /** For TLS. */
  readonly tls?: TlsOptions;
  /** Gives it up before it is made. */
  readonly signal?: AbortSignal;
}

/** Why a connection dropped a datagram. */
export type TcpDiscard =
  /** The connection is slower than what is to be sent. */
  | "overflow"
  /** It was to be sent after the connection had closed. */
  | "closed"
  /** Too long to be framed. */
  | "too-long"
  /** What arrived is not framed as it should be: the connection is closed. */
  | "malformed";

/** A TCP or TLS connection as a pair of streams of batches of datagrams. Neither stream ever errors. */
export interface TcpSocket extends DatagramSocket {
  /** The other end. */
  readonly remote: TransportAddress;
  /** Settles once the connection has closed, from whichever end. Never rejects. */
  readonly closed: Promise<void>;
  /** What was dropped, by reason. */
  readonly discards: Discards<TcpDiscard>;
}

/** Connects to an IP literal. Rejects if there is no such server, no permission, or no certificate to be trusted. */
export async function connectTcp(
  remote: TransportAddress,
  options: TcpOptions,
): Promise<TcpSocket> {
  const { framing, tls, signal } = options;
  const made = new AbortController();
  const giveUp = () => made.abort();
  if (signal?.aborted) throw new DOMException("Given up", "AbortError");
  signal?.addEventListener("abort", giveUp);
  let connection: Deno.TcpConn | Deno.TlsConn | undefined;
  try {
    const { ip: hostname, port } = remote;
    const tcp = await Deno.connect({ hostname, port, signal: made.signal });
    connection = tcp;
    tcp.setNoDelay(true);
    if (tls !== undefined) connection = await secure(tcp, tls);
    if (signal?.aborted) throw new DOMException("Given up", "AbortError");
    debug("transport", `${tls === undefined ? "TCP" : "TLS"} connection to ${hostname}:${port}`);
    return new FramedTcpSocket(connection, framing, { remote });
  } catch (error) {
    try {
      connection?.close();
    } catch { /* TLS has taken it over, and closed it */ }
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** The address is known already, so the name is only what the certificate is held against. */
async function secure(
  tcp: Deno.TcpConn,
  { serverName, caCerts }: TlsOptions,
): Promise<Deno.TlsConn> {
  const secured = await Deno.startTls(tcp, {
    hostname: serverName,
    ...(caCerts !== undefined && { caCerts: [...caCerts] }),
  });
  try {
    await secured.handshake();
  } catch (error) {
    secured.close();
    throw error;
  }
  return secured;
}

/** Streams over a connection, which it takes over. */
export class FramedTcpSocket implements TcpSocket {
  readonly local: TransportAddress;
  readonly remote: TransportAddress;
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;
  readonly discards: Discards<TcpDiscard> = new Discards();
  readonly #refusals = new Refusals(this.discards);
  readonly closed: Promise<void>;
  readonly #connection: ByteConnection;
  readonly #framing: StreamFraming;
  readonly #frames: FrameReader;
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  #ended!: () => void;
  #queue: Uint8Array[] = [];
  #queued = 0;
  #sending: Promise<void> | undefined;
  #isClosed = false;

  /** The addresses of its ends are the connection's own, unless the caller knows them as something else. */
  constructor(
    connection: ByteConnection,
    framing: StreamFraming,
    known: { readonly local?: TransportAddress; readonly remote?: TransportAddress },
  ) {
    this.local = known.local ?? addressOf(connection.localAddr);
    this.remote = known.remote ?? addressOf(connection.remoteAddr);
    this.#connection = connection;
    this.#framing = framing;
    this.#frames = new FrameReader(framing);
    this.closed = new Promise((resolve) => this.#ended = resolve);
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#receive(),
      cancel: () => this.close(),
    }, { highWaterMark: QUEUED_BATCHES });
    this.writable = new WritableStream({
      write: (batch) => this.#enqueue(batch),
      close: () => this.close(),
      abort: () => this.close(),
    });
  }

  watch(onRefused: OnRefused): void {
    this.#refusals.onRefused = onRefused;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void this.#finish();
    try {
      this.#controller.close();
    } catch { /* cancelled: closed already */ }
  }

  /** Lets what was written last leave, but not for ever: a server that takes nothing more must not keep the connection open. */
  async #finish(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (this.#sending !== undefined) {
      const late = new Promise<void>((resolve) => timer = setTimeout(resolve, LINGER));
      await Promise.race([this.#sending, late]);
    }
    clearTimeout(timer);
    try {
      this.#connection.close();
    } catch { /* it has broken */ }
    this.#ended();
  }

  async #receive(): Promise<void> {
    while (!this.#isClosed) {
      const count = await this.#connection.read(this.#frames.space()).catch(() => null);
      if (count === null) return this.close();
      const datagrams = this.#frames.take(count);
      if (datagrams === undefined) {
        this.discards.add("malformed");
        return this.close();
      }
      if (this.#isClosed) return;
      const { local, remote } = this;
      for (let i = 0; i < datagrams.length; i += MAX_BATCH) {
        const batch = datagrams.slice(i, i + MAX_BATCH);
        this.#controller.enqueue(batch.map((data) => ({ data, local, remote })));
      }
      if (datagrams.length > 0) return;
    }
  }

  #enqueue(batch: readonly Datagram[]): void {
    for (const datagram of batch) {
      const { data } = datagram;
      if (this.#isClosed) this.#refusals.add("closed", datagram);
      else if (this.#queued + data.length > MAX_QUEUED) this.#refusals.add("overflow", datagram);
      else {
        const frame = writeFrame(this.#framing, data);
        if (frame === undefined) this.#refusals.add("too-long", datagram);
        else {
          this.#queue.push(frame);
          this.#queued += frame.length;
        }
      }
    }
    if (this.#queue.length > 0) this.#sending ??= this.#send();
  }

  async #send(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const bytes = joined(this.#queue.splice(0));
        for (let sent = 0; sent < bytes.length;) {
          sent += await this.#connection.write(bytes.subarray(sent));
        }
        this.#queued = this.#queue.reduce((sum, { length }) => sum + length, 0);
      }
    } catch {
      this.close();
    }
    this.#sending = undefined;
  }
}

function addressOf(addr: Deno.Addr): TransportAddress {
  const { hostname, port } = addr as Deno.NetAddr;
  return { ip: canonicalIp(hostname) ?? hostname, port, protocol: "tcp" };
}

function joined(frames: readonly Uint8Array[]): Uint8Array {
  if (frames.length === 1) return frames[0]!;
  const bytes = new Uint8Array(frames.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}
