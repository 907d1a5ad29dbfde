import { associatedPayloadType, findCodec, identitiesOf } from "./codec_match.ts";
import { isRtx, type MediaFormat, type MediaKind } from "./media_format.ts";
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

  /** Takes over what an offer of the other side, or any description of this side, has mapped in a section. */
  adopt(mid: string, kind: MediaKind, formats: readonly MediaFormat[]): void {
    for (const [payloadType, identity] of knownIdentities(kind, formats)) {
      this.#numbers.adopt(mid, payloadType, identity);
    }
  }

  /** Takes over what an answer of the other side has mapped, where this side's offer has not said otherwise (RFC 3264 section 6.1). */
  adoptAnswer(mid: string, kind: MediaKind, formats: readonly MediaFormat[]): void {
    for (const [payloadType, identity] of knownIdentities(kind, formats)) {
      this.#numbers.adoptAnswer(mid, payloadType, identity);
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

/** What each payload type stands for; undefined for what is not ours, so that a peer can't fill any table with it. */
function knownIdentities(
  kind: MediaKind,
  formats: readonly MediaFormat[],
): [payloadType: number, identity: string | undefined][] {
  const identities = identitiesOf(kind, formats);
  const known = new Set(
    formats.filter((format) => findCodec(kind, format)).map(({ payloadType }) => payloadType),
  );
  return formats.map((format) => {
    const { payloadType } = format;
    const media = isRtx(format) ? associatedPayloadType(format) ?? -1 : payloadType;
    return [payloadType, known.has(media) ? identities.get(payloadType) : undefined];
  });
}
