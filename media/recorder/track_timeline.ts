import type { Millis } from "../../core/stage/mod.ts";
import { codecOfMimeType } from "../codec.ts";
import type { ChunkMetadata, EncodedChunk } from "../encoded_chunk.ts";
import { TimestampUnwrapper } from "../timestamp_unwrapper.ts";

/** RTP timestamps that jump by more than this, in microseconds, while time did not, are those of another stream. */
const MAX_JUMP = 10_000_000;

/**
 * RTP timestamps that are so far behind at once, in microseconds, stood still while nothing was sent, as Chromium's do for sound without a
 * track; unless chunks were held back, by the network or by a busy machine: then the next ones come faster than at their pace.
 */
const MAX_STALL = 1_000_000;

/** How many are looked at to tell. */
const PACE_CHUNKS = 3;

/** Local sources may be written faster or slower than in real time; timestamps that jump by an hour are wrong, and would take memory. */
const MAX_LOCAL_JUMP = 3_600_000_000;

/** Tracks of local sources whose clocks differ by no more than this, in microseconds, share one. */
const MAX_LOCAL_SKEW = 2_000_000;

/** What the tracks of a recording know of each other. */
export interface SharedClock {
  /** What to add to timestamps of local sources. */
  localOffset: number | undefined;
}

/** A chunk, and when it came. */
export interface Arrival {
  readonly chunk: EncodedChunk;
  /** Milliseconds on the recording's clock. */
  readonly at: Millis;
}

/**
 * When a chunk was captured, by its sender's wall clock: as its packets say it (W3C WebRTC Extensions has the sum), or as sender reports do
 * for its RTP timestamp (RFC 3550 section 6.4.1). Undefined while nothing has.
 */
export function capturedAt(
  { captureTime, senderCaptureTimeOffset = 0, senderTime }: ChunkMetadata = {},
): Millis | undefined {
  return captureTime === undefined ? senderTime : captureTime + senderCaptureTimeOffset;
}

/**
 * Puts the chunks of one track on the time line of a recording, in microseconds.
 *
 * RTP timestamps wrap, and begin anew with each stream: they count from when the stream's first chunk came, or from when it was captured
 * where that is known of all tracks. Local sources share a clock.
 */
export class TrackTimeline {
  readonly #shared: SharedClock;
  #rtpTime = new TimestampUnwrapper();
  #stream: number | undefined;
  #offset: number | undefined;
  #lastMedia = 0;
  #last: { time: number; at: Millis } | undefined;
  /** By how much timestamps seem to have stood still, and the chunks that have come since it was found. */
  #stall: { behind: number; media: number; at: Millis; chunks: number } | undefined;
  /** The latest time that was given out, and that of the last key frame. */
  #latest = -Infinity;
  #key = -Infinity;

  constructor(shared: SharedClock) {
    this.#shared = shared;
  }

  /** Begins by when this chunk was captured, which has to be known. */
  begin(chunk: EncodedChunk): void {
    this.#stream = chunk.metadata?.synchronizationSource;
    this.#offset = capturedAt(chunk.metadata)! * 1000 - this.#mediaTime(chunk);
  }

  /** When a chunk is in the recording. */
  place({ chunk, at }: Arrival): number {
    const { metadata = {} } = chunk;
    const { synchronizationSource } = metadata;
    if (this.#stream !== synchronizationSource) this.#restart();
    this.#stream = synchronizationSource;
    const media = this.#mediaTime(chunk);
    if (this.#last !== undefined && this.#hasJumped(chunk, media, at)) this.#restart();
    else if (metadata.rtpTimestamp !== undefined) this.#followStall(media, at);
    this.#offset ??= this.#anchor(chunk, this.#mediaTime(chunk), at);
    this.#lastMedia = this.#mediaTime(chunk);
    const time = this.#inOrder(this.#lastMedia + this.#offset, chunk.type);
    this.#last = { time, at };
    return time;
  }

  /** Where in the recording a moment is, by the chunk before it; undefined if there is none. */
  timeAt(now: Millis): number | undefined {
    return this.#last && this.#last.time + (now - this.#last.at) * 1000;
  }

  /** What comes next follows at that time. */
  skipTo(time: number): void {
    if (this.#last === undefined || this.#offset === undefined) return;
    this.#offset += time - this.#last.time;
    this.#last = { ...this.#last, time };
    this.#latest = Math.max(this.#latest, time);
  }

  #restart(): void {
    this.#offset = this.#stall = undefined;
    this.#rtpTime = new TimestampUnwrapper();
  }

  #mediaTime({ timestamp, metadata }: EncodedChunk): number {
    const { rtpTimestamp, mimeType = "" } = metadata ?? {};
    const clockRate = codecOfMimeType(mimeType)?.clockRate;
    if (rtpTimestamp === undefined || clockRate === undefined) return timestamp;
    return this.#rtpTime.unwrap(rtpTimestamp) * 1_000_000 / clockRate;
  }

  #hasJumped({ metadata }: EncodedChunk, media: number, at: Millis): boolean {
    const most = metadata?.rtpTimestamp === undefined ? MAX_LOCAL_JUMP : MAX_JUMP;
    const elapsed = (at - this.#last!.at) * 1000;
    return Math.abs(media - this.#lastMedia - elapsed) > most;
  }

  /** A stream whose timestamps stood still goes on where time is. */
  #followStall(media: number, at: Millis): void {
    if (this.#last === undefined || this.#offset === undefined) return;
    const behind = (at - this.#last.at) * 1000 - (media - this.#lastMedia);
    if (behind > MAX_STALL) this.#stall = { behind, media, at, chunks: 0 };
    const stall = this.#stall;
    if (stall === undefined || stall.chunks++ < PACE_CHUNKS) return;
    this.#stall = undefined;
    const isAtItsPace = (at - stall.at) * 1000 > (media - stall.media) / 2;
    if (isAtItsPace) this.#offset += stall.behind;
  }

  #anchor({ metadata = {} }: EncodedChunk, media: number, at: Millis): number {
    if (this.#last !== undefined) {
      return this.#last.time + Math.max(1, at - this.#last.at) * 1000 - media;
    }
    const offset = (metadata.receiveTime ?? at) * 1000 - media;
    if (metadata.rtpTimestamp !== undefined) return offset;
    const local = this.#shared.localOffset ??= offset;
    return Math.abs(local - offset) <= MAX_LOCAL_SKEW ? local : offset;
  }

  /** No file has a key frame before what is shown earlier, and frames that are shown out of order stay within their group. */
  #inOrder(time: number, type: EncodedChunk["type"]): number {
    const earliest = type === "key" ? this.#latest : this.#key;
    const placed = time > earliest ? time : this.#latest + 1;
    this.#latest = Math.max(this.#latest, placed);
    if (type === "key") this.#key = placed;
    return placed;
  }
}
