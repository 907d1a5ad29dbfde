import { assert, assertEquals, assertRejects } from "@std/assert";
import type { TransportAddress } from "../../core/wire/mod.ts";
import { SocketGroup } from "../../transport/socket_group.ts";
import { connectTcp } from "../../transport/tcp_socket.ts";

/** A server on the loopback interface which takes one connection. */
function listen() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const remote: TransportAddress = { ip: "127.0.0.1", port: listener.addr.port, protocol: "tcp" };
  const accepted = listener.accept();
  return { remote, accepted, [Symbol.dispose]: () => listener.close() };
}

async function connected() {
  using server = listen();
  const socket = await connectTcp(server.remote, { framing: "rfc4571" });
  return { socket, peer: await server.accepted, remote: server.remote };
}

Deno.test("a connection carries batches of datagrams both ways", async () => {
  const { socket, peer, remote } = await connected();
  const writer = socket.writable.getWriter();
  const send = (...bytes: number[]) => ({
    data: Uint8Array.from(bytes),
    local: socket.local,
    remote,
  });
  await writer.write([send(1, 2), send(3)]);
  const heard = new Uint8Array(7);
  assertEquals(await peer.read(heard), 7);
  assertEquals(heard, Uint8Array.of(0, 2, 1, 2, 0, 1, 3));
  await peer.write(Uint8Array.of(0, 1, 9, 0, 2, 8, 7, 0));
  const { value } = await socket.readable.getReader().read();
  assertEquals(value?.map(({ data }) => [...data]), [[9], [8, 7]]);
  assertEquals(value?.map(({ local }) => local === socket.local), [true, true]);
  assertEquals([socket.local.ip, socket.local.protocol, socket.remote], [
    "127.0.0.1",
    "tcp",
    remote,
  ]);
  socket.close();
  socket.close();
  await socket.closed;
  peer.close();
});

Deno.test("what was written last leaves before a connection closes", async () => {
  const { socket, peer, remote } = await connected();
  const data = new Uint8Array(60_000).fill(5);
  void socket.writable.getWriter().write([{ data, local: socket.local, remote }]);
  await Promise.resolve();
  socket.close();
  let heard = 0;
  for (let n; (n = await peer.read(new Uint8Array(65_536))) !== null;) heard += n;
  assertEquals(heard, 60_002);
  await socket.closed;
  peer.close();
});

Deno.test("a peer that closes ends both streams, and the group lets go of the socket", async () => {
  const { socket, peer } = await connected();
  const group = new SocketGroup();
  group.add(socket);
  peer.close();
  await socket.closed;
  const writer = group.writable.getWriter();
  await writer.write([{ data: new Uint8Array(1), local: socket.local, remote: socket.remote }]);
  group.close();
});

Deno.test("a stream that is no such stream closes the connection", async () => {
  using server = listen();
  const socket = await connectTcp(server.remote, { framing: "turn" });
  const peer = await server.accepted;
  const reader = socket.readable.getReader();
  await peer.write(Uint8Array.of(0x15, 3, 1, 0, 2, 2, 0x28)); // an alert of TLS
  assert((await reader.read()).done);
  assertEquals(socket.discards.of("malformed"), 1);
  await socket.closed;
  peer.close();
});

Deno.test("a connection that takes nothing more drops what is too much, and holds up nobody", async () => {
  const { socket, peer, remote } = await connected();
  const writer = socket.writable.getWriter();
  const data = new Uint8Array(60_000);
  let refused = 0;
  socket.watch!((datagram) => {
    assertEquals(datagram.remote, remote);
    refused++;
  });
  for (let i = 0; i < 400; i++) await writer.write([{ data, local: socket.local, remote }]);
  assert(refused > 0);
  assertEquals(socket.discards.of("overflow"), refused);
  socket.close();
  await socket.closed;
  peer.close();
});

Deno.test("there is no connection to where nobody listens, nor once it was given up", async () => {
  const { remote } = (() => {
    using server = listen();
    server.accepted.catch(() => {});
    return server;
  })();
  await assertRejects(() => connectTcp(remote, { framing: "turn" }));
  const signal = AbortSignal.abort();
  await assertRejects(() => connectTcp(remote, { framing: "turn", signal }), DOMException);
});

Deno.test("TLS with somebody who does not speak it is no connection", async () => {
  using server = listen();
  const connecting = connectTcp(server.remote, {
    framing: "turn",
    tls: { serverName: "localhost" },
  });
  const refused = assertRejects(() => connecting);
  const peer = await server.accepted;
  await peer.write(new TextEncoder().encode("this is no ServerHello at all\r\n"));
  await refused;
  peer.close();
});
