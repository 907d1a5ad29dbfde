import type { Millis } from "../../core/stage/mod.ts";
import type { ArrivedPacket } from "./packet_result.ts";
import type { ProbeCluster } from "./probe_cluster.ts";

/** Of a probe's packets and bytes, this much has to arrive for a result. libwebrtc's number. */
const MIN_RECEIVED = 0.8;

/** A result takes at least so many packets. libwebrtc's number. */
const MIN_CLUSTER_SIZE = 4;

/** A probe that takes longer, sent or received, is none, in ms. libwebrtc's number. */
const MAX_INTERVAL = 1000;

/** What arrives more than so much quicker than it left says that the network saved it up; or it is a lie. libwebrtc's number. */
const MAX_RATIO = 2;

/** Arriving at less than this part of the send rate, it has found the capacity, of which this much is used. libwebrtc's numbers. */
const SATURATED = 0.9;
const UTILIZATION = 0.95;

/** How many probes are followed at a time; the oldest goes first. */
const MAX_CLUSTERS = 8;

interface Progress {
  readonly cluster: ProbeCluster;
  packets: number;
  bytes: number;
  firstSent: Millis;
  lastSent: Millis;
  lastSentSize: number;
  firstArrival: Millis;
  lastArrival: Millis;
  firstArrivalSize: number;
}

/** Finds at which rate a probe's packets came through. */
export class ProbeBitrateEstimator {
  readonly #clusters = new Map<number, Progress>();

  /** Follows a probe from now on. */
  follow(cluster: ProbeCluster): void {
    if (this.#clusters.size >= MAX_CLUSTERS) {
      for (const oldest of this.#clusters.keys()) {
        this.#clusters.delete(oldest);
        break;
      }
    }
    this.#clusters.set(cluster.id, begin(cluster));
  }

  /**
   * Takes packets in the order in which they arrived; returns what the last probe among them found, in bits per second.
   *
   * Deviation: libwebrtc believes a probe that came through but was sent below `estimate`, for want of packets. That has found nothing: the
   * path carries at least so much.
   */
  push(packets: readonly ArrivedPacket[], estimate: number): number | undefined {
    let found: number | undefined;
    for (const packet of packets) {
      if (packet.cluster === 0) continue;
      const progress = this.#clusters.get(packet.cluster);
      if (progress === undefined) continue;
      advance(progress, packet);
      found = result(progress, estimate) ?? found;
    }
    return found;
  }
}

function begin(cluster: ProbeCluster): Progress {
  return {
    cluster,
    packets: 0,
    bytes: 0,
    firstSent: Infinity,
    lastSent: -Infinity,
    lastSentSize: 0,
    firstArrival: Infinity,
    lastArrival: -Infinity,
    firstArrivalSize: 0,
  };
}

function advance(progress: Progress, { size, sentAt, receivedAt }: ArrivedPacket): void {
  progress.packets++;
  progress.bytes += size;
  progress.firstSent = Math.min(progress.firstSent, sentAt);
  if (sentAt >= progress.lastSent) {
    progress.lastSent = sentAt;
    progress.lastSentSize = size;
  }
  if (receivedAt < progress.firstArrival) {
    progress.firstArrival = receivedAt;
    progress.firstArrivalSize = size;
  }
  progress.lastArrival = Math.max(progress.lastArrival, receivedAt);
}

function result(progress: Progress, estimate: number): number | undefined {
  const { cluster, packets, bytes } = progress;
  if (packets < Math.max(MIN_CLUSTER_SIZE, MIN_RECEIVED * cluster.minPackets)) return undefined;
  if (bytes < MIN_RECEIVED * cluster.minBytes) return undefined;
  const sending = progress.lastSent - progress.firstSent;
  const arriving = progress.lastArrival - progress.firstArrival;
  if (sending <= 0 || sending > MAX_INTERVAL) return undefined;
  if (arriving <= 0 || arriving > MAX_INTERVAL) return undefined;
  // Between n packets there are n - 1 gaps: the last one sent, and the first that arrived, took no part of the time.
  const sendRate = (bytes - progress.lastSentSize) * 8000 / sending;
  const arrivalRate = (bytes - progress.firstArrivalSize) * 8000 / arriving;
  if (arrivalRate > MAX_RATIO * sendRate) return undefined;
  if (arrivalRate < SATURATED * sendRate) return UTILIZATION * arrivalRate;
  return sendRate < estimate ? undefined : Math.min(sendRate, arrivalRate);
}
