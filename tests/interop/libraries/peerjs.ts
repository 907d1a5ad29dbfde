/** Two peers of PeerJS and their server. Prints what happens, and ends by itself. */
import "@heron/webrtc/globals";
import peerjs from "npm:peerjs@1.5.5";
import { PeerServer } from "./peer_server.ts";
import { say } from "./say.ts";

/** What is used of PeerJS, whose own types are those of a browser's page. */
interface Emitter {
  on(type: string, listener: (value: never) => void): void;
}
interface Connection extends Emitter {
  send(data: unknown): void;
}
interface Client extends Emitter {
  readonly id: string;
  connect(id: string): Connection;
  destroy(): void;
}
const { Peer } = peerjs as unknown as {
  Peer: new (...args: [object] | [string, object]) => Client;
};

const server = new PeerServer();
const options = { ...server.options, config: { iceServers: [] } };
const [alice, bob] = [new Peer(options), new Peer("bob", options)];
await Promise.all([alice, bob].map((peer) => new Promise((resolve) => peer.on("open", resolve))));
say("open", bob.id);

bob.on("connection", (connection: Connection) => {
  connection.on("data", (data: unknown) => connection.send({ echo: data }));
});
const connection = alice.connect("bob");
connection.on("open", () => connection.send({ hello: "world", list: [1, 2.5, null] }));
connection.on("data", async (data: unknown) => {
  say("data", data);
  alice.destroy();
  bob.destroy();
  await server.close();
});
