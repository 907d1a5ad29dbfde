import {
  BARS_FRAME_RATE,
  BARS_GROUP,
  loadBars,
  loadTone,
  TONE_LEVEL,
  TONE_PACKET_RATE,
} from "./assets.ts";
import type { SyntheticMedia } from "./synthetic_source.ts";
import type { MediaTrackSettings } from "../constraints/dictionaries.ts";

const SIZES = [[640, 480], [320, 240]] as const;

/** W3C mediacapture-streams section 4.3.3: where `resizeMode` can be "none", it can be "crop-and-scale" as well. */
function cameraCandidates(device: MediaTrackSettings): MediaTrackSettings[] {
  return SIZES.flatMap(([width, height]) =>
    ["none", "crop-and-scale"].map((resizeMode) => ({
      ...{ ...device, width, height, resizeMode },
      aspectRatio: Number((width / height).toFixed(10)),
      frameRate: BARS_FRAME_RATE,
    }))
  );
}

const ECHO_CANCELLATION = [true, false, "all", "remote-only"];

/** There is no echo, no noise and but one loudness: to cancel and even them costs nothing. */
function microphoneCandidates(device: MediaTrackSettings): MediaTrackSettings[] {
  const either = [true, false];
  return ECHO_CANCELLATION.flatMap((echoCancellation) =>
    either.flatMap((autoGainControl) =>
      either.map((noiseSuppression) => ({
        ...{ ...device, echoCancellation, autoGainControl, noiseSuppression },
        ...{ sampleRate: 48_000, sampleSize: 16, channelCount: 1, latency: 1 / TONE_PACKET_RATE },
      }))
    )
  );
}

const only = (value: number) => ({ min: value, max: value });

/** Bars that move. */
export function camera(deviceId: string, groupId: string, label: string): SyntheticMedia {
  const candidates = cameraCandidates({ deviceId, groupId });
  return {
    ...{ kind: "video", label, candidates },
    rate: BARS_FRAME_RATE,
    group: BARS_GROUP,
    capabilities: {
      ...{ deviceId, groupId },
      width: { min: 320, max: 640 },
      height: { min: 240, max: 480 },
      aspectRatio: only(candidates[0]!.aspectRatio!),
      frameRate: only(BARS_FRAME_RATE),
      facingMode: [],
      resizeMode: ["none", "crop-and-scale"],
    },
    load: ({ width }) => loadBars(width === 640 ? "640x480" : "320x240"),
  };
}

/** A tone. */
export function microphone(deviceId: string, groupId: string, label: string): SyntheticMedia {
  return {
    ...{ kind: "audio", label, candidates: microphoneCandidates({ deviceId, groupId }) },
    metadata: { audioLevel: TONE_LEVEL },
    rate: TONE_PACKET_RATE,
    group: 1,
    capabilities: {
      ...{ deviceId, groupId },
      sampleRate: only(48_000),
      sampleSize: only(16),
      echoCancellation: [...ECHO_CANCELLATION],
      autoGainControl: [true, false],
      noiseSuppression: [true, false],
      latency: only(1 / TONE_PACKET_RATE),
      channelCount: only(1),
    },
    load: loadTone,
  };
}
