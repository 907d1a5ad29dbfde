/**
 * A program of its own: one peer, which is told on its standard input what the other says, a line of JSON at a time, and says what is to
 * be told on its standard output. It ends once a message has gone each way, and tells by which candidates.
 *
 * @module
 */
import { TextLineStream } from "@std/streams/text-line-stream";
import type { RTCConfiguration } from "../../../mod.ts";
import { createRTCPeerConnection, type PeerConnectionSettings } from "../../../peer/settings.ts";
import { SystemNetwork } from "../../../transport/mod.ts";

const { isOfferer, configuration, settings } = JSON.parse(Deno.args[0]!) as {
  isOfferer: boolean;
  configuration: RTCConfiguration;
  settings: PeerConnectionSettings;
};

// deno-lint-ignore no-console
const say = (what: unknown) => console.log(JSON.stringify(what));

const pc = new (createRTCPeerConnection({ network: new SystemNetwork(), ...settings }))(
  configuration,
);
pc.onicecandidate = ({ candidate }) => say({ candidate });
pc.onconnectionstatechange = () => say({ state: pc.connectionState });

const channel = pc.createDataChannel("x", { negotiated: true, id: 1 });
channel.onopen = () => channel.send("hello");
channel.onmessage = async () => {
  const { local, remote } = pc.sctp!.transport.iceTransport.getSelectedCandidatePair()!;
  say({ done: [local.type, remote.type] });
  // What was sent last has to arrive at the other side before this one goes.
  while (channel.bufferedAmount > 0) await new Promise((resolve) => setTimeout(resolve, 5));
};

if (isOfferer) {
  await pc.setLocalDescription();
  say({ description: pc.localDescription });
}
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const { description, candidate, end } = JSON.parse(line);
  if (end) break;
  if (candidate !== undefined) await pc.addIceCandidate(candidate);
  if (description === undefined) continue;
  await pc.setRemoteDescription(description);
  if (isOfferer) continue;
  await pc.setLocalDescription();
  say({ description: pc.localDescription });
}
pc.close();
