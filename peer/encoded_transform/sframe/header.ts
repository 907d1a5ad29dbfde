/**
 * The SFrame header (RFC 9605 section 4.3).
 *
 * ```
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+------------+------------+
 * |X|  K  |Y|  C  |   KID...   |   CTR...   |
 * +-+-+-+-+-+-+-+-+------------+------------+
 * ```
 *
 * @module
 */

/** What tells a frame's key and its nonce. */
export interface SFrameHeader {
  /** The key, from 0 to 2^64 - 1. */
  readonly kid: bigint;
  /** The counter, from 0 to 2^64 - 1. */
  readonly ctr: bigint;
}

/** Below this, a value is in the config byte itself. */
const FIRST_EXTENDED = 8n;
const EXTENDED = 0b1000;

/** Reads the header at the beginning of a ciphertext; undefined if there is none. */
export function parseSFrameHeader(
  data: Uint8Array,
): { readonly header: SFrameHeader; readonly length: number } | undefined {
  const [config] = data;
  if (config === undefined) return undefined;
  const kid = parseField(config >> 4, data, 1);
  if (kid === undefined) return undefined;
  const ctr = parseField(config & 0x0f, data, kid.end);
  if (ctr === undefined) return undefined;
  return { header: { kid: kid.value, ctr: ctr.value }, length: ctr.end };
}

/** The bytes of a header. */
export function writeSFrameHeader({ kid, ctr }: SFrameHeader): Uint8Array<ArrayBuffer> {
  const [kidBytes, ctrBytes] = [extension(kid), extension(ctr)];
  const config = nibble(kid, kidBytes) << 4 | nibble(ctr, ctrBytes);
  return Uint8Array.of(config, ...kidBytes, ...ctrBytes);
}

/** A flag, and either the value or the number of its bytes less one. */
function parseField(
  field: number,
  data: Uint8Array,
  start: number,
): { readonly value: bigint; readonly end: number } | undefined {
  const low = field & 0b0111;
  if ((field & EXTENDED) === 0) return { value: BigInt(low), end: start };
  const end = start + low + 1;
  if (end > data.length) return undefined;
  let value = 0n;
  for (const byte of data.subarray(start, end)) value = value << 8n | BigInt(byte);
  // RFC 9605 section 4.3: with the minimum number of bytes.
  const isMinimal = value >= FIRST_EXTENDED && data[start] !== 0;
  return isMinimal ? { value, end } : undefined;
}

/** The bytes that follow the config byte; none for a small value. */
function extension(value: bigint): number[] {
  if (value < FIRST_EXTENDED) return [];
  const bytes: number[] = [];
  for (let rest = value; rest > 0n; rest >>= 8n) bytes.unshift(Number(rest & 0xffn));
  return bytes;
}

function nibble(value: bigint, bytes: readonly number[]): number {
  return bytes.length === 0 ? Number(value) : EXTENDED | (bytes.length - 1);
}
