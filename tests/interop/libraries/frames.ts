import { type MediaStream, MediaStreamTrackProcessor } from "@heron/webrtc";

/** Frames of a track that have to come. */
const FRAMES = 5;

/** Waits until each track of a stream has brought a few frames; returns what kinds of tracks these are. */
export async function framesOf(stream: MediaStream): Promise<string[]> {
  await Promise.all(
    stream.getTracks().map(async (track) => {
      const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
      for (let frame = 0; frame < FRAMES; frame++) await reader.read();
      await reader.cancel();
    }),
  );
  return stream.getTracks().map(({ kind }) => kind).sort();
}

/** Ends the tracks of a stream. */
export function end(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
