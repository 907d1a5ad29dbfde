import { assert, assertEquals } from "@std/assert";
import {
  type EncodedChunk,
  mediaDevices,
  type MediaKind,
  MediaStreamTrackProcessor,
} from "../../../media/mod.ts";
import type { Scenario } from "../../browser/harness/scenario.ts";
import { eventually } from "../../browser/media/eventually.ts";
import { preferring } from "../../browser/media/preferring.ts";
import type { StackConnection } from "../harness/connection.ts";

/** How much has to come back: about three seconds of pictures, and as much sound. */
const ENOUGH: Readonly<Record<MediaKind, number>> = { video: 45, audio: 150 };

/** The other stack sends back what it gets of us: what came, or, where it decodes, what it has made of it. */
export function sendsBack(codecs: Readonly<Record<MediaKind, string>>): Scenario {
  return {
    name: `sends back ${codecs.video} and ${codecs.audio} of ours`,
    timeout: 60_000,
    async run({ offerer, answerer, connect, note }) {
      const heronOffers = offerer.name === "heron";
      const [heron, stack] = heronOffers ? [offerer, answerer] : [answerer, offerer];
      const camera = await mediaDevices.getUserMedia({ video: { width: 320 }, audio: true });
      const received: Record<MediaKind, EncodedChunk[]> = { audio: [], video: [] };
      try {
        await stack.run(({ pc }) => (pc as unknown as StackConnection).sendBack(!heronOffers));
        await heron.run(({ pc }) => {
          for (const track of camera.getTracks()) {
            pc.addTrack(track, camera);
            const kind = track.kind as MediaKind;
            pc.getTransceivers().at(-1)!.setCodecPreferences(preferring(kind, codecs[kind]));
          }
          pc.ontrack = ({ track }) =>
            void new MediaStreamTrackProcessor({ track }).readable.pipeTo(
              new WritableStream({
                write: (chunk) => void received[track.kind as MediaKind].push(chunk),
              }),
            );
        });
        await connect();
        await eventually(
          "media comes back",
          () => ({ video: received.video.length, audio: received.audio.length }),
          ({ video, audio }) => video >= ENOUGH.video && audio >= ENOUGH.audio,
          30_000,
        );
        for (const kind of ["video", "audio"] as const) {
          const { mimeType } = received[kind][0]!.metadata!;
          assertEquals(mimeType!.toLowerCase(), codecs[kind].toLowerCase());
        }
        assertEquals(received.video[0]!.type, "key");
        const stats = await heron.run(async ({ pc }) => [...(await pc.getStats()).values()]);
        const inbound = stats.find(({ type, kind }) => type === "inbound-rtp" && kind === "video");
        const remote = stats.filter(({ type }) => type === "remote-inbound-rtp");
        assertEquals([inbound.frameWidth, inbound.frameHeight], [320, 240]);
        assert(remote.length > 0, "the other side sends no reports");
        note(`${inbound.framesReceived} frames, ${inbound.packetsLost} packets lost`);
      } finally {
        for (const track of camera.getTracks()) track.stop();
      }
    },
  };
}
