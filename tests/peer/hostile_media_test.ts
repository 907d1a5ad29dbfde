import { assert, assertEquals } from "@std/assert";
import { MediaStreamTrackProcessor, recordTracks } from "../../media/mod.ts";
import type { RTCRtpSender } from "../../mod.ts";
import {
  forward,
  receivedTones,
  replacePacketSender,
  type RTCRtpPacketInit,
} from "../../peer/rtp_transport/mod.ts";
import { MemoryWatch } from "../support/memory.ts";
import { Random, seedForRun } from "../support/random.ts";
import { Call, opus, Source, statsOf, vp8 } from "./call.ts";

/** A packet that may mean anything, of one of the codecs that were agreed on. */
function nonsense(random: Random, sender: RTCRtpSender, i: number): RTCRtpPacketInit {
  const codecs = sender.getParameters().codecs.filter(({ mimeType }) =>
    !/rtx|flexfec/i.test(mimeType)
  );
  const keyFrame = [0x10, 0, 0, 0, 0x9d, 0x01, 0x2a, ...random.bytes(4)];
  /** STAP-A, FU-A, aggregation and fragments of H265, descriptors of VP8 and VP9, slices and parameter sets. */
  const starts = [24, 28, 96, 98, 0x8b, 0x0a, 0x10, 0x65, 0x67];
  return {
    payloadType: random.pick(codecs).payloadType,
    timestamp: random.chance(0.7) ? i * 3000 : random.u32(),
    marker: random.chance(0.4),
    payload: Uint8Array.from(random.pick<Iterable<number>>([
      random.bytes(random.below(1150)),
      keyFrame,
      [random.pick(starts), ...random.bytes(random.below(200))],
    ])),
    csrcs: Array.from({ length: random.below(16) }, () => random.u32()),
  };
}

/** What an application does with what it receives. */
const USES: Record<string, (call: Call) => Promise<unknown> | unknown> = {
  "is read": () => {},
  "is recorded": ({ tracks, net: { clock } }) =>
    recordTracks(tracks.map(({ track }) => track), { format: "mkv", clock }),
  "is sent back": async (call) => {
    for (const { track } of call.tracks) call.bob.addTrack(track);
    await call.negotiate("bob");
  },
  "is forwarded": async (call) => {
    for (const transceiver of call.bob.getTransceivers()) transceiver.direction = "sendrecv";
    await call.negotiate("bob");
    for (const { receiver, sender } of call.bob.getTransceivers()) forward(receiver, sender);
  },
  "goes through streams of encoded frames": ({ bob }) => {
    for (const receiver of bob.getReceivers()) {
      const { readable, writable } = receiver.createEncodedStreams();
      void readable.pipeTo(writable);
    }
  },
};

for (const [use, make] of Object.entries(USES)) {
  Deno.test(`a peer sends nothing but nonsense, and that ${use}: nothing breaks, and good media follows`, async () => {
    const random = new Random(seedForRun(use));
    const call = new Call({ seed: random.u32() });
    const { alice, bob } = call;
    const [video, audio] = [new Source("video"), new Source("audio")];
    for (const { track } of [video, audio]) alice.addTrack(track);
    await call.negotiate();
    await call.connected();
    await make(call);
    const received = { audio: 0, video: 0 };
    for (const { track, receiver } of call.tracks) {
      const { readable } = new MediaStreamTrackProcessor({ track });
      void readable.pipeTo(new WritableStream({ write: () => void received[track.kind]++ }));
      if (track.kind === "audio") void receivedTones(receiver).pipeTo(new WritableStream());
    }
    await call.advance(300);
    const watch = new MemoryWatch();
    const senders = alice.getSenders();
    const packets = await Promise.all(senders.map(replacePacketSender));
    const results: Promise<unknown>[] = [];
    for (let i = 0; i < 2000; i++) {
      const index = random.below(2);
      results.push(packets[index]!.sendRtp(nonsense(random, senders[index]!, i)));
      if (i % 4 === 0) await call.advance(10);
      if (i % 100 === 0) await bob.getStats();
      call.seen.length = 0;
    }
    await call.advance(1000);
    await Promise.all(results);
    watch.sample();
    assert(watch.peak < 16_000_000, `${watch.peak} bytes`);
    for (const each of packets) each.close();
    await call.advance(8000); // what it has said may hold its own media up for so long
    const before = { ...received };
    for (let i = 0; i < 25; i++) {
      const timestamp = call.net.clock.now() * 1000;
      await video.write({ ...vp8(i, i === 0), timestamp });
      await audio.write({ ...opus(i), timestamp });
      await call.advance(40);
    }
    await call.advance(8000);
    assertEquals(received.audio - before.audio, 25);
    // With the first one ends what was unfinished before.
    const frames = received.video - before.video;
    assert(frames === 25 || frames === 26, `${frames} frames`);
    for (const kind of ["audio", "video"]) {
      const inbound = await statsOf(bob, "inbound-rtp", kind);
      const outbound = await statsOf(alice, "outbound-rtp", kind);
      assertEquals(inbound.packetsReceived, outbound.packetsSent);
      assertEquals(inbound.bytesReceived, outbound.bytesSent);
    }
    await call.close();
  });
}
