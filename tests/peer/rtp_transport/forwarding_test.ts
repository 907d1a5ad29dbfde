import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { diff16, diff32 } from "../../../core/wire/mod.ts";
import { requestKeyFrame } from "../../../media/media_stream_track.ts";
import { MediaStreamTrackGenerator } from "../../../media/mod.ts";
import { forward } from "../../../peer/rtp_transport/mod.ts";
import { receiverSlots } from "../../../peer/rtc_rtp_receiver.ts";
import { senderSlots } from "../../../peer/rtc_rtp_sender.ts";
import { createRtpPacket, type InboundPacket } from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { Camera, collected, filmed, Room } from "./room.ts";

/** Whether sequence numbers are one row, in whatever order they came. */
function isGapless(packets: readonly InboundPacket[]): boolean {
  const first = packets[0]!.packet.sequenceNumber;
  const numbers = packets.map(({ packet }) => diff16(packet.sequenceNumber, first))
    .sort((a, b) => a - b);
  return numbers.every((number, i) => number === numbers[0]! + i);
}

Deno.test("what one peer sends is received by three, and the late one begins with a key frame", async () => {
  const room = new Room();
  const camera = new Camera(1);
  const { receiver } = await room.publish(camera);
  const own = collected(receiver);
  const viewers = [await room.view(), await room.view()];
  const forwardings = viewers.map(({ sender }) => forward(receiver, sender));
  await room.film(30, camera);
  const late = await room.view();
  forwardings.push(forward(receiver, late.sender));
  const before = camera.keyFrames.length;
  await room.film(30, camera);
  await room.advance(500);

  for (const viewer of [...viewers, late]) {
    const indices = viewer.frames.map((frame) => filmed(frame).index);
    assertEquals(viewer.frames[0]!.type, "key");
    assertEquals(indices, Array.from(indices, (_, i) => indices[0]! + i));
    assertEquals(indices.at(-1), 59);
    for (const { data } of viewer.frames) {
      const { index } = filmed({ data, type: "key", timestamp: 0 });
      assertEquals(data, own.frames.find((frame) => filmed(frame).index === index)!.data);
    }
    assert(isGapless(viewer.packets));
  }
  assert(camera.keyFrames.length > before, "the late one asks for a key frame");
  assert(late.frames.length >= 25, `${late.frames.length} frames`);
  assertEquals(own.frames.length, 60, "the server's own track goes on");
  const ssrcs = viewers.map(({ packets }) => packets[0]!.packet.ssrc);
  assert(new Set([...ssrcs, own.packets[0]!.packet.ssrc]).size === 3, "each has its own SSRC");
  assert(forwardings.every((one) => one.receiver === receiver && one.packetsForwarded > 0));
  const stats = [...(await late.client.getStats()).values()];
  const inbound = stats.find(({ type }) => type === "inbound-rtp")!;
  assertEquals([inbound.packetsLost, inbound.nackCount], [0, 0]);
  await room.close();
});

Deno.test("a switch of the source is made at its key frame, without a gap in numbers or time", async () => {
  const room = new Room();
  const cameras = [new Camera(1), new Camera(2)] as const;
  const first = await room.publish(cameras[0]);
  const second = await room.publish(cameras[1]);
  const viewer = await room.view();
  const forwarding = forward(first.receiver, viewer.sender);
  await room.film(30, ...cameras);
  const asked = cameras[1].requests;
  const switched = forwarding.switchTo(second.receiver);
  assertEquals(forwarding.receiver, first.receiver, "not before its key frame");
  await room.film(30, ...cameras);
  await switched;
  assertEquals(forwarding.receiver, second.receiver);
  assertEquals(cameras[1].requests, asked + 1);
  await room.advance(500);

  const from = viewer.frames.map((frame) => filmed(frame).camera);
  const at = from.indexOf(2);
  assert(at > 20 && at < 45, `switched at ${at}`);
  assert(from.slice(at).every((camera) => camera === 2));
  assertEquals(viewer.frames[at]!.type, "key");
  assert(isGapless(viewer.packets));
  const times = viewer.frames.map(({ metadata }) => metadata!.rtpTimestamp!);
  for (const [i, time] of times.slice(1).entries()) {
    const step = diff32(time, times[i]!);
    assert(step > 0 && step < 9000, `a step of ${step}`);
  }
  assertEquals(viewer.packets[0]!.packet.ssrc, viewer.packets.at(-1)!.packet.ssrc);
  await room.close();
});

