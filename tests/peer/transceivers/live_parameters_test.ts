import { assert, assertEquals } from "@std/assert";
import { parseCodec } from "../../../media/codec.ts";
import { MediaSource } from "../../../media/media_source.ts";
import { createTrack } from "../../../media/media_stream_track.ts";
import type { RTCRtpSender, RTCRtpSendParameters, RTCSetParameterOptions } from "../../../mod.ts";
import { record } from "../pair.ts";
import { Call, opus, type SeenPacket, Source, statsOf, vp8 } from "../call.ts";

type Encoding = RTCRtpSendParameters["encodings"][number];

/** Changes the first encoding. */
async function set(
  sender: RTCRtpSender,
  change: (encoding: Encoding) => void,
  options?: RTCSetParameterOptions,
): Promise<void> {
  const parameters = sender.getParameters();
  change(parameters.encodings[0]!);
  await sender.setParameters(parameters, options);
}

/** A call in which Alice sends 400 kb/s of video at 25 frames a second, with key frames when she is asked for them. */
async function videoCall() {
  const call = new Call();
  const video = new Source("video");
  const sender = call.alice.addTrack(video.track);
  await call.negotiate();
  await call.connected();
  let answered = 0;
  /** What is sent of media while she plays. */
  const play = async (seconds: number): Promise<SeenPacket[]> => {
    const before = call.seen.length;
    for (let i = 0; i < 25 * seconds; i++) {
      const keyFrame = video.requests.length > answered || video.index === 0;
      answered = video.requests.length;
      await video.write(vp8(video.index, keyFrame, 2000));
      await call.advance(40);
    }
    await call.advance(100);
    return call.seen.slice(before).filter(({ payloadType }) => payloadType === 96);
  };
  const end = async () => {
    video.track.stop();
    await call.close();
  };
  return { call, video, sender, play, end };
}

const bitrate = (packets: readonly SeenPacket[], seconds: number) =>
  packets.reduce((bits, { payloadLength }) => bits + 8 * payloadLength, 0) / seconds;

/** Each frame has a timestamp of its own. */
const frames = (packets: readonly SeenPacket[]) =>
  new Set(packets.map(({ timestamp }) => timestamp)).size;

Deno.test("W3C WebRTC section 5.2: an encoding that is not active sends nothing, and says no goodbye; then it goes on with a key frame", async () => {
  const { call, video, sender, play, end } = await videoCall();
  const before = await play(1);
  const [{ track }] = call.tracks as [typeof call.tracks[0]];
  const events = record(track, "mute", "ended");
  await set(sender, (encoding) => encoding.active = false);
  assertEquals((await statsOf(call.alice, "outbound-rtp")).active, false);
  assertEquals((await play(1)).length, 0);
  await call.advance(10_000);
  assertEquals([events, track.muted], [[], false]);
  const requests = video.requests.length;
  await set(sender, (encoding) => encoding.active = true);
  await call.advance(10);
  assert(video.requests.length > requests, "a key frame is asked for");
  const after = await play(1);
  assertEquals([frames(before), frames(after)], [25, 25]);
  assertEquals(after[0]!.ssrc, before[0]!.ssrc);
  assertEquals(after[0]!.sequenceNumber, (before.at(-1)!.sequenceNumber + 1) & 0xffff);
  const { framesDropped, packetsLost } = await statsOf(call.bob, "inbound-rtp");
  assertEquals([framesDropped, packetsLost], [0, 0]);
  await end();
});

