import type { MediaCodec } from "../codec.ts";
import { parseOpusToc } from "../../rtp/mod.ts";

/** How long a piece of audio plays, in microseconds, by its bytes; undefined for video. */
export function audioDuration(
  { mimeType, clockRate }: MediaCodec,
  data: Uint8Array,
): number | undefined {
  if (mimeType === "audio/opus") {
    const toc = parseOpusToc(data);
    return toc && toc.duration * 1000;
  }
  // A byte is one sample of G.711, and two of G722, whose clock is half as fast as its samples (RFC 3551 section 4.5.2).
  return mimeType.startsWith("audio/") ? data.length * 1_000_000 / clockRate : undefined;
}
