import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { nodeProvider as crypto } from "../../core/crypto/node_provider.ts";
import type { Datagram, TransportAddress } from "../../core/wire/mod.ts";
import { BINDING, StunBuilder, type StunClass, USERNAME } from "../../ice/mod.ts";
import { MAX_ADDRESSES, OWNED_FOR } from "../../transport/routes.ts";
import { MAX_SHARES, type Share, SharedPort } from "../../transport/shared_port.ts";
import type { UdpSocket } from "../../transport/udp_socket.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { settle } from "../support/virtual_clock.ts";

/** TURN's Allocate (RFC 8656 section 17). */
const ALLOCATE = 0x003;
const PORT: TransportAddress = { ip: "198.51.100.1", port: 4000, protocol: "udp" };
/** Data of some DTLS record. */
const DATA = Uint8Array.of(22, 254, 253);

function stun(messageClass: StunClass, id: Uint8Array, method = BINDING): Uint8Array {
  return new StunBuilder(messageClass, method, id).finish();
}

function check(usernameFragment: string, peer = "peer"): Uint8Array {
  return new StunBuilder("request", BINDING, crypto.random(12))
    .add(USERNAME, `${usernameFragment}:${peer}`).finish();
}

/** A port, its shares by name, and what each of them has received. */
class Bench {
  readonly net = new VirtualNetwork();
  readonly host = this.net.host("198.51.100.1");
  readonly received: (readonly [string, Uint8Array])[] = [];
  readonly shares = new Map<string, Share>();
  readonly #writers = new Map<string, WritableStreamDefaultWriter<readonly Datagram[]>>();
  port!: SharedPort;

  static async open(...names: string[]): Promise<Bench> {
    const bench = new Bench();
    const socket = await bench.host.openUdp(PORT.ip, PORT.port);
    bench.port = new SharedPort(socket, { clock: bench.net.clock });
    for (const name of names) bench.share(name);
    return bench;
  }

  /** A share whose username fragment is its name. */
  share(name: string): Share {
    const share = this.port.share();
    share.claim(name);
    this.shares.set(name, share);
    this.#writers.set(name, share.writable.getWriter());
    void share.readable.pipeTo(
      new WritableStream({
        write: (batch) =>
          void this.received.push(...batch.map(({ data }) => [name, data] as const)),
      }),
    );
    return share;
  }

  async send(name: string, data: Uint8Array, remote: TransportAddress): Promise<void> {
    await this.#writers.get(name)!.write([{ data, local: this.shares.get(name)!.local, remote }]);
  }

  /** A packet from somewhere; whom it was given to. */
  async arrive(data: Uint8Array, from: TransportAddress): Promise<string | undefined> {
    const before = this.received.length;
    this.net.inject({ data, source: from, destination: PORT });
    await this.net.clock.advance(10);
    return this.received[before]?.[0];
  }

  async close(): Promise<void> {
    this.port.close();
    await settle();
    assertEquals(this.host.sockets, []);
  }
}

const peer = (port: number): TransportAddress => ({ ip: "203.0.113.1", port, protocol: "udp" });

Deno.test("a check is given to whom its username names, and one for nobody is dropped", async () => {
  const bench = await Bench.open("alice", "bob");
  assertEquals(await bench.arrive(check("bob"), peer(1)), "bob");
  assertEquals(await bench.arrive(check("alice"), peer(1)), "alice");
  assertEquals(await bench.arrive(check("carol"), peer(1)), undefined);
  assertEquals(await bench.arrive(stun("request", crypto.random(12)), peer(1)), undefined);
  assertEquals(bench.port.discards.of("unknown-username-fragment"), 2);
  await bench.close();
});

Deno.test("after an ICE restart both fragments name a connection; nobody can take another's", async () => {
  const bench = await Bench.open("alice", "bob");
  bench.shares.get("alice")!.claim("alice2");
  bench.shares.get("bob")!.claim("alice");
  for (const name of ["alice", "alice2"]) {
    assertEquals(await bench.arrive(check(name), peer(1)), "alice");
  }
  await bench.close();
});

Deno.test("of several with one fragment, a check is given to whom has asked its address, else to the first that is left", async () => {
  const bench = await Bench.open("alice", "bob");
  bench.shares.get("bob")!.claim("alice");
  await bench.send("bob", stun("request", crypto.random(12)), peer(2));
  assertEquals(await bench.arrive(check("alice"), peer(1)), "alice");
  assertEquals(await bench.arrive(check("alice"), peer(2)), "bob");
  bench.shares.get("alice")!.close();
  assertEquals(await bench.arrive(check("alice"), peer(1)), "bob");
  bench.shares.get("bob")!.close();
  await bench.close();
});

