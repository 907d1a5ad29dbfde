import { assertEquals, assertThrows } from "@std/assert";
import { listenTcp } from "../../transport/tcp_listener.ts";
import { connectTcp } from "../../transport/tcp_socket.ts";
import { VirtualClock } from "../support/virtual_clock.ts";

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

Deno.test("a connection that can't be accepted, as where there is no file descriptor left, ends no other", async () => {
  const clock = new VirtualClock();
  const { listen } = Deno;
  let failing = 0;
  const failingListen = (options: Deno.TcpListenOptions) => {
    const listener = listen(options);
    const accept = listener.accept.bind(listener);
    listener.accept = async () => {
      if (failing-- > 0) throw new Error("Too many open files (os error 24)");
      return await accept();
    };
    return listener;
  };
  Object.assign(Deno, { listen: failingListen });
  const listener = listenTcp({ ip: "127.0.0.1", clock });
  Object.assign(Deno, { listen });
  const first = await connectTcp(listener.local, FRAMED);
  failing = 3;
  const second = await connectTcp(listener.local, FRAMED);
  const reader = listener.readable.getReader();
  for (const socket of [first, second]) {
    const { local, remote } = socket;
    await socket.writable.getWriter().write([{ data: Uint8Array.of(1), local, remote }]);
    const read = reader.read();
    let isThere = false;
    void read.then(() => isThere = true);
    for (let i = 0; i < 500 && !isThere; i++) {
      await clock.advance(10);
      await new Promise((resolve) => setTimeout(resolve, 1)); // it is a real connection
    }
    assertEquals((await read).value?.[0]?.remote, local);
  }
  listener.close();
  await Promise.all([first.closed, second.closed]);
  await clock.advance(1000);
  clock.assertIdle();
});

Deno.test("a port that is in use, or an address of somebody else, can't be listened on", () => {
  const listener = listenTcp({ ip: "127.0.0.1" });
  assertThrows(() => listenTcp({ ip: "127.0.0.1", port: listener.local.port }));
  assertThrows(() => listenTcp({ ip: "192.0.2.1" }));
  listener.close();
});
