import type { Millis } from "../../../core/stage/mod.ts";
import { type RtpPacket, rtpPacketSize } from "../../packet.ts";
import {
  CongestionFeedbackGenerator,
  type NtpClock,
  ReceiverEstimator,
  type ReportedLosses,
  TransportFeedbackGenerator,
} from "../../reception/mod.ts";
import type { RtcpPacket } from "../../rtcp/mod.ts";
import type { FormatTable } from "../format_table.ts";
import type { ExtensionIds } from "../parameters.ts";
import { absSendTimeOf, transportSequenceOf } from "./packet_extensions.ts";

const NONE_REPORTED: ReportedLosses = { lost: 0, recovered: 0 };

/** What has been agreed for a section. */
interface Section {
  readonly extensions: ExtensionIds;
  readonly formats: FormatTable;
}

/**
 * Tells the other side when its packets arrive, by which it finds out what the path carries. It is about every packet of the transport, also
 * those that are of no use, in the first of three ways that its section has agreed on: transport-wide, stream by stream (RFC 8888), or as
 * an estimate of our own (REMB).
 */
export class ArrivalFeedback {
  readonly #ofTransport: TransportFeedbackGenerator;
  readonly #ofStreams: CongestionFeedbackGenerator;
  readonly #estimator: ReceiverEstimator;

  /** `ssrc` is that which feedback is of. */
  constructor(ssrc: number, ntp: NtpClock) {
    this.#ofTransport = new TransportFeedbackGenerator(ssrc);
    this.#ofStreams = new CongestionFeedbackGenerator(ssrc, ntp);
    this.#estimator = new ReceiverEstimator(ssrc);
  }

  /** A packet has arrived. */
  arrived(packet: RtpPacket, { extensions, formats }: Section, now: Millis): void {
    const { ssrc, sequenceNumber } = packet;
    const sequence = transportSequenceOf(packet, extensions);
    if (sequence !== undefined) this.#ofTransport.arrived(sequence, ssrc, now);
    else if (formats.tellsArrivals) this.#ofStreams.arrived(ssrc, sequenceNumber, now);
    else if (formats.tellsEstimate) {
      const sentAt = absSendTimeOf(packet, extensions);
      if (sentAt !== undefined) this.#estimator.arrived(sentAt, ssrc, rtpPacketSize(packet), now);
    }
  }

  /** What RFC 8888 reports have said of a stream. */
  reportedLosses(ssrc: number): ReportedLosses {
    return this.#ofStreams.reported(ssrc) ?? NONE_REPORTED;
  }

  /** The feedback that is due. */
  take(now: Millis): RtcpPacket[] {
    return [
      ...this.#ofTransport.take(now),
      ...this.#ofStreams.take(now),
      ...this.#estimator.take(now),
    ];
  }

  /** When {@linkcode ArrivalFeedback.take} wants to be called; Infinity if it need not be. */
  get nextTimeout(): Millis {
    return Math.min(
      this.#ofTransport.nextTimeout ?? Infinity,
      this.#ofStreams.nextTimeout ?? Infinity,
      this.#estimator.nextTimeout ?? Infinity,
    );
  }
}
