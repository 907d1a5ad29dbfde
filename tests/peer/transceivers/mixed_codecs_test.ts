import { assert, assertEquals } from "@std/assert";
import { parseCodec } from "../../../media/codec.ts";
import { MediaSource } from "../../../media/media_source.ts";
import { createTrack } from "../../../media/media_stream_track.ts";
import { type EncodedChunk, MediaStreamTrackProcessor } from "../../../media/mod.ts";
import { RTCRtpSender } from "../../../mod.ts";
import type { RTCRtpCodec } from "../../../peer/rtc_rtp_parameters.ts";
import { Call, Source, type Stats, vp8 } from "../call.ts";

const codecOf = (mimeType: string): RTCRtpCodec =>
  RTCRtpSender.getCapabilities("video")!.codecs.find((one) => one.mimeType === mimeType)!;
const VP8 = codecOf("video/VP8");
const VP9 = codecOf("video/VP9");

/** Negotiates a call in which Alice sends a track, and reads what comes out of Bob's. */
async function connected(call: Call): Promise<EncodedChunk[]> {
  await call.negotiate();
  await call.connected();
  const chunks: EncodedChunk[] = [];
  void new MediaStreamTrackProcessor({ track: call.tracks[0]!.track }).readable.pipeTo(
    new WritableStream({ write: (chunk) => void chunks.push(chunk) }),
  );
  return chunks;
}

/** The codecs and the numbers of frames of all streams of a kind, by their rids. */
async function streams(
  pc: Call["alice"],
  type: "outbound-rtp" | "inbound-rtp",
): Promise<Record<string, [mimeType: string, frames: number]>> {
  const report = await pc.getStats();
  const found = ([...report.values()] as Stats[]).filter((each) => each.type === type);
  return Object.fromEntries(found.map((each) => {
    const { mimeType } = report.get(each.codecId) as Stats as { mimeType: string };
    return [each.rid, [mimeType, each.framesSent ?? each.framesReceived]];
  }));
}

/** How many chunks there are of each layer and codec. */
function counts(chunks: readonly EncodedChunk[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { metadata } of chunks) {
    const name = `${metadata!.rid} ${metadata!.mimeType}`;
    counted[name] = (counted[name] ?? 0) + 1;
  }
  return counted;
}

Deno.test("W3C WebRTC section 5.2: each layer of a simulcast is sent in its own codec, and arrives in it", async () => {
  const call = new Call();
  const video = new Source("video");
  call.alice.addTransceiver(video.track, {
    direction: "sendonly",
    sendEncodings: [{ rid: "low", codec: VP8 }, { rid: "high", codec: VP9 }],
  });
  const chunks = await connected(call);
  const layers = [["low", "video/VP8"], ["high", "video/VP9"]] as const;
  for (let i = 0; i < 10; i++) {
    for (const [rid, mimeType] of layers) {
      const timestamp = call.net.clock.now() * 1000;
      await video.write({ ...vp8(i, i === 0), timestamp, metadata: { rid, mimeType } });
    }
    await call.advance(40);
  }
  await call.advance(100);
  assertEquals(counts(chunks), { "low video/VP8": 10, "high video/VP9": 10 });
  const sent = await streams(call.alice, "outbound-rtp");
  assertEquals(sent, { low: ["video/VP8", 10], high: ["video/VP9", 10] });
  // Nobody asks for key frames again and again, as if the codec changed with each frame.
  assert(video.requests.length <= 4, `${video.requests}`);
  const received = await call.bob.getStats();
  const mimeTypes = ([...received.values()] as Stats[])
    .filter(({ type }) => type === "inbound-rtp")
    .map(({ codecId }) => (received.get(codecId) as Stats).mimeType);
  assertEquals(mimeTypes.sort(), ["video/VP8", "video/VP9"]);
  video.track.stop();
  await call.close();
});

/** A source that gives each picture in two codecs, and no layers. */
function twoCodecs() {
  const codecs = ["vp8", "vp09.00.10.08"].map((codec) => parseCodec(codec)!);
  let asked = 0;
  const source = new MediaSource({
    ...{ kind: "video", codecs },
    onKeyFrameRequest: () => void asked++,
  });
  const track = createTrack(source);
  /** Plays so many pictures, the first of which is a key frame where one has been asked for. */
  const play = async (call: Call, pictures: number) => {
    for (let i = 0; i < pictures; i++) {
      const timestamp = call.net.clock.now() * 1000;
      const keyFrame = asked > 0;
      asked = 0;
      for (const { mimeType } of codecs) {
        source.emit({ ...vp8(i, keyFrame), timestamp, metadata: { mimeType } });
      }
      await call.advance(40);
    }
    await call.advance(100);
  };
  return { source, track, play };
}

