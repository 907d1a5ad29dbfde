import type { MediaStreamTrack } from "../../media/mod.ts";
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
  /** Frames a second, where the source tells. */
  framesPerSecond?: number;
}

/** Adds the source of a sender's track; returns its id. Each sender has one of its own, also where the track is the same. */
export function addMediaSource(
  stats: StatsCollector,
  sender: object,
  track: MediaStreamTrack,
): string {
  const { kind, id } = track;
  const { width, height, frameRate } = track.getSettings();
  return stats.add<RTCVideoSourceStats>("media-source", sender, {
    trackIdentifier: id,
    kind,
    width,
    height,
    framesPerSecond: frameRate,
  }, { part: id });
}
