import type { Millis } from "../../core/mod.ts";
import type { MediaStreamTrack } from "../../media/mod.ts";
import type { SourceFrames } from "./flow/source_frames.ts";
import type { RTCStats, StatsCollector } from "./stats.ts";

/** Of what feeds a sender (webrtc-stats section 8.10). */
export interface RTCMediaSourceStats extends RTCStats {
  /** Always this. */
  type: "media-source";
  /** As `MediaStreamTrack.id`. */
  trackIdentifier: string;
  /** What it carries. */
  kind: "audio" | "video";
}

/** Of a source of pictures (webrtc-stats section 8.12). */
export interface RTCVideoSourceStats extends RTCMediaSourceStats {
  /** Pixels of the latest frame; missing before there is one. */
  width?: number;
  /** Pixels of the latest frame; missing before there is one. */
  height?: number;
  /** Frames that it has given while it was sent. */
  frames?: number;
  /** Those of the last second; missing in the first one. */
  framesPerSecond?: number;
}

/** Of a source of sound (webrtc-stats section 8.11). Its level is known where the source tells it, and of G.711: nothing else is decoded. */
export interface RTCAudioSourceStats extends RTCMediaSourceStats {
  /** The latest level, from 0 (silence) to 1 (0 dBov). */
  audioLevel?: number;
  /** The sum of squared levels, each times its seconds. */
  totalAudioEnergy?: number;
  /** Seconds of audio that it has given while it was sent. */
  totalSamplesDuration?: number;
}

/** A source, and what it has given. */
export interface InspectedSource {
  readonly track: MediaStreamTrack;
  readonly source: SourceFrames | undefined;
  readonly now: Millis;
}

/** Adds the source of a sender's track; returns its id. Each sender has one of its own, also where the track is the same. */
export function addMediaSource(
  stats: StatsCollector,
  sender: object,
  { track, source, now }: InspectedSource,
): string {
  const { kind, id } = track;
  if (kind === "audio") {
    return stats.add<RTCAudioSourceStats>("media-source", sender, {
      trackIdentifier: id,
      kind,
      audioLevel: source?.sound.level,
      totalAudioEnergy: source?.sound.energy,
      totalSamplesDuration: source?.sound.duration,
    }, { part: id });
  }
  const { width, height } = track.getSettings();
  return stats.add<RTCVideoSourceStats>("media-source", sender, {
    trackIdentifier: id,
    kind,
    width,
    height,
    frames: source?.frames,
    framesPerSecond: source?.rate.isSettled(now) ? source.rate.at(now) : undefined,
  }, { part: id });
}
