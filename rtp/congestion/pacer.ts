import type { Millis } from "../../core/stage/mod.ts";
import { BitrateProber } from "./bitrate_prober.ts";
import { PacketQueue } from "./packet_queue.ts";
import type { ProbeCluster } from "./probe_cluster.ts";

/** The pacer sends at so many times the target, for frames differ in size and none should wait for long. libwebrtc's number. */
export const PACING_FACTOR = 2.5;

/** No more than what the path carries in so many ms leaves at once (draft-ietf-rmcat-gcc-02 section 4). */
export const BURST_INTERVAL = 5;

/**
 * Timers of a busy process come late. What should have left meanwhile leaves then, of so many ms at most: more at once is lost in buffers of
 * the system.
 */
export const MAX_LATENESS = 50;

/** A queue that would take longer than so many ms is sent quicker. libwebrtc's number. */
const MAX_QUEUE_TIME = 2000;

/** How many packets wait at most. */
export const MAX_PACED_PACKETS = 8192;

/** How many bytes wait at most: 2 s of 32 Mb/s. */
export const MAX_PACED_BYTES = 8 * 1024 * 1024;

/** When padding that was asked for has not come, it is asked for again after so many ms. */
const PADDING_RETRY = 10;

/**
 * What goes first: sound (which also need not wait for its turn, for it is little and late at once), then what the peer misses,
 * then everything else.
 */
export type PacerPriority = "audio" | "retransmission" | "video";

/**
 * Spreads packets over time, so that queues in the network stay short: a leaky bucket (draft-ietf-rmcat-gcc-02 section 4).
 *
 * Pure: {@linkcode take} packets until there are no more for now, then send padding if {@linkcode paddingDue} asks for it, and come
 * back at {@linkcode nextTimeout}.
 *
 * @example
 * ```ts
 * import { Pacer } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const pacer = new Pacer<string>(384_000); // 2.5 times that: 120 bytes per ms
 * for (const packet of ["a", "b"]) pacer.enqueue(packet, 1200, "video", 0);
 * assertEquals([pacer.take(0), pacer.take(0)], ["a", undefined]);
 * assertEquals(pacer.nextTimeout, 10);
 * assertEquals(pacer.take(10), "b");
 * ```
 */
export class Pacer<T> {
  readonly #audio = new PacketQueue<T>();
  readonly #retransmissions = new PacketQueue<T>();
  readonly #video = new PacketQueue<T>();
  readonly #prober = new BitrateProber();
  readonly #pads: boolean;
  #bitrate: number;
  /** Bytes sent ahead of the pacing rate; below 0, those that it owes to packets that wait. */
  #debt = 0;
  #now: Millis = -Infinity;
  #cluster = 0;
  /** Whether there has been more than sound. */
  #hasMedia = false;
  #paddingAt: Millis = -Infinity;

  /** Begins with a target in bits per second. `pads` says that the sender can send padding on its own, for probes. */
  constructor(targetBitrate: number, pads = false) {
    this.#bitrate = targetBitrate * PACING_FACTOR;
    this.#pads = pads;
  }

  /** The probe that the packet last taken, or the padding last asked for, belongs to; 0 if none. For {@linkcode TransportPacket.cluster}. */
  get cluster(): number {
    return this.#cluster;
  }

  /** How many bytes wait. */
  get queuedBytes(): number {
    return this.#audio.bytes + this.#retransmissions.bytes + this.#video.bytes;
  }

  /** How many packets wait. */
  get queuedPackets(): number {
    return this.#audio.length + this.#retransmissions.length + this.#video.length;
  }

  /** How long what waits will take, in ms. An encoder does well to skip frames above half a second. */
  get queueTime(): Millis {
    return this.queuedBytes * 8000 / this.#pacingRate;
  }

  /** Follows a new target, in bits per second. */
  setTarget(bitrate: number, now: Millis): void {
    this.#leak(now);
    this.#bitrate = bitrate * PACING_FACTOR;
  }

  /** Sends a probe as soon as there are packets for it. */
  probe(cluster: ProbeCluster): void {
    this.#prober.add(cluster);
  }

