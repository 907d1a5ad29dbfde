import { assert } from "@std/assert";
import { MediaStreamTrackProcessor, recordTracks } from "../../media/mod.ts";
import { createPeerConnection } from "../../peer/rtc_peer_connection.ts";
import { forward, replacePacketReceiver } from "../../peer/rtp_transport/mod.ts";
import { VirtualNetwork } from "../net/mod.ts";
import { heldBytes } from "../support/memory.ts";
import { Call, opus, Source, vp8 } from "./call.ts";

/** What is compiled, and what caches need, is there after so many rounds. */
const WARM_UP = 15;
const ROUNDS = 25;

/** Bytes that a round may leave behind: feedback for the compiler, mostly. A connection with media is more than 500 KB. */
const MAX_LEFT = 40_000;

/** A call with audio, video and data, after some frames. */
async function talk(use: (call: Call) => unknown = () => {}): Promise<Call> {
  const call = new Call();
  const [video, audio] = [new Source("video"), new Source("audio")];
  for (const { track } of [video, audio]) call.alice.addTrack(track);
  const { a } = await call.open();
  await call.connected();
  await use(call);
  for (let i = 0; i < 10; i++) {
    await video.write(vp8(i, i === 0));
    await audio.write(opus(i));
    a.send("message");
    await call.advance(40);
  }
  return call;
}

const LIVES: Record<string, () => Promise<void>> = {
  "closed at both ends": async () => {
    const call = await talk();
    await call.close();
  },
  "closed after the other end has vanished": async () => {
    const call = await talk();
    call.net.block(() => true);
    call.bob.close();
    await call.until(() => call.alice.connectionState === "failed");
    await call.close();
  },
  "closed while its tracks are recorded, forwarded, and not read": async () => {
    const call = await talk(async ({ bob, tracks, net: { clock } }) => {
      recordTracks(tracks.map(({ track }) => track), { format: "webm", clock });
      for (const { track } of tracks) new MediaStreamTrackProcessor({ track });
      const [first, second] = bob.getReceivers();
      forward(first!, bob.addTransceiver("video").sender);
      await replacePacketReceiver(second!);
    });
    await call.close();
  },
  "whose offer is never answered": async () => {
    const net = new VirtualNetwork();
    const pc = createPeerConnection({ network: net.host("198.51.100.1") });
    pc.addTransceiver("video");
    pc.createDataChannel("x");
    await pc.setLocalDescription();
    await net.clock.advance(1000);
    pc.close();
    await net.clock.advance(1000);
  },
  "that is used for nothing, and not even closed": async () => {
    const pc = createPeerConnection({ network: new VirtualNetwork().host("198.51.100.1") });
    pc.addTrack(new Source("video").track);
    pc.onnegotiationneeded = () => {};
    await pc.createOffer();
  },
};

for (const [life, live] of Object.entries(LIVES)) {
  Deno.test(`nothing is left of a connection ${life}`, async () => {
    for (let i = 0; i < WARM_UP; i++) await live();
    const before = heldBytes();
    for (let i = 0; i < ROUNDS; i++) await live();
    const left = (heldBytes() - before) / ROUNDS;
    assert(left < MAX_LEFT, `${left} bytes each`);
  });
}
