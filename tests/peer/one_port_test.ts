import { assertEquals } from "@std/assert";
import { createRTCPeerConnection } from "../../peer/settings.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { TrackedNetwork } from "../support/tracked_network.ts";
import { negotiate } from "./negotiate.ts";

const CLIENTS = 12;

Deno.test("real sockets: clients on one port of a server exchange messages, all at the same time", async () => {
  const network = new TrackedNetwork({ addresses: ["127.0.0.1"] });
  const udpSocket = await network.openUdp("127.0.0.1");
  const Server = createRTCPeerConnection({ network, udpSocket });
  const connect = async (index: number): Promise<() => void> => {
    const client = createPeerConnection({ network });
    const server = new Server();
    server.ondatachannel = ({ channel }) => {
      channel.onmessage = ({ data }) => channel.send(`you are ${data}`);
    };
    const channel = client.createDataChannel("x");
    channel.onopen = () => channel.send(String(index));
    const reply = new Promise((resolve) => channel.onmessage = ({ data }) => resolve(data));
    await negotiate(client, server);
    assertEquals(await reply, `you are ${index}`);
    const { local } = server.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
    assertEquals(local.port, udpSocket.local.port);
    return () => {
      client.close();
      server.close();
    };
  };
  const closers = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => connect(index)));
  for (const close of closers) close();
  udpSocket.close();
  await network.closed();
});
