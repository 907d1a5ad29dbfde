import type { Clock, Millis } from "../../core/mod.ts";
import type { IceCandidate } from "../../ice/mod.ts";
import type { MediaStreamTrack } from "../../media/mod.ts";
import { RTCStatsReport } from "../rtc_stats_report.ts";
import { addDataChannel } from "../stats/data_channel.ts";
import { addPeerConnection } from "../stats/peer_connection.ts";
import { StatsCollector, StatsIds } from "../stats/stats.ts";
import { select } from "../stats/selection.ts";
import { addTransceiver, type StreamIds } from "../stats/transceiver.ts";
import { addTransport } from "../stats/transport.ts";
import type {
  ReceiverSlots,
  SenderSlots,
  TransceiverMedia,
  TransceiverTable,
} from "../transceivers/mod.ts";
import { queueTask } from "../../webidl/task.ts";
import { construct } from "../../webidl/construct.ts";
import type { DataChannelTable } from "./data_channels.ts";
import type { RemoteCandidates } from "./remote_candidates.ts";
import type { TransportTable } from "./transport_table.ts";

/** What statistics need of their connection. */
export interface StatisticsHost {
  readonly channels: DataChannelTable;
  readonly transports: TransportTable;
  readonly transceivers: TransceiverTable;
  readonly clock: Clock;
  readonly media: Pick<TransceiverMedia, "figuresOf">;
}

/** Makes the reports of one connection (W3C WebRTC section 8). */
export class Statistics {
  readonly #host: StatisticsHost;
  readonly #remoteCandidates: RemoteCandidates;
  readonly #ids = new StatsIds();

  constructor(host: StatisticsHost, remoteCandidates: RemoteCandidates) {
    this.#host = host;
    this.#remoteCandidates = remoteCandidates;
  }

  /** `RTCPeerConnection.getStats` (W3C WebRTC section 8.2). The values are those of the call. */
  get(track: MediaStreamTrack | null, context: string): Promise<RTCStatsReport> {
    if (track === null) return this.#report();
    const { active } = this.#host.transceivers;
    const selected = [
      ...active.map(({ sender }) => sender),
      ...active.map(({ receiver }) => receiver),
    ].filter((slots) => slots.track === track);
    if (selected.length !== 1) {
      throw new DOMException(
        `${context}: ${selected.length} senders and receivers have this track, not one`,
        "InvalidAccessError",
      );
    }
    return this.of(selected[0]!);
  }

  /** `getStats` of a sender or a receiver: its RTP streams, and what they refer to (W3C WebRTC section 8.5). */
  of(selected: SenderSlots | ReceiverSlots): Promise<RTCStatsReport> {
    return this.#report(selected);
  }

  #report(selected?: SenderSlots | ReceiverSlots): Promise<RTCStatsReport> {
    return new Promise((resolve) => {
      const streams: StreamIds = new Map();
      const { entries } = this.#gather(streams);
      const report = construct(
        RTCStatsReport,
        selected ? select(entries, streams.get(selected) ?? []) : entries,
      );
      queueTask(() => resolve(report));
    });
  }

  #gather(streams: StreamIds): StatsCollector {
    const { channels, transports, transceivers, clock } = this.#host;
    const timestamp = performance.timeOrigin + performance.now();
    const stats = new StatsCollector(this.#ids, timestamp);
    const now = clock.now();
    const wallTime = (at: Millis) => timestamp - now + at;
    addPeerConnection(stats, this.#host, channels.records);
    for (const transport of transports.inUse) {
      const remoteAddress = (candidate: IceCandidate) =>
        this.#remoteCandidates.shown(candidate)?.address ?? null;
      addTransport(stats, { ...transport.inspect(), remoteAddress, wallTime });
    }
    for (const slots of channels.records.slots) addDataChannel(stats, slots);
    for (const transceiver of transceivers.active) {
      const figures = this.#host.media.figuresOf(transceiver);
      const transport = transports.inUse.find(({ dtls }) => dtls === transceiver.sender.transport);
      const transportId = transport && stats.id("transport", transport);
      addTransceiver(stats, transceiver, { figures, transportId, now, wallTime }, streams);
    }
    return stats;
  }
}
