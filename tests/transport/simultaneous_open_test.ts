import { assert, assertEquals } from "@std/assert";
import type { Datagram, TransportAddress } from "../../core/wire/address.ts";
import { MAX_PEERS, type SimultaneousOpen } from "../../transport/simultaneous_open.ts";
import { type Host, VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";

/** An end of it, with what it has received. */
class End {
  readonly received: string[] = [];
  readonly #writer: WritableStreamDefaultWriter<readonly Datagram[]>;

  private constructor(readonly socket: SimultaneousOpen) {
    this.#writer = socket.writable.getWriter();
    void socket.readable.pipeTo(
      new WritableStream({
        write: (batch) => {
          for (const { data, remote } of batch) {
            this.received.push(`${new TextDecoder().decode(data)} of ${remote.ip}:${remote.port}`);
          }
        },
      }),
    ).catch(() => {});
  }

  static async on(host: Host): Promise<End> {
    return new End(await host.openTcp(host.ips[0]!));
  }

  send(text: string, remote: TransportAddress): void {
    const { local } = this.socket;
    void this.#writer.write([{ data: new TextEncoder().encode(text), local, remote }]);
  }
}

async function ends(): Promise<{ net: VirtualNetwork; a: End; b: End }> {
  const net = new VirtualNetwork();
  const [a, b] = [net.host("198.51.100.1"), net.host("198.51.100.2")];
  return { net, a: await End.on(a), b: await End.on(b) };
}

async function over(net: VirtualNetwork, ...all: End[]): Promise<void> {
  for (const { socket } of all) socket.close();
  await net.clock.advance(1000);
  await settle();
  net.clock.assertIdle();
}

Deno.test("RFC 6544 section 5.1: two that connect at the same time have one connection, and lose nothing meanwhile", async () => {
  const { net, a, b } = await ends();
  a.send("one", b.socket.local);
  b.send("two", a.socket.local);
  await net.clock.until(() => a.received.length === 1 && b.received.length === 1);
  a.send("three", b.socket.local);
  await net.clock.until(() => b.received.length === 2);
  const [of, by] = [a, b].map(({ socket: { local } }) => `of ${local.ip}:${local.port}`);
  assertEquals([a.received, b.received], [[`two ${by}`], [`one ${of}`, `three ${of}`]]);
  await over(net, a, b);
});

Deno.test("who comes seconds later is met all the same, at a time that neither chooses", async () => {
  for (const late of [30, 700, 5000]) {
    const { net, a, b } = await ends();
    a.send("one", b.socket.local);
    await net.clock.advance(late);
    b.send("two", a.socket.local);
    await net.clock.until(() => a.received.length === 1 && b.received.length === 1, 9000);
    await over(net, a, b);
  }
});

Deno.test("a peer that does not connect is given up, and what waited for it counted", async () => {
  const { net, a, b } = await ends();
  let refused = 0;
  a.socket.watch(() => void refused++);
  for (let i = 0; i < 6; i++) a.send("one", b.socket.local);
  await net.clock.advance(500);
  assertEquals(a.socket.discards.of("not-connected"), 2); // no more than four wait
  await net.clock.advance(11_000);
  assertEquals([a.socket.discards.of("not-connected"), refused], [6, 6]);
  net.clock.assertIdle();
  // Both may try again.
  a.send("again", b.socket.local);
  b.send("again", a.socket.local);
  await net.clock.until(() => b.received.length === 1);
  await over(net, a, b);
});

Deno.test("peers are bounded, and a connection that has closed makes room", async () => {
  const { net, a, b } = await ends();
  for (let port = 1; port <= MAX_PEERS + 3; port++) {
    a.send("one", { ip: "203.0.113.1", port, protocol: "tcp" });
  }
  await net.clock.advance(100);
  assertEquals(a.socket.discards.of("too-many-peers"), 3);
  await net.clock.advance(11_000);
  a.send("one", b.socket.local);
  b.send("two", a.socket.local);
  await net.clock.until(() => a.received.length === 1);
  b.socket.close();
  await net.clock.advance(100);
  a.send("nobody is there", b.socket.local);
  await net.clock.advance(11_000);
  assert(a.socket.discards.of("not-connected") > MAX_PEERS);
  await over(net, a);
});
