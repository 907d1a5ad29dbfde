/** How loud the audio in a packet is (RFC 6464). */
export const AUDIO_LEVEL_URI = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";

/** Loudness of a packet. */
export interface AudioLevel {
  /** Below full scale, from 0 (loudest) to 127 (silence), in decibels: -dBov. */
  readonly level: number;
  /** Whether the encoder believes that someone speaks. */
  readonly voice: boolean;
}

/**
 * Reads a client-to-mixer audio level (RFC 6464 section 3); undefined if it has no byte.
 *
 * ```text
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |V|   level     |
 * +-+-+-+-+-+-+-+-+
 * ```
 */
export function parseAudioLevel(data: Uint8Array): AudioLevel | undefined {
  const byte = data[0];
  return byte === undefined ? undefined : { level: byte & 0x7f, voice: (byte & 0x80) !== 0 };
}

/** Writes a client-to-mixer audio level; one beyond 127 becomes 127. */
export function writeAudioLevel({ level, voice }: AudioLevel): Uint8Array<ArrayBuffer> {
  return Uint8Array.of((voice ? 0x80 : 0) | Math.min(Math.max(level, 0), 127));
}
