import { assertEquals, assertRejects } from "@std/assert";
import { connectFrom } from "../../transport/node_tcp.ts";
import { SystemNetwork } from "../../transport/network.ts";

const network = new SystemNetwork({ addresses: ["127.0.0.1"] });

Deno.test("a connection is made from the port that was opened, and carries bytes both ways to the end", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const opened = await network.openTcp("127.0.0.1");
  opened.close();
  const remote = { ip: "127.0.0.1", port: listener.addr.port, protocol: "tcp" as const };
  const accepted = listener.accept();
  const near = await connectFrom(opened.local, remote, new AbortController().signal);
  const far = await accepted;
  assertEquals((far.remoteAddr as Deno.NetAddr).port, opened.local.port);
  await near.write(Uint8Array.of(1, 2, 3));
  const buffer = new Uint8Array(2);
  assertEquals([await far.read(buffer), [...buffer]], [2, [1, 2]]);
  const sent = crypto.getRandomValues(new Uint8Array(50_000));
  await far.write(sent);
  far.close();
  const received: number[] = [];
  for (const into = new Uint8Array(7000);;) {
    const count = await near.read(into);
    if (count === null) break;
    received.push(...into.subarray(0, count));
  }
  assertEquals(Uint8Array.from(received), sent);
  near.close();
  listener.close();
});

Deno.test("a connection that is refused, or given up, is none", async () => {
  const { local, close } = await free();
  const nobody = await free();
  close();
  nobody.close();
  const { signal } = new AbortController();
  await assertRejects(() => connectFrom(local, nobody.local, signal), Error, "ECONNREFUSED");
  await assertRejects(() => connectFrom(local, nobody.local, AbortSignal.abort()), DOMException);
});

async function free() {
  const socket = await network.openTcp("127.0.0.1");
  return { local: socket.local, close: () => socket.close() };
}
