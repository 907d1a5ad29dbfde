import { Reader, Writer } from "../../core/wire/mod.ts";
import {
  type DigitallySigned,
  readDigitallySigned,
  writeDigitallySigned,
} from "./digitally_signed.ts";

const NAMED_CURVE = 3;

/** ServerKeyExchange of an ECDHE suite (RFC 8422 section 5.4). */
export interface ServerKeyExchange {
  /** The number of the group. */
  readonly group: number;
  /** The server's share. */
  readonly publicKey: Uint8Array;
  /** The bytes of ServerECDHParams, which the signature covers. */
  readonly params: Uint8Array;
  readonly signed: DigitallySigned;
}

/**
 * Parses the body of a ServerKeyExchange.
 *
 * ```
 *  +----------------+-----------------+-----------------+---------------+-------------+
 *  | curve_type (1) | named_curve (2) | public_key<255> | algorithm (2) | signature<> |
 *  +----------------+-----------------+-----------------+---------------+-------------+
 *  \______________ ServerECDHParams _________________/
 * ```
 */
export function parseServerKeyExchange(body: Uint8Array): ServerKeyExchange | undefined {
  const reader = new Reader(body);
  const curveType = reader.u8();
  const group = reader.u16();
  const publicKey = reader.bytes(reader.u8());
  const params = body.subarray(0, reader.offset);
  const signed = readDigitallySigned(reader);
  if (!reader.complete || curveType !== NAMED_CURVE || publicKey.length === 0) return undefined;
  return { group, publicKey, params, signed };
}

/** The bytes of ServerECDHParams. */
export function serverEcdhParams(group: number, publicKey: Uint8Array): Uint8Array {
  const writer = new Writer(80);
  writer.u8(NAMED_CURVE);
  writer.u16(group);
  writer.vector8(() => writer.bytes(publicKey));
  return writer.finish();
}

/** Writes the body of a ServerKeyExchange. */
export function writeServerKeyExchange(
  writer: Writer,
  exchange: Pick<ServerKeyExchange, "params" | "signed">,
): void {
  writer.bytes(exchange.params);
  writeDigitallySigned(writer, exchange.signed);
}
