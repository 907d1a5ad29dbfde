import type { CryptoProvider } from "../../core/crypto/provider.ts";
import type { Millis } from "../../core/stage/mod.ts";
import { createRtpPacket, type RtpPacket } from "../packet.ts";
import type { NtpClock } from "../reception/mod.ts";
import type { ReportBlock, SenderReport } from "../rtcp/mod.ts";

/** What a packet is made from: the stream knows the rest. */
export type SendInit =
  & Pick<RtpPacket, "payloadType" | "timestamp" | "payload">
  & Partial<Pick<RtpPacket, "marker" | "csrcs" | "extension" | "padding">>;

/** What a {@linkcode SendStream} sends. */
export interface SendStreamOptions {
  /** Our own source. */
  readonly ssrc: number;
  /** Of its payload type, in Hz. */
  readonly clockRate: number;
}

/**
 * One source of our own: its sequence numbers, and what sender reports say of it (RFC 3550 sections 5.1 and 6.4.1). A handful of numbers.
 *
 * @example
 * ```ts
 * import { NtpClock, SendStream } from "@heron/webrtc/rtp";
 * import { nodeProvider } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = new SendStream({ ssrc: 7, clockRate: 90000 }, nodeProvider);
 * const packet = stream.packet({ payloadType: 96, timestamp: 1000, payload: new Uint8Array(10) });
 * stream.sent(packet, 500);
 *
 * // Half a second later the RTP clock is 45000 further.
 * const report = stream.report(1000, new NtpClock(1_700_000_000_000), []);
 * assertEquals(report?.rtpTimestamp, 46000);
 * assertEquals([report?.packetCount, report?.octetCount], [1, 10]);
 * ```
 */
export class SendStream {
  /** Our own source. */
  readonly ssrc: number;
  /** In Hz; that of the payload type which is sent now. */
  clockRate: number;
  /** What is added to media time for timestamps to begin at random (RFC 3550 section 5.1); for whoever makes them. */
  readonly timestampOffset: number;
  #sequenceNumber: number;
  #numbered = 0;
  #packetCount = 0;
  #octetCount = 0;
  #timestamp: number | undefined;
  #sentAt: Millis = 0;

  /** A source that has sent nothing. */
  constructor({ ssrc, clockRate }: SendStreamOptions, crypto: CryptoProvider) {
    this.ssrc = ssrc;
    this.clockRate = clockRate;
    const random = crypto.random(6);
    const view = new DataView(random.buffer, random.byteOffset, random.length);
    this.timestampOffset = view.getUint32(0);
    // RFC 3550 section 5.1: at random; but in the lower half, or a receiver that misses the first packets could take the roll-over counter
    // of SRTP to be 0 where it is 1 already (RFC 3711 section 3.3.1).
    this.#sequenceNumber = view.getUint16(4) & 0x7fff;
  }

  /** The sequence number of the next packet. */
  get nextSequenceNumber(): number {
    return this.#sequenceNumber;
  }

  /** Sequence numbers taken so far. */
  get numberedCount(): number {
    return this.#numbered;
  }

  /** Packets sent so far. */
  get packetCount(): number {
    return this.#packetCount;
  }

  /** Payload bytes sent so far, padding not among them. */
  get octetCount(): number {
    return this.#octetCount;
  }

  /** The RTP timestamp that left last, and when its first packet did; undefined before the first. What begins anew goes on from there. */
  get last(): { readonly timestamp: number; readonly at: Millis } | undefined {
    return this.#timestamp === undefined
      ? undefined
      : { timestamp: this.#timestamp, at: this.#sentAt };
  }

  /** Takes the next sequence number. */
  takeSequenceNumber(): number {
    const sequenceNumber = this.#sequenceNumber;
    this.#sequenceNumber = (sequenceNumber + 1) & 0xffff;
    this.#numbered++;
    return sequenceNumber;
  }

  /** The next packet of the stream. */
  packet(init: SendInit): RtpPacket {
    const sequenceNumber = this.takeSequenceNumber();
    return createRtpPacket({ ...init, ssrc: this.ssrc, sequenceNumber });
  }

  /** Counts a packet that leaves now. */
  sent({ timestamp, payload }: RtpPacket, now: Millis): void {
    this.#packetCount++;
    this.#octetCount += payload.length;
    // The packets of one frame are spread by pacing: its clock is that of the first one.
    if (timestamp === this.#timestamp) return;
    this.#timestamp = timestamp;
    this.#sentAt = now;
  }

  /** The RTP clock at `now`; undefined before the first packet. */
  timestampAt(now: Millis): number | undefined {
    if (this.#timestamp === undefined) return undefined;
    return (this.#timestamp + Math.round((now - this.#sentAt) * this.clockRate / 1000)) >>> 0;
  }

  /** A sender report with at most 31 blocks about what we receive; undefined before the first packet, when there is nothing to report. */
  report(now: Millis, clock: NtpClock, reports: readonly ReportBlock[]): SenderReport | undefined {
    const rtpTimestamp = this.timestampAt(now);
    if (rtpTimestamp === undefined) return undefined;
    return {
      type: "SR",
      ssrc: this.ssrc,
      ntpTimestamp: clock.at(now),
      rtpTimestamp,
      packetCount: this.#packetCount >>> 0,
      octetCount: this.#octetCount % 2 ** 32,
      reports,
    };
  }
}
