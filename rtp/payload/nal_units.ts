import type { NalSyntax } from "./nal_syntax.ts";

/** A NAL unit that begins in a payload. */
export interface NalUnitStart {
  readonly type: number;
  /** The byte behind its header; 0 if there is none. */
  readonly slice: number;
}

/** The NAL units that begin in a payload: the one that it is, those of an aggregate, or that of a first fragment. */
export function* unitsStartingIn(
  payload: Uint8Array,
  syntax: NalSyntax,
): Generator<NalUnitStart, void> {
  const { headerLength, aggregationType, fragmentType, fragmentTypeMask } = syntax;
  const type = syntax.typeOf(payload[0] ?? 0);
  if (type === fragmentType) {
    const fragment = payload[headerLength] ?? 0;
    if ((fragment & 0x80) === 0) return;
    yield { type: fragment & fragmentTypeMask, slice: payload[headerLength + 1] ?? 0 };
  } else if (type === aggregationType) {
    // A size that lies is for whoever reads the units to find.
    for (let at = headerLength; at + 2 < payload.length;) {
      const size = payload[at]! << 8 | payload[at + 1]!;
      const first = at + 2;
      yield { type: syntax.typeOf(payload[first]!), slice: payload[first + headerLength] ?? 0 };
      at = first + size;
    }
  } else yield { type, slice: payload[headerLength] ?? 0 };
}

/**
 * Whether a key frame begins in a payload: with the parameter sets that come before it, or with its first slice where they are in the SDP.
 */
export function startsNalKeyFrame(payload: Uint8Array, syntax: NalSyntax): boolean {
  for (const { type, slice } of unitsStartingIn(payload, syntax)) {
    if (syntax.isSequenceStart(type)) return true;
    if (syntax.isKeyFrame(type) && syntax.startsAccessUnit(type, slice)) return true;
  }
  return false;
}
