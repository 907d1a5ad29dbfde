/**
 * The publisher and the viewers of the measurement in `forwarding.ts`: requests come as lines of JSON, and so do the answers.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { TextLineStream } from "@std/streams/text-line-stream";
import { MediaStreamTrackGenerator, MediaStreamTrackProcessor } from "../../media/mod.ts";
import { RTCPeerConnection, type RTCSessionDescriptionInit } from "../../mod.ts";

/** 30 frames a second of 8333 bytes are 2 Mb/s. */
const FRAME_RATE = 30;
const FRAME_SIZE = 2_000_000 / 8 / FRAME_RATE;

/** Milliseconds: congestion control has found the way's rate by the end of the first. */
const DURATIONS: Readonly<Record<string, number>> = { "warm up": 10000, "measure": 5000 };

const track = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
const writer = track.writable.getWriter();
let isKeyFrameWanted = true;
let received = 0;
track.addEventListener("keyframerequest", () => isKeyFrameWanted = true);

async function answer(
  pc: RTCPeerConnection,
  offer: RTCSessionDescriptionInit,
): Promise<RTCSessionDescriptionInit> {
  await pc.setRemoteDescription(offer);
  await pc.setLocalDescription();
  while (pc.iceGatheringState !== "complete") {
    await new Promise((resolve) => pc.addEventListener("icegatheringstatechange", resolve));
  }
  return pc.localDescription!;
}

const publisher = new RTCPeerConnection();

function publish(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
  publisher.addTrack(track);
  return answer(publisher, offer);
}

/** Frames that have left: where the server's feedback asks for it, congestion control leaves some out. */
async function framesSent(): Promise<number> {
  const stats = [...(await publisher.getStats()).values()];
  return stats.find(({ type }) => type === "outbound-rtp")?.framesSent ?? 0;
}

function view(offer: RTCSessionDescriptionInit): Promise<RTCSessionDescriptionInit> {
  const pc = new RTCPeerConnection();
  pc.ontrack = (event) => {
    void new MediaStreamTrackProcessor({ track: event.track }).readable
      .pipeTo(new WritableStream({ write: () => void received++ }));
  };
  return answer(pc, offer);
}

/** Sends video for so long, in real time. */
async function film(
  duration: number,
): Promise<{ filmed: number; sent: number; received: number }> {
  const before = { sent: await framesSent(), received };
  const begin = performance.now();
  let filmed = 0;
  for (; filmed < duration * FRAME_RATE / 1000; filmed++) {
    const due = begin + filmed * 1000 / FRAME_RATE;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    // RFC 7741 section 4.3: the lowest bit is 0 in key frames.
    const data = new Uint8Array(FRAME_SIZE).fill(isKeyFrameWanted ? 0x10 : 0x11);
    const type = isKeyFrameWanted ? "key" : "delta";
    isKeyFrameWanted = false;
    void writer.write({ type, timestamp: performance.now() * 1000, data });
  }
  return { filmed, sent: await framesSent() - before.sent, received: received - before.received };
}

const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .pipeThrough(new TextLineStream());
for await (const line of lines) {
  const request = JSON.parse(line);
  const result = request.publish
    ? await publish(request.publish)
    : request.view
    ? await view(request.view)
    : await film(DURATIONS[request.film]!);
  console.log(JSON.stringify(result));
}
