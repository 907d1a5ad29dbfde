import { assertEquals, assertThrows } from "@std/assert";
import { listenTcp } from "../../transport/tcp_listener.ts";
import { connectTcp } from "../../transport/tcp_socket.ts";

const FRAMED = { framing: "rfc4571" } as const;

Deno.test("RFC 6544 section 5.2: who connects to a listener exchanges datagrams with it", async () => {
  const listener = listenTcp({ ip: "127.0.0.1" });
  const socket = await connectTcp(listener.local, FRAMED);
  const { local, remote } = socket;
  const writer = socket.writable.getWriter();
  await writer.write([Uint8Array.of(1), new Uint8Array(65_535).fill(2)].map((data) => (
    { data, local, remote }
  )));
  const heard: [number, number][] = [];
  const reader = listener.readable.getReader();
  while (heard.length < 2) {
    const { value } = await reader.read();
    for (const datagram of value!) {
      assertEquals(datagram.local === listener.local, true);
      assertEquals(datagram.remote, local);
      heard.push([datagram.data[0]!, datagram.data.length]);
    }
  }
  assertEquals(heard, [[1, 1], [2, 65_535]]);
  const answer = socket.readable.getReader().read();
  await listener.writable.getWriter().write([
    { data: Uint8Array.of(3), local: listener.local, remote: local },
  ]);
  assertEquals((await answer).value!.map(({ data }) => [...data]), [[3]]);
  listener.close();
  listener.close();
  await socket.closed; // the listener's connections close with it
});

Deno.test("a port that is in use, or an address of somebody else, can't be listened on", () => {
  const listener = listenTcp({ ip: "127.0.0.1" });
  assertThrows(() => listenTcp({ ip: "127.0.0.1", port: listener.local.port }));
  assertThrows(() => listenTcp({ ip: "192.0.2.1" }));
  listener.close();
});
