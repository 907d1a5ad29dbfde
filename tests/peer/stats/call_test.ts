import { assert, assertEquals } from "@std/assert";
import { Call, opus, type SeenPacket, Source, type Stats, statsOf, vp8 } from "../call.ts";

/** How long a packet takes from one peer to the other, in milliseconds: over two links. */
const ONE_WAY = 30;

/** Ten seconds of audio and video from Alice to Bob, of whose video packets every 25th is lost. */
async function tenSeconds(): Promise<
  { call: Call; audio: Source; video: Source; lost: SeenPacket[]; end: () => Promise<void> }
> {
  const call = new Call({ seed: 3 });
  const [audio, video] = [new Source("audio"), new Source("video")];
  call.alice.addTrack(audio.track);
  call.alice.addTrack(video.track);
  await call.negotiate();
  await call.connected();
  for (const { link } of [call.hosts.alice, call.hosts.bob]) link.delay = ONE_WAY / 2;
  const lost: SeenPacket[] = [];
  let media = 0;
  call.loses = (packet) => {
    if (packet.payloadType !== 96 || ++media % 25 !== 12) return false;
    lost.push(packet);
    return true;
  };
  for (let i = 0; i < 500; i++) {
    await audio.write(opus(i, 20));
    if (i % 2 === 0) await video.write(vp8(i / 2, i % 50 === 0, i % 50 === 0 ? 5000 : 1500));
    await call.advance(20);
  }
  await call.advance(1000); // what was lost last is sent again, and nothing is on its way
  const end = async () => {
    audio.track.stop();
    video.track.stop();
    await call.close();
  };
  return { call, audio, video, lost, end };
}

/** Milliseconds from the epoch of NTP to that of Unix (RFC 5905 section 6). */
const NTP_EPOCH = 2_208_988_800_000;

function assertNear(actual: number, expected: number, tolerance: number): void {
  assert(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);
}

function sum(packets: readonly SeenPacket[], of: (packet: SeenPacket) => number): number {
  return packets.reduce((total, packet) => total + of(packet), 0);
}

/** Bytes of a stream by the network, padding with what it pads. */
function bytes(packets: readonly SeenPacket[]): number {
  return sum(packets, ({ headerLength, payloadLength }) => headerLength + payloadLength);
}

Deno.test("webrtc-stats sections 8.3 to 8.7: packets and bytes are those that the network has seen, at both ends", async () => {
  const { call, lost, end } = await tenSeconds();
  const [sent, received] = await Promise.all([
    statsOf(call.alice, "outbound-rtp", "video"),
    statsOf(call.bob, "inbound-rtp", "video"),
  ]);
  const media = call.sentBy(sent.ssrc);
  const rtx = call.sentBy(sent.rtxSsrc);
  const repeated = rtx.filter(({ padded }) => !padded);
  assert(lost.length > 15 && repeated.length >= lost.length);
  assert(rtx.length > repeated.length, "bandwidth is probed with padding");

  assertEquals(sent.packetsSent, media.length + rtx.length);
  assertEquals(sent.bytesSent + sent.headerBytesSent, bytes(media) + bytes(rtx));
  assertEquals(sent.retransmittedPacketsSent, repeated.length);
  assertEquals(sent.retransmittedBytesSent, sum(repeated, ({ payloadLength }) => payloadLength));
  assertEquals(sent.bytesSent, sum([...media, ...repeated], ({ payloadLength }) => payloadLength));

  assertEquals(received.ssrc, sent.ssrc);
  assertEquals(received.rtxSsrc, sent.rtxSsrc);
  assertEquals(received.packetsReceived, sent.packetsSent - lost.length);
  assertEquals(received.packetsLost, lost.length);
  assertEquals(
    received.bytesReceived + received.headerBytesReceived,
    bytes(media) + bytes(rtx) - bytes(lost),
  );
  assertEquals(received.retransmittedPacketsReceived, repeated.length);
  assertEquals(received.retransmittedBytesReceived, sent.retransmittedBytesSent);
  await end();
});