Deno.test("of a simulcast one layer is forwarded, and another from its key frame on, in the same stream", async () => {
  const room = new Room();
  const camera = new Camera(1, ["small", "large"]);
  const sendEncodings = [{ rid: "small" }, { rid: "large" }];
  const { receiver } = await room.publish(camera, { sendEncodings });
  const viewer = await room.view();
  const forwarding = forward(receiver, viewer.sender, { rid: "large" });
  await room.film(30, camera);
  const before = camera.keyFrames.length;
  const switched = forwarding.switchTo(receiver, { rid: "small" });
  await room.film(30, camera);
  await switched;
  assertEquals(camera.keyFrames.length, before + 1, "of the other layer none is asked for");
  await room.advance(500);

  const layers = viewer.frames.map((frame) => filmed(frame).camera);
  const at = layers.indexOf(1);
  assert(at > 20 && at < 45, `switched at ${at}`);
  assertEquals(layers, layers.map((_, i) => i < at ? 2 : 1));
  assertEquals(viewer.frames[at]!.type, "key");
  // That of the key frame may come of both.
  const indices = [...new Set(viewer.frames.map((frame) => filmed(frame).index))];
  assertEquals(indices, indices.map((_, i) => indices[0]! + i), "no picture is missing");
  assert(isGapless(viewer.packets));
  assertEquals(new Set(viewer.packets.map(({ packet }) => packet.ssrc)).size, 1);
  await room.close();
});

Deno.test("a key frame that a receiver needs is asked of the source, no more than the source bears", async () => {
  const room = new Room();
  const camera = new Camera(1);
  const { receiver } = await room.publish(camera);
  const viewers = [];
  for (let i = 0; i < 4; i++) viewers.push(await room.view());
  for (const { sender } of viewers) forward(receiver, sender);
  await room.film(30, camera);
  const before = camera.requests;
  for (let i = 0; i < 30; i++) {
    for (const { receiver: { track } } of viewers) requestKeyFrame(track);
    await room.film(1, camera);
  }
  const requests = camera.requests - before;
  assert(requests >= 2 && requests <= 4, `${requests} requests within a second`);
  assertEquals(
    viewers.map(({ frames }) => frames.length),
    Array(4).fill(viewers[0]!.frames.length),
  );
  await room.close();
});

Deno.test("a key frame that is needed right after another one is asked for all the same", async () => {
  const room = new Room();
  const camera = new Camera(1);
  const { receiver } = await room.publish(camera);
  const viewer = await room.view();
  forward(receiver, viewer.sender);
  await room.film(6, camera);
  assert(viewer.frames.length > 0);
  const before = camera.keyFrames.length;
  senderSlots(viewer.sender).packets.feed!.keyFrameRequested(undefined);
  await room.film(30, camera);
  assert(camera.keyFrames.length > before);
  await room.close();
});

for (const [what, link] of [["dead", { loss: 1 }], ["far too slow", { rate: 50_000 }]] as const) {
  Deno.test(`a receiver whose network is ${what} hurts no other: nothing is missing there, and the source is asked for few key frames`, async () => {
    const room = new Room();
    const camera = new Camera(1);
    const { receiver } = await room.publish(camera);
    const [good, bad] = [await room.view(), await room.view()];
    for (const { sender } of [good, bad]) forward(receiver, sender);
    await room.film(60, camera);
    const [before, seen] = [camera.requests, good.frames.length];
    Object.assign(room.links.at(-1)!, link);
    await room.film(600, camera);
    assertEquals(good.frames.length - seen, 600);
    const requests = camera.requests - before;
    assert(requests <= 12, `${requests} in 20 s`);
    await room.advance(30_000); // what waits on the slow wire
    await room.close();
  });
}

