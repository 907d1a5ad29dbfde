/** How loud each contributing source of a mix is (RFC 6465). */
export const MIXER_AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:csrc-audio-level";

/** Reads mixer-to-client audio levels in -dBov, in the order of the packet's CSRCs (RFC 6465 section 3); undefined if there are more than 15. */
export function parseMixerAudioLevels(data: Uint8Array): number[] | undefined {
  return data.length > 15 ? undefined : Array.from(data, (byte) => byte & 0x7f);
}

/** Writes mixer-to-client audio levels. Throws a RangeError if there are more than 15. */
export function writeMixerAudioLevels(levels: readonly number[]): Uint8Array<ArrayBuffer> {
  if (levels.length > 15) throw new RangeError(`${levels.length} audio levels: at most 15`);
  return Uint8Array.from(levels, (level) => Math.min(Math.max(level, 0), 127));
}