  /** Takes a packet; false if there is no room for it, and it is dropped. */
  enqueue(packet: T, size: number, priority: PacerPriority, now: Millis): boolean {
    if (
      this.queuedPackets >= MAX_PACED_PACKETS || this.queuedBytes + size > MAX_PACED_BYTES
    ) return false;
    this.#leak(now);
    if (this.queuedPackets === 0) this.#debt = Math.max(0, this.#debt);
    if (priority !== "audio") this.#hasMedia = true;
    this.#queueOf(priority).push(packet, size);
    return true;
  }

  /** The next packet that is to leave now, if there is one. */
  take(now: Millis): T | undefined {
    this.#leak(now);
    const queue = this.#nextQueue();
    if (queue === undefined) return undefined;
    const size = queue.nextSize;
    const isDue = this.#prober.isDue(now);
    // Sound alone can't be sent at a probe's rate: what that found would be how much sound there is.
    const probes = this.#prober.isSending || isDue && queue !== this.#audio;
    if (!isDue && queue !== this.#audio && (probes || this.#debt >= this.#burst)) return undefined;
    this.#leave(size, probes, now);
    return queue.shift();
  }

  /** How many bytes of padding are to leave now, for a probe that has no packets; ask after {@linkcode take} has no more. */
  paddingDue(now: Millis): number {
    if (!this.#pads || !this.#hasMedia || now < this.#paddingAt) return 0;
    if (this.queuedPackets > 0 || !this.#prober.isDue(now)) return 0;
    this.#cluster = this.#prober.cluster;
    this.#paddingAt = now + PADDING_RETRY;
    return this.#prober.portion;
  }

  /** A packet of padding leaves. */
  paddingSent(size: number, now: Millis): void {
    this.#leak(now);
    this.#paddingAt = -Infinity;
    this.#leave(size, this.#prober.isDue(now), now);
  }

  /** When to come back, which is never earlier than the last time that this was told of; undefined if there is nothing to send. */
  get nextTimeout(): Millis | undefined {
    const probe = this.#prober.nextTimeout;
    if (this.queuedPackets === 0) {
      if (probe === undefined || !this.#pads || !this.#hasMedia) return undefined;
      return Math.max(probe, this.#paddingAt, this.#now);
    }
    if (this.#audio.length > 0) return this.#now;
    if (probe !== undefined && this.#prober.isSending) return Math.max(probe, this.#now);
    // Until all is paid, rather than until the next packet may go: fewer and larger bursts, of BURST_INTERVAL at most.
    const paced = this.#debt < this.#burst
      ? this.#now
      : this.#now + this.#debt / this.#bytesPerMilli;
    return Math.max(Math.min(paced, probe ?? Infinity), this.#now);
  }

  /** Drops everything that waits. */
  clear(): void {
    this.#audio.clear();
    this.#retransmissions.clear();
    this.#video.clear();
  }

  get #pacingRate(): number {
    return Math.max(this.#bitrate, this.queuedBytes * 8000 / MAX_QUEUE_TIME);
  }

  get #bytesPerMilli(): number {
    return this.#pacingRate / 8000;
  }

  get #burst(): number {
    return this.#bytesPerMilli * BURST_INTERVAL;
  }

  #leak(now: Millis): void {
    if (now <= this.#now) return;
    const least = this.queuedPackets > 0 ? -MAX_LATENESS * this.#bytesPerMilli : 0;
    this.#debt = Math.max(least, this.#debt - (now - this.#now) * this.#bytesPerMilli);
    this.#now = now;
  }

  #leave(size: number, probes: boolean, now: Millis): void {
    this.#debt += size;
    this.#cluster = probes ? this.#prober.cluster : 0;
    if (probes) this.#prober.sent(size, now);
  }

  #nextQueue(): PacketQueue<T> | undefined {
    if (this.#audio.length > 0) return this.#audio;
    if (this.#retransmissions.length > 0) return this.#retransmissions;
    return this.#video.length > 0 ? this.#video : undefined;
  }

  #queueOf(priority: PacerPriority): PacketQueue<T> {
    if (priority === "audio") return this.#audio;
    return priority === "retransmission" ? this.#retransmissions : this.#video;
  }
}