Deno.test("webrtc-stats sections 8.4 and 8.7: what one end asks for is what the other end is asked for, and frames are those that were written", async () => {
  const { call, lost, video, end } = await tenSeconds();
  const sent = await statsOf(call.alice, "outbound-rtp", "video");
  const received = await statsOf(call.bob, "inbound-rtp", "video");
  assert(sent.nackCount > 0 && sent.nackCount <= 2 * lost.length);
  for (const count of ["nackCount", "pliCount", "firCount"]) {
    assertEquals(sent[count], received[count], count);
  }
  assert(sent.pliCount > 0, "the stream begins with a request");
  assertEquals([sent.framesSent, sent.framesEncoded, sent.keyFramesEncoded], [250, 250, 10]);
  assertEquals([received.framesReceived, received.framesDecoded], [250, 250]);
  assertEquals([received.keyFramesDecoded, received.framesDropped], [10, 0]);
  assertEquals(received.framesAssembledFromMultiplePackets, 250);
  assertEquals(received.jitterBufferEmittedCount, 250);
  assert(received.totalAssemblyTime > 0.1, "packets of a frame are paced, or come again");
  assert(received.jitterBufferDelay >= received.totalAssemblyTime);
  const source = await statsOf(call.alice, "media-source", "video");
  assertEquals([source.frames, source.trackIdentifier], [250, video.track.id]);
  assertEquals([sent.mediaSourceId, received.trackIdentifier], [
    source.id,
    call.tracks[1]!.track.id,
  ]);
  for (const { frameWidth, frameHeight } of [sent, received]) {
    assertEquals([frameWidth, frameHeight], [64, 48]);
  }
  assertEquals([source.width, source.height], [64, 48]);
  assert(sent.totalPacketSendDelay > 0 && sent.totalPacketSendDelay < 5);
  assertEquals([sent.qualityLimitationReason, sent.active, sent.mid], ["none", true, "1"]);
  await end();
});

Deno.test("webrtc-stats sections 8.5 and 8.8: what one end reports is what the other end knows of itself, and the round trip is true", async () => {
  const { call, lost, end } = await tenSeconds();
  await call.advance(2000); // a report of all of it
  for (const kind of ["audio", "video"]) {
    const sent = await statsOf(call.alice, "outbound-rtp", kind);
    const received = await statsOf(call.bob, "inbound-rtp", kind);
    const far = await statsOf(call.alice, "remote-inbound-rtp", kind);
    const near = await statsOf(call.bob, "remote-outbound-rtp", kind);
    const media = call.sentBy(sent.ssrc);
    const losses = kind === "video" ? lost.length : 0;
    assertEquals([far.ssrc, near.ssrc, far.localId, near.localId], [
      sent.ssrc,
      sent.ssrc,
      sent.id,
      received.id,
    ]);
    assertEquals([sent.remoteId, received.remoteId], [far.id, near.id]);
    assertEquals(far.packetsLost, losses);
    assertEquals(far.packetsReceived, media.length - losses);
    assertNear(far.jitter, received.jitter, 0.001);
    assertEquals(near.packetsSent, media.length);
    assertEquals(near.bytesSent, sum(media, ({ payloadLength }) => payloadLength));
    for (const stats of [far, near]) {
      assertNear(stats.roundTripTime, 2 * ONE_WAY / 1000, 0.001);
      assert(stats.roundTripTimeMeasurements > 3);
      assertNear(
        stats.totalRoundTripTime / stats.roundTripTimeMeasurements,
        2 * ONE_WAY / 1000,
        0.02,
      );
      assert(stats.timestamp <= sent.timestamp, "reports are older than what is told of them");
    }
    assert(near.reportsSent > 3);
  }
  await end();
});

