import type { IceCandidate } from "../../ice/mod.ts";
import { RTCStatsReport } from "../rtc_stats_report.ts";
import { addDataChannel } from "../stats/data_channel.ts";
import { addPeerConnection } from "../stats/peer_connection.ts";
import { StatsCollector, StatsIds } from "../stats/stats.ts";
import { addTransport } from "../stats/transport.ts";
import { queueTask } from "../../webidl/task.ts";
import { INTERNAL } from "../../webidl/interface.ts";
import type { DataChannelTable } from "./data_channels.ts";
import type { RemoteCandidates } from "./remote_candidates.ts";
import type { Transport } from "./transport.ts";

/** What statistics need of their connection. */
export interface StatisticsHost {
  readonly channels: DataChannelTable;
  readonly transport: Transport | undefined;
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

  /** `RTCPeerConnection.getStats` (W3C WebRTC section 8.2). The values are those of the task that the promise is resolved in. */
  get(selector: unknown, context: string): Promise<RTCStatsReport> {
    if (selector !== null && selector !== undefined) throw unusable(selector, context);
    return new Promise((resolve, reject) =>
      queueTask(() => {
        try {
          resolve(this.#gather());
        } catch (error) {
          reject(error);
        }
      })
    );
  }

  #gather(): RTCStatsReport {
    const { channels, transport } = this.#host;
    const stats = new StatsCollector(this.#ids, performance.timeOrigin + performance.now());
    addPeerConnection(stats, this.#host, channels.records);
    if (transport !== undefined) {
      const remoteAddress = (candidate: IceCandidate) =>
        this.#remoteCandidates.shown(candidate)?.address ?? null;
      addTransport(stats, { ...transport.inspect(), remoteAddress });
    }
    for (const slots of channels.records.slots) addDataChannel(stats, slots);
    return new RTCStatsReport(INTERNAL, stats.entries);
  }
}

/** There is no media yet, and so no sender or receiver has whatever track is asked for. */
function unusable(selector: unknown, context: string): Error {
  return Object.prototype.toString.call(selector) === "[object MediaStreamTrack]"
    ? new DOMException(`${context}: no sender or receiver has this track`, "InvalidAccessError")
    : new TypeError(`${context}: the selector is no MediaStreamTrack`);
}
