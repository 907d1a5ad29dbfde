/** Silence of 20 ms in Opus: a CELT frame of the full band, in mono, with nothing in it (RFC 6716 section 3.1). */
const OPUS_SILENCE = Uint8Array.of(0xf8, 0xff, 0xfe);

/**
 * The sample of value 0 (ITU-T G.711), and two of the smallest steps, after which a decoder's steps become smaller (ITU-T G.722):
 * whatever was before, it is at 28 of 32,768 within 10 ms.
 */
const SILENT_BYTES: Readonly<Record<string, number>> = {
  "audio/pcmu": 0xff,
  "audio/pcma": 0xd5,
  "audio/g722": 0xff,
};

/**
 * Silence that plays for so many microseconds, or, in Opus, for 20 ms: a decoder plays nothing until the next packet. Undefined for
 * codecs whose silence is not known.
 */
export function silence(
  codec: { readonly mimeType: string; readonly clockRate: number },
  duration: number,
): Uint8Array | undefined {
  const mimeType = codec.mimeType.toLowerCase();
  if (mimeType === "audio/opus") return OPUS_SILENCE;
  const byte = Object.hasOwn(SILENT_BYTES, mimeType) ? SILENT_BYTES[mimeType] : undefined;
  if (byte === undefined) return undefined;
  return new Uint8Array(Math.round(duration * codec.clockRate / 1_000_000)).fill(byte);
}
