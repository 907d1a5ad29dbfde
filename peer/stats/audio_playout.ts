import type { ReceivedFrames } from "./flow/received_frames.ts";
import type { RTCStats, StatsCollector } from "./stats.ts";

/**
 * Of the playout of received audio (webrtc-stats section 8.13). Heron has no loudspeaker: what is delivered to a track has been played,
 * without delay, and nothing is made up where something is missing.
 */
export interface RTCAudioPlayoutStats extends RTCStats {
  /** Always this. */
  type: "media-playout";
  /** Always this. */
  kind: "audio";
  /** Seconds of audio that was made up: none. */
  synthesizedSamplesDuration: number;
  /** How often audio was made up: never. */
  synthesizedSamplesEvents: number;
  /** Seconds of audio that was delivered. */
  totalSamplesDuration: number;
  /** Seconds between delivery and playout, summed over samples: none. */
  totalPlayoutDelay: number;
  /** Samples that were delivered. */
  totalSamplesCount: number;
}

/** Adds what was delivered to the track of a receiver, if anything was; returns its id. */
export function addAudioPlayout(
  stats: StatsCollector,
  receiver: object,
  received: readonly (ReceivedFrames | undefined)[],
): string | undefined {
  const sounds = received.flatMap((frames) => frames === undefined ? [] : [frames.sound]);
  if (sounds.length === 0) return undefined;
  return stats.add<RTCAudioPlayoutStats>("media-playout", receiver, {
    kind: "audio",
    synthesizedSamplesDuration: 0,
    synthesizedSamplesEvents: 0,
    totalSamplesDuration: sounds.reduce((sum, { duration }) => sum + duration, 0),
    totalPlayoutDelay: 0,
    totalSamplesCount: sounds.reduce((sum, { samples }) => sum + samples, 0),
  });
}