Deno.test("packets that get lost on the way to the server or from it are repaired", async () => {
  const room = new Room(7);
  const camera = new Camera(1);
  const { receiver } = await room.publish(camera);
  const viewer = await room.view();
  forward(receiver, viewer.sender);
  await room.film(10, camera);
  for (const link of room.links) Object.assign(link, { loss: 0.03, delay: 10 });
  await room.film(150, camera);
  for (const link of room.links) link.loss = 0;
  await room.film(15, camera);
  await room.advance(1000);
  const indices = viewer.frames.map((frame) => filmed(frame).index);
  assert(indices.length >= 170, `${indices.length} frames of 175`);
  await room.close();
});

Deno.test("only what the other side takes is forwarded, under its payload types", async () => {
  const room = new Room();
  const camera = new Camera(1);
  const { receiver } = await room.publish(camera);
  const { client, server } = room.pair();
  const { sender } = server.addTransceiver("video", { direction: "sendonly" });
  client.ontrack = ({ transceiver }) =>
    transceiver.setCodecPreferences([{
      mimeType: "video/VP9",
      clockRate: 90_000,
      sdpFmtpLine: "profile-id=0",
    }]);
  await room.connect(server, client);
  const forwarding = forward(receiver, sender);
  await room.film(10, camera);
  assertEquals(forwarding.packetsForwarded, 0);
  assert(forwarding.discards.of("no format") > 0);
  await room.close();
});

Deno.test("nothing is forwarded before the other side is connected; then it begins with a key frame", async () => {
  const room = new Room();
  const camera = new Camera(1);
  const { receiver } = await room.publish(camera);
  const { client, server } = room.pair();
  const { sender } = server.addTransceiver("video", { direction: "sendonly" });
  const forwarding = forward(receiver, sender);
  await room.film(10, camera);
  assert(forwarding.discards.of("not connected") > 0);
  await room.connect(server, client);
  const { frames } = collected(client.getReceivers()[0]!);
  await room.film(15, camera);
  await room.advance(500);
  assertEquals(frames[0]!.type, "key");
  assert(frames.length >= 13, `${frames.length} frames of 15`);
  await room.close();
});

Deno.test("the sender's track is silent while another is forwarded, and goes on afterwards", async () => {
  const room = new Room();
  const [camera, own] = [new Camera(1), new Camera(2)];
  const { receiver } = await room.publish(camera);
  const viewer = await room.view();
  await viewer.sender.replaceTrack(own.track);
  await room.film(10, camera, own);
  const forwarding = forward(receiver, viewer.sender);
  await room.film(15, camera, own);
  forwarding.close();
  assertEquals([forwarding.closed, forwarding.receiver], [true, null]);
  await room.film(15, camera, own);
  await room.advance(500);
  const from = viewer.frames.map((frame) => filmed(frame).camera);
  assertEquals(from.filter((camera, i) => camera !== from[i - 1]), [2, 1, 2]);
  await room.close();
});

Deno.test("nothing counts as forwarded while the sender is not active; then it goes on with a key frame", async () => {
  const room = new Room();
  const camera = new Camera(1);
  const { receiver } = await room.publish(camera);
  const viewer = await room.view();
  const forwarding = forward(receiver, viewer.sender);
  const setActive = async (active: boolean) => {
    const { encodings, ...others } = viewer.sender.getParameters();
    const changed = encodings.map((encoding) => ({ ...encoding, active }));
    await viewer.sender.setParameters({ ...others, encodings: changed });
  };
  await room.film(10, camera);
  await setActive(false);
  await room.film(2, camera);
  const [forwarded, seen] = [forwarding.packetsForwarded, viewer.frames.length];
  await room.film(10, camera);
  assertEquals([forwarding.packetsForwarded, viewer.frames.length], [forwarded, seen]);
  assert(forwarding.discards.of("not active") > 10);
  await setActive(true);
  await room.film(30, camera);
  assertEquals(viewer.frames[seen]?.type, "key");
  await room.close();
});

