import type { EncodingBitrate } from "../event.ts";
import { lowestFirst } from "./section_limit.ts";
import type { Sender } from "./sender.ts";

/** What a stream of audio gets, if its sender does not say, in bits per second. */
const AUDIO_BITRATE = 64_000;

/** What a lower layer of a simulcast gets at most before the next one begins, in bits per second: about what libwebrtc gives 180, 360, 720 lines. */
const LAYER_BITRATES: readonly number[] = [200_000, 700_000, 2_500_000];

/** How the target is shared (draft-ietf-rmcat-gcc-02 leaves it open): audio first, then video sections in equal parts as far as they may have them, lower layers first. */
export function allocate(senders: Iterable<Sender>, bitrate: number): EncodingBitrate[] {
  const allocations: EncodingBitrate[] = [];
  const videos: Sender[] = [];
  let left = bitrate;
  for (const sender of senders) {
    const active = sender.streams().filter(({ parameters }) => parameters.active);
    if (active.length === 0) continue;
    if (sender.kind === "video") {
      videos.push(sender);
      continue;
    }
    for (const { ssrc, parameters } of active) {
      const share = Math.min(parameters.maxBitrate ?? AUDIO_BITRATE, left);
      left -= share;
      allocations.push({ mid: sender.mid, ssrc, bitrate: Math.round(share) });
    }
  }
  videos.sort((one, other) => limitOf(one) - limitOf(other));
  for (const [i, sender] of videos.entries()) {
    const share = Math.min(left / (videos.length - i), limitOf(sender));
    left -= share;
    allocations.push(...layers(sender, share));
  }
  return allocations;
}

function limitOf({ parameters }: Sender): number {
  return parameters.maxBitrate ?? Infinity;
}

function layers(sender: Sender, bitrate: number): EncodingBitrate[] {
  const active = lowestFirst(sender.streams());
  let left = bitrate;
  return active.map(({ ssrc, rid, parameters: { maxBitrate = Infinity } }, i) => {
    const isLast = i === active.length - 1;
    const usual = isLast ? Infinity : LAYER_BITRATES[Math.min(i, LAYER_BITRATES.length - 1)]!;
    const share = Math.min(left, maxBitrate, usual);
    left -= share;
    return {
      mid: sender.mid,
      ssrc,
      ...(rid !== undefined && { rid }),
      bitrate: Math.round(share),
    };
  });
}