Deno.test("W3C WebRTC section 5.2: maxBitrate is not exceeded: frames are left out, and what arrives can be decoded", async () => {
  const { call, sender, play, end } = await videoCall();
  const quality = async () => (await statsOf(call.alice, "outbound-rtp")).qualityLimitationReason;
  assertEquals(frames(await play(4)), 100);
  assertEquals(await quality(), "none");
  await set(sender, (encoding) => encoding.maxBitrate = 150_000);
  await call.advance(10);
  const { targetBitrate } = await statsOf(call.alice, "outbound-rtp");
  assert(targetBitrate <= 150_000, `${targetBitrate}`);
  await play(4);
  const limited = await play(20);
  const rate = bitrate(limited, 20);
  assert(rate <= 155_000 && rate > 120_000, `${rate}`);
  const { framesDropped } = await statsOf(call.bob, "inbound-rtp");
  assertEquals(framesDropped, 0, "none of them refers to what was left out");
  await set(sender, (encoding) => delete encoding.maxBitrate);
  await play(1);
  assertEquals(await quality(), "none");
  const { qualityLimitationDurations: durations } = await statsOf(call.alice, "outbound-rtp");
  assert(durations.none > 8 && durations.other > 5, `${durations.none}, ${durations.other}`);
  assertEquals([durations.cpu, durations.bandwidth], [0, 0]);
  assertEquals(frames(await play(4)), 100);
  await set(sender, (encoding) => encoding.maxBitrate = 0);
  assertEquals(frames(await play(4)), 1, "even a bitrate of zero allows one frame");
  await end();
});

Deno.test("RFC 9429 section 5.10: what the other side says that it wants at most is not exceeded, nor is what the encoding may send", async () => {
  const { call, sender, play, end } = await videoCall();
  /** An offer, and an answer with this line. */
  const limit = async (line: string) => {
    await call.alice.setLocalDescription();
    await call.bob.setRemoteDescription(call.alice.localDescription!);
    await call.bob.setLocalDescription();
    const { type, sdp } = call.bob.localDescription!;
    const limited = sdp.replace(/^(c=.*)$/m, `$1\r\n${line}`);
    await call.alice.setRemoteDescription({ type, sdp: limited });
    await play(4);
    return bitrate(await play(20), 20);
  };
  const tias = await limit("b=TIAS:150000");
  assert(tias <= 155_000 && tias > 120_000, `${tias}`);
  await set(sender, (encoding) => encoding.maxBitrate = 100_000);
  await play(4);
  const lower = bitrate(await play(20), 20);
  assert(lower <= 105_000 && lower > 70_000, `${lower}`);
  await set(sender, (encoding) => delete encoding.maxBitrate);
  const as = await limit("b=AS:200"); // less what headers take of it
  assert(as <= 180_000 && as > 140_000, `${as}`);
  assert(await limit("b=AS:0") > 390_000, "no limit");
  await end();
});

Deno.test("RFC 9429 section 5.10: sound is not cut for a limit that its codec can't keep to", async () => {
  const call = new Call();
  const sound = new Source("audio", "ulaw");
  call.alice.addTrack(sound.track);
  await call.alice.setLocalDescription();
  await call.bob.setRemoteDescription(call.alice.localDescription!);
  await call.bob.setLocalDescription();
  const { type, sdp } = call.bob.localDescription!;
  await call.alice.setRemoteDescription({
    type,
    sdp: sdp.replace(/^(c=.*)$/m, "$1\r\nb=AS:80"),
  });
  await call.connected();
  for (let i = 0; i < 1500; i++) {
    const data = new Uint8Array(160).fill(0xff);
    await sound.write({ type: "key", timestamp: 20_000 * i, data });
    await call.advance(20);
  }
  assertEquals(call.seen.filter(({ payloadType }) => payloadType === 0).length, 1500);
  sound.track.stop();
  await call.close();
});

Deno.test("W3C WebRTC section 5.2: maxFramerate is not exceeded, and with zero the picture freezes on the next frame", async () => {
  const { call, sender, play, end } = await videoCall();
  await play(2);
  await set(sender, (encoding) => encoding.maxFramerate = 10);
  await play(2);
  const { framesPerSecond } = await statsOf(call.alice, "outbound-rtp");
  assert(framesPerSecond <= 11, `${framesPerSecond}`);
  const count = frames(await play(20));
  assert(count <= 205 && count > 120, `${count}`);
  await set(sender, (encoding) => encoding.maxFramerate = 0);
  assertEquals(frames(await play(2)), 1);
  await set(sender, (encoding) => encoding.maxFramerate = 30);
  await play(1);
  assertEquals(frames(await play(2)), 50);
  await end();
});

