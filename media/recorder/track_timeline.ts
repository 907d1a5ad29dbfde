import type { Millis } from "../../core/stage/mod.ts";
import { codecOfMimeType } from "../codec.ts";
import type { ChunkMetadata, EncodedChunk } from "../encoded_chunk.ts";
import { TimestampUnwrapper } from "../timestamp_unwrapper.ts";

/** RTP timestamps that jump by more than this, in microseconds, while time did not, are those of another stream. */
const MAX_JUMP = 10_000_000;

/**
 * RTP timestamps that are so far behind at once, in microseconds, stood still while nothing was sent: Chromium's do, for sound without a
 * track. Or the network held them back: then those that follow come earlier than they can, by more than delays vary.
 */
const MAX_STALL = 1_000_000;
const MAX_LEAD = 500_000;

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
  /** Where timestamps were last found to have stood still, and the offset before that. */
  #stall: { offset: number; media: number; at: Millis } | undefined;
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

  /** The stream goes on where time is, or, if it had only been held back, where it was. */
  #followStall(media: number, at: Millis): void {
    if (this.#last === undefined || this.#offset === undefined) return;
    const behind = (at - this.#last.at) * 1000 - (media - this.#lastMedia);
    if (behind > MAX_STALL) {
      this.#stall = { offset: this.#offset, media, at };
      this.#offset += behind;
    } else if (this.#stall !== undefined) {
      const lead = media - this.#stall.media - (at - this.#stall.at) * 1000;
      if (lead <= MAX_LEAD) return;
      this.#offset = this.#stall.offset;
      this.#stall = undefined;
    }
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
