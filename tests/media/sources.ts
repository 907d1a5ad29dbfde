import type { EncodedChunk } from "../../media/encoded_chunk.ts";
import type { MediaSource } from "../../media/media_source.ts";
import { attachSink, createTrack, type MediaStreamTrack } from "../../media/media_stream_track.ts";

/** A chunk that can be told from others by its timestamp. */
export function chunk(timestamp: number, type: "key" | "delta" = "key"): EncodedChunk {
  return { type, timestamp, data: Uint8Array.of(timestamp & 0xff) };
}

/** Timestamps of what comes out of a track; `NaN` stands for its end. */
export function collect(track: MediaStreamTrack): number[] {
  const seen: number[] = [];
  attachSink(track, {
    write: ({ timestamp }) => void seen.push(timestamp),
    ended: () => void seen.push(NaN),
  });
  return seen;
}

/** The types of the events that a track fires. */
export function events(track: MediaStreamTrack): string[] {
  const seen: string[] = [];
  for (const type of ["mute", "unmute", "ended"] as const) {
    track.addEventListener(type, () => seen.push(`${type}: ${track.muted} ${track.readyState}`));
  }
  return seen;
}

/** A track of a source. */
export function trackOf(source: MediaSource): MediaStreamTrack {
  return createTrack(source);
}

/** Lets queued tasks run. */
export async function tasks(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((resolve) => setImmediate(resolve));
}
