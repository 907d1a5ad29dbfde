import { linearLevel } from "../../media/frame_metadata.ts";
import type { ChunkMetadata } from "../../media/encoded_chunk.ts";
import type { Millis } from "../../core/mod.ts";

/** A source of what a receiver has lately received (W3C WebRTC section 5.3). */
export interface RTCRtpContributingSource {
  /** When a frame of it was last delivered: `performance.timeOrigin + performance.now()`, in milliseconds. */
  timestamp: number;
  /** The CSRC or SSRC. */
  source: number;
  /** 0 (silence) to 1 (0 dBov); absent where packets don't tell. */
  audioLevel?: number;
  /** The RTP timestamp of that frame. */
  rtpTimestamp: number;
  /** When that frame was captured, on the NTP clock of the capture system, in milliseconds; absent where packets don't tell. */
  captureTimestamp?: number;
  /** How far the sender takes the clock of the capture system to be from its own, in milliseconds; absent where packets don't tell. */
  senderCaptureTimeOffset?: number;
}

/** A source that sends packets itself. */
export interface RTCRtpSynchronizationSource extends RTCRtpContributingSource {}

/** How long a source is remembered, in milliseconds. */
const MEMORY: Millis = 10_000;
/** Sources of a kind that are remembered at most: packets name 15 others each, and a peer may change them as it likes. */
const MAX_SOURCES = 64;

/** The sources of one receiver, as `getContributingSources` and `getSynchronizationSources` tell. */
export class ContributingSources {
  readonly #contributing = new Map<number, RTCRtpContributingSource>();
  readonly #synchronization = new Map<number, RTCRtpSynchronizationSource>();

  /** A frame is delivered to the track at `timestamp`. */
  delivered(metadata: ChunkMetadata, timestamp: number): void {
    const { synchronizationSource, rtpTimestamp, contributingSources = [], audioLevel } = metadata;
    if (synchronizationSource === undefined || rtpTimestamp === undefined) return;
    const { captureTime, senderCaptureTimeOffset } = metadata;
    const entry = {
      timestamp,
      rtpTimestamp,
      ...(captureTime !== undefined && { captureTimestamp: captureTime }),
      ...(senderCaptureTimeOffset !== undefined && { senderCaptureTimeOffset }),
    };
    put(this.#synchronization, {
      ...entry,
      source: synchronizationSource,
      ...levelOf(audioLevel),
    });
    for (const [index, source] of contributingSources.entries()) {
      put(this.#contributing, {
        ...entry,
        source,
        ...levelOf(metadata.contributingLevels?.[index]),
      });
    }
  }

  /** The CSRCs of the last ten seconds, the latest first. */
  contributing(now: number): RTCRtpContributingSource[] {
    return recent(this.#contributing, now);
  }

  /** The SSRCs of the last ten seconds, the latest first. */
  synchronization(now: number): RTCRtpSynchronizationSource[] {
    return recent(this.#synchronization, now);
  }
}

/** Linear, of one in -dBov: RFC 6464's of a source, RFC 6465's of one that was mixed. */
function levelOf(decibels: number | undefined): Pick<RTCRtpContributingSource, "audioLevel"> {
  return decibels === undefined ? {} : { audioLevel: linearLevel(decibels) };
}

/** The latest is last in the map. */
function put(
  table: Map<number, RTCRtpContributingSource>,
  entry: RTCRtpContributingSource,
): void {
  table.delete(entry.source);
  table.set(entry.source, entry);
  if (table.size > MAX_SOURCES) table.delete(table.keys().next().value!);
}

function recent(
  table: ReadonlyMap<number, RTCRtpContributingSource>,
  now: number,
): RTCRtpContributingSource[] {
  return [...table.values()].filter(({ timestamp }) => now - timestamp <= MEMORY).reverse()
    .map((entry) => ({ ...entry }));
}