Deno.test("W3C WebRTC section 5.2: sound stays within its maxBitrate, too, though it has to stop for that", async () => {
  const call = new Call();
  const sound = new Source("audio");
  const sender = call.alice.addTrack(sound.track);
  await call.negotiate();
  await call.connected();
  const play = async () => {
    const before = call.seen.length;
    for (let i = 0; i < 500; i++) {
      await sound.write(opus(sound.index)); // 32 kb/s
      await call.advance(20);
    }
    return bitrate(call.seen.slice(before), 10);
  };
  await set(sender, (encoding) => encoding.maxBitrate = 32_000);
  assertEquals(await play(), 32_000);
  await set(sender, (encoding) => encoding.maxBitrate = 16_000);
  await play();
  const rate = await play();
  assert(rate <= 16_500 && rate > 15_000, `${rate}`);
  sound.track.stop();
  await call.close();
});

Deno.test("WebRTC Extensions section 6: a key frame that setParameters asks for is asked of the generator, of the layer that it is for", async () => {
  const call = new Call();
  const video = new Source("video");
  const { sender } = call.alice.addTransceiver(video.track, {
    direction: "sendonly",
    sendEncodings: [{ rid: "l" }, { rid: "h" }],
  });
  await call.negotiate();
  await call.connected();
  await call.advance(100);
  video.requests.length = 0;
  const ask = (...keyFrames: boolean[]) =>
    sender.setParameters(sender.getParameters(), {
      encodingOptions: keyFrames.map((keyFrame) => ({ keyFrame })),
    });
  await ask(false, true);
  await call.advance(10);
  assertEquals(video.requests, ["h"]);
  await ask(false, false);
  await ask();
  await call.advance(10);
  assertEquals(video.requests, ["h"]);
  video.track.stop();
  await call.close();
});

Deno.test("W3C WebRTC section 5.2: another codec of an encoding is sent at once, without negotiation", async () => {
  const call = new Call();
  const codecs = ["vp8", "vp09.00.10.08"].map((codec) => parseCodec(codec)!);
  const source = new MediaSource({ kind: "video", codecs });
  const track = createTrack(source);
  const sender = call.alice.addTrack(track);
  await call.negotiate();
  await call.connected();
  const play = async () => {
    for (let i = 0; i < 10; i++) {
      const timestamp = call.net.clock.now() * 1000;
      for (const { mimeType } of codecs) {
        source.emit({ ...vp8(i, i === 0), timestamp, metadata: { mimeType } });
      }
      await call.advance(40);
    }
    const ends = [statsOf(call.alice, "outbound-rtp"), statsOf(call.bob, "inbound-rtp")];
    const [sent, received] = await Promise.all(ends);
    const mimeType = async (of: typeof call.alice, id: string) =>
      ((await of.getStats()).get(id) as { mimeType: string }).mimeType;
    return [
      await mimeType(call.alice, sent!.codecId),
      await mimeType(call.bob, received!.codecId),
      received!.framesReceived,
    ];
  };
  assertEquals(await play(), ["video/VP8", "video/VP8", 10]);
  const wanted = sender.getParameters().codecs.find(({ mimeType }) => mimeType === "video/VP9")!;
  const needed = record(call.alice, "negotiationneeded");
  await set(sender, (encoding) => encoding.codec = wanted);
  assertEquals(await play(), ["video/VP9", "video/VP9", 20]);
  await set(sender, (encoding) => delete encoding.codec);
  assertEquals(await play(), ["video/VP8", "video/VP8", 30]);
  assertEquals(needed, []);
  assertEquals(new Set(call.seen.map(({ payloadType }) => payloadType)).has(98), true);
  track.stop();
  await call.close();
});