Deno.test("of several with one fragment, a check is given to whom expects the other one of its username (RFC 8445 section 7.2.2)", async () => {
  const bench = await Bench.open("audio", "video", "data");
  for (const share of bench.shares.values()) share.claim("one");
  assertEquals(await bench.arrive(check("one", "v"), peer(2)), "audio"); // nobody knows its peer yet
  await bench.send("audio", stun("success", crypto.random(12)), peer(2));
  bench.shares.get("audio")!.claim("one", "a");
  assertEquals(await bench.arrive(check("one", "d"), peer(3)), "video"); // at least it may be its peer
  bench.shares.get("video")!.claim("one", "v");
  bench.shares.get("data")!.claim("one", "d");
  for (const [name, port] of [["audio", 1], ["video", 2], ["data", 3]] as const) {
    assertEquals(await bench.arrive(check("one", name[0]), peer(port)), name);
    await bench.send(name, stun("success", crypto.random(12)), peer(port));
    assertEquals(await bench.arrive(DATA, peer(port)), name);
  }
  await bench.close();
});

Deno.test("a response is given to whom has asked, though all have asked the same server", async () => {
  const bench = await Bench.open("alice", "bob");
  const [a, b] = [crypto.random(12), crypto.random(12)];
  await bench.send("alice", stun("request", a), peer(3478));
  await bench.send("bob", stun("request", b), peer(3478));
  assertEquals(await bench.arrive(stun("success", b), peer(3478)), "bob");
  assertEquals(await bench.arrive(stun("error", a), peer(3478)), "alice");
  assertEquals(await bench.arrive(stun("success", crypto.random(12)), peer(3478)), undefined);
  assertEquals(bench.port.discards.of("unknown-transaction"), 1);
  await bench.close();
});

Deno.test("data is given to whom has answered checks from its address", async () => {
  const bench = await Bench.open("alice", "bob");
  assertEquals(await bench.arrive(DATA, peer(1)), undefined);
  assertEquals(bench.port.discards.of("unknown-address"), 1);
  await bench.send("bob", stun("error", crypto.random(12)), peer(1)); // a 401 is no sign of anything
  assertEquals(await bench.arrive(DATA, peer(1)), undefined);
  await bench.send("alice", stun("request", crypto.random(12)), peer(1));
  await bench.send("bob", stun("success", crypto.random(12)), peer(1));
  assertEquals(await bench.arrive(DATA, peer(1)), "bob");
  await bench.close();
});

Deno.test("a datagram that the port does not take is told of to whom its address belongs", async () => {
  const bench = await Bench.open("alice", "bob");
  const refused: string[] = [];
  for (const [name, share] of bench.shares) share.watch!(() => void refused.push(name));
  await bench.send("alice", stun("request", crypto.random(12)), peer(1));
  await bench.send("bob", stun("request", crypto.random(12)), peer(2));
  bench.host.refuses = ({ data }) => data.length === DATA.length;
  await bench.send("bob", DATA, peer(2));
  await bench.send("alice", DATA, peer(1));
  await bench.send("alice", DATA, peer(3)); // which is nobody's
  assertEquals(refused, ["bob", "alice"]);
  await bench.close();
});

Deno.test("what a TURN server sends is given to whom has asked it first", async () => {
  const bench = await Bench.open("alice", "bob");
  await bench.send("bob", stun("request", crypto.random(12), ALLOCATE), peer(3478));
  await bench.send("alice", stun("request", crypto.random(12), ALLOCATE), peer(3478));
  assertEquals(await bench.arrive(Uint8Array.of(0x40, 0, 0, 0), peer(3478)), "bob");
  assertEquals(await bench.arrive(stun("indication", crypto.random(12), 0x007), peer(3478)), "bob");
  await bench.close();
});

