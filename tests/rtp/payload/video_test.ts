import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Depacketizer,
  type EncodedFrame,
  MAX_FRAME_PACKETS,
  MAX_FRAME_SIZE,
  type PayloadPacket,
} from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";
import { codecs, pushAll, Sender } from "./codecs.ts";

for (const codec of codecs) {
  const { name, minSize } = codec;

  Deno.test(`${name}: a frame comes back from payloads of whatever size, none of which is larger`, () => {
    const random = new Random(seedForRun(`${name} identity`));
    for (let i = 0; i < 25; i++) {
      const keyFrame = random.chance(0.5);
      const data = codec.frame(random, keyFrame, 1 + random.below(150));
      const sender = new Sender(codec.packetizer());
      const depacketizer = codec.depacketizer();
      for (let maxSize = minSize; maxSize < data.length + 20; maxSize++) {
        const packets = sender.send(data, keyFrame, maxSize);
        assert(packets.every(({ payload }) => payload.length <= maxSize), `${maxSize}`);
        assertEquals(
          packets.map(({ marker }) => marker),
          packets.map((one) => one === packets.at(-1)),
        );
        const frames = pushAll(depacketizer, packets);
        assertEquals(frames.map((frame) => frame.data), [data], `seed ${random.seed}, ${maxSize}`);
        assertEquals(frames[0]!.keyFrame, keyFrame);
        assertEquals(frames[0]!.timestamp, packets[0]!.timestamp);
        assertEquals(frames[0]!.firstSequence, packets[0]!.sequenceNumber);
        assertEquals(frames[0]!.lastSequence, packets.at(-1)!.sequenceNumber);
      }
      assertEquals(depacketizer.discards.total, 0);
      assertThrows(() => sender.send(data, keyFrame, 0), RangeError);
    }
  });

  Deno.test(`${name}: a large frame goes and comes`, () => {
    const random = new Random(1);
    const data = codec.frame(random, true, 100_000);
    const packets = new Sender(codec.packetizer()).send(data, true, 1200);
    assert(packets.length < data.length / 1200 + 10);
    assertEquals(pushAll(codec.depacketizer(), packets)[0]!.data, data);
  });

  Deno.test(`${name}: loss costs the frames that lost a packet, and no others`, () => {
    const random = new Random(seedForRun(`${name} loss`));
    for (const loss of [0.02, 0.1, 0.4]) {
      const sender = new Sender(codec.packetizer());
      const depacketizer = codec.depacketizer();
      const expected: Uint8Array[] = [];
      const frames: EncodedFrame[] = [];
      for (let i = 0; i < 300; i++) {
        const keyFrame = i % 20 === 0;
        const data = codec.frame(random, keyFrame, 60 + random.below(300));
        const packets = sender.send(data, keyFrame, 80);
        // The first frame of all is whole: before it, no one can know what belongs to what.
        const arrived = packets.filter(() => i === 0 || !random.chance(loss));
        if (arrived.length === packets.length) expected.push(data);
        frames.push(...pushAll(depacketizer, arrived));
      }
      assertEquals(frames.map(({ data }) => data), expected, `seed ${random.seed}`);
      assert(expected.length < 300 && depacketizer.discards.total > 0);
    }
  });

  Deno.test(`${name}: without markers, the next timestamp ends a frame`, () => {
    const random = new Random(seedForRun(`${name} markers`));
    const sender = new Sender(codec.packetizer());
    const depacketizer = codec.depacketizer();
    const sent = Array.from({ length: 20 }, (_, i) => codec.frame(random, i === 0, 100));
    const frames = sent.flatMap((data, i) =>
      pushAll(
        depacketizer,
        sender.send(data, i === 0, 50).map((packet) => ({ ...packet, marker: false })),
      )
    );
    assertEquals(frames.map(({ data }) => data), sent.slice(0, -1));
  });

  Deno.test(`${name}: packets of mere padding change nothing, late ones are dropped`, () => {
    const random = new Random(seedForRun(`${name} padding`));
    const sender = new Sender(codec.packetizer(), 0);
    const depacketizer = codec.depacketizer();
    const first = sender.send(codec.frame(random, true, 100), true, 50);
    assertEquals(pushAll(depacketizer, first).length, 1);
    const { timestamp } = first[0]!;
    const payload = new Uint8Array(0);
    const padding = { sequenceNumber: first.length, timestamp, marker: false, payload };
    assertEquals(depacketizer.push(padding), []);
    const next = sender.send(codec.frame(random, false, 100), false, 50)
      .map((packet) => ({ ...packet, sequenceNumber: packet.sequenceNumber + 1 }));
    assertEquals(pushAll(depacketizer, next).length, 1);
    assertEquals(depacketizer.discards.total, 0);
    assertEquals(pushAll(depacketizer, next), []);
    assertEquals(depacketizer.discards.of("late packet"), next.length);
  });

  Deno.test(`${name}: no truncation and no mutation of payloads throws, and good frames follow`, () => {
    const random = new Random(seedForRun(`${name} mutation`));
    const sender = new Sender(codec.packetizer());
    const depacketizer = codec.depacketizer();
    let whole = 0;
    for (let i = 0; i < 1500; i++) {
      const data = codec.frame(random, i % 10 === 0, 1 + random.below(200));
      const packets = sender.send(data, i % 10 === 0, minSize + random.below(100));
      const broken = packets.map((packet) => ({
        ...packet,
        payload: random.chance(0.3)
          ? packet.payload.subarray(0, random.below(packet.payload.length))
          : random.chance(0.3)
          ? random.mutate(packet.payload)
          : packet.payload,
      }));
      whole += pushAll(depacketizer, broken).length;
    }
    assert(whole > 0 && depacketizer.discards.of("malformed payload") > 0);
    for (let i = 0; i < 2000; i++) {
      depacketizer.push({
        sequenceNumber: random.below(65536),
        timestamp: random.below(3),
        marker: random.chance(0.2),
        payload: random.bytes(random.below(40)),
      });
    }
    const fresh = codec.depacketizer();
    const data = codec.frame(random, true, 100);
    assertEquals(pushAll(fresh, sender.send(data, true, 50))[0]!.data, data);
  });

  for (const maxSize of [60, 16_000]) {
    Deno.test(`${name}: a frame that does not end is given up, in packets of ${maxSize} bytes`, () => {
      const sender = new Sender(codec.packetizer(), 0);
      const packets = sender.send(codec.frame(new Random(1), true, 80_000), true, maxSize);
      // A packet from the middle of the frame goes on for ever.
      const length = 1 + packets.findIndex((_, i) => canRepeat(codec.depacketizer(), packets, i));
      const middle = packets[length - 1]!;
      const depacketizer = codec.depacketizer();
      let sequenceNumber = length;
      pushAll(depacketizer, packets.slice(0, length));
      const limit = Math.min(
        MAX_FRAME_PACKETS,
        Math.ceil(MAX_FRAME_SIZE / (middle.payload.length - 9)),
      );
      for (let i = 0; i < limit + 5; i++) {
        depacketizer.push({ ...middle, sequenceNumber: sequenceNumber++ & 0xffff });
      }
      assertEquals(depacketizer.discards.of("frame too large"), 1);
      assertEquals(depacketizer.discards.total, 1);
      const after = sender.send(codec.frame(new Random(1), false, 500), false, 100)
        .map((packet) => ({ ...packet, sequenceNumber: sequenceNumber++ & 0xffff }));
      assertEquals(pushAll(depacketizer, after).length, 1);
    });
  }
}

function canRepeat(depacketizer: Depacketizer, packets: readonly PayloadPacket[], at: number) {
  const packet = packets[at]!;
  pushAll(depacketizer, packets.slice(0, at + 1));
  depacketizer.push({ ...packet, sequenceNumber: packet.sequenceNumber + 1 });
  return at > 0 && depacketizer.discards.total === 0;
}
