import { deadline } from "@std/async/deadline";
import { type MediaStreamTrack, MediaStreamTrackProcessor } from "../../../mod.ts";

/** So many frames show that something comes. */
const FRAMES = 20;
/** How long they may take, in milliseconds. */
const PATIENCE = 10_000;

/** Waits until frames come in a track. */
export async function gives(track: MediaStreamTrack): Promise<void> {
  let frames = 0;
  const reading = (async () => {
    for await (const _ of new MediaStreamTrackProcessor({ track }).readable) {
      if (++frames === FRAMES) break;
    }
  })();
  await deadline(reading, PATIENCE);
}
