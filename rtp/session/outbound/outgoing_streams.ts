import type { Millis } from "../../../core/stage/mod.ts";
import type { NtpClock } from "../../reception/mod.ts";
import type { SenderReport } from "../../rtcp/mod.ts";
import type { OutgoingStream } from "./outgoing_stream.ts";

/** Streams by each of their SSRCs: that of the media, of its retransmissions, of its FEC. */
export type StreamsBySsrc = ReadonlyMap<number, OutgoingStream>;

/** The streams of all senders of a session. */
export class OutgoingStreams {
  readonly #bySsrc = new Map<number, OutgoingStream>();

  /** The stream that has this SSRC, be it that of its media or not. */
  get(ssrc: number): OutgoingStream | undefined {
    return this.#bySsrc.get(ssrc);
  }

  /** A sender has these streams and SSRCs now, in place of those before. */
  replace(before: StreamsBySsrc, after: StreamsBySsrc): void {
    for (const [ssrc, stream] of before) {
      const isItsOwn = this.#bySsrc.get(ssrc) === stream;
      if (isItsOwn && after.get(ssrc) !== stream) this.#bySsrc.delete(ssrc);
    }
    for (const [ssrc, stream] of after) this.#bySsrc.set(ssrc, stream);
  }

  /** The first stream of which media has been sent. */
  get sent(): OutgoingStream | undefined {
    for (const stream of this.#bySsrc.values()) if (stream.media.packetCount > 0) return stream;
    return undefined;
  }

  /** The round trip, as the reports of the other side tell it. */
  get roundTrip(): Millis | undefined {
    for (const { roundTrip } of this.#bySsrc.values()) {
      if (roundTrip.smoothed !== undefined) return roundTrip.smoothed;
    }
    return undefined;
  }

  /** Sender reports of all that has been sent. */
  reports(now: Millis, ntp: NtpClock): SenderReport[] {
    return this.#all().flatMap((stream) => stream.reports(now, ntp));
  }

  /** The SSRCs of all that has been sent. */
  sentSources(): number[] {
    return sentSourcesOf(this.#all());
  }

  #all(): OutgoingStream[] {
    return [...new Set(this.#bySsrc.values())];
  }
}

/** Streams by all of their SSRCs. */
export function bySsrc(streams: readonly OutgoingStream[]): StreamsBySsrc {
  return new Map(streams.flatMap((stream) => stream.sources.map(({ ssrc }) => [ssrc, stream])));
}

/** The SSRCs of streams that have been sent: others need no goodbye. */
export function sentSourcesOf(streams: readonly OutgoingStream[]): number[] {
  return streams.flatMap(({ sources }) =>
    sources.filter(({ packetCount }) => packetCount > 0).map(({ ssrc }) => ssrc)
  );
}
