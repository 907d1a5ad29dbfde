import { assert, assertEquals } from "@std/assert";
import { Pair } from "./pair.ts";

Deno.test("after a move to another network, an ICE restart brings the new address, and nothing is lost", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const heard: string[] = [];
  b.onmessage = ({ data }) => heard.push(data);
  a.send("before");
  await pair.until(() => heard.length === 1);
  pair.hosts.alice.readdress("198.51.100.77");
  a.send("on the way");
  await pair.until(() => pair.alice.iceConnectionState === "disconnected");
  pair.alice.restartIce();
  await pair.negotiate();
  await pair.until(() => heard.length === 2, 10_000);
  assertEquals(heard, ["before", "on the way"]);
  const { iceTransport } = pair.alice.sctp!.transport;
  const address = () => iceTransport.getSelectedCandidatePair()!.local.address;
  await pair.until(() => address() === "198.51.100.77", 5000);
  assert(/connected|completed/.test(pair.alice.iceConnectionState));
  await pair.close();
});

Deno.test("a restart on the same network opens nothing anew", async () => {
  const pair = new Pair();
  await pair.open();
  const before = pair.hosts.alice.sockets.length;
  pair.alice.restartIce();
  await pair.negotiate();
  await pair.advance(1000);
  assertEquals(pair.hosts.alice.sockets.length, before);
  await pair.close();
});

Deno.test("a socket that is lost disconnects at once, and an ICE restart opens another", async () => {
  const pair = new Pair();
  const { a, b } = await pair.open();
  const heard: string[] = [];
  b.onmessage = ({ data }) => heard.push(data);
  const [socket] = pair.hosts.alice.sockets;
  socket!.close();
  await pair.until(() => pair.alice.iceConnectionState === "disconnected", 100);
  a.send("after");
  pair.alice.restartIce();
  await pair.negotiate();
  await pair.until(() => heard.length === 1, 10_000);
  await pair.until(() => /connected|completed/.test(pair.alice.iceConnectionState), 1000);
  await pair.close();
});
