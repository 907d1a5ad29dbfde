import { assert, assertEquals } from "@std/assert";
import { codecOfMimeType } from "../../../media/codec.ts";
import { loadBars } from "../../../media/devices/assets.ts";
import type { ChunkMetadata } from "../../../media/encoded_chunk.ts";
import { MediaSource } from "../../../media/media_source.ts";
import { MediaStreamTrackProcessor } from "../../../media/mod.ts";
import { createTrack } from "../../../media/media_stream_track.ts";
import { frameDependencies, frameMetadata } from "../../../peer/media/chunks.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { Call } from "../call.ts";

Deno.test("what can't be said in the header of a packet is left out", () => {
  const sources = Array.from({ length: 40 }, (_, i) => i);
  const { contributingSources, contributingLevels, ...rest } = frameMetadata({
    ...{ audioLevel: 300, rotation: 45 as 90, captureTime: NaN, senderCaptureTimeOffset: NaN },
    ...{ contributingSources: sources, contributingLevels: sources.map(() => 200) },
  });
  assertEquals(rest, {});
  assertEquals(contributingSources, sources.slice(0, 15)); // RFC 3550 section 5.1
  assertEquals(contributingLevels, Array(15).fill(127));
  assertEquals(frameMetadata({ captureTime: 0, senderCaptureTimeOffset: Infinity }), {
    captureTime: { captureTimestamp: 2_208_988_800n << 32n },
  });
  assertEquals(
    frameDependencies({
      spatialIndex: 9,
      temporalIndex: NaN,
      frameId: 0.5,
      dependencies: [1, NaN],
    }),
    { spatialId: 0, temporalId: 0, dependencies: [1] },
  );
});

/** What nobody should say of a frame. */
function nonsense(random: Random): ChunkMetadata {
  const many = (limit: number) =>
    Array.from({ length: random.below(40) }, () => random.below(limit));
  const all: ChunkMetadata = {
    ...{ rid: random.pick(["a", "b", "c"]), rtpTimestamp: random.u32() },
    ...{ spatialIndex: random.below(5), temporalIndex: random.below(9) },
    ...{ frameId: random.below(1 << 20), dependencies: many(1 << 20) },
    ...{ contributingSources: many(2 ** 32), contributingLevels: many(200) },
    ...{ audioLevel: random.below(300), rotation: random.pick([90, 45 as 90]) },
    captureTime: random.pick([0, -1, 1e15, NaN, 1.7e12]),
  };
  return Object.fromEntries(Object.entries(all).filter(() => random.chance(0.3)));
}

const SENT = {
  "in one layer": [{}],
  "in layers": [{ scalabilityMode: "L1T3" }],
  "as a simulcast": [{ rid: "a" }, { rid: "b" }],
};

for (const mimeType of ["video/VP8", "video/VP9", "video/H264", "video/AV1"]) {
  for (const [how, sendEncodings] of Object.entries(SENT)) {
    Deno.test(`broken frames of ${mimeType} ${how}, of which nonsense is said, keep none of those that follow`, async () => {
      const random = new Random(seedForRun(`${mimeType} ${how}`));
      const loops = await loadBars("320x240");
      const { frames } = loops.find(({ codec }) => codec.mimeType === mimeType)!;
      const call = new Call({ seed: random.u32() });
      const source = new MediaSource({ kind: "video", codecs: [codecOfMimeType(mimeType)!] });
      call.alice.addTransceiver(createTrack(source), { sendEncodings });
      await call.negotiate();
      await call.connected();
      let received = 0;
      const { readable } = new MediaStreamTrackProcessor({ track: call.tracks[0]!.track });
      void readable.pipeTo(new WritableStream({ write: () => void received++ }));
      const send = async (type: "key" | "delta", data: Uint8Array, metadata: ChunkMetadata) => {
        const timestamp = call.net.clock.now() * 1000;
        source.emit({ type, timestamp, data, metadata: { ...metadata, mimeType } });
        await call.advance(33);
      };
      for (let i = 0; i < 150; i++) {
        const good = random.pick(frames);
        const data = random.pick([
          good,
          random.bytes(1 + random.below(3000)),
          random.mutate(good.slice()),
        ]);
        const type = random.chance(0.3) ? "key" : "delta";
        await send(type, data.length > 0 ? data : Uint8Array.of(0), nonsense(random));
      }
      await call.advance(1000);
      received = 0;
      for (let i = 0; i < 30; i++) await send(i === 0 ? "key" : "delta", frames[i]!, {});
      await call.advance(1000);
      assert(received >= 29 * sendEncodings.length, `${received}`);
      await call.close();
    });
  }
}
