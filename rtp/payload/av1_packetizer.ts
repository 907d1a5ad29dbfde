import { Writer } from "../../core/wire/mod.ts";
import type { MediaFrame, Packetizer, RtpPayload } from "./format.ts";
import {
  isIgnored,
  isKeyFrameHeader,
  leb128,
  leb128Length,
  type Obu,
  obuLayer,
  ObuType,
  obuType,
  readObu,
} from "./obu.ts";

/** W has two bits: with more OBU elements than this, every one needs its length (AV1 RTP specification section 4.4). */
const MAX_COUNTED_ELEMENTS = 3;

/** An OBU, or a part of one, that goes into a payload. */
interface Element {
  readonly bytes: Uint8Array;
  /** Whether the next payload goes on with the same OBU. */
  readonly continues: boolean;
}

/**
 * Puts AV1 temporal units, in which every OBU has its size, into payloads (AV1 RTP specification).
 *
 * Payloads are filled before a new one is begun, so that a sequence header shares its packet with the beginning of its frame: without that
 * and without a dependency descriptor, Chromium decodes nothing.
 */
export class Av1Packetizer implements Packetizer {
  /** The payloads of a temporal unit, or of one spatial layer of it; none if it is malformed or has nothing to send. */
  packetize({ data, place }: MediaFrame, maxSize: number): RtpPayload[] {
    const obus = readTemporalUnit(data);
    if (obus === undefined || obus.length === 0) return [];
    const filler = new PayloadFiller(maxSize);
    for (const { header, payload } of obus) filler.add(header, payload);
    const payloads = filler.end();
    // AV1 RTP specification section 4.4: N is set on the first packet of a coded video sequence.
    if (beginsSequence(obus)) payloads[0]![0]! |= 0x08;
    return payloads.map((payload, i) => ({
      payload,
      // AV1 RTP specification section 4.2: on the last packet of a temporal unit.
      marker: i === payloads.length - 1 && (place?.endsPicture ?? true),
      timestampOffset: 0,
    }));
  }
}

/** The OBUs of a temporal unit that are sent; undefined if one of them does not fit in. */
function readTemporalUnit(data: Uint8Array): Obu[] | undefined {
  const obus: Obu[] = [];
  for (let at = 0; at < data.length;) {
    const read = readObu(data, at, data.length);
    if (read === undefined) return undefined;
    const [obu, end] = read;
    if (!isIgnored(obuType(obu.header[0]!))) obus.push(obu);
    at = end;
  }
  return obus;
}

/** Whether a temporal unit has a sequence header and a key frame. */
function beginsSequence(obus: readonly Obu[]): boolean {
  const find = (...types: number[]) =>
    obus.find(({ header }) => types.includes(obuType(header[0]!)));
  const frame = find(ObuType.FRAME, ObuType.FRAME_HEADER);
  return find(ObuType.SEQUENCE_HEADER) !== undefined && frame !== undefined &&
    isKeyFrameHeader(frame.payload);
}

/** Fills payloads with OBUs, cutting them where a payload is full. */
class PayloadFiller {
  readonly #maxSize: number;
  readonly #payloads: Uint8Array[] = [];
  #elements: Element[] = [];
  /** Bytes of the payload so far if all its elements had lengths. */
  #size = 1;
  #layer: number | undefined;
  #continued = false;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  add(header: Uint8Array, payload: Uint8Array): void {
    const layer = obuLayer(header);
    // AV1 RTP specification section 5: the OBUs of a packet are of one layer.
    if (layer !== undefined && this.#layer !== undefined && layer !== this.#layer) this.#flush();
    const bytes = new Uint8Array(header.length + payload.length);
    bytes.set(header);
    bytes.set(payload, header.length);
    for (let at = 0; at < bytes.length;) {
      const take = Math.min(this.#room(), bytes.length - at);
      if (take < 1) {
        if (this.#elements.length === 0) throw new RangeError("No room for an OBU");
        this.#flush();
        continue;
      }
      if (layer !== undefined) this.#layer = layer;
      const continues = at + take < bytes.length;
      this.#elements.push({ bytes: bytes.subarray(at, at + take), continues });
      this.#size += leb128Length(take) + take;
      at += take;
      if (continues) this.#flush();
    }
  }

  end(): Uint8Array[] {
    if (this.#elements.length > 0) this.#flush();
    return this.#payloads;
  }

  /** How many bytes the next element can have. */
  #room(): number {
    const room = this.#maxSize - this.#size;
    if (this.#elements.length < MAX_COUNTED_ELEMENTS) return room;
    // From the fourth on, the element needs a length too; a length for one byte less may be a byte shorter.
    const length = leb128Length(Math.max(room, 0));
    return leb128Length(Math.max(room - length, 0)) < length ? room - length + 1 : room - length;
  }

  /**
   * Ends the payload.
   *
   * ```text
   *  0 1 2 3 4 5 6 7
   * +-+-+-+-+-+-+-+-+
   * |Z|Y| W |N|-|-|-|
   * +-+-+-+-+-+-+-+-+
   * ```
   */
  #flush(): void {
    const elements = this.#elements;
    const continues = elements[elements.length - 1]!.continues;
    const counted = elements.length <= MAX_COUNTED_ELEMENTS;
    const writer = new Writer(this.#maxSize);
    writer.u8(
      (this.#continued ? 0x80 : 0) | (continues ? 0x40 : 0) | (counted ? elements.length << 4 : 0),
    );
    elements.forEach(({ bytes }, i) => {
      if (!counted || i < elements.length - 1) writer.bytes(leb128(bytes.length));
      writer.bytes(bytes);
    });
    this.#payloads.push(writer.finish());
    this.#elements = [];
    this.#size = 1;
    this.#layer = undefined;
    this.#continued = continues;
  }
}
