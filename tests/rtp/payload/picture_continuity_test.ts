import { assert, assertEquals } from "@std/assert";
import { Writer } from "../../../core/wire/mod.ts";
import { isNextPicture, packetizerFor, writeVp8Descriptor } from "../../../rtp/mod.ts";
import { Random, seedForRun } from "../../support/random.ts";

interface Packet {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Uint8Array;
}

/** Packets of pictures that were sent one after the other, numbered from 0 on. */
function packetsOf(mimeType: string, pictures: number): Packet[][] {
  const packetizer = packetizerFor(mimeType)!;
  let sequenceNumber = 0;
  return Array.from(
    { length: pictures },
    (_, picture) =>
      packetizer.packetize({ data: new Uint8Array(2000), keyFrame: picture === 0 }, 1200)
        .map((payload) => ({ ...payload, sequenceNumber: sequenceNumber++, timestamp: picture })),
  );
}

/** A packet of a picture of VP8 with an ID of 7 bits. */
function short(pictureId: number, sequenceNumber: number): Packet {
  const writer = new Writer(20);
  writeVp8Descriptor(writer, {
    ...{ nonReference: false, startOfPartition: true, partition: 0 },
    ...{ pictureId, longPictureId: false },
  });
  writer.bytes(new Uint8Array(10));
  return { sequenceNumber, timestamp: 0, marker: true, payload: writer.finish() };
}

for (const mimeType of ["video/VP8", "video/VP9"]) {
  Deno.test(`${mimeType}: one picture follows another by its ID, however many packets lie between`, () => {
    const [first, second, third] = packetsOf(mimeType, 3) as [Packet[], Packet[], Packet[]];
    const [end, begin] = [first.at(-1)!, second[0]!];
    assert(isNextPicture(mimeType, end, begin));
    assert(isNextPicture(mimeType.toLowerCase(), end, { ...begin, sequenceNumber: 40 }));
    assert(!isNextPicture(mimeType, first[0]!, begin), "the end of the first is missing");
    assert(!isNextPicture(mimeType, end, second[1]!), "the beginning of the second is missing");
    assert(!isNextPicture(mimeType, end, third[0]!), "a picture is missing");
    assert(!isNextPicture(mimeType, end, first[0]!), "the same picture");
  });
}

Deno.test("RFC 7741 section 4.2: picture IDs of 7 bits wrap, and say nothing across so many packets", () => {
  assert(isNextPicture("video/VP8", short(127, 65530), short(0, 4)));
  assert(!isNextPicture("video/VP8", short(5, 0), short(6, 129)));
});

Deno.test("formats without picture IDs never tell", () => {
  for (const mimeType of ["video/H264", "video/H265", "audio/opus"]) {
    const [last, next] = [0, 1].map((sequenceNumber) => ({ ...short(0, 0), sequenceNumber }));
    assert(!isNextPicture(mimeType, last!, next!));
  }
});

Deno.test("anything may stand in the payloads", () => {
  const random = new Random(seedForRun("picture continuity"));
  const answers = new Set<boolean>();
  for (let i = 0; i < 20_000; i++) {
    const [last, next] = [0, 1].map((sequenceNumber) => ({
      ...{ sequenceNumber, timestamp: 0, marker: true },
      payload: random.bytes(random.below(8)),
    }));
    answers.add(isNextPicture(random.below(2) === 0 ? "video/VP8" : "video/VP9", last!, next!));
  }
  assertEquals(answers.has(false), true);
});
