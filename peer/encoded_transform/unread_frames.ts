import type { EncodedChunk } from "../../media/encoded_chunk.ts";

/** Frames that may wait to be read by a script: eight seconds of video, five of audio. The text has no limit, memory has one. */
const MAX_UNREAD_FRAMES = 256;
/** Bytes that may wait to be read by a script: eight seconds at 16 Mb/s. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/**
 * What a script has been given and not read yet. W3C WebRTC Encoded Transform section 2.1.1 does without back-pressure, and lets frames be
 * dropped instead: that is done where a script, or a worker that hangs, leaves too many unread. After a gap there is nothing before the next
 * key frame, since nothing could decode it.
 */
export class UnreadFrames {
  readonly #sizes: number[] = [];
  #bytes = 0;
  #hasGap = false;
  /** Frames that nobody was given. */
  dropped = 0;

  /** Counts a chunk as given, if there is room; false if it is to be dropped. */
  admit({ type, data }: Pick<EncodedChunk, "type" | "data">): boolean {
    const isFull = this.#sizes.length >= MAX_UNREAD_FRAMES ||
      this.#bytes + data.length > MAX_UNREAD_BYTES;
    this.#hasGap = isFull || (this.#hasGap && type === "delta");
    if (this.#hasGap) {
      this.dropped++;
      return false;
    }
    this.#sizes.push(data.length);
    this.#bytes += data.length;
    return true;
  }

  /** The oldest has been read. True if it is time to ask for a key frame, since there is a gap and now there is room behind it. */
  read(): boolean {
    this.#bytes -= this.#sizes.shift() ?? 0;
    return this.#hasGap && this.#sizes.length === 0;
  }
}
