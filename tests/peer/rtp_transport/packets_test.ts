import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MediaStreamTrackGenerator } from "../../../media/mod.ts";
import { requestKeyFrame } from "../../../media/media_stream_track.ts";
import {
  replacePacketReceiver,
  replacePacketSender,
  RTCRtpHeaderExtension,
  RTCRtpPacket,
  type RTCRtpPacketInit,
} from "../../../peer/rtp_transport/mod.ts";
import { AUDIO_LEVEL_URI, MID_URI } from "../../../rtp/mod.ts";
import { Camera, collected, filmed, Room } from "./room.ts";

const LEVEL = { uri: AUDIO_LEVEL_URI, value: Uint8Array.of(0x8a) };

function payloadOf(packet: RTCRtpPacket): Uint8Array {
  const payload = new Uint8Array(packet.payloadByteLength);
  packet.copyPayloadTo(payload);
  return payload;
}

function extensionsOf(packet: RTCRtpPacket): Map<string, Uint8Array> {
  return new Map(packet.headerExtensions.map((extension) => {
    const value = new Uint8Array(extension.valueByteLength);
    extension.copyValueTo(value);
    return [extension.uri, value];
  }));
}

function opus(index: number, more: Partial<RTCRtpPacketInit> = {}): RTCRtpPacketInit {
  return { payloadType: 111, timestamp: 960 * index, payload: Uint8Array.of(0xf8, index), ...more };
}

Deno.test("packets that a script makes leave as they are, and are read as they arrive", async () => {
  const room = new Room();
  const { sender, receiver, frames } = await room.view("audio");
  const writer = await replacePacketSender(sender);
  const reader = await replacePacketReceiver(receiver);
  const read: RTCRtpPacket[] = [];
  let events = 0;
  reader.onreceivedrtp = () => {
    events++;
    read.push(...reader.readReceivedRtp());
  };
  assertEquals([writer.mid, reader.mid], ["0", "0"]);
  const results = [
    writer.sendRtp(opus(1, { marker: true, csrcs: [7], headerExtensions: [LEVEL] })),
    writer.sendRtp(new RTCRtpPacket(opus(2, { paddingBytes: 3 }))),
  ];
  await room.advance(100);
  for (const { sent, unsent } of await Promise.all(results)) {
    assertEquals(unsent, undefined);
    assert(sent!.size > 14 && sent!.time > 0);
  }
  assertEquals(events, 1, "one event for all that came at once");
  const [first, second] = read;
  assertEquals(read.map(payloadOf), [Uint8Array.of(0xf8, 1), Uint8Array.of(0xf8, 2)]);
  assertEquals([first!.marker, first!.timestamp, first!.csrcs], [true, 960, [7]]);
  assertEquals(second!.sequenceNumber, (first!.sequenceNumber + 1) & 0xffff);
  assertEquals([first!.mid, first!.ssrc], ["0", writer.layers[0]!.ssrc]);
  assertEquals(second!.paddingBytes, 3);
  assertEquals(extensionsOf(first!).get(AUDIO_LEVEL_URI), LEVEL.value);
  assert(first!.receivedTime! > 0);
  assertEquals(reader.ssrcs, [first!.ssrc]);
  assertEquals(frames.length, 0, "the track gets nothing");
  assert(writer.allocatedBandwidth > 0);
  await room.close();
});

Deno.test("what a script may not send is refused", async () => {
  const room = new Room();
  const { sender, server } = await room.view("audio");
  const writer = await replacePacketSender(sender);
  const refused = async (init: Partial<RTCRtpPacketInit>, error: string) => {
    const thrown = await assertRejects(() => writer.sendRtp(opus(1, init)));
    assertEquals((thrown as Error).name, error, JSON.stringify(init));
  };
  await refused({ payloadType: 77 }, "InvalidAccessError");
  await refused({ payloadType: 300 }, "TypeError");
  await refused({ rid: "h" }, "InvalidAccessError");
  await refused({ headerExtensions: [{ ...LEVEL, uri: MID_URI }] }, "TypeError");
  await refused({ headerExtensions: [{ ...LEVEL, uri: "urn:unknown" }] }, "InvalidAccessError");
  await refused(
    { headerExtensions: [{ ...LEVEL, value: new Uint8Array(256) }] },
    "RangeError",
  );
  await refused({ csrcs: Array<number>(16).fill(1) }, "RangeError");
  await refused({ paddingBytes: 256 }, "RangeError");
  await refused({ payload: new Uint8Array(1201) }, "RangeError");
  await refused({ payload: 5 as unknown as Uint8Array }, "TypeError");
  await assertRejects(() => writer.sendRtp(undefined as never), TypeError);
  await assertRejects(() => replacePacketSender(sender), DOMException, "already");
  await assertRejects(() => replacePacketSender({} as never), TypeError);
  writer.close();
  await assertRejects(() => writer.sendRtp(opus(1)), DOMException, "closed");
  const again = await replacePacketSender(sender);
  const last = again.sendRtp(opus(1));
  server.close();
  assertEquals(await last, { unsent: "transport-unavailable" });
  await assertRejects(() => again.sendRtp(opus(1)), DOMException, "closed");
  await assertRejects(() => replacePacketSender(sender), DOMException, "stopped");
  await room.close();
});

Deno.test("video RTX is not a script's to send (RFC 4588 section 4)", async () => {
  const room = new Room();
  const { sender } = await room.view();
  const writer = await replacePacketSender(sender);
  const rtx = sender.getParameters().codecs.find(({ mimeType }) => mimeType === "video/rtx")!;
  await assertRejects(
    () =>
      writer.sendRtp({ payloadType: rtx.payloadType, timestamp: 0, payload: new Uint8Array(9) }),
    DOMException,
    "negotiated",
  );
  assert(writer.layers[0]!.rtxSsrc !== 0);
  await room.close();
});

