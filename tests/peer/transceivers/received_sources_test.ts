import { assert, assertEquals } from "@std/assert";
import { type EncodedChunk, MediaStreamTrackProcessor } from "../../../media/mod.ts";
import { ABS_CAPTURE_TIME_URI, MIXER_AUDIO_LEVEL_URI } from "../../../rtp/mod.ts";
import { Call, opus, Source, vp8 } from "../call.ts";

/** A call with a sound and a picture, for which these header extensions are negotiated, and what comes out of Bob's tracks. */
async function received(extensions: readonly string[]) {
  const call = new Call();
  const sources = [new Source("audio"), new Source("video")] as const;
  for (const { track } of sources) {
    const sender = call.alice.addTrack(track);
    const transceiver = call.alice.getTransceivers().find((each) => each.sender === sender)!;
    const wanted = transceiver.getHeaderExtensionsToNegotiate();
    for (const extension of wanted) {
      if (extensions.includes(extension.uri)) extension.direction = "sendrecv";
    }
    transceiver.setHeaderExtensionsToNegotiate(wanted);
  }
  call.bob.addEventListener("track", ({ transceiver }) => {
    const wanted = transceiver.getHeaderExtensionsToNegotiate();
    for (const extension of wanted) {
      if (extensions.includes(extension.uri)) extension.direction = "sendrecv";
    }
    transceiver.setHeaderExtensionsToNegotiate(wanted);
  });
  await call.negotiate();
  await call.connected();
  const chunks: Record<"audio" | "video", EncodedChunk[]> = { audio: [], video: [] };
  for (const { track } of call.tracks) {
    const sink = new WritableStream<EncodedChunk>({
      write: (chunk) => void chunks[track.kind].push(chunk),
    });
    void new MediaStreamTrackProcessor({ track }).readable.pipeTo(sink);
  }
  const end = async () => {
    for (const { track } of sources) track.stop();
    for (const { track } of call.tracks) track.stop();
    await call.close();
  };
  const [audio, video] = call.tracks.map(({ receiver }) => receiver);
  return { call, sources, chunks, audio: audio!, video: video!, end };
}

Deno.test("W3C WebRTC Extensions section 8: without the header extension, no capture time is made up; a sender report still keeps tracks in step", async () => {
  const { call, sources: [sound, picture], chunks, audio, video, end } = await received([]);
  for (let i = 0; i < 250; i++) {
    await sound.write(opus(i));
    if (i % 2 === 0) await picture.write(vp8(i / 2, i === 0));
    await call.advance(20);
  }
  await call.advance(100);
  for (const receiver of [audio, video]) {
    const [source] = receiver.getSynchronizationSources();
    assertEquals("captureTimestamp" in source!, false);
    assertEquals("senderCaptureTimeOffset" in source!, false);
  }
  const times = (kind: "audio" | "video") =>
    chunks[kind].map(({ metadata }, i) => [i, metadata!] as const)
      .filter(([, { senderTime }]) => senderTime !== undefined)
      .map(([i, { senderTime, captureTime }]) => {
        assertEquals(captureTime, undefined);
        return senderTime! - i * (kind === "audio" ? 20 : 40);
      });
  const all = [...times("audio"), ...times("video")];
  assert(all.length > 50, `${all.length}`);
  assert(Math.max(...all) - Math.min(...all) < 1, "one moment has one time");
  await end();
});

Deno.test("W3C WebRTC Extensions section 8: capture times and offsets are those that the sender tells", async () => {
  const { call, sources: [sound, picture], audio, video, end } = await received([
    ABS_CAPTURE_TIME_URI,
  ]);
  const told = { captureTime: 1_700_000_000_000, senderCaptureTimeOffset: -250 };
  for (let i = 0; i < 5; i++) {
    await sound.write({ ...opus(i), ...(i === 0 && { metadata: told }) });
    await picture.write(vp8(i, i === 0));
    await call.advance(20);
  }
  await call.advance(100);
  const [heard] = audio.getSynchronizationSources();
  assertEquals(Math.round(heard!.captureTimestamp!), told.captureTime + 80);
  assertEquals(heard!.senderCaptureTimeOffset, -250);
  // What doesn't tell is captured here and now.
  const [seen] = video.getSynchronizationSources();
  assertEquals(seen!.senderCaptureTimeOffset, 0);
  assert(seen!.captureTimestamp! > 1_700_000_000_000);
  await end();
});

Deno.test("W3C WebRTC section 5.3: sources tell their RTP timestamp and level, and those that were mixed theirs", async () => {
  const { call, sources: [sound], chunks, audio, end } = await received([MIXER_AUDIO_LEVEL_URI]);
  for (let i = 0; i < 5; i++) {
    await sound.write({
      ...opus(i),
      metadata: { audioLevel: 20, contributingSources: [77, 78], contributingLevels: [40, 127] },
    });
    await call.advance(20);
  }
  await call.advance(100);
  const { rtpTimestamp, synchronizationSource } = chunks.audio.at(-1)!.metadata!;
  const [own] = audio.getSynchronizationSources();
  assertEquals([own!.source, own!.rtpTimestamp], [synchronizationSource, rtpTimestamp]);
  assertEquals(own!.audioLevel!.toFixed(3), "0.100");
  const age = performance.timeOrigin + performance.now() - own!.timestamp;
  assert(age >= 0 && age < 10_000, `${age} ms ago`);
  const mixed = audio.getContributingSources();
  assertEquals(mixed.map(({ source, audioLevel }) => [source, audioLevel]), [[78, 0], [77, 0.01]]);
  assertEquals(mixed.map((each) => each.rtpTimestamp), [rtpTimestamp, rtpTimestamp]);
  await end();
});