Deno.test("W3C WebRTC section 5.2: of a source of several codecs, each layer is sent in the one that its encoding asks for", async () => {
  const call = new Call();
  const { source, track, play } = twoCodecs();
  call.alice.addTransceiver(track, {
    direction: "sendonly",
    sendEncodings: [{ rid: "low", codec: VP8 }, { rid: "middle" }, { rid: "high", codec: VP9 }],
  });
  const chunks = await connected(call);
  assertEquals(source.codecs.map((codec) => source.wants(codec)), [true, true]);
  await play(call, 10);
  assertEquals(counts(chunks), {
    ...{ "low video/VP8": 10, "middle video/VP8": 10, "high video/VP9": 10 },
  });
  track.stop();
  await call.close();
});

Deno.test("W3C WebRTC section 5.2: the codec of one layer changes in a live call, and the others go on", async () => {
  const call = new Call();
  const { track, play } = twoCodecs();
  const { sender } = call.alice.addTransceiver(track, {
    direction: "sendonly",
    sendEncodings: [{ rid: "low" }, { rid: "high" }],
  });
  const chunks = await connected(call);
  await play(call, 10);
  assertEquals(counts(chunks), { "low video/VP8": 10, "high video/VP8": 10 });
  const parameters = sender.getParameters();
  parameters.encodings[1]!.codec = VP9;
  await sender.setParameters(parameters);
  await play(call, 10);
  const after = chunks.slice(20);
  // The first picture after the change is none that could begin a stream.
  assertEquals(counts(after), { "low video/VP8": 10, "high video/VP9": 9 });
  assertEquals(after.find(({ metadata }) => metadata?.mimeType === "video/VP9")!.type, "key");
  const sent = await streams(call.alice, "outbound-rtp");
  assertEquals(sent, { low: ["video/VP8", 20], high: ["video/VP9", 19] });
  track.stop();
  await call.close();
});

Deno.test("a layer whose source changes its codec waits for a key frame of its own, and of no other", async () => {
  const call = new Call();
  const video = new Source("video");
  call.alice.addTransceiver(video.track, {
    direction: "sendonly",
    sendEncodings: [{ rid: "low" }, { rid: "high" }],
  });
  const chunks = await connected(call);
  const play = async (high: string, keyFrame: boolean) => {
    for (const [rid, mimeType] of [["low", "video/VP8"], ["high", high]] as const) {
      const isKey = keyFrame && (rid === "high" || chunks.length === 0);
      const timestamp = call.net.clock.now() * 1000;
      await video.write({ ...vp8(1, isKey), timestamp, metadata: { rid, mimeType } });
    }
    await call.advance(40);
  };
  await play("video/VP8", true);
  await play("video/VP8", false);
  video.requests.length = 0;
  await play("video/VP9", false);
  await call.advance(10);
  assertEquals(video.requests, ["high"]);
  await play("video/VP9", true);
  await play("video/VP9", false);
  await call.advance(100);
  assertEquals(counts(chunks), { "low video/VP8": 5, "high video/VP8": 2, "high video/VP9": 2 });
  video.track.stop();
  await call.close();
});

Deno.test("RFC 8851 section 5: a layer that the other side takes in some codecs only is sent in these", async () => {
  const call = new Call();
  const { track, play } = twoCodecs();
  call.alice.addTransceiver(track, {
    direction: "sendonly",
    sendEncodings: [{ rid: "low" }, { rid: "high" }, { rid: "none" }],
  });
  await call.alice.setLocalDescription();
  await call.bob.setRemoteDescription(call.alice.localDescription!);
  await call.bob.setLocalDescription();
  const { type, sdp } = call.bob.localDescription!;
  const [vp8, vp9, h264] = ["VP8", "VP9", "H264"].map((name) =>
    new RegExp(`^a=rtpmap:(\\d+) ${name}/`, "m").exec(sdp)![1]
  );
  const restricted = sdp.replace("a=rid:low recv", `a=rid:low recv pt=${vp8}`)
    .replace("a=rid:high recv", `a=rid:high recv pt=${vp9},${h264};max-fps=60`)
    .replace("a=rid:none recv", `a=rid:none recv pt=${h264}`);
  await call.alice.setRemoteDescription({ type, sdp: restricted });
  await call.connected();
  const chunks: EncodedChunk[] = [];
  void new MediaStreamTrackProcessor({ track: call.tracks[0]!.track }).readable.pipeTo(
    new WritableStream({ write: (chunk) => void chunks.push(chunk) }),
  );
  await play(call, 10);
  assertEquals(counts(chunks), { "low video/VP8": 10, "high video/VP9": 10 });
  track.stop();
  await call.close();
});
