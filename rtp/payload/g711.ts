/**
 * Encodes 16-bit samples as PCMU, that is ITU-T G.711 mu-law (RFC 3551 section 4.5.14).
 *
 * @example
 * ```ts
 * import { decodePcmu, encodePcmu } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([...encodePcmu(Int16Array.of(0, 1000, -32768))], [0xff, 0xce, 0x00]);
 * assertEquals([...decodePcmu(Uint8Array.of(0xff, 0xce, 0x00))], [0, 988, -32124]);
 * ```
 */
export function encodePcmu(samples: Int16Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(samples, linearToMu);
}

/** Decodes PCMU to 16-bit samples. */
export function decodePcmu(bytes: Uint8Array): Int16Array<ArrayBuffer> {
  return Int16Array.from(bytes, (byte) => MU_TO_LINEAR[byte]!);
}

/** Encodes 16-bit samples as PCMA, that is ITU-T G.711 A-law (RFC 3551 section 4.5.14). */
export function encodePcma(samples: Int16Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(samples, linearToA);
}

/** Decodes PCMA to 16-bit samples. */
export function decodePcma(bytes: Uint8Array): Int16Array<ArrayBuffer> {
  return Int16Array.from(bytes, (byte) => A_TO_LINEAR[byte]!);
}

/** Added to a magnitude, so that all segments of mu-law begin at a power of two. */
const MU_BIAS = 0x84;
/** The largest magnitude that mu-law has, less the bias. */
const MU_CLIP = 0x7fff - MU_BIAS;

function linearToMu(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(Math.abs(sample), MU_CLIP) + MU_BIAS;
  // Eight segments, told by the highest bit: from bit 7 up to bit 14.
  const segment = 24 - Math.clz32(magnitude);
  return ~(sign | segment << 4 | magnitude >> (segment + 3) & 0x0f) & 0xff;
}

function muToLinear(byte: number): number {
  const code = ~byte & 0xff;
  const magnitude = ((code & 0x0f) << 3 | MU_BIAS) << (code >> 4 & 7);
  return (code & 0x80) !== 0 ? MU_BIAS - magnitude : magnitude - MU_BIAS;
}

/** A-law works on 13 bits, and sends every second bit inverted. */
function linearToA(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0;
  const magnitude = (sample >= 0 ? sample : ~sample) >> 3;
  const segment = Math.max(0, 27 - Math.clz32(magnitude));
  const step = magnitude >> Math.max(1, segment) & 0x0f;
  return (sign | segment << 4 | step) ^ 0x55;
}

function aToLinear(byte: number): number {
  const code = byte ^ 0x55;
  const segment = code >> 4 & 7;
  const step = (code & 0x0f) << 4 | 8;
  const magnitude = segment === 0 ? step : (step | 0x100) << (segment - 1);
  return (code & 0x80) !== 0 ? magnitude : -magnitude;
}

const MU_TO_LINEAR = Int16Array.from({ length: 256 }, (_, byte) => muToLinear(byte));
const A_TO_LINEAR = Int16Array.from({ length: 256 }, (_, byte) => aToLinear(byte));