Deno.test("the packets of a track are read, changed and sent", async () => {
  const room = new Room();
  const track = new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" });
  const { sender, receiver, frames, packets } = await room.view("audio");
  await sender.replaceTrack(track);
  const writer = await replacePacketSender(sender);
  writer.onpacketizedrtp = () => {
    for (const packet of writer.readPacketizedRtp()) {
      if (payloadOf(packet)[1] === 2) continue; // this one gets lost
      packet.setHeaderExtension(LEVEL);
      packet.setHeaderExtension(new RTCRtpHeaderExtension({ ...LEVEL, value: Uint8Array.of(9) }));
      void writer.sendRtp(packet);
    }
  };
  const chunks = track.writable.getWriter();
  for (let i = 0; i < 5; i++) {
    await chunks.write({ type: "key", timestamp: i * 20_000, data: Uint8Array.of(0xf8, i) });
    await room.advance(20);
  }
  await room.advance(200);
  assertEquals(frames.map(({ data }) => data[1]), [0, 1, 3, 4]);
  assertEquals(frames.map(({ metadata }) => metadata!.audioLevel), [9, 9, 9, 9]);
  const numbers = packets.map(({ packet }) => packet.sequenceNumber);
  assertEquals(numbers, numbers.map((_, i) => (numbers[0]! + i) & 0xffff), "no gap for it");
  writer.close();
  await chunks.write({ type: "key", timestamp: 100_000, data: Uint8Array.of(0xf8, 5) });
  await room.advance(200);
  assertEquals(frames.at(-1)!.data[1], 5);
  assertEquals(receiver.track.readyState, "live");
  await room.close();
});

Deno.test("packets that are given back reach the track", async () => {
  const room = new Room();
  const camera = new Camera(1);
  const { receiver } = await room.publish(camera);
  const { frames } = collected(receiver);
  const reader = await replacePacketReceiver(receiver);
  reader.requestKeyFrame();
  let read = 0;
  reader.onreceivedrtp = () => {
    for (const packet of reader.readReceivedRtp(2)) {
      read++;
      reader.receiveRtp(packet);
    }
    for (const packet of reader.readReceivedRtp()) reader.receiveRtp(packet);
  };
  await room.film(20, camera);
  await room.advance(500);
  assert(read > 0 && reader.ssrcs.length === 1);
  const indices = frames.map((frame) => filmed(frame).index);
  assert(indices.length >= 18, `${indices.length} frames`);
  assertEquals(indices, indices.map((_, i) => indices[0]! + i));
  await assertRejects(() => replacePacketReceiver(receiver), DOMException, "already");
  reader.close();
  assertThrows(() => reader.receiveRtp(new RTCRtpPacket(opus(1))), DOMException, "nothing");
  await room.film(10, camera);
  await room.advance(500);
  assertEquals(filmed(frames.at(-1)!).index, 29);
  await room.close();
});

Deno.test("packets that nobody reads are bounded, the oldest of them dropped", async () => {
  const room = new Room();
  const { sender, receiver } = await room.view("audio");
  const writer = await replacePacketSender(sender);
  const reader = await replacePacketReceiver(receiver);
  for (let i = 0; i < 1100; i++) {
    void writer.sendRtp(opus(i));
    if (i % 20 === 0) await room.advance(20);
  }
  await room.advance(1000);
  const read = reader.readReceivedRtp();
  assertEquals(read.length, 1024);
  assertEquals(reader.droppedPackets, 1100 - 1024);
  assertEquals(read.at(-1)!.timestamp, 1099 * 960);
  assertEquals(reader.readReceivedRtp(), []);
  await room.close();
});

Deno.test("a script that sends video is told when a key frame is needed", async () => {
  const room = new Room();
  const { sender, receiver } = await room.view();
  const writer = await replacePacketSender(sender);
  let requests = 0;
  writer.onkeyframerequest = () => requests++;
  const send = (index: number) => {
    const payload = Uint8Array.of(0x10, index === 0 ? 0x10 : 0x11, 1);
    void writer.sendRtp({ payloadType: 96, timestamp: index * 3000, payload, marker: true });
  };
  for (let i = 0; i < 10; i++) {
    send(i);
    await room.advance(33);
  }
  const before = requests;
  requestKeyFrame(receiver.track);
  send(10);
  await room.advance(100);
  assertEquals(requests, before + 1);
  await room.close();
});

Deno.test("packets have the shape that WebIDL gives an interface", () => {
  for (const [made, foreign] of [[RTCRtpPacket, {}], [RTCRtpHeaderExtension, {}]] as const) {
    assertThrows(() => new (made as new () => object)(), TypeError, "1 argument");
    assertThrows(() => new (made as new (init: object) => object)(foreign), TypeError, "required");
  }
  const extension = new RTCRtpHeaderExtension(LEVEL);
  assertThrows(() => extension.copyValueTo(new Uint8Array(0)), TypeError, "1");
  const packet = new RTCRtpPacket(opus(3));
  assertThrows(() => packet.copyPayloadTo(new Uint8Array(1)), TypeError, "2");
  assertEquals([packet.mid, packet.rid, packet.receivedTime, packet.ssrc], [null, null, null, 0]);
  assertEquals(Object.prototype.toString.call(packet), "[object RTCRtpPacket]");
  const buffer = new ArrayBuffer(4);
  packet.copyPayloadTo(new DataView(buffer, 1));
  assertEquals(new Uint8Array(buffer), Uint8Array.of(0, 0xf8, 3, 0));
});
