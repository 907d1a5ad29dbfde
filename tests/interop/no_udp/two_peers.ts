/**
 * A program of its own on a host that refuses every UDP socket: two peers exchange a message, and the way that it took is printed.
 *
 * The arguments are how they are to meet, `turn` or `tcp`, and the URL of a TURN server or the port that one of them may listen on.
 *
 * @module
 */
import { createRTCPeerConnection } from "../../../peer/settings.ts";
import { SystemNetwork } from "../../../transport/mod.ts";
import { negotiate } from "../../peer/negotiate.ts";
import { PASSWORD, USER } from "../../ice/turn/turn_server.ts";

const [how, where] = Deno.args as [string, string];
const caCerts = how === "turn" ? [await new Response(Deno.stdin.readable).text()] : [];
const network = new SystemNetwork({ caCerts });
const iceServers = how === "turn" ? [{ urls: where, username: USER, credential: PASSWORD }] : [];
const Client = createRTCPeerConnection({ network });
const Server = how === "turn"
  ? Client
  : createRTCPeerConnection({ addresses: ["127.0.0.1"], tcpPort: Number(where) });

const [client, server] = [new Client({ iceServers }), new Server({ iceServers })];
const channel = client.createDataChannel("x");
const heard = new Promise((resolve) => {
  server.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => resolve(data);
  };
});
channel.onopen = () => channel.send("hello");
await negotiate(client, server);
const message = await heard;
const { local, remote } = client.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
const shown = [local, remote].map(({ type, protocol, tcpType, relayProtocol }) => (
  { type, protocol, tcpType, relayProtocol }
));
client.close();
server.close();
// deno-lint-ignore no-console
console.log(JSON.stringify([message, ...shown]));
