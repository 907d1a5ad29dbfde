import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, writeFrame } from "./header.ts";

/** What only an application understands (RFC 3550 section 6.7). */
export interface ApplicationDefined {
  /** Tells packets from one another. */
  readonly type: "APP";
  /** 5 bits. */
  readonly subtype: number;
  /** Who sends this. */
  readonly ssrc: number;
  /** Four characters of ASCII. */
  readonly name: string;
  /** A multiple of four bytes. */
  readonly data: Uint8Array;
}

/**
 * Reads an application-defined packet; undefined if it is too short.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| subtype |   PT=APP=204  |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           SSRC/CSRC                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                          name (ASCII)                         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                   application-dependent data                ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseApplicationDefined(
  { count, body }: RtcpFrame,
): ApplicationDefined | undefined {
  const reader = new Reader(body);
  const ssrc = reader.u32();
  const name = String.fromCharCode(...reader.bytes(4));
  const data = reader.rest();
  return reader.ok ? { type: "APP", subtype: count, ssrc, name, data } : undefined;
}

/** Writes an application-defined packet. Throws a RangeError if its name is not four characters or its data no multiple of four bytes. */
export function writeApplicationDefined(writer: Writer, packet: ApplicationDefined): void {
  const { subtype, ssrc, name, data } = packet;
  if (name.length !== 4 || data.length % 4 !== 0) {
    throw new RangeError(`An APP packet "${name}" of ${data.length} bytes`);
  }
  writeFrame(writer, RtcpType.APP, subtype, () => {
    writer.u32(ssrc);
    for (let i = 0; i < 4; i++) writer.u8(name.charCodeAt(i));
    writer.bytes(data);
  });
}
