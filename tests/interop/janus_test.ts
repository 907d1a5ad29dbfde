import { assert, assertEquals } from "@std/assert";
import {
  type EncodedChunk,
  mediaDevices,
  type MediaKind,
  type MediaStream,
  MediaStreamTrackProcessor,
} from "../../media/mod.ts";
import type { RTCPeerConnection } from "../../mod.ts";
import { eventually } from "../browser/media/eventually.ts";
import { preferring } from "../browser/media/preferring.ts";
import { succeeds } from "./harness/command.ts";
import { Gateway } from "./janus/gateway.ts";

// A server that calls are joined on: it takes part in every connection itself, and forwards what it gets.

const lack = Deno.env.get("CI") === "true" || await succeeds("sh", "-c", "command -v janus")
  ? ""
  : " (Janus is not on this machine)";

function test(name: string, fn: (gateway: Gateway, camera: MediaStream) => Promise<void>): void {
  Deno.test({
    name: `Heron and Janus: ${name}${lack}`,
    ignore: lack !== "",
    async fn() {
      const camera = await mediaDevices.getUserMedia({ video: { width: 320 }, audio: true });
      try {
        await using gateway = await Gateway.start();
        await fn(gateway, camera);
      } finally {
        for (const track of camera.getTracks()) track.stop();
      }
    },
  });
}

function send(pc: RTCPeerConnection, camera: MediaStream, video: string): void {
  for (const track of camera.getTracks()) pc.addTrack(track, camera);
  for (const transceiver of pc.getTransceivers()) {
    const { kind } = transceiver.sender.track!;
    if (kind === "video") transceiver.setCodecPreferences(preferring(kind, video));
  }
}

/** Everything that tracks bring. */
function collect(pc: RTCPeerConnection): Record<MediaKind, EncodedChunk[]> {
  const chunks: Record<MediaKind, EncodedChunk[]> = { audio: [], video: [] };
  pc.ontrack = ({ track }) =>
    void new MediaStreamTrackProcessor({ track }).readable.pipeTo(
      new WritableStream({ write: (chunk) => void chunks[track.kind as MediaKind].push(chunk) }),
    );
  return chunks;
}

async function arrives(chunks: Record<MediaKind, EncodedChunk[]>, video: string): Promise<void> {
  await eventually(
    "media arrives",
    () => [chunks.video.length, chunks.audio.length],
    ([video, audio]) => video! >= 45 && audio! >= 100,
  );
  assertEquals(chunks.video[0]!.type, "key");
  assertEquals(chunks.video[0]!.metadata!.mimeType, video);
  assertEquals(chunks.audio[0]!.metadata!.mimeType, "audio/opus");
}

for (const video of ["video/VP8", "video/H264"]) {
  test(`its echo brings back ${video}, sound and data`, async (gateway, camera) => {
    const handle = await gateway.attach("echotest");
    const { pc } = handle;
    send(pc, camera, video);
    const chunks = collect(pc);
    const channel = pc.createDataChannel("JanusDataChannel");
    const heard = new Promise((resolve) => channel.onmessage = ({ data }) => resolve(data));
    channel.onopen = () => channel.send("hello");
    await handle.offer({ audio: true, video: true, videocodec: video.slice(6).toLowerCase() });
    await arrives(chunks, video);
    assertEquals(await heard, "Janus EchoTest here! You wrote: hello");
    handle.close();
  });
}

test(
  "a video room takes what one publishes to another, who comes later and begins with a key frame",
  async (gateway, camera) => {
    const room = 1234;
    const publisher = await gateway.attach("videoroom");
    const joined = await publisher.message({ request: "join", ptype: "publisher", room });
    const feed = joined.plugindata!.data.id;
    send(publisher.pc, camera, "video/VP8");
    await publisher.offer({ request: "configure" });
    const outbound = async () => {
      const stats = [...(await publisher.pc.getStats()).values()];
      return stats.find(({ type, kind }) => type === "outbound-rtp" && kind === "video");
    };
    await eventually("pictures leave", outbound, ({ framesSent }) => framesSent > 45);
    const before = await outbound();

    const viewer = await gateway.attach("videoroom");
    const chunks = collect(viewer.pc);
    const join = { request: "join", ptype: "subscriber", room, streams: [{ feed }] };
    await viewer.answer(join, { request: "start" });
    await arrives(chunks, "video/VP8");
    const after = await outbound();
    assert(after.pliCount + after.firCount > before.pliCount + before.firCount);
    assert(after.keyFramesEncoded > before.keyFramesEncoded);
    viewer.close();
    publisher.close();
  },
);
