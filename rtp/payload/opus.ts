import { AudioDepacketizer, WholePacketizer } from "./audio.ts";

/** The clock rate of Opus in RTP, whatever its audio has (RFC 7587 section 4.1). */
export const OPUS_CLOCK_RATE = 48000;

/** The most frames in a packet: 120 ms of 2.5 ms each (RFC 6716 section 3.2.5). */
const MAX_FRAMES = 48;

/** The longest packet, in milliseconds (RFC 6716 section 3.2.5). */
const MAX_DURATION = 120;

/** What an Opus packet says of itself (RFC 6716 section 3.1). */
export interface OpusToc {
  /** Mode, bandwidth and frame size: 0 to 31. */
  readonly config: number;
  /** Whether it is coded in two channels. */
  readonly stereo: boolean;
  /** How many frames are in the packet. */
  readonly frames: number;
  /** How long it plays, in milliseconds. */
  readonly duration: number;
}

/** Frame sizes in milliseconds of the configurations: SILK-only, hybrid, CELT-only (RFC 6716 table 2). */
const SILK = [10, 20, 40, 60] as const;
const HYBRID = [10, 20] as const;
const CELT = [2.5, 5, 10, 20] as const;

/**
 * Reads the first bytes of an Opus packet; undefined if it is empty or has too many frames.
 *
 * ```text
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * | config  |s| c |
 * +-+-+-+-+-+-+-+-+
 * c = 3: |v|p|  M |  six bits for the number of frames
 * +-+-+-+-+-+-+-+-+
 * ```
 */
export function parseOpusToc(packet: Uint8Array): OpusToc | undefined {
  const toc = packet[0];
  if (toc === undefined) return undefined;
  const config = toc >> 3;
  const frames = frameCount(packet, toc & 3);
  const duration = frames * frameDuration(config);
  if (frames < 1 || frames > MAX_FRAMES || duration > MAX_DURATION) return undefined;
  return { config, stereo: (toc & 4) !== 0, frames, duration };
}

/** Puts Opus packets into payloads: each is one (RFC 7587 section 4.2). */
export function opusPacketizer(): WholePacketizer {
  return new WholePacketizer();
}

/** Takes Opus packets out of payloads. */
export function opusDepacketizer(): AudioDepacketizer {
  return new AudioDepacketizer();
}

function frameCount(packet: Uint8Array, code: number): number {
  if (code === 0) return 1;
  return code === 3 ? (packet[1] ?? 0) & 0x3f : 2;
}

function frameDuration(config: number): number {
  if (config < 12) return SILK[config & 3]!;
  return config < 16 ? HYBRID[config & 1]! : CELT[config & 3]!;
}
