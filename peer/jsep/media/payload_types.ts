import { findCodec, identitiesOf } from "./codec_match.ts";
import { isRtx, type MediaFormat, type MediaKind } from "./media_format.ts";
import { associatedPayloadType } from "./codec_match.ts";
import { StableNumbers } from "./stable_numbers.ts";

/**
 * Payload types that codecs can have: the dynamic ones of RFC 3551 section 6, then those of RFC 3551 section 3 that nothing was assigned
 * to. 64 to 95 would look like RTCP where it shares a port with RTP (RFC 5761 section 4).
 */
const DYNAMIC_PAYLOAD_TYPES: readonly number[] = [...range(96, 127), ...range(35, 63)];

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Whether RTP packets of this payload type could be taken for RTCP where both share a port (RFC 5761 section 4). */
export function collidesWithRtcp(payloadType: number): boolean {
  return payloadType >= 64 && payloadType <= 95;
}

/** The payload types of a connection's codecs, which stay what they are from offer to offer. */
export class PayloadTypes {
  readonly #numbers = new StableNumbers(DYNAMIC_PAYLOAD_TYPES);

  /** Takes over what a description, of either side, has mapped in a section. */
  adopt(mid: string, kind: MediaKind, formats: readonly MediaFormat[]): void {
    const identities = identitiesOf(kind, formats);
    const known = new Set(
      formats.filter((format) => findCodec(kind, format)).map(({ payloadType }) => payloadType),
    );
    for (const format of formats) {
      const { payloadType } = format;
      const media = isRtx(format) ? associatedPayloadType(format) ?? -1 : payloadType;
      // What is not ours has no meaning here, so that a peer can't fill the table with it.
      this.#numbers.adopt(
        mid,
        payloadType,
        known.has(media) ? identities.get(payloadType) : undefined,
      );
    }
  }

  /** The payload type of a codec in a section of an offer; undefined if none is left. */
  assign(mid: string, identity: string, preferred: number): number | undefined {
    return this.#numbers.assign(mid, identity, preferred);
  }

  /** Forgets a section that has been recycled; its payload types stay taken. */
  forget(mid: string): void {
    this.#numbers.forget(mid);
  }
}
