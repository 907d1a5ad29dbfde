/** Two peers of PeerJS and their server. Prints what happens, and ends by itself. */
import "@heron/webrtc/globals";
import peerjs from "npm:peerjs@1.5.5";
import { mediaDevices, type MediaStream } from "@heron/webrtc";
import { end, framesOf } from "./frames.ts";
import { PeerServer } from "./peer_server.ts";
import { say } from "./say.ts";

/** What is used of PeerJS, whose own types are those of a browser's page. */
interface Emitter {
  on(type: string, listener: (value: never) => void): void;
}
interface Connection extends Emitter {
  send(data: unknown): void;
}
interface Call extends Emitter {
  answer(stream: MediaStream): void;
  close(): void;
}
interface Client extends Emitter {
  readonly id: string;
  connect(id: string): Connection;
  call(id: string, stream: MediaStream): Call;
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
const data = await new Promise((resolve) => connection.on("data", resolve));
say("data", data);

const streams = await Promise.all([
  mediaDevices.getUserMedia({ audio: true, video: true }),
  mediaDevices.getUserMedia({ audio: true, video: true }),
]);
// PeerJS tells of a stream once for each of its tracks.
const streamOf = (call: Call) => new Promise<MediaStream>((resolve) => call.on("stream", resolve));
const incoming = new Promise<Call>((resolve) => bob.on("call", resolve));
const calls = [alice.call("bob", streams[0]), await incoming];
calls[1]!.answer(streams[1]);
const [seen, heard] = await Promise.all(calls.map(streamOf));
say("bob", await framesOf(heard!));
say("alice", await framesOf(seen!));

streams.forEach(end);
for (const call of calls) call.close(); // destroy forgets every second connection
alice.destroy();
bob.destroy();
await server.close();
