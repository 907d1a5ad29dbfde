import { Reader, type Writer } from "../../core/wire/mod.ts";
import { type RtcpFrame, RtcpType, writeFrame } from "./header.ts";

/** Sources that are gone (RFC 3550 section 6.6). */
export interface Goodbye {
  /** Tells packets from one another. */
  readonly type: "BYE";
  /** At most 31. */
  readonly ssrcs: readonly number[];
  /** Why, at most 255 bytes of UTF-8. */
  readonly reason?: string;
}

/**
 * Reads a goodbye; undefined if it is too short for its count or its reason.
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|    SC   |   PT=BYE=203  |             length            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           SSRC/CSRC                           |
 * /                              ...                              /
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |     length    |         reason for leaving (optional)        ...
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
export function parseGoodbye({ count, body }: RtcpFrame): Goodbye | undefined {
  const reader = new Reader(body);
  const ssrcs: number[] = [];
  for (let i = 0; i < count && reader.ok; i++) ssrcs.push(reader.u32());
  if (reader.remaining === 0) return reader.ok ? { type: "BYE", ssrcs } : undefined;
  const text = reader.sub(reader.u8());
  const reason = text.strictText(text.remaining);
  if (!reader.ok) return undefined;
  // What matters is that the sources are gone, even if the reason is no UTF-8.
  return text.ok ? { type: "BYE", ssrcs, reason } : { type: "BYE", ssrcs };
}

/** Writes a goodbye. Throws a RangeError if it has more than 31 sources or too long a reason. */
export function writeGoodbye(writer: Writer, { ssrcs, reason }: Goodbye): void {
  writeFrame(writer, RtcpType.BYE, ssrcs.length, () => {
    const start = writer.length;
    for (const ssrc of ssrcs) writer.u32(ssrc);
    if (reason === undefined) return;
    writer.vector8(() => writer.text(reason));
    writer.align(4, start);
  });
}
