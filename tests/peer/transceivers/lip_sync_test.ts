import { assertEquals } from "@std/assert";
import { MediaStream } from "../../../media/mod.ts";
import { Call, opus, Source, statsOf, vp8 } from "../call.ts";

/** Plays both for a second, with a `jitterBufferTarget` of 300 ms for audio; whether frames of each kind are held. */
async function held(streams: readonly [MediaStream, MediaStream]): Promise<boolean[]> {
  const call = new Call();
  const sources = [new Source("audio"), new Source("video")] as const;
  for (const [i, { track }] of sources.entries()) call.alice.addTrack(track, streams[i]!);
  await call.negotiate();
  await call.connected();
  call.tracks.find(({ track }) => track.kind === "audio")!.receiver.jitterBufferTarget = 300;
  for (let i = 0; i < 25; i++) {
    const timestamp = call.net.clock.now() * 1000;
    await sources[0].write({ ...opus(i), timestamp });
    await sources[1].write({ ...vp8(i, i === 0), timestamp });
    await call.advance(40);
  }
  await call.advance(1000);
  const isHeld = await Promise.all(["audio", "video"].map(async (kind) => {
    const { jitterBufferDelay, jitterBufferEmittedCount } = await statsOf(
      call.bob,
      "inbound-rtp",
      kind,
    );
    return jitterBufferDelay / jitterBufferEmittedCount > 0.1;
  }));
  for (const { track } of sources) track.stop();
  await call.close();
  return isHeld;
}

Deno.test("W3C WebRTC section 5.3: the larger jitterBufferTarget is that of both tracks of a stream", async () => {
  const stream = new MediaStream();
  assertEquals(await held([stream, stream]), [true, true]);
});

Deno.test("W3C WebRTC section 5.3: tracks of two streams have a jitterBufferTarget each", async () => {
  assertEquals(await held([new MediaStream(), new MediaStream()]), [true, false]);
});
