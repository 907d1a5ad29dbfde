/**
 * A program of its own: two peers on loopback exchange a message, and close. Then it has nothing more to do, and has to end by itself.
 *
 * The first argument says how it closes: `both` at once, one and the other in `answer`, or first the `channels`; with `media`, there are
 * devices, a file that is played and a recording, too.
 *
 * @module
 */
import {
  mediaDevices,
  type MediaPlayer,
  MediaStreamTrackProcessor,
  playFile,
  recordTracks,
} from "../../../media/mod.ts";
import type { RTCIceCandidate, RTCPeerConnection } from "../../../mod.ts";
import { createPeerConnection } from "../../../peer/rtc_peer_connection.ts";
import { SystemNetwork } from "../../../transport/mod.ts";

const [how] = Deno.args;
const network = new SystemNetwork({ addresses: ["127.0.0.1"] });
const alice = createPeerConnection({ network });
const bob = createPeerConnection({ network });

/** What is found before the other side has a description waits for it. */
function relay(from: RTCPeerConnection, to: RTCPeerConnection): void {
  const held: RTCIceCandidate[] = [];
  const release = () => {
    if (to.remoteDescription === null) return;
    for (const candidate of held.splice(0)) void to.addIceCandidate(candidate);
  };
  from.onicecandidate = ({ candidate }) => {
    if (candidate !== null) held.push(candidate);
    release();
  };
  to.onsignalingstatechange = release;
}

/** Alice's devices, and a file of them that is played without end; of what comes to Bob, some is recorded, and some is never read. */
async function exchangeMedia(): Promise<{ stop(): void }> {
  const devices = await mediaDevices.getUserMedia({ audio: true, video: true });
  const { bytes } = await recordTracks(devices, { format: "webm", maxBytes: 5000 }).finished;
  const player: MediaPlayer = await playFile(bytes!, { loop: true });
  for (const stream of [devices, player.stream]) {
    for (const track of stream.getTracks()) alice.addTrack(track, stream);
  }
  bob.ontrack = ({ track }) => {
    new MediaStreamTrackProcessor({ track });
    recordTracks([track], { format: "mkv" });
  };
  return {
    stop() {
      for (const track of devices.getTracks()) track.stop();
      player.stop();
    },
  };
}

const media = how === "media" ? await exchangeMedia() : undefined;
const channel = alice.createDataChannel("x");
const heard = new Promise((resolve) => {
  bob.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => resolve(data);
    channel.onclose = () => bob.close();
  };
});
const opened = new Promise((resolve) => channel.onopen = resolve);
relay(bob, alice);
relay(alice, bob);
await alice.setLocalDescription();
await bob.setRemoteDescription(alice.localDescription!);
await bob.setLocalDescription();
await alice.setRemoteDescription(bob.localDescription!);
await opened;
channel.send("hello");
if (await heard !== "hello") Deno.exit(2);
const closed = new Promise((resolve) => channel.onclose = resolve);
if (how === "channels") {
  channel.close();
  await closed;
}
if (media !== undefined) await new Promise((resolve) => setTimeout(resolve, 300));
const before = performance.now();
media?.stop();
alice.close();
if (how !== "answer") bob.close();
addEventListener("unload", () => {
  // deno-lint-ignore no-console
  console.log(`${how}: ended ${Math.round(performance.now() - before)} ms after close`);
});
