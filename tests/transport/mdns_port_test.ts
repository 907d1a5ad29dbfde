import { assert, assertEquals } from "@std/assert";
import { createSocket, type Socket } from "node:dgram";
import { systemClock } from "../../core/stage/mod.ts";
import { MdnsResolver } from "../../transport/mdns.ts";
import {
  type MdnsInterface,
  type MdnsReceiver,
  type MulticastGroups,
  openMdnsPort,
} from "../../transport/mdns_port.ts";
import { MdnsResponder } from "../../transport/mdns_responder.ts";
import { answerTo } from "./mdns_responder.ts";

const NAME = "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local";
const LOOPBACK: MdnsInterface = { ip: "127.0.0.1", name: "lo" };

// IPv6 does not reach a group over the loopback interface: tests/interop/mdns_test.ts has it.

/** A group for these tests alone, on a port that the system chooses. */
async function freeGroups(): Promise<MulticastGroups> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(0, "0.0.0.0", () => resolve()));
  const { port } = socket.address();
  socket.close();
  return { v4: "239.255.72.83", v6: "ff02::7283", port };
}

/** A responder on the loopback interface, in a group of its own. */
async function responder(
  answer: (
    socket: Socket,
    query: Uint8Array,
    from: { ip: string; port: number },
    groups: MulticastGroups,
  ) => void,
): Promise<{ socket: Socket; groups: MulticastGroups }> {
  const groups = await freeGroups();
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(groups.port, "0.0.0.0", () => resolve()));
  socket.addMembership(groups.v4, LOOPBACK.ip);
  socket.setMulticastInterface(LOOPBACK.ip);
  socket.on("message", (query, { address, port }) => {
    if ((query[2]! & 0x80) === 0) answer(socket, query, { ip: address, port }, groups);
  });
  return { socket, groups };
}

function opener(groups: MulticastGroups, ...interfaces: MdnsInterface[]) {
  return (receive: MdnsReceiver) => openMdnsPort(interfaces, receive, groups);
}

function resolver(groups: MulticastGroups, ...interfaces: MdnsInterface[]): MdnsResolver {
  return new MdnsResolver({ clock: systemClock, open: opener(groups, ...interfaces) });
}

Deno.test("RFC 6762 section 6.7: a responder's unicast answer is heard", async () => {
  const { socket, groups } = await responder((socket, query, from) => {
    socket.send(answerTo(query, "192.0.2.7"), from.port, from.ip);
  });
  assertEquals(await resolver(groups, LOOPBACK).resolve(NAME), "192.0.2.7");
  socket.close();
});

Deno.test("RFC 6762 section 6: a responder's answer to the whole group is heard", async () => {
  const { socket, groups } = await responder((socket, query, _from, groups) => {
    socket.send(answerTo(query, "192.0.2.8"), groups.port, groups.v4);
  });
  assertEquals(await resolver(groups, LOOPBACK).resolve(NAME), "192.0.2.8");
  socket.close();
});

Deno.test("where no interface can be used, a name stays unresolved and nothing throws", async () => {
  const interfaces = [{ ip: "192.0.2.1" }, { ip: "2001:db8::1", name: "nosuch0" }];
  const port = await openMdnsPort(interfaces, () => {}, await freeGroups());
  port.ask(Uint8Array.of(1));
  port.tell(Uint8Array.of(1));
  port.close();
});

Deno.test("a name that is published is resolved until it is withdrawn", async () => {
  const groups = await freeGroups();
  const publisher = new MdnsResponder({ clock: systemClock, open: opener(groups, LOOPBACK) });
  const withdrawing = new AbortController();
  const name = await publisher.publish("192.0.2.9", withdrawing.signal);
  assertEquals(await resolver(groups, LOOPBACK).resolve(name), "192.0.2.9");
  withdrawing.abort();
  // Asked by a resolver that has not heard of it yet, but only for a moment: nobody is there any more.
  const late = resolver(groups, LOOPBACK).resolve(name, AbortSignal.timeout(150));
  assertEquals(await late, undefined);
});

Deno.test("responders in one process, as of several connections, share the port", async () => {
  const groups = await freeGroups();
  const withdrawing = new AbortController();
  const names = await Promise.all(
    ["192.0.2.1", "192.0.2.2"].map((ip) =>
      new MdnsResponder({ clock: systemClock, open: opener(groups, LOOPBACK) })
        .publish(ip, withdrawing.signal)
    ),
  );
  assert(names[0] !== names[1]);
  const asking = resolver(groups, LOOPBACK);
  assertEquals(await asking.resolve(names[0]!), "192.0.2.1");
  assertEquals(await asking.resolve(names[1]!), "192.0.2.2");
  withdrawing.abort();
});
