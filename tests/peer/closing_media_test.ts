import { assertEquals } from "@std/assert";
import {
  MediaStreamTrackProcessor,
  playFile,
  type Recording,
  recordTracks,
} from "../../media/mod.ts";
import { createMediaDevices } from "../../media/devices/media_devices.ts";
import {
  forward,
  receivedTones,
  replacePacketReceiver,
  replacePacketSender,
} from "../../peer/rtp_transport/mod.ts";
import type { RTCPeerConnection, RTCRtpReceiver, RTCRtpSender } from "../../mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { settle } from "../support/virtual_clock.ts";
import { Call, opus, Source, vp8 } from "./call.ts";

/** Promises that never reject unhandled: what they wait for may never come, or no longer. */
function expected(promise: Promise<unknown>): void {
  promise.catch((error) => {
    if (!["AbortError", "InvalidStateError"].includes(error?.name)) throw error;
  });
}

async function readAll(stream: ReadableStream<unknown>): Promise<void> {
  for await (const _ of stream);
}

/** What an application has of either end of a call, and is in the middle of when it ends. */
const DEEDS: Record<
  string,
  (call: Call, sender: RTCRtpSender, receiver: RTCRtpReceiver, random: Random) => unknown
> = {
  processor: (_, __, { track }) => readAll(new MediaStreamTrackProcessor({ track }).readable),
  "processor that nobody reads": (_, __, { track }) => new MediaStreamTrackProcessor({ track }),
  recording: (call, _, { track }) =>
    recordTracks([track], {
      format: track.kind === "audio" ? "ogg" : "ivf",
      clock: call.net.clock,
    }),
  "packet receiver": (_, __, receiver) => expected(replacePacketReceiver(receiver)),
  "packet sender": (_, sender) =>
    expected(
      replacePacketSender(sender).then((packets) => {
        const payload = new Uint8Array(10);
        const payloadType = sender.getParameters().codecs[0]?.payloadType ?? 96;
        return packets.sendRtp({ payloadType, timestamp: 0, payload });
      }),
    ),
  forwarding: ({ bob }, _, receiver) =>
    forward(receiver, bob.addTransceiver(receiver.track.kind as "audio").sender),
  tones: (_, sender) => sender.dtmf?.canInsertDTMF && sender.dtmf.insertDTMF("12345"),
  "tones that are heard": (_, __, receiver) =>
    receiver.track.kind === "audio" && expected(readAll(receivedTones(receiver))),
  statistics: ({ alice, bob }) => [expected(alice.getStats()), expected(bob.getStats())],
  "another track": (_, sender) =>
    expected(sender.replaceTrack(new Source(sender.track!.kind as "audio").track)),
  "no track": (_, sender) => expected(sender.replaceTrack(null)),
  parameters: (_, sender) => expected(sender.setParameters(sender.getParameters())),
  "stopped transceiver": ({ alice }, _, __, random) => random.pick(alice.getTransceivers()).stop(),
  "removed track": ({ alice }, sender) => alice.removeTrack(sender),
  restart: ({ alice }) => alice.restartIce(),
  renegotiation: (call, _, __, random) => expected(call.negotiate(random.pick(["alice", "bob"]))),
  offer: ({ alice }) => expected(alice.setLocalDescription()),
  "constrained track": (_, __, { track }) => expected(track.applyConstraints({})),
};

function orUndefined<T>(deed: () => T): T | undefined {
  try {
    return deed();
  } catch (error) {
    assertEquals((error as Error).name, "InvalidStateError"); // it has been stopped already, or taken
    return undefined;
  }
}

Deno.test("whatever a call with media is in the middle of, closing it leaves nothing", async () => {
  const random = new Random(seedForRun("media"));
  for (let run = 0; run < 80; run++) {
    const call = new Call({ seed: random.u32() });
    const { alice, bob, net: { clock } } = call;
    const video = new Source("video");
    const audio = new Source("audio");
    alice.addTrack(video.track);
    alice.addTrack(audio.track);
    if (random.chance(0.5)) alice.createDataChannel("x");
    expected(call.negotiate());
    const recordings: Recording[] = [];
    const moments = random.below(20);
    for (let i = 0; i < moments; i++) {
      expected(video.write(vp8(i, i === 0)));
      expected(audio.write(opus(i)));
      await call.advance(random.pick([0, 0, 1, 20, 200]));
      const [receiver] = bob.getReceivers().slice(-1);
      const senders = alice.getSenders().filter(({ track }) => track !== null);
      if (senders.length === 0 || receiver === undefined) continue;
      const sender = random.pick(senders);
      const deed = random.pick(Object.values(DEEDS));
      const made = orUndefined(() => deed(call, sender, receiver, random));
      if (made instanceof Object && "finished" in made) recordings.push(made as Recording);
    }
    const [first, second]: RTCPeerConnection[] = random.chance(0.5) ? [alice, bob] : [bob, alice];
    first!.close();
    await call.advance(random.pick([0, 1, 50, 3000]));
    second!.close();
    await clock.advance(1000);
    await Promise.all(recordings.map(({ finished }) => finished.catch(() => {})));
    await call.close();
  }
});

Deno.test("devices and players end by being stopped, whatever their tracks were added to", async () => {
  const random = new Random(seedForRun("devices"));
  for (let run = 0; run < 10; run++) {
    const call = new Call({ seed: random.u32() });
    const { clock } = call.net;
    const stream = await createMediaDevices(clock).getUserMedia({ audio: true, video: true });
    const recording = recordTracks(stream, { format: "webm", clock });
    await call.advance(500);
    const { bytes } = await recording.stop();
    const player = await playFile(bytes!, { clock, loop: true });
    const sent = [...stream.getTracks(), ...player.stream.getTracks()].map((track) =>
      random.chance(0.5) ? track.clone() : track
    );
    for (const track of sent) call.alice.addTrack(track);
    expected(call.negotiate());
    await call.advance(random.below(1000));
    call.alice.close();
    // A connection stops no track of the application's; and clones are live by themselves.
    for (const track of [...sent, ...stream.getTracks()]) track.stop();
    if (random.chance(0.5)) player.stop();
    else for (const track of player.stream.getTracks()) track.stop();
    await player.ended;
    await call.close();
    await settle();
  }
});

Deno.test("closing between any two microtasks of a negotiation leaves nothing, and what it rejects it says", async () => {
  let isOver = false;
  for (let turns = 0; !isOver && turns < 1000; turns++) {
    const call = new Call();
    call.alice.addTrack(new Source("video").track);
    call.alice.createDataChannel("x");
    expected(call.negotiate().then(() => isOver = true));
    for (let i = 0; i < turns && !isOver; i++) {
      await null;
      // Some steps wait for a task.
      if (i % 5 === 4) await new Promise<void>((resolve) => setImmediate(resolve));
    }
    const first = turns % 2 === 0 ? call.alice : call.bob;
    first.close();
    await call.close();
  }
  assertEquals(isOver, true);
});
