import { assert, assertEquals, assertGreater } from "@std/assert";
import type { RTCSessionDescriptionInit } from "../../../mod.ts";
import { Call, type SeenPacket, Source, type Stats, statsOf, vp8 } from "../call.ts";

/** An offer as Chromium makes it when it is told to: both kinds of feedback, for each payload type (RFC 8888 section 6). */
function offeringReports({ type, sdp }: RTCSessionDescriptionInit): RTCSessionDescriptionInit {
  const line = /^a=rtpmap:(\d+) .*\r\n/gm;
  return { type, sdp: sdp!.replaceAll(line, "$&a=rtcp-fb:$1 ack ccfb\r\n") };
}

/** A call with a video from Alice to Bob, who may be offered RFC 8888. */
async function videoCall(changeOffer = offeringReports): Promise<{ call: Call; video: Source }> {
  const call = new Call({ seed: 5, trickle: false });
  const { alice, bob } = call;
  const video = new Source("video");
  alice.addTrack(video.track);
  await alice.setLocalDescription();
  await call.gathered(alice);
  await bob.setRemoteDescription(changeOffer(alice.localDescription!));
  await bob.setLocalDescription();
  await call.gathered(bob);
  await alice.setRemoteDescription(bob.localDescription!);
  await call.connected();
  return { call, video };
}

async function send({ call, video }: { call: Call; video: Source }, frames: number): Promise<void> {
  for (let i = 0; i < frames; i++) {
    await video.write(vp8(i, i % 50 === 0, 1500));
    await call.advance(40);
  }
  await call.advance(1000);
}

async function figures({ alice, bob }: Call): Promise<Record<string, Stats>> {
  const [sent, received, outbound, inbound, remote] = await Promise.all([
    statsOf(alice, "transport"),
    statsOf(bob, "transport"),
    statsOf(alice, "outbound-rtp"),
    statsOf(bob, "inbound-rtp"),
    statsOf(alice, "remote-inbound-rtp"),
  ]);
  return { sent, received, outbound, inbound, remote };
}

Deno.test("RFC 8888 section 6: where arrivals are reported stream by stream, nothing is numbered across the transport", async () => {
  const { call, video } = await videoCall();
  const { sdp } = call.bob.localDescription!;
  assert(sdp.includes("a=rtcp-fb:* ack ccfb\r\n"), sdp);
  assert(!/transport-cc|transport-wide-cc/.test(sdp), sdp);
  await send({ call, video }, 250);
  const { sent, received, inbound } = await figures(call);
  assertEquals(inbound!.framesReceived, 250);
  assertGreater(received!.ccfbMessagesSent, 50);
  assertEquals(sent!.ccfbMessagesReceived, received!.ccfbMessagesSent);
  assertEquals([sent!.ccfbMessagesSent, received!.ccfbMessagesReceived], [0, 0]);
  const pair = (await call.alice.getStats()).get(sent!.selectedCandidatePairId)!;
  assertGreater(pair.availableOutgoingBitrate, 300_000); // what it begins with: the reports are believed
  video.track.stop();
  await call.close();
});

Deno.test("webrtc-stats section 8.2: both ends tell which packets reports have called lost, and which came after all", async () => {
  const { call, video } = await videoCall();
  const own = () => video.track.readyState === "live";
  const late: SeenPacket[] = [];
  const lost: SeenPacket[] = [];
  let count = 0;
  call.loses = (packet) => {
    if (packet.payloadType !== 96 || !own()) return false;
    if (++count % 20 === 7) return lost.push(packet) > 0;
    // Long enough for a report to miss it.
    call.hosts.alice.link.delay = count % 20 === 13 && late.push(packet) > 0 ? 400 : 5;
    return false;
  };
  await send({ call, video }, 250);
  const { outbound, inbound, remote } = await figures(call);
  assertGreater(lost.length, 10);
  assertGreater(late.length, 10);
  for (const stats of [inbound!, remote!]) {
    assertEquals(
      stats.packetsReportedAsLost - stats.packetsReportedAsLostButRecovered,
      lost.length,
    );
    assertGreater(stats.packetsReportedAsLostButRecovered, late.length / 2);
  }
  assertEquals(remote!.packetsReportedAsLost, inbound!.packetsReportedAsLost);
  assertEquals([remote!.packetsReceivedWithEct1, remote!.packetsReceivedWithCe], [0, 0]);
  assertEquals([outbound!.packetsSentWithEct1, remote!.packetsWithBleachedEct1Marking], [0, 0]);
  video.track.stop();
  await call.close();
});

Deno.test("webrtc-stats section 8.2: without RFC 8888 no report calls a packet lost", async () => {
  const { call, video } = await videoCall((offer) => offer);
  assert(call.bob.localDescription!.sdp.includes("transport-cc"));
  await send({ call, video }, 100);
  const { sent, received, inbound, remote } = await figures(call);
  for (const stats of [inbound!, remote!]) {
    assertEquals(stats.packetsReportedAsLost, undefined);
    assertEquals(stats.packetsReportedAsLostButRecovered, undefined);
  }
  assertEquals(remote!.packetsReceivedWithCe, undefined);
  assertEquals([received!.ccfbMessagesSent, sent!.ccfbMessagesReceived], [0, 0]);
  video.track.stop();
  await call.close();
});
