import { readLeb128 } from "./obu.ts";

/** A payload of AV1, taken apart (AV1 RTP specification section 4.4). */
export interface Av1Payload {
  /** Z: the first element goes on with the OBU that the previous packet broke off. */
  readonly continuation: boolean;
  /** Y: the next packet goes on with the last element. */
  readonly continues: boolean;
  /** W: how many elements there are; 0 if that is not said. */
  readonly count: number;
  /** N: a coded video sequence begins with this packet. */
  readonly newSequence: boolean;
  /** OBUs, or parts of such. */
  readonly elements: readonly Uint8Array[];
}

/** The most OBU elements that a payload is expected to have: 16 times as many as Chromium ever puts in. */
const MAX_ELEMENTS = 256;

/**
 * Takes a payload apart; undefined if an element does not fit in, there are others than W says, or none.
 *
 * ```text
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |Z|Y| W |N|-|-|-|
 * +-+-+-+-+-+-+-+-+
 * | length, leb128 | element, for each but the last if W is not 0
 * +-+-+-+-+-+-+-+-+
 * ```
 */
export function parseAv1Payload(payload: Uint8Array): Av1Payload | undefined {
  const header = payload[0];
  if (header === undefined) return undefined;
  const continuation = (header & 0x80) !== 0;
  const newSequence = (header & 0x08) !== 0;
  // AV1 RTP specification section 4.4: a new sequence begins with a new OBU.
  if (continuation && newSequence) return undefined;
  const count = header >> 4 & 3;
  const elements = readElements(payload, count);
  if (elements === undefined || elements.length === 0) return undefined;
  return { continuation, continues: (header & 0x40) !== 0, count, newSequence, elements };
}

function readElements(payload: Uint8Array, count: number): Uint8Array[] | undefined {
  const elements: Uint8Array[] = [];
  for (let at = 1; at < payload.length;) {
    if (elements.length === (count === 0 ? MAX_ELEMENTS : count)) return undefined;
    if (elements.length === count - 1) {
      elements.push(payload.subarray(at));
      break;
    }
    const size = readLeb128(payload, at, payload.length);
    if (size === undefined || size.value > payload.length - size.end) return undefined;
    at = size.end + size.value;
    elements.push(payload.subarray(size.end, at));
  }
  return count === 0 || elements.length === count ? elements : undefined;
}