Deno.test("webrtc-stats sections 8.4, 8.11 and 8.13: the level and the duration of sound are the same at both ends, and at the playout", async () => {
  const { call, end } = await tenSeconds();
  const source = await statsOf(call.alice, "media-source", "audio");
  const sent = await statsOf(call.alice, "outbound-rtp", "audio");
  const received = await statsOf(call.bob, "inbound-rtp", "audio");
  const playout = await statsOf(call.bob, "media-playout");
  assertEquals(received.playoutId, playout.id);
  assertEquals([received.totalSamplesReceived, playout.totalSamplesCount], [480_000, 480_000]);
  for (const stats of [source, received, playout]) {
    assertNear(stats.totalSamplesDuration, 10, 1e-6);
  }
  for (const stats of [source, received]) {
    assertNear(stats.audioLevel, 0.1, 1e-6); // 20 dB below the loudest (RFC 6464 section 3)
    assertNear(stats.totalAudioEnergy, 0.1, 1e-6);
  }
  assertEquals([received.concealedSamples, playout.synthesizedSamplesDuration], [0, 0]);
  // Without RTX, nobody can tell what was sent again.
  for (const member of ["retransmittedPacketsReceived", "retransmittedBytesReceived", "rtxSsrc"]) {
    assertEquals(member in received, false, member);
  }
  for (const member of ["framesSent", "pliCount", "encodingIndex", "rtxSsrc"]) {
    assertEquals(member in sent, false, member);
  }
  await end();
});

Deno.test("webrtc-stats section 8.4: estimatedPlayoutTimestamp is the sender's clock for what is played now, of sound and pictures", async () => {
  const { call, end } = await tenSeconds();
  for (const kind of ["audio", "video"]) {
    const received = await statsOf(call.bob, "inbound-rtp", kind);
    const report = await statsOf(call.bob, "remote-outbound-rtp", kind);
    // When the report came, its sender's clock was one way further.
    const senderNow = report.remoteTimestamp + ONE_WAY + received.timestamp - report.timestamp;
    const playing = received.estimatedPlayoutTimestamp - NTP_EPOCH;
    assertNear(senderNow - playing, ONE_WAY, 5);
  }
  await end();
});

Deno.test("webrtc-stats sections 8.4, 8.7 and 8.12: frames per second are those of the last second, at the source and at both ends", async () => {
  const call = new Call();
  const video = new Source("video");
  call.alice.addTrack(video.track);
  await call.negotiate();
  await call.connected();
  const rates = async () => [
    (await statsOf(call.alice, "media-source")).framesPerSecond,
    (await statsOf(call.alice, "outbound-rtp")).framesPerSecond,
    (await statsOf(call.bob, "inbound-rtp")).framesPerSecond,
  ];
  for (let i = 0; i < 50; i++) {
    await video.write(vp8(i, i === 0));
    await call.advance(40);
  }
  for (const rate of await rates()) assertNear(rate, 25, 1);
  for (let i = 0; i < 10; i++) {
    await video.write({ ...vp8(50 + i, false), timestamp: 2_000_000 + i * 100_000 });
    await call.advance(100);
  }
  for (const rate of await rates()) assertNear(rate, 10, 1);
  await call.advance(2000);
  assertEquals(await rates(), [0, 0, 0]);
  video.track.stop();
  await call.close();
});

Deno.test("webrtc-stats section 8.2: the codec of a stream is that of the description", async () => {
  const { call, end } = await tenSeconds();
  const codecOf = async (
    of: { getStats(): Promise<ReadonlyMap<string, unknown>> },
    type: string,
    kind: string,
  ): Promise<Stats> => {
    const { codecId, transportId } = await statsOf(of, type, kind);
    const codec = (await of.getStats()).get(codecId) as Stats;
    assertEquals(codec.transportId, transportId);
    return codec;
  };
  for (const [of, type] of [[call.alice, "outbound-rtp"], [call.bob, "inbound-rtp"]] as const) {
    const { mimeType, clockRate, channels, payloadType, sdpFmtpLine } = await codecOf(
      of,
      type,
      "audio",
    );
    assertEquals([mimeType, clockRate, channels, payloadType], ["audio/opus", 48_000, 2, 111]);
    assertEquals(sdpFmtpLine, "minptime=10;useinbandfec=1");
    const video = await codecOf(of, type, "video");
    assertEquals([video.mimeType, video.clockRate, video.payloadType], ["video/VP8", 90_000, 96]);
    assertEquals(["channels" in video, "sdpFmtpLine" in video], [false, false]);
  }
  await end();
});
