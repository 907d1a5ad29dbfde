import type { Millis } from "../../core/stage/mod.ts";
import type { ProbeCluster } from "./probe_cluster.ts";

/** How many probes wait to be sent; the oldest goes first. */
const MAX_CLUSTERS = 5;

/** A probe that has not been sent within so many ms of its first packet is given up. */
const MAX_DURATION = 1000;

/** Packets of a probe leave in portions of so many ms, as timers can't be finer. libwebrtc's number. */
const PORTION = 2;

/** The smallest portion, in bytes: a packet much smaller measures nothing. libwebrtc's number. */
const MIN_PORTION = 200;

/** Sends probes one after the other, each at its own rate. */
export class BitrateProber {
  #clusters: ProbeCluster[] = [];
  #startedAt: Millis | undefined;
  #packets = 0;
  #bytes = 0;

  /** The probe that is being sent; 0 if none. */
  get cluster(): number {
    return this.#clusters[0]?.id ?? 0;
  }

  /** When its next packet is due: -Infinity if it has not begun; undefined if there is no probe. */
  get nextTimeout(): Millis | undefined {
    const cluster = this.#clusters[0];
    if (cluster === undefined) return undefined;
    if (this.#startedAt === undefined) return -Infinity;
    return this.#startedAt + this.#bytes * 8000 / cluster.bitrate;
  }

  /** Whether a probe has begun and is not complete: what leaves meanwhile fills the path as well, and has to count. */
  get isSending(): boolean {
    return this.#startedAt !== undefined;
  }

  /** How many bytes are to be sent at once, more or less. */
  get portion(): number {
    const bitrate = this.#clusters[0]?.bitrate ?? 0;
    return Math.max(MIN_PORTION, Math.ceil(bitrate * PORTION / 8000));
  }

  /** Takes a probe. */
  add(cluster: ProbeCluster): void {
    if (this.#clusters.length === MAX_CLUSTERS) this.#next();
    this.#clusters.push(cluster);
  }

  /** Whether a packet of the probe is due. */
  isDue(now: Millis): boolean {
    if (this.#startedAt !== undefined && now - this.#startedAt > MAX_DURATION) this.#next();
    const due = this.nextTimeout;
    return due !== undefined && due <= now;
  }

  /** A packet of the probe leaves. */
  sent(size: number, now: Millis): void {
    const cluster = this.#clusters[0];
    if (cluster === undefined) return;
    this.#startedAt ??= now;
    this.#packets++;
    this.#bytes += size;
    if (this.#packets >= cluster.minPackets && this.#bytes >= cluster.minBytes) this.#next();
  }

  #next(): void {
    this.#clusters.shift();
    this.#startedAt = undefined;
    this.#packets = 0;
    this.#bytes = 0;
  }
}
