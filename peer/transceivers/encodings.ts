/**
 * What makes encodings good or bad, in `addTransceiver` and in `setParameters`.
 *
 * @module
 */
import {
  capabilities,
  codecDictionaryMatch,
  MAX_ENCODINGS,
  type MediaKind,
} from "../jsep/media/mod.ts";
import type { EncodingParameters, RTCRtpCodec } from "../rtc_rtp_parameters.ts";
import { areModesGood } from "./scalability.ts";

/**
 * Letters and digits, as RFC 8852 section 3.3 has them in packets, where there is no room for more than 16; RFC 8851 section 10 would
 * let "-" and "_" into descriptions.
 */
const RID = /^[A-Za-z0-9]{1,16}$/;

/** The addTransceiver sendEncodings validation steps (W3C WebRTC section 5.1). Returns the encodings of the sender. */
export function validateSendEncodings(
  kind: MediaKind,
  given: readonly EncodingParameters[],
  context: string,
): EncodingParameters[] {
  checkRids(given, context);
  const codecs = capabilities(kind).codecs;
  if (!given.every(({ codec }) => codec === undefined || isAmong(codec, codecs))) {
    throw new DOMException(`${context}: a codec is not supported`, "OperationError");
  }
  const encodings = fitToKind(kind, given);
  // W3C WebRTC SVC section 4.2.1.
  if (!areModesGood(encodings, codecs)) {
    throw new DOMException(`${context}: a scalabilityMode is not supported`, "OperationError");
  }
  checkRanges(encodings, context);
  if (!areResolutionRestrictionsGood(encodings)) {
    throw new DOMException(
      `${context}: scaleResolutionDownTo needs both sides, for all active encodings`,
      "OperationError",
    );
  }
  return withDefaults(kind, encodings.slice(0, kind === "video" ? MAX_ENCODINGS : 1));
}

function checkRids(encodings: readonly EncodingParameters[], context: string): void {
  const rids = encodings.flatMap(({ rid }) => rid === undefined ? [] : [rid]);
  const bad = rids.find((rid) => !RID.test(rid));
  if (bad !== undefined) throw new TypeError(`${context}: "${bad}" is no rid`);
  if (rids.length > 0 && rids.length < encodings.length) {
    throw new TypeError(`${context}: either all encodings have a rid, or none has`);
  }
  if (new Set(rids).size < rids.length) throw new TypeError(`${context}: two rids are equal`);
}

/** Simulcast needs names to be told apart by; one encoding needs none. */
function withDefaults(kind: MediaKind, encodings: EncodingParameters[]): EncodingParameters[] {
  const isScaled = encodings.some(({ scaleResolutionDownBy }) =>
    scaleResolutionDownBy !== undefined
  );
  const scaled = kind === "audio" ? encodings : encodings.map((encoding, index) => ({
    scaleResolutionDownBy: isScaled ? 1 : 2 ** (encodings.length - index - 1),
    ...encoding,
  }));
  if (scaled.length !== 1) return scaled;
  const { rid: _, ...alone } = scaled[0]!;
  return [alone];
}

/** What only video has is left out of the encodings of audio, be it good or bad. */
export function fitToKind(
  kind: MediaKind,
  encodings: readonly EncodingParameters[],
): EncodingParameters[] {
  if (kind === "video") return [...encodings];
  return encodings.map(({ scaleResolutionDownBy: _by, maxFramerate: _rate, ...others }) => {
    const { scalabilityMode: _mode, ...rest } = others;
    return rest;
  });
}

/**
 * The RangeErrors of encodings.
 *
 * Deviation: the text wants `maxFramerate` above 0 in `addTransceiver`, though it lets `setParameters` set it to 0, and says what that
 * means. Browsers take 0 in both.
 */
export function checkRanges(encodings: readonly EncodingParameters[], context: string): void {
  for (const { scaleResolutionDownBy = 1, maxFramerate = 0 } of encodings) {
    if (scaleResolutionDownBy < 1) {
      throw new RangeError(
        `${context}: scaleResolutionDownBy is ${scaleResolutionDownBy}, not 1 or more`,
      );
    }
    if (maxFramerate < 0) {
      throw new RangeError(`${context}: maxFramerate is ${maxFramerate}, not 0 or more`);
    }
  }
}

/** Whether `scaleResolutionDownTo`, where it is used, is there for all active encodings (WebRTC Extensions section 5). */
export function areResolutionRestrictionsGood(encodings: readonly EncodingParameters[]): boolean {
  const restrictions = encodings.map(({ scaleResolutionDownTo }) => scaleResolutionDownTo);
  if (restrictions.every((restriction) => restriction === undefined)) return true;
  return encodings.every(({ active, scaleResolutionDownTo }) =>
    scaleResolutionDownTo === undefined
      ? !active
      : (scaleResolutionDownTo.maxWidth ?? 0) > 0 && (scaleResolutionDownTo.maxHeight ?? 0) > 0
  );
}

/** Whether a codec is among others, as far as what both sides have to agree on goes. */
export function isAmong(codec: RTCRtpCodec, codecs: readonly RTCRtpCodec[]): boolean {
  return codecs.some((other) => codecDictionaryMatch(codec, other, true));
}
