import type { Millis } from "../../../core/stage/mod.ts";
import {
  type CongestionEvent,
  Pacer,
  type PacerPriority,
  SendSideBandwidthEstimation,
} from "../../congestion/mod.ts";
import { type RtpPacket, rtpPacketSize, serializeRtpPacket } from "../../packet.ts";
import type { ExtensionHeaders } from "./extension_headers.ts";
import type { OutgoingStream } from "./outgoing_stream.ts";
import { STAMP_SIZE, stamped } from "./packet_extensions.ts";

/** Share of the target that retransmissions may take. */
const RETRANSMISSION_SHARE = 0.5;

/** A packet on its way out. */
interface Queued {
  readonly packet: RtpPacket;
  readonly stream: OutgoingStream;
  readonly headers: ExtensionHeaders;
  readonly isRepeated: boolean;
  readonly since: Millis;
  /** Of a packet that was written. */
  readonly id: number | undefined;
}

/** What a transmitter asks of its session. */
export interface TransmitterHost {
  /** A packet leaves. */
  emit(kind: "rtp", data: Uint8Array): void;
  /** Streams that have packets to pad with. */
  paddingStreams(): Iterable<{ stream: OutgoingStream; headers: ExtensionHeaders }>;
  /** A packet of media has left. */
  mediaLeft(now: Millis): void;
  /** A packet that was written has left. */
  written(
    packet: { readonly mid: string; readonly id: number },
    left: { readonly at: Millis; readonly size: number },
  ): void;
}

/** The last stretch of all packets of a transport: paced, numbered, and counted by congestion control. */
export class Transmitter {
  readonly estimation: SendSideBandwidthEstimation;
  readonly #pacer: Pacer<Queued>;
  readonly #host: TransmitterHost;
  /** The number of the next packet, whichever stream it is of (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 2). */
  #next = 0;
  #targetChanged = false;

  constructor(host: TransmitterHost, startBitrate: number | undefined) {
    this.#host = host;
    this.estimation = new SendSideBandwidthEstimation(
      startBitrate === undefined ? {} : { startBitrate },
    );
    this.#pacer = new Pacer(this.estimation.targetBitrate, true);
  }

  /** How long what waits will take. */
  get queueTime(): Millis {
    return this.#pacer.queueTime;
  }

  /** Takes a packet; false if there is no room, and it is dropped. */
  enqueue(
    packet: RtpPacket,
    stream: OutgoingStream,
    headers: ExtensionHeaders,
    priority: PacerPriority,
    now: Millis,
    id?: number,
  ): boolean {
    const isRepeated = priority === "retransmission";
    const queued: Queued = { packet, stream, headers, isRepeated, since: now, id };
    return this.#pacer.enqueue(queued, rtpPacketSize(packet) + STAMP_SIZE, priority, now);
  }

  /** Sends what may leave now. */
  flush(now: Millis): void {
    this.#follow(now);
    do {
      for (let queued; (queued = this.#pacer.take(now)) !== undefined;) this.#leave(queued, now);
      for (let size; (size = this.#pacer.paddingDue(now)) > 0;) if (!this.#pad(size, now)) break;
    } while (this.#follow(now)); // what has left may have begun a probe
  }

  /** Serves what congestion control waits for. */
  handleTimeout(now: Millis): void {
    const at = this.estimation.nextTimeout;
    if (at !== undefined && at <= now) this.estimation.handleTimeout(now);
  }

  /** Whether the target has changed since the last time. */
  takeTargetChange(): boolean {
    const changed = this.#targetChanged;
    this.#targetChanged = false;
    return changed;
  }

  get nextTimeout(): Millis | undefined {
    const next = Math.min(
      this.#pacer.nextTimeout ?? Infinity,
      this.estimation.nextTimeout ?? Infinity,
    );
    return next === Infinity ? undefined : next;
  }

  /** Drops everything that waits. */
  clear(): void {
    this.#pacer.clear();
  }

  /** Does what congestion control says, and returns whether that was anything. */
  #follow(now: Millis): boolean {
    const events: CongestionEvent[] = [];
    this.estimation.poll(events);
    for (const event of events) {
      if (event.type === "probe") this.#pacer.probe(event.cluster);
      else {
        this.#pacer.setTarget(event.bitrate, now);
        this.#targetChanged = true;
        for (const { stream } of this.#host.paddingStreams()) {
          stream.retransmitter.setBitrate(event.bitrate * RETRANSMISSION_SHARE);
        }
      }
    }
    return events.length > 0;
  }

  #leave({ packet, stream, headers, isRepeated, since, id }: Queued, now: Millis): void {
    const sent = this.#emit(packet, headers, now);
    if (id !== undefined) {
      this.#host.written({ mid: stream.name.mid, id }, { at: now, size: rtpPacketSize(sent) });
    }
    stream.traffic.add(sent, isRepeated, since, now);
    if (packet.ssrc === stream.fec?.ssrc) stream.fec.sent(sent, now);
    if (isRepeated || packet.ssrc !== stream.ssrc) return;
    stream.media.sent(sent, since);
    stream.retransmitter.sent(sent, now);
    this.#host.mediaLeft(now);
  }

  /** Returns whether there is a stream that can be padded. */
  #pad(size: number, now: Millis): boolean {
    for (const { stream, headers } of this.#host.paddingStreams()) {
      const packet = stream.padding(size, now);
      if (packet === undefined) continue;
      const sent = this.#emit(packet, headers, now);
      this.#pacer.paddingSent(rtpPacketSize(sent), now);
      stream.traffic.add(sent, false, now, now);
      return true;
    }
    return false;
  }

  #emit(packet: RtpPacket, headers: ExtensionHeaders, now: Millis): RtpPacket {
    const sequence = this.#next;
    this.#next = (sequence + 1) & 0xffff;
    const sent = stamped(packet, headers, sequence, now);
    const { ssrc, sequenceNumber } = sent;
    const { cluster } = this.#pacer;
    this.estimation.sent(
      { sequence, size: rtpPacketSize(sent), cluster, ssrc, sequenceNumber },
      now,
    );
    this.#host.emit("rtp", serializeRtpPacket(sent));
    return sent;
  }
}
