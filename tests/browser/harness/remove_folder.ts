import { delay } from "@std/async/delay";

/** So often it is tried, ... */
const ATTEMPTS = 20;
/** ... each time after so many milliseconds more. */
const INTERVAL_MS = 50;

/** Removes a folder in which processes that have been killed may write for a moment. */
export async function removeFolder(path: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      if (attempt === ATTEMPTS) throw error;
      await delay(INTERVAL_MS * attempt);
    }
  }
}
