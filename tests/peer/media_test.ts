import { assert, assertEquals } from "@std/assert";
import {
  type EncodedChunk,
  MediaStreamTrackGenerator,
  MediaStreamTrackProcessor,
  recordTracks,
} from "../../media/mod.ts";
import { RTCRtpReceiver, type RTCTrackEvent } from "../../mod.ts";
import { Pair } from "./pair.ts";

/** A frame of VP8 (RFC 7741 section 4.3: the lowest bit is 0 in key frames). */
function vp8(index: number, keyFrame: boolean): EncodedChunk {
  const data = new Uint8Array(500).fill(index);
  data[0] = keyFrame ? 0x10 : 0x11;
  return { type: keyFrame ? "key" : "delta", timestamp: index * 33_333, data };
}

Deno.test("video that is written at one end is read at the other", async () => {
  const pair = new Pair();
  const { alice, bob } = pair;
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  const sender = alice.addTrack(generator);
  const tracks: RTCTrackEvent[] = [];
  bob.ontrack = (event) => tracks.push(event);
  await pair.negotiate();
  assertEquals(tracks.length, 1);
  const { track, receiver, transceiver } = tracks[0]!;
  assertEquals([track.kind, track.muted, transceiver.direction], ["video", true, "recvonly"]);
  await pair.until(() =>
    alice.connectionState === "connected" && bob.connectionState === "connected"
  );

  const frames: EncodedChunk[] = [];
  const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
  const reading = (async () => {
    for (let i = 0; i < 10; i++) frames.push((await reader.read()).value!);
  })();
  const writer = generator.writable.getWriter();
  for (let i = 0; i < 10; i++) {
    await writer.write(vp8(i, i === 0));
    await pair.advance(33);
  }
  await pair.until(() => frames.length === 10);
  await reading;
  assertEquals(frames.map(({ data }) => data[5]), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assertEquals(frames.map(({ type }) => type), ["key", ...Array(9).fill("delta")]);
  assertEquals(frames[0]!.metadata?.mimeType, "video/VP8");
  assertEquals(track.muted, false);
  assert(sender.transport === alice.getReceivers()[0]!.transport);
  assertEquals(sender.transport!.state, "connected");
  assertEquals(receiver.getSynchronizationSources().length, 1);
  const stats = [...(await alice.getStats()).values()];
  const outbound = stats.find(({ type }) => type === "outbound-rtp");
  assertEquals(outbound.framesSent, 10);
  const inbound = [...(await receiver.getStats()).values()].find(({ type }) =>
    type === "inbound-rtp"
  );
  assertEquals([inbound.framesReceived, inbound.jitterBufferEmittedCount], [10, 10]);
  assertEquals(Math.round(inbound.totalInterFrameDelay * 1000), 9 * 33);
  generator.stop();
  await reader.cancel();
  await pair.close();
});

Deno.test("chunks that tell no codec are sent as the one that was negotiated", async () => {
  for (const [kind, mimeType] of [["video", "video/H264"], ["audio", "audio/PCMU"]] as const) {
    const pair = new Pair();
    const generator = new MediaStreamTrackGenerator({ kind });
    const { codecs } = RTCRtpReceiver.getCapabilities(kind)!;
    const transceiver = pair.alice.addTransceiver(generator);
    transceiver.setCodecPreferences(codecs.filter((codec) => codec.mimeType === mimeType));
    await pair.negotiate();
    await pair.until(() => pair.alice.connectionState === "connected");
    const { track } = pair.bob.getReceivers()[0]!;
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    const data = Uint8Array.of(0, 0, 0, 1, 0x65, 0x88, 0x80); // H264 as Annex B; of PCMU, anything will do
    await generator.writable.getWriter().write({ type: "key", timestamp: 0, duration: 0, data });
    await pair.advance(100);
    const { value } = await reader.read();
    assertEquals([value?.metadata?.mimeType, value?.data], [mimeType, data]);
    generator.stop();
    await reader.cancel();
    await pair.close();
  }
});

Deno.test("a received track, and what reads it, ends when the connection is closed (W3C WebRTC section 4.4.2)", async () => {
  const pair = new Pair();
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  pair.alice.addTrack(generator);
  await pair.negotiate();
  await pair.until(() => pair.alice.connectionState === "connected");
  const { track } = pair.bob.getReceivers()[0]!;
  let fired = false;
  track.onended = () => fired = true;
  const { readable } = new MediaStreamTrackProcessor({ track });
  const recording = recordTracks([track], { format: "webm", clock: pair.net.clock });
  const data = Uint8Array.of(0x10, 0, 0, 0x9d, 0x01, 0x2a, 64, 0, 48, 0); // 64x48 (RFC 6386 section 9.1)
  await generator.writable.getWriter().write({ ...vp8(0, true), data });
  await pair.advance(100);
  await pair.close();
  assertEquals((await Array.fromAsync(readable)).length, 1);
  assertEquals((await recording.finished).chunks, 1);
  assertEquals([track.readyState, fired], ["ended", true]);
  // The same goes for who comes later.
  assertEquals(await Array.fromAsync(new MediaStreamTrackProcessor({ track }).readable), []);
  assertEquals((await recordTracks([track.clone()], { format: "webm" }).finished).chunks, 0);
  generator.stop();
});

Deno.test("of a track with several layers, a sender with one encoding sends one, and another when that is silent", async () => {
  const pair = new Pair();
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  let asked = 0;
  pair.alice.addTrack(generator);
  await pair.negotiate();
  await pair.until(() => pair.alice.connectionState === "connected");
  generator.onkeyframerequest = () => asked++;
  const { track } = pair.bob.getReceivers()[0]!;
  const seen: string[] = [];
  void new MediaStreamTrackProcessor({ track }).readable
    .pipeTo(new WritableStream({ write: ({ type, data }) => void seen.push(`${data[5]} ${type}`) }))
    .catch(() => {});
  const writer = generator.writable.getWriter();
  const write = async (frame: number, keyFrame: boolean, layers: number[]) => {
    for (const layer of layers) {
      const { type, data } = vp8(layer, keyFrame);
      await writer.write({ type, timestamp: frame * 40_000, data, metadata: { rid: `${layer}` } });
    }
    await pair.advance(40);
  };
  for (let frame = 0; frame < 10; frame++) await write(frame, frame % 5 === 0, [1, 2]);
  await pair.advance(100);
  assertEquals(seen, Array.from({ length: 10 }, (_, i) => i % 5 === 0 ? "1 key" : "1 delta"));
  seen.length = asked = 0;
  for (let frame = 10; frame < 40; frame++) await write(frame, false, [2]);
  assertEquals(seen, []);
  assert(asked > 0);
  await write(40, true, [2]);
  await write(41, false, [2, 1]);
  await pair.advance(100);
  assertEquals(seen, ["2 key", "2 delta"]);
  generator.stop();
  await pair.close();
});

/** Has Alice send video over a long and lossy way; resolves with what Bob's statistics say of it. */
async function sendOverLossyWay(pair: Pair, generator: MediaStreamTrackGenerator) {
  await pair.until(() => pair.alice.connectionState === "connected");
  for (const { link } of [pair.hosts.alice, pair.hosts.bob]) {
    Object.assign(link, { loss: 0.05, delay: 80 });
  }
  const writer = generator.writable.getWriter();
  for (let i = 0; i < 600; i++) {
    await writer.write(vp8(i % 256, i % 30 === 0));
    await pair.advance(33);
  }
  generator.stop();
  return [...(await pair.bob.getStats()).values()].find(({ type }) => type === "inbound-rtp");
}

Deno.test("a first offer tells of no source for FlexFEC, and video is repaired by ULPFEC", async () => {
  const pair = new Pair({ seed: 9 });
  const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  pair.alice.addTrack(generator);
  await pair.negotiate();
  assertEquals(pair.alice.localDescription!.sdp.match(/FEC-FR/), null);
  const inbound = await sendOverLossyWay(pair, generator);
  assertEquals(inbound.fecSsrc, undefined);
  assert(inbound.fecPacketsReceived > 20, `${inbound.fecPacketsReceived}`);
  await pair.close();
});

for (const described of ["an answer", "a later offer"]) {
  Deno.test(`over a long and lossy way, video is repaired by FlexFEC, of which ${described} tells`, async () => {
    const pair = new Pair({ seed: 9 });
    const { alice, bob } = pair;
    const generator = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
    alice.addTrack(generator);
    if (described === "an answer") {
      bob.addTransceiver("video", { direction: "recvonly" });
      await pair.negotiate("bob");
    } else {
      await pair.negotiate();
      await pair.negotiate();
    }
    const { sdp } = alice.localDescription!;
    const [, media, fec] = /a=ssrc-group:FEC-FR (\d+) (\d+)/.exec(sdp)!;
    assert(sdp.includes(`a=ssrc-group:FID ${media} `) && sdp.includes(`a=ssrc:${fec} cname:`));
    const inbound = await sendOverLossyWay(pair, generator);
    assertEquals(inbound.fecSsrc, Number(fec));
    assert(inbound.fecPacketsReceived > 20, `${inbound.fecPacketsReceived}`);
    assert(inbound.framesReceived > 560, `${inbound.framesReceived}`);
    await pair.close();
  });
}
