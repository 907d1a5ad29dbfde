import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import { openDenoUdp } from "../../transport/udp_deno.ts";
import { openNodeUdp } from "../../transport/udp_node.ts";
import type { UdpOptions, UdpSocket } from "../../transport/udp_socket.ts";

const LOOPBACK = "127.0.0.1";

/** Both kinds of socket have one face, and so one set of tests. */
const kinds: Record<string, (options: UdpOptions) => UdpSocket | Promise<UdpSocket>> = {
  listenDatagram: openDenoUdp,
  "node:dgram": openNodeUdp,
};

function datagram(from: UdpSocket, remote: TransportAddress, data: Uint8Array): Datagram {
  return { data, local: from.local, remote };
}

/** The numbers `first` to `last`, each as a datagram of `length` bytes. */
function numbered(from: UdpSocket, to: UdpSocket, first: number, last: number, length = 1200) {
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const data = new Uint8Array(length);
    new DataView(data.buffer).setUint32(0, first + i);
    return datagram(from, to.local, data);
  });
}

function numberOf({ data }: Datagram): number {
  return new DataView(data.buffer, data.byteOffset).getUint32(0);
}

async function send(socket: UdpSocket, batch: readonly Datagram[]): Promise<void> {
  const writer = socket.writable.getWriter();
  await writer.write(batch);
  writer.releaseLock();
}

/** Reads until `count` datagrams are there; tells in which batches they came. */
async function receive(socket: UdpSocket, count: number): Promise<Datagram[][]> {
  const reader = socket.readable.getReader();
  const batches: Datagram[][] = [];
  for (let received = 0; received < count;) {
    const { value, done } = await reader.read();
    if (done) break;
    batches.push([...value]);
    received += value.length;
  }
  reader.releaseLock();
  return batches;
}

/** The system frees a port a few turns of the event loop after the socket was closed. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (let turn = 0; turn < 100; turn++) {
    try {
      return await attempt();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  return await attempt();
}

for (const [kind, open] of Object.entries(kinds)) {
  const pair = async () => [await open({ ip: LOOPBACK }), await open({ ip: LOOPBACK })] as const;

  Deno.test(`${kind}: datagrams arrive in order, with their bytes, in batches of at most 32`, async () => {
    const [a, b] = await pair();
    await send(a, numbered(a, b, 0, 63));
    const batches = await receive(b, 64);
    assertEquals(batches.flat().map(numberOf), Array.from({ length: 64 }, (_, i) => i));
    for (const batch of batches) assertLessOrEqual(batch.length, 32);
    assertLessOrEqual(batches.length, 8, "what lies ready comes together");
    a.close();
    b.close();
  });

  Deno.test(`${kind}: addresses are told as one object for each`, async () => {
    const [a, b] = await pair();
    await send(a, numbered(a, b, 0, 9));
    const received = (await receive(b, 10)).flat();
    assertEquals(received[0]!.remote, a.local);
    for (const { local, remote } of received) {
      assertStrictEquals(local, b.local);
      assertStrictEquals(remote, received[0]!.remote);
    }
    a.close();
    b.close();
  });

  Deno.test(`${kind}: what was received is not overwritten by what follows`, async () => {
    const [a, b] = await pair();
    const kept: Datagram[] = [];
    for (let round = 0; round < 8; round++) {
      await send(a, numbered(a, b, round * 32, round * 32 + 31));
      kept.push(...(await receive(b, 32)).flat());
    }
    assertEquals(kept.map(numberOf), Array.from({ length: 256 }, (_, i) => i));
    a.close();
    b.close();
  });

  Deno.test(`${kind}: empty and longest datagrams arrive whole`, async () => {
    const [a, b] = await pair();
    await send(a, [0, 1, 65_507].map((n) => datagram(a, b.local, new Uint8Array(n).fill(n))));
    const received = (await receive(b, 3)).flat();
    assertEquals(received.map(({ data }) => data.length), [0, 1, 65_507]);
    assert(received[2]!.data.every((byte) => byte === (65_507 & 0xff)));
    a.close();
    b.close();
  });

  Deno.test(`${kind}: a datagram that can't be sent is counted, and the socket goes on`, async () => {
    const [a, b] = await pair();
    const refused: number[] = [];
    a.watch!(({ data }) => void refused.push(data.length));
    await send(a, [
      datagram(a, b.local, new Uint8Array(65_508)), // EMSGSIZE
      datagram(a, { ip: "2001:db8::1", port: 9, protocol: "udp" }, new Uint8Array(4)), // of another family
      datagram(a, { ip: "localhost", port: b.local.port, protocol: "udp" }, new Uint8Array(4)),
      ...numbered(a, b, 7, 7),
    ]);
    assertEquals((await receive(b, 1)).flat().map(numberOf), [7]);
    assertEquals(a.discards.of("send-failed"), 2);
    assertEquals(a.discards.of("not-literal"), 1);
    assertEquals(refused, [65_508, 4, 4]);
    a.close();
    b.close();
  });

  Deno.test(`${kind}: a peer's closed port does not break the socket`, async () => {
    const [a, gone] = await pair();
    gone.close();
    const b = await open({ ip: LOOPBACK });
    for (let i = 0; i < 4; i++) await send(a, numbered(a, gone, i, i));
    await send(a, numbered(a, b, 5, 5));
    await send(b, numbered(b, a, 6, 6));
    assertEquals((await receive(b, 1)).flat().map(numberOf), [5]);
    assertEquals((await receive(a, 1)).flat().map(numberOf), [6]);
    a.close();
    b.close();
  });

  Deno.test(`${kind}: close ends the readable, and the writable swallows the rest`, async () => {
    const [a, b] = await pair();
    const reader = a.readable.getReader();
    const end = reader.read();
    a.close();
    a.close();
    assert((await end).done);
    await send(a, numbered(a, b, 0, 2));
    assertEquals(a.discards.of("closed"), 3);
    b.close();
  });

  Deno.test(`${kind}: ending either stream closes the socket and frees its port`, async () => {
    for (
      const end of [
        (socket: UdpSocket) => socket.readable.cancel(),
        (socket: UdpSocket) => socket.writable.close(),
        (socket: UdpSocket) => socket.writable.abort("no more"),
      ]
    ) {
      const socket = await open({ ip: LOOPBACK });
      await end(socket);
      const again = await eventually(async () =>
        await open({ ip: LOOPBACK, port: socket.local.port })
      );
      assertEquals(again.local, socket.local);
      again.close();
    }
  });

  Deno.test(`${kind}: a stalled reader bounds what is held, and reads on later`, async () => {
    const [a, b] = await pair();
    for (let i = 0; i < 40; i++) {
      await send(a, numbered(a, b, i * 32, i * 32 + 31));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const numbers: number[] = []; // 1280 were sent, and nobody has read yet
    while (numbers.at(-1) !== 5000) {
      await send(a, numbered(a, b, 5000, 5000));
      numbers.push(...(await receive(b, 1)).flat().map(numberOf));
    }
    const held = numbers.filter((number) => number < 5000);
    assert(held.length >= 64 && held.length < 400, `held ${held.length}`);
    assertEquals(numbers, [...numbers].sort((x, y) => x - y), "in order");
    b.close();
    a.close();
  });

  Deno.test(`${kind}: an address that is not this machine's is refused`, async () => {
    await assertRejects(async () => await open({ ip: "192.0.2.1" }));
  });
}
