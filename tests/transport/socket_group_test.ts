import { assert, assertEquals } from "@std/assert";
import { Discards } from "../../core/stage/mod.ts";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import { MAX_SOCKETS, SocketGroup } from "../../transport/socket_group.ts";
import type { UdpDiscard, UdpSocket } from "../../transport/udp_socket.ts";
import { settle } from "../support/virtual_clock.ts";

const REMOTE: TransportAddress = { ip: "192.0.2.9", port: 9, protocol: "udp" };

/** A socket whose both ends the test holds. */
class FakeSocket implements UdpSocket {
  readonly local: TransportAddress;
  readonly sent: (readonly Datagram[])[] = [];
  readonly discards: Discards<UdpDiscard> = new Discards();
  closed = false;
  pulls = 0;
  #controller!: ReadableStreamDefaultController<readonly Datagram[]>;
  readonly readable: ReadableStream<readonly Datagram[]>;
  readonly writable: WritableStream<readonly Datagram[]>;

  constructor(port: number) {
    this.local = { ip: "10.0.0.1", port, protocol: "udp" };
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => void this.pulls++,
    }, { highWaterMark: 0 });
    this.writable = new WritableStream({ write: (batch) => void this.sent.push(batch) });
  }

  arrive(...data: number[]): void {
    this.#controller.enqueue(
      data.map((byte) => ({ data: Uint8Array.of(byte), local: this.local, remote: REMOTE })),
    );
  }

  breakDown(): void {
    this.#controller.error(new Error("broken"));
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    try {
      this.#controller.close();
    } catch { /* broken already */ }
  }
}

function outgoing(local: TransportAddress, byte: number): Datagram {
  return { data: Uint8Array.of(byte), local, remote: REMOTE };
}

function bytesOf(batches: readonly (readonly Datagram[])[]): number[][] {
  return batches.map((batch) => batch.map(({ data }) => data[0]!));
}

function group(...sockets: FakeSocket[]): SocketGroup {
  const group = new SocketGroup();
  for (const socket of sockets) group.add(socket);
  return group;
}

Deno.test("SocketGroup: what arrives on any socket comes out of one readable", async () => {
  const a = new FakeSocket(1), b = new FakeSocket(2);
  const reader = group(a, b).readable.getReader();
  a.arrive(1, 2);
  assertEquals(bytesOf([(await reader.read()).value!]), [[1, 2]]);
  b.arrive(3);
  const { value } = await reader.read();
  assertEquals(bytesOf([value!]), [[3]]);
  assert(value![0]!.local === b.local);
});

Deno.test("SocketGroup: what is sent leaves by the socket of its local address, in order and in runs", async () => {
  const a = new FakeSocket(1), b = new FakeSocket(2);
  const writer = group(a, b).writable.getWriter();
  const equalToA = { ...a.local };
  const whole = [outgoing(a.local, 1), outgoing(a.local, 2)];
  await writer.write(whole);
  assert(a.sent[0] === whole, "a batch for one socket is handed on as it is");
  await writer.write([
    outgoing(equalToA, 3),
    outgoing(b.local, 4),
    outgoing(b.local, 5),
    outgoing(a.local, 6),
  ]);
  assertEquals(bytesOf(a.sent), [[1, 2], [3], [6]]);
  assertEquals(bytesOf(b.sent), [[4, 5]]);
});

Deno.test("SocketGroup: a datagram from an address that isn't there is dropped and counted", async () => {
  const a = new FakeSocket(1);
  const sockets = group(a);
  const writer = sockets.writable.getWriter();
  const nowhere: TransportAddress = { ip: "10.0.0.1", port: 99, protocol: "udp" };
  const refused: Datagram[] = [];
  sockets.watch((datagram) => void refused.push(datagram));
  await writer.write([outgoing(nowhere, 1), outgoing(nowhere, 2), outgoing(a.local, 3)]);
  assertEquals(sockets.discards.of("no-such-socket"), 2);
  assertEquals(bytesOf([refused]), [[1, 2]]);
  assertEquals(bytesOf(a.sent), [[3]]);
});

Deno.test("SocketGroup: a socket that closes or breaks leaves, the others go on", async () => {
  const a = new FakeSocket(1), b = new FakeSocket(2), c = new FakeSocket(3);
  const sockets = group(a, b, c);
  const reader = sockets.readable.getReader();
  a.close();
  b.breakDown();
  await settle();
  assertEquals(sockets.sockets, [c]);
  c.arrive(7);
  assertEquals(bytesOf([(await reader.read()).value!]), [[7]]);
});

Deno.test("SocketGroup: a socket is lost if it closes by itself, not if the group lets go of it", async () => {
  const lost: string[] = [];
  const a = new FakeSocket(1), b = new FakeSocket(2), c = new FakeSocket(3), d = new FakeSocket(4);
  const sockets = new SocketGroup();
  for (const [name, socket] of Object.entries({ a, b, c, d })) {
    sockets.add(socket, () => lost.push(name));
  }
  a.close();
  b.breakDown();
  sockets.remove(c);
  await settle();
  sockets.close();
  await settle();
  assertEquals(lost, ["a", "b"]);
});

Deno.test("SocketGroup: sockets are not read while nobody reads the group", async () => {
  const a = new FakeSocket(1);
  const sockets = group(a);
  for (let i = 0; i < 30; i++) {
    a.arrive(i);
    await settle();
  }
  const stalledAt = a.pulls;
  assert(stalledAt <= 12, `${stalledAt} reads`);
  const reader = sockets.readable.getReader();
  const seen: number[] = [];
  while (seen.length < 30) seen.push(...(await reader.read()).value!.map(({ data }) => data[0]!));
  assertEquals(seen, Array.from({ length: 30 }, (_, i) => i));
});

Deno.test("SocketGroup: close closes every socket, ends the readable and refuses more", async () => {
  const a = new FakeSocket(1), b = new FakeSocket(2);
  const sockets = group(a);
  const reader = sockets.readable.getReader();
  const end = reader.read();
  sockets.close();
  sockets.close();
  assert((await end).done);
  assert(a.closed);
  sockets.add(b);
  assert(b.closed);
  assertEquals(sockets.sockets, []);
  await sockets.writable.getWriter().write([outgoing(a.local, 1)]);
  assertEquals(sockets.discards.of("no-such-socket"), 1);
});

Deno.test("SocketGroup: closing its writable, or cancelling its readable, closes the sockets", async () => {
  const a = new FakeSocket(1), b = new FakeSocket(2);
  await group(a).writable.close();
  await group(b).readable.cancel();
  assert(a.closed && b.closed);
});

Deno.test("SocketGroup: holds a bounded number of sockets", () => {
  const sockets = Array.from({ length: MAX_SOCKETS + 1 }, (_, i) => new FakeSocket(i + 1));
  const full = group(...sockets);
  assertEquals(full.sockets.length, MAX_SOCKETS);
  assert(sockets.at(-1)!.closed);
  full.remove(sockets[0]!);
  assert(sockets[0]!.closed);
  assertEquals(full.sockets.length, MAX_SOCKETS - 1);
});
