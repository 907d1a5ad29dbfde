import { add16, diff16 } from "../../core/wire/mod.ts";
import { RTP_HEADER_LENGTH } from "../packet.ts";

/** What a repair packet has, however it is written: the XOR of the packets that it protects. */
export interface FecRepair {
  /** Sequence numbers of the packets that it protects, rising. */
  readonly sequenceNumbers: readonly number[];
  /** XOR of the first two bytes, of which the highest two bits (the version) mean nothing. */
  readonly flags: number;
  /** XOR of the lengths behind the fixed header. */
  readonly length: number;
  /** XOR of the timestamps. */
  readonly timestamp: number;
  /** XOR of what stands behind the fixed header, as if all packets were as long as the longest. */
  readonly payload: Uint8Array;
}

/**
 * Protects packets of one stream against the loss of one of them (RFC 5109 section 8, RFC 8627 section 6.2). They are whole RTP packets,
 * in the order of their sequence numbers.
 */
export function protect(packets: readonly Uint8Array[]): FecRepair {
  const longest = Math.max(...packets.map((packet) => packet.length));
  const payload = new Uint8Array(Math.max(0, longest - RTP_HEADER_LENGTH));
  const xor = { flags: 0, length: 0, timestamp: 0 };
  for (const packet of packets) addPacket(xor, payload, packet);
  return { sequenceNumbers: packets.map((packet) => get16(packet, 2)), ...xor, payload };
}

/**
 * The one packet that is missing, from a repair and the others that it protects; undefined if they do not make up a packet, or the repair
 * protects only its beginning.
 */
export function recover(
  repair: FecRepair,
  others: readonly Uint8Array[],
  sequenceNumber: number,
  ssrc: number,
): Uint8Array | undefined {
  const payload = repair.payload.slice();
  const xor = { flags: repair.flags, length: repair.length, timestamp: repair.timestamp };
  for (const packet of others) addPacket(xor, payload, packet);
  if (xor.length > payload.length) return undefined;
  const packet = new Uint8Array(RTP_HEADER_LENGTH + xor.length);
  const view = new DataView(packet.buffer);
  view.setUint16(0, 0x8000 | xor.flags & 0x3fff);
  view.setUint16(2, sequenceNumber);
  view.setUint32(4, xor.timestamp);
  view.setUint32(8, ssrc);
  packet.set(payload.subarray(0, xor.length), RTP_HEADER_LENGTH);
  return packet;
}

/** The sequence numbers whose bits are set in a mask, of which the highest bit stands for `base`. */
export function maskedNumbers(base: number, mask: readonly boolean[]): number[] {
  return mask.flatMap((set, i) => set ? [add16(base, i)] : []);
}

/** The mask of sequence numbers, with a bit for each from the first on; undefined if they do not fit in `limit` bits or do not rise. */
export function maskOf(numbers: readonly number[], limit: number): boolean[] | undefined {
  const mask: boolean[] = [];
  for (const number of numbers) {
    const at = diff16(number, numbers[0]!);
    if (at < mask.length || at >= limit) return undefined;
    while (mask.length < at) mask.push(false);
    mask.push(true);
  }
  return mask.length === 0 ? undefined : mask;
}

function addPacket(
  xor: { flags: number; length: number; timestamp: number },
  payload: Uint8Array,
  packet: Uint8Array,
): void {
  xor.flags ^= get16(packet, 0);
  xor.length ^= packet.length - RTP_HEADER_LENGTH;
  xor.timestamp = (xor.timestamp ^ (get16(packet, 4) << 16 | get16(packet, 6))) >>> 0;
  const end = Math.min(packet.length - RTP_HEADER_LENGTH, payload.length);
  for (let i = 0; i < end; i++) payload[i]! ^= packet[RTP_HEADER_LENGTH + i]!;
}

function get16(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 8 | bytes[at + 1]!;
}
