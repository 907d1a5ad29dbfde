/**
 * Two peers of simple-peer, which finds Heron in the global scope, or in its `wrtc` option where the argument is "wrtc". Prints what
 * happens, and ends by itself.
 */
import "@heron/webrtc/globals";
import {
  mediaDevices,
  type MediaStream,
  RTCIceCandidate,
  RTCPeerConnection,
  RTCSessionDescription,
} from "@heron/webrtc";
import Peer from "npm:simple-peer@9.11.1";
import { end, framesOf } from "./frames.ts";
import { say } from "./say.ts";

const wrtc = { RTCPeerConnection, RTCSessionDescription, RTCIceCandidate };
const options = { config: { iceServers: [] }, ...(Deno.args[0] === "wrtc" && { wrtc }) };
const stream = await mediaDevices.getUserMedia({ audio: true, video: true });
const alice = new Peer({ initiator: true, stream, ...options });
const bob = new Peer(options);

alice.on("signal", (signal: unknown) => bob.signal(signal));
bob.on("signal", (signal: unknown) => alice.signal(signal));
bob.on("stream", async (received: MediaStream) => {
  say("stream", await framesOf(received));
  alice.send("hello");
});
bob.on("data", (data: Uint8Array) => {
  say("data", new TextDecoder().decode(data));
  alice.destroy();
  end(stream);
});
alice.on("close", () => say("closed"));
// As in browsers, the other side learns of the end as of an error.
bob.on("error", ({ name }: Error) => say("error", name));
