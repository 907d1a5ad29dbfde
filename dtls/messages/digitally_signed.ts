import type { Reader, Writer } from "../../core/wire/mod.ts";

/** A signature and how it was made (RFC 5246 section 4.7). */
export interface DigitallySigned {
  /** The number of a signature scheme. */
  readonly scheme: number;
  readonly signature: Uint8Array;
}

/**
 * Reads a signature; the reader fails where there is none.
 *
 * ```
 *  +------------------+---------------+
 *  | algorithm (2)    | signature<>   |
 *  +------------------+---------------+
 * ```
 */
export function readDigitallySigned(reader: Reader): DigitallySigned {
  return { scheme: reader.u16(), signature: reader.bytes(reader.u16()) };
}

/** Writes a signature. */
export function writeDigitallySigned(writer: Writer, signed: DigitallySigned): void {
  writer.u16(signed.scheme);
  writer.vector16(() => writer.bytes(signed.signature));
}