Deno.test("forwarding ends with the connection that it goes to, and goes on after the one that it comes from", async () => {
  const room = new Room();
  const cameras = [new Camera(1), new Camera(2)] as const;
  const first = await room.publish(cameras[0]);
  const second = await room.publish(cameras[1]);
  const viewer = await room.view();
  const forwarding = forward(first.receiver, viewer.sender);
  await room.film(10, ...cameras);
  first.server.close();
  await room.film(10, cameras[1]);
  assert(!forwarding.closed);
  const switched = forwarding.switchTo(second.receiver);
  await room.film(10, cameras[1]);
  await switched;
  const abandoned = forwarding.switchTo(second.receiver);
  viewer.server.close();
  await room.film(10, cameras[1]);
  assert(forwarding.closed);
  await assertRejects(() => abandoned, DOMException, "closed");
  assertThrows(() => forwarding.switchTo(second.receiver), DOMException, "closed");
  await room.close();
});

Deno.test("what can't be forwarded is refused", async () => {
  const room = new Room();
  const camera = new Camera(1);
  const { receiver, sender: own } = await room.publish(camera);
  const video = await room.view();
  const audio = await room.view("audio");
  assertThrows(() => forward(receiver, audio.sender), TypeError, "audio");
  assertThrows(() => forward({} as typeof receiver, video.sender), TypeError, "RTCRtpReceiver");
  assertThrows(() => forward(receiver, {} as typeof own), TypeError, "RTCRtpSender");
  const forwarding = forward(receiver, video.sender);
  assertThrows(() => forward(receiver, video.sender), DOMException, "already");
  forwarding.close();
  forward(receiver, video.sender).close();
  audio.server.close();
  assertThrows(() => forward(receiver, audio.sender), TypeError);
  video.server.close();
  assertThrows(() => forward(receiver, video.sender), DOMException, "stopped");
  await room.close();
});

Deno.test("audio is forwarded from its first packet on", async () => {
  const room = new Room();
  const { client, server } = room.pair();
  const track = new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" });
  client.addTransceiver(track, { direction: "sendonly" });
  await room.connect(client, server);
  const viewer = await room.view("audio");
  forward(server.getReceivers()[0]!, viewer.sender);
  const writer = track.writable.getWriter();
  for (let i = 0; i < 20; i++) {
    await writer.write({ type: "key", timestamp: i * 20_000, data: Uint8Array.of(0xf8, i) });
    await room.advance(20);
  }
  await room.advance(200);
  assertEquals(viewer.frames.map(({ data }) => data[1]), Array.from({ length: 20 }, (_, i) => i));
  await room.close();
});

Deno.test("whatever packets arrive, nothing throws, and each is forwarded or counted", async () => {
  const random = new Random(seedForRun("hostile packets"));
  const room = new Room();
  const { receiver } = await room.publish(new Camera(1));
  const viewer = await room.view();
  const forwarding = forward(receiver, viewer.sender);
  const { packets } = receiverSlots(receiver);
  let given = 0;
  for (let round = 0; round < 200; round++) {
    const items = Array.from({ length: random.below(8) }, (): InboundPacket => ({
      ...{ type: "packet", mid: "0", receiveTime: room.net.clock.now() },
      packet: createRtpPacket({
        payloadType: random.pick([96, 96, 98, 102, 45, random.below(128)]),
        ssrc: random.below(4),
        sequenceNumber: random.chance(0.9) ? given & 0xffff : random.below(65536),
        timestamp: random.u32(),
        payload: random.bytes(random.pick([0, 1, 2, 5, 200])),
        ...(random.chance(0.1) && {
          extension: { profile: random.pick([0xbede, 0x1000, 7]), data: random.bytes(8) },
        }),
      }),
    }));
    given += items.length;
    packets.push(items);
    await room.advance(random.below(100));
  }
  assertEquals(forwarding.packetsForwarded + forwarding.discards.total, given);
  assert(forwarding.packetsForwarded > 0);
  assert(forwarding.discards.of("no format") > 0);
  assert(forwarding.discards.of("no key frame yet") > 0);
  await room.advance(1000);
  assert(viewer.packets.length > 0);
  await room.close();
});
