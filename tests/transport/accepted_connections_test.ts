import { assert, assertEquals } from "@std/assert";
import { nodeProvider as crypto } from "../../core/crypto/node_provider.ts";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import { BINDING, StunBuilder } from "../../ice/mod.ts";
import {
  MAX_ACCEPTED,
  MAX_UNPROVEN,
  PROOF_WITHIN,
  type TcpListener,
} from "../../transport/accepted_connections.ts";
import type { TcpSocket } from "../../transport/tcp_socket.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";

const FRAMED = { framing: "rfc4571" } as const;
const SUCCESS = new StunBuilder("success", BINDING, crypto.random(12)).finish();

/** A listener, and clients that connect to it. */
class Server {
  readonly net = new VirtualNetwork();
  readonly host = this.net.host("198.51.100.1");
  readonly client = this.net.host("198.51.100.2");
  readonly heard: Datagram[] = [];
  listener!: TcpListener;
  #writer!: WritableStreamDefaultWriter<readonly Datagram[]>;

  static async start(): Promise<Server> {
    const server = new Server();
    server.listener = await server.host.listenTcp("198.51.100.1", 443);
    void server.listener.readable.pipeTo(
      new WritableStream({ write: (batch) => void server.heard.push(...batch) }),
    );
    server.#writer = server.listener.writable.getWriter();
    return server;
  }

  async connect(): Promise<TcpSocket> {
    const connecting = this.client.connectTcp(this.listener.local, FRAMED);
    await this.net.clock.advance(20);
    return await connecting;
  }

  async send(data: Uint8Array, remote: TransportAddress): Promise<void> {
    await this.#writer.write([{ data, local: this.listener.local, remote }]);
    await this.net.clock.advance(20);
  }

  async close(): Promise<void> {
    this.listener.close();
    await this.net.clock.advance(100);
    assertEquals([this.host.sockets, this.client.sockets], [[], []]);
    this.net.clock.assertIdle();
  }
}

async function write(socket: TcpSocket, ...bytes: number[]): Promise<void> {
  const writer = socket.writable.getWriter();
  const { local, remote } = socket;
  await writer.write(bytes.map((byte) => ({ data: Uint8Array.of(byte), local, remote })));
  writer.releaseLock();
}

Deno.test("RFC 6544: a listener is one socket, whose peers are told apart by their addresses", async () => {
  const server = await Server.start();
  const [a, b] = [await server.connect(), await server.connect()];
  await write(a, 1, 2);
  await server.net.clock.advance(20);
  await write(b, 3);
  await server.net.clock.advance(20);
  assertEquals(server.heard.map(({ data, remote }) => [data[0], remote.port]), [
    [1, a.local.port],
    [2, a.local.port],
    [3, b.local.port],
  ]);
  for (const { local } of server.heard) assertEquals(local, server.listener.local);
  const answer = b.readable.getReader().read();
  await server.send(Uint8Array.of(9), b.local);
  assertEquals((await answer).value!.map(({ data }) => data[0]), [9]);
  await server.close();
});

Deno.test("a connection that brings no check worth an answer is closed in time, one that does stays", async () => {
  const server = await Server.start();
  const [good, bad] = [await server.connect(), await server.connect()];
  await server.send(SUCCESS, good.local);
  await server.send(new StunBuilder("error", BINDING, crypto.random(12)).finish(), bad.local);
  await server.net.clock.advance(PROOF_WITHIN);
  await bad.closed;
  assertEquals(server.listener.discards.of("silent"), 1);
  assert(server.client.sockets.includes(good));
  await server.close();
});

Deno.test("a flood of silent connections pushes out the oldest of them, and none that has proved itself", async () => {
  const server = await Server.start();
  const good = await server.connect();
  await server.send(SUCCESS, good.local);
  const flood: TcpSocket[] = [];
  for (let i = 0; i < MAX_UNPROVEN + 3; i++) flood.push(await server.connect());
  await server.net.clock.advance(20);
  assertEquals(server.listener.discards.of("crowded-out"), 3);
  assertEquals(server.client.sockets.includes(flood[2]!), false);
  assert(server.client.sockets.includes(flood[3]!) && server.client.sockets.includes(good));
  await server.close();
});

Deno.test("beyond the bound, connections are refused", async () => {
  const server = await Server.start();
  for (let i = 0; i < MAX_ACCEPTED; i++) {
    await server.send(SUCCESS, (await server.connect()).local);
  }
  const late = await server.connect();
  await server.net.clock.advance(20);
  await late.closed;
  assertEquals(server.listener.discards.of("too-many-connections"), 1);
  await server.close();
});

Deno.test("what is to be sent to somebody who has gone is dropped and counted", async () => {
  const server = await Server.start();
  const socket = await server.connect();
  socket.close();
  await server.net.clock.advance(20);
  const refused: unknown[] = [];
  server.listener.watch!(({ remote }) => void refused.push(remote));
  await server.send(Uint8Array.of(1), socket.local);
  assertEquals(server.listener.discards.of("not-connected"), 1);
  assertEquals(refused, [socket.local]);
  await server.close();
});

Deno.test("a reader that is slow holds up the connections, not the memory", async () => {
  const net = new VirtualNetwork();
  const [host, client] = [net.host("198.51.100.1"), net.host("198.51.100.2")];
  const listener = await host.listenTcp("198.51.100.1", 443);
  const connecting = client.connectTcp(listener.local, FRAMED);
  await net.clock.advance(20);
  const socket = await connecting;
  for (let i = 0; i < 100; i++) await write(socket, i);
  await net.clock.advance(20);
  await settle();
  const reader = listener.readable.getReader();
  const first = await reader.read();
  assertEquals(first.value!.length, 1);
  listener.close();
  // What was queued is lost with the listener, but for what the stream itself holds.
  let left = 0;
  while (!(await reader.read()).done) left++;
  assert(left <= 9, `${left} batches were queued`);
  await net.clock.advance(100);
});
