import { concat } from "../../../core/wire/mod.ts";
import {
  type Depacketizer,
  depacketizerFor,
  type EncodedFrame,
  type Packetizer,
  packetizerFor,
  type PayloadPacket,
} from "../../../rtp/mod.ts";
import type { Random } from "../../support/random.ts";

/** A video codec with frames that look like its own, as far as RTP looks. */
export interface TestCodec {
  readonly name: string;
  /** The least size of payloads that any of its frames can be cut into. */
  readonly minSize: number;
  packetizer(): Packetizer;
  depacketizer(): Depacketizer;
  frame(random: Random, keyFrame: boolean, size: number): Uint8Array<ArrayBuffer>;
}

export const codecs: readonly TestCodec[] = [
  codec("video/VP8", 5, {}, (random, keyFrame, size) => {
    const data = random.bytes(size);
    data[0] = data[0]! & 0xfe | (keyFrame ? 0 : 1);
    return data;
  }),
  codec("video/VP9", 4, {}, (random, _, size) => random.bytes(size)),
  {
    ...codec("video/VP9", 5, { flexible: true }, (random, _, size) => random.bytes(size)),
    name: "flexible VP9",
  },
  codec("video/H264", 3, { packetizationMode: 1 }, (random, keyFrame, size) => {
    if (!keyFrame) return annexB(random, [[0x41], [0x41]], size);
    return annexB(random, [[0x67], [0x68], [0x65], [0x65]], size);
  }),
  codec("video/H265", 4, {}, (random, keyFrame, size) => {
    if (!keyFrame) return annexB(random, [[0x02, 1], [0x02, 1]], size);
    return annexB(random, [[0x40, 1], [0x42, 1], [0x44, 1], [0x26, 1]], size);
  }),
  codec("video/AV1", 2, {}, (random, keyFrame, size) => {
    const frame = random.bytes(size);
    frame[0] = (keyFrame ? 0x00 : 0x20) | frame[0]! & 0x1f;
    if (random.chance(0.3)) {
      // Frame header and tile groups.
      const cut = 1 + random.below(size);
      const groups = [obu(0x22, frame.subarray(cut)), obu(0x22, random.bytes(random.below(20)))];
      return concat([...sequenceHeader(keyFrame), obu(0x1a, frame.subarray(0, cut)), ...groups]);
    }
    return concat([...sequenceHeader(keyFrame), obu(0x32, frame)]);
  }),
];

/** An OBU with its size. */
export function obu(header: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const size = [length & 0x7f | 0x80, length >> 7 & 0x7f | 0x80, length >> 14];
  if (length < 0x80) size.splice(0, 3, length);
  else if (length < 0x4000) size.splice(1, 2, length >> 7);
  return concat([Uint8Array.of(header, ...size), payload]);
}

/** NAL units of these types, with about `size` bytes together, in a byte stream; the first slice is marked as first. */
function annexB(random: Random, headers: number[][], size: number): Uint8Array<ArrayBuffer> {
  return concat(headers.flatMap((header, i) => {
    const unit = random.bytes(1 + random.below(Math.ceil(2 * size / headers.length)));
    // No zeros, so no emulation prevention is needed.
    unit.forEach((byte, at) => unit[at] = byte | 1);
    const first = i === 0 || headers[i - 1]![0] !== header[0];
    unit[0] = first ? unit[0]! | 0x80 : unit[0]! & 0x7f;
    return [Uint8Array.of(0, 0, 0, 1, ...header), unit];
  }));
}

function sequenceHeader(keyFrame: boolean): Uint8Array[] {
  return keyFrame ? [obu(0x0a, Uint8Array.of(1, 2, 3, 4))] : [];
}

function codec(
  name: string,
  minSize: number,
  options: Parameters<typeof packetizerFor>[1],
  frame: TestCodec["frame"],
): TestCodec {
  return {
    name: name.slice(6),
    minSize,
    packetizer: () => packetizerFor(name, options)!,
    depacketizer: () => depacketizerFor(name)!,
    frame,
  };
}

/** Packets of frames one after the other, and what should come out if none is lost. */
export class Sender {
  readonly #packetizer: Packetizer;
  #sequenceNumber: number;
  #timestamp: number;

  constructor(packetizer: Packetizer, sequenceNumber = 65000, timestamp = 0xffff0000) {
    this.#packetizer = packetizer;
    this.#sequenceNumber = sequenceNumber;
    this.#timestamp = timestamp;
  }

  send(data: Uint8Array, keyFrame: boolean, maxSize: number): PayloadPacket[] {
    this.#timestamp = (this.#timestamp + 3000) >>> 0;
    return this.#packetizer.packetize({ data, keyFrame }, maxSize).map(({ payload, marker }) => ({
      sequenceNumber: this.#sequenceNumber++ & 0xffff,
      timestamp: this.#timestamp,
      marker,
      payload,
    }));
  }
}

/** Pushes packets; returns all the frames that come out. */
export function pushAll(
  depacketizer: Depacketizer,
  packets: readonly PayloadPacket[],
): EncodedFrame[] {
  return packets.flatMap((packet) => [...depacketizer.push(packet)]);
}
