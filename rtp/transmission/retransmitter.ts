import { Discards, type Millis } from "../../core/stage/mod.ts";
import type { HeaderExtension } from "../header_extension.ts";
import type { RtpPacket } from "../packet.ts";
import { encapsulateRtx } from "../payload/mod.ts";
import { type CachedPacket, PacketHistory } from "./packet_history.ts";
import { RateLimit } from "./rate_limit.ts";
import type { SendStream } from "./send_stream.ts";

/** What may be sent again, in bits per second, until congestion control says otherwise. */
export const DEFAULT_RETRANSMISSION_BITRATE = 2_000_000;

/** A packet is sent again at most so often. */
export const MAX_RETRANSMISSIONS = 10;

/** No packet is sent again sooner, however short the round trip. */
const MIN_RETRANSMISSION_INTERVAL: Millis = 5;

/** Share of a round trip after which a packet may go again: the other side measures another one, and asks after its own. */
const ROUND_TRIP_SHARE = 0.75;

/** How lost packets are sent again. */
export interface RetransmitterOptions {
  /** The RTX stream (RFC 4588 section 4); without one, packets are sent again as they were. */
  readonly rtx?: {
    /** Its source. */
    readonly stream: SendStream;
    /** RTX payload type of each payload type; packets of others are not sent again. */
    readonly payloadTypes: ReadonlyMap<number, number>;
  };
  /** Bits per second. */
  readonly bitrate?: number;
  /** How long packets are kept. */
  readonly maxAge?: Millis;
  /** Gives a packet that is sent again other header extensions, such as a repaired stream identifier; by default they stay. */
  readonly extension?: (original: RtpPacket) => HeaderExtension | undefined;
}

/** Why a packet that was asked for is not sent again. */
export type RetransmissionDiscard =
  /** It is too old, or has never been. */
  | "unknown packet"
  /** It has been sent within the last round trip: that one may still arrive. */
  | "too soon"
  /** It has been sent again too often. */
  | "too often"
  /** The rate does not allow it. */
  | "rate limit"
  /** There is no RTX payload type for it. */
  | "no payload type";

/**
 * Answers NACKs of one stream (RFC 4585 section 6.2.1), by RTX packets if that was agreed on (RFC 4588). However often a peer asks, each
 * packet goes once in a round trip, and all together stay within a rate: nobody gets more out of it than the media itself.
 *
 * @example
 * ```ts
 * import { createRtpPacket, Retransmitter, SendStream } from "@heron/webrtc/rtp";
 * import { nodeProvider } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = new SendStream({ ssrc: 8, clockRate: 90000 }, nodeProvider);
 * const retransmitter = new Retransmitter({ rtx: { stream, payloadTypes: new Map([[96, 97]]) } });
 * const packet = createRtpPacket({ ssrc: 7, payloadType: 96, sequenceNumber: 5, timestamp: 0 });
 * retransmitter.sent(packet, 1000);
 * const [answer] = retransmitter.answer([5], 1050);
 * assertEquals([answer?.ssrc, answer?.payloadType], [8, 97]);
 * // Asked again before that can have arrived, it does not go again.
 * assertEquals(retransmitter.answer([5], 1060, 50), []);
 * ```
 */
export class Retransmitter {
  /** What was not sent again. */
  readonly discards: Discards<RetransmissionDiscard> = new Discards();
  /** What was sent of late. */
  readonly history: PacketHistory;
  /** The RTX stream, which needs sender reports of its own. */
  readonly stream: SendStream | undefined;
  #payloadTypes: ReadonlyMap<number, number> | undefined;
  readonly #limit: RateLimit;
  readonly #extension: ((original: RtpPacket) => HeaderExtension | undefined) | undefined;
  #packets = 0;
  #bytes = 0;

  /** Sends nothing until asked. */
  constructor(options: RetransmitterOptions = {}) {
    const { rtx, bitrate = DEFAULT_RETRANSMISSION_BITRATE, maxAge, extension } = options;
    this.history = new PacketHistory(maxAge);
    this.stream = rtx?.stream;
    this.#payloadTypes = rtx?.payloadTypes;
    this.#limit = new RateLimit(bitrate);
    this.#extension = extension;
  }

  /** Packets that were sent again. */
  get packetsSent(): number {
    return this.#packets;
  }

  /** Their payload without what RTX adds, in bytes. */
  get bytesSent(): number {
    return this.#bytes;
  }

  /** Follows a negotiation: the RTX payload type of each payload type. Without an RTX stream, packets are sent again as they were. */
  setPayloadTypes(payloadTypes: ReadonlyMap<number, number>): void {
    if (this.stream !== undefined) this.#payloadTypes = payloadTypes;
  }

  /** Sets what may be sent again, in bits per second. */
  setBitrate(bitrate: number): void {
    this.#limit.setBitrate(bitrate);
  }

  /** Keeps a packet that is sent now, in the order of sequence numbers. It must not be changed afterwards. */
  sent(packet: RtpPacket, now: Millis): void {
    this.history.add(packet, now);
  }

  /** The packets that answer a NACK, to be sent now. */
  answer(lost: readonly number[], now: Millis, roundTrip: Millis = 0): RtpPacket[] {
    this.history.expire(now);
    const packets: RtpPacket[] = [];
    const interval = Math.max(ROUND_TRIP_SHARE * roundTrip, MIN_RETRANSMISSION_INTERVAL);
    for (const sequenceNumber of lost) {
      const sent = this.history.find(sequenceNumber);
      const reason = sent === undefined ? "unknown packet" : this.#refuse(sent, now, interval);
      if (reason !== undefined) this.discards.add(reason);
      else packets.push(this.#repeat(sent!, now));
    }
    return packets;
  }

  #refuse(sent: CachedPacket, now: Millis, interval: Millis): RetransmissionDiscard | undefined {
    if (sent.retransmissions > 0 && now - sent.lastSentAt < interval) return "too soon";
    if (sent.retransmissions === MAX_RETRANSMISSIONS) return "too often";
    if (this.#payloadTypes?.has(sent.packet.payloadType) === false) return "no payload type";
    if (!this.#limit.take(sent.size, now)) return "rate limit";
    return undefined;
  }

  #repeat(sent: CachedPacket, now: Millis): RtpPacket {
    sent.retransmissions++;
    sent.lastSentAt = now;
    this.#packets++;
    this.#bytes += sent.packet.payload.length;
    let original = sent.packet;
    if (this.#extension !== undefined) {
      original = { ...original, extension: this.#extension(original) };
    }
    const payloadType = this.#payloadTypes?.get(original.payloadType);
    if (this.stream === undefined || payloadType === undefined) return original;
    const { ssrc } = this.stream;
    const sequenceNumber = this.stream.takeSequenceNumber();
    const packet = encapsulateRtx(original, { ssrc, payloadType }, sequenceNumber);
    this.stream.sent(packet, now);
    return packet;
  }
}