Deno.test("checks with a forged source don't take an address away while its owner's are answered", async () => {
  const bench = await Bench.open("victim", "attacker");
  await bench.send("victim", stun("success", crypto.random(12)), peer(1));
  await bench.net.clock.advance(OWNED_FOR / 2);
  await bench.send("attacker", stun("success", crypto.random(12)), peer(1));
  assertEquals(await bench.arrive(DATA, peer(1)), "victim");
  await bench.send("victim", stun("success", crypto.random(12)), peer(1));
  await bench.net.clock.advance(OWNED_FOR - 20);
  await bench.send("attacker", stun("success", crypto.random(12)), peer(1));
  assertEquals(await bench.arrive(DATA, peer(1)), "victim");
  // Once the victim has been silent for long, it is somebody else who is there.
  await bench.net.clock.advance(20);
  await bench.send("attacker", stun("success", crypto.random(12)), peer(1));
  assertEquals(await bench.arrive(DATA, peer(1)), "attacker");
  await bench.close();
});

Deno.test("a connection that has closed gives back its fragments, addresses and questions", async () => {
  const bench = await Bench.open("alice", "bob");
  const id = crypto.random(12);
  await bench.send("alice", stun("request", id), peer(1));
  await bench.send("alice", stun("success", id), peer(1));
  bench.shares.get("alice")!.close();
  assertEquals(await bench.arrive(check("alice"), peer(1)), undefined);
  assertEquals(await bench.arrive(stun("success", id), peer(1)), undefined);
  assertEquals(await bench.arrive(DATA, peer(1)), undefined);
  bench.share("alice"); // the name is free
  await bench.send("bob", stun("success", id), peer(1));
  assertEquals(await bench.arrive(DATA, peer(1)), "bob");
  await bench.close();
});

Deno.test("a batch for several connections comes apart, each part in order", async () => {
  const bench = await Bench.open("alice", "bob");
  for (const [name, port] of [["alice", 1], ["bob", 2]] as const) {
    await bench.send(name, stun("success", crypto.random(12)), peer(port));
  }
  for (const [byte, port] of [[1, 1], [2, 1], [3, 2], [4, 9], [5, 1]] as const) {
    bench.net.inject({ data: Uint8Array.of(64, byte), source: peer(port), destination: PORT });
  }
  await bench.net.clock.advance(10);
  const heard = bench.received.map(([name, data]) => [name, data[1]]);
  assertEquals(heard, [["alice", 1], ["alice", 2], ["bob", 3], ["alice", 5]]);
  await bench.close();
});

Deno.test("a connection that does not read loses packets, and holds up nobody", async () => {
  const bench = await Bench.open("alice");
  const slow = bench.port.share();
  slow.claim("slow");
  for (let i = 0; i < 100; i++) await bench.arrive(check("slow"), peer(1));
  assertEquals(await bench.arrive(check("alice"), peer(1)), "alice");
  assertEquals(bench.port.discards.of("overflow"), 36);
  await bench.close();
});

Deno.test("the tables are bounded: a peer with a thousand addresses makes its own ones be forgotten", async () => {
  const bench = await Bench.open("alice", "bob");
  await bench.send("alice", stun("success", crypto.random(12)), peer(1));
  for (let port = 1000; port < 2000; port++) {
    await bench.send("bob", stun("success", crypto.random(12)), peer(port));
  }
  assertEquals(await bench.arrive(DATA, peer(1)), "alice");
  assertEquals(await bench.arrive(DATA, peer(1999)), "bob");
  assertEquals(await bench.arrive(DATA, peer(2000 - MAX_ADDRESSES)), "bob");
  assertEquals(await bench.arrive(DATA, peer(1999 - MAX_ADDRESSES)), undefined);
  await bench.close();
});

Deno.test("there are only so many connections", async () => {
  const bench = await Bench.open();
  for (let i = 0; i < MAX_SHARES; i++) bench.port.share();
  assertThrows(() => bench.port.share());
  await bench.close();
});

Deno.test("the socket closes with the last connection, unless it is somebody else's", async () => {
  const bench = await Bench.open("alice", "bob");
  bench.shares.get("alice")!.close();
  assertEquals(bench.host.sockets.length, 1);
  await bench.shares.get("bob")!.writable.abort().catch(() => {});
  bench.shares.get("bob")!.close();
  assertEquals(bench.host.sockets, []);
  assertThrows(() => bench.port.share());

  const socket = await bench.host.openUdp("198.51.100.1");
  const lasting = new SharedPort(socket, { clock: bench.net.clock, outlivesShares: true });
  lasting.share().close();
  assertStrictEquals(bench.host.sockets[0], socket as UdpSocket);
  const share = lasting.share();
  socket.close();
  assertEquals((await share.readable.getReader().read()).done, true);
  await settle();
  assertEquals(lasting.isClosed, true);
});
