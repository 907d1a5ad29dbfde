import { assertEquals } from "@std/assert";
import { createSocket, type Socket } from "node:dgram";
import { systemClock } from "../../core/stage/mod.ts";
import { MdnsResolver } from "../../transport/mdns.ts";
import { type MulticastGroup, openMdnsPort } from "../../transport/mdns_port.ts";
import { answerTo } from "./mdns_responder.ts";

const NAME = "2b9e0f8c-4a3d-4c1e-9b77-0123456789ab.local";
const LOOPBACK = "127.0.0.1";

/** A responder on the loopback interface, in a group of its own, on a port that the system chooses. */
async function responder(
  answer: (socket: Socket, query: Uint8Array, from: MulticastGroup, group: MulticastGroup) => void,
): Promise<{ socket: Socket; group: MulticastGroup }> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  await new Promise<void>((resolve) => socket.bind(0, "0.0.0.0", () => resolve()));
  const group = { ip: "239.255.72.83", port: socket.address().port };
  socket.addMembership(group.ip, LOOPBACK);
  socket.setMulticastInterface(LOOPBACK);
  socket.on("message", (query, { address, port }) => {
    if ((query[2]! & 0x80) === 0) answer(socket, query, { ip: address, port }, group);
  });
  return { socket, group };
}

function resolver(group: MulticastGroup): MdnsResolver {
  const open = (receive: (packet: Uint8Array) => void) => openMdnsPort([LOOPBACK], receive, group);
  return new MdnsResolver({ clock: systemClock, open });
}

Deno.test("RFC 6762 section 6.7: a responder's unicast answer is heard", async () => {
  const { socket, group } = await responder((socket, query, from) => {
    socket.send(answerTo(query, "192.0.2.7"), from.port, from.ip);
  });
  assertEquals(await resolver(group).resolve(NAME), "192.0.2.7");
  socket.close();
});

Deno.test("RFC 6762 section 6: a responder's answer to the whole group is heard", async () => {
  const { socket, group } = await responder((socket, query, _from, group) => {
    socket.send(answerTo(query, "192.0.2.8"), group.port, group.ip);
  });
  assertEquals(await resolver(group).resolve(NAME), "192.0.2.8");
  socket.close();
});

Deno.test("Where no interface can be used, a name stays unresolved and nothing throws", async () => {
  const port = await openMdnsPort(["192.0.2.1", "::1"], () => {}, { ip: "239.255.72.84", port: 0 });
  port.send(Uint8Array.of(1));
  port.close();
});
