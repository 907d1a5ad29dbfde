import type { MediaStreamTrack } from "../media/media_stream_track.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import { domString, double, nullable, requireArguments } from "../webidl/convert.ts";
import { defineInterface } from "../webidl/interface.ts";
import { promised } from "../webidl/promised.ts";
import { capabilities } from "./jsep/media/mod.ts";
import {
  createEncodedStreams,
  type RTCInsertableStreams,
} from "./encoded_transform/encoded_streams.ts";
import {
  getTransform,
  type RTCRtpTransform,
  setTransform,
} from "./encoded_transform/rtc_rtp_transform.ts";
import type { RTCDtlsTransport } from "./rtc_dtls_transport.ts";
import type { RTCRtpCapabilities, RTCRtpReceiveParameters } from "./rtc_rtp_parameters.ts";
import type { RTCStatsReport } from "./rtc_stats_report.ts";
import type {
  RTCRtpContributingSource,
  RTCRtpSynchronizationSource,
} from "./transceivers/contributing_sources.ts";
import type { ReceiverSlots } from "./transceivers/slots.ts";

const nullableDouble = nullable(double);

/** The highest `jitterBufferTarget`, in milliseconds. */
const MAX_JITTER_BUFFER_TARGET = 4000;

/** The slots of a receiver. Throws a TypeError for anything else. */
export let receiverSlots: (receiver: RTCRtpReceiver) => ReceiverSlots;

/** Receives a track (W3C WebRTC section 5.3). Scripts can't construct it. */
export class RTCRtpReceiver {
  static {
    receiverSlots = (receiver) => receiver.#slots;
  }

  readonly #slots: ReceiverSlots = slotsOfNew<ReceiverSlots>();

  /** The track; muted while nothing is received. */
  get track(): MediaStreamTrack {
    return this.#slots.track;
  }

  /** What the packets come over; null before there is a transport. */
  get transport(): RTCDtlsTransport | null {
    return this.#slots.transport;
  }

  /** What can be received of a kind, "audio" or "video"; null for any other. */
  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    requireArguments("RTCRtpReceiver.getCapabilities", arguments.length, 1);
    const text = domString(kind, "RTCRtpReceiver.getCapabilities");
    return text === "audio" || text === "video" ? capabilities(text) : null;
  }

  /** How the track is received. */
  getParameters(): RTCRtpReceiveParameters {
    const { headerExtensions, receiveCodecs, reducedSize } = this.#slots;
    return {
      headerExtensions: headerExtensions.map((extension) => ({ ...extension })),
      rtcp: { reducedSize },
      codecs: receiveCodecs.map((codec) => ({ ...codec })),
    };
  }

  /** Whose media mixers have put into what was received in the last ten seconds, the latest first. */
  getContributingSources(): RTCRtpContributingSource[] {
    return this.#slots.contributingSources.contributing(performance.timeOrigin + performance.now());
  }

  /** The RTP sources that were received in the last ten seconds, the latest first. */
  getSynchronizationSources(): RTCRtpSynchronizationSource[] {
    return this.#slots.contributingSources.synchronization(
      performance.timeOrigin + performance.now(),
    );
  }

  /**
   * What transforms the encoded frames that are received; null for nothing (W3C WebRTC Encoded Transform section 2.2).
   *
   * Setting throws a TypeError for what is no transform, and an `InvalidStateError` for one that is, or was, of another sender or receiver.
   */
  get transform(): RTCRtpTransform | null {
    return getTransform(this.#slots.frames);
  }

  set transform(value: RTCRtpTransform | null) {
    setTransform(this.#slots.frames, value, "RTCRtpReceiver.transform");
  }

  /**
   * The encoded frames as streams, for code that is older than `transform`. Throws an `InvalidStateError` if there is a transform, or frames
   * have passed already: `encodedInsertableStreams: true` in the connection's configuration keeps them waiting.
   */
  createEncodedStreams(): RTCInsertableStreams {
    return createEncodedStreams(this.#slots.frames, "RTCRtpReceiver.createEncodedStreams");
  }

  /** The statistics of this receiver alone. */
  getStats(): Promise<RTCStatsReport> {
    return promised(() => this.#slots.transceiver.host.statistics.of(this.#slots));
  }

  /**
   * For how long packets are to wait for those that are late, in milliseconds (0 to 4000); null is no preference. Of tracks in one stream,
   * which are played in step, the largest holds for each.
   *
   * Setting throws a RangeError for any other number.
   */
  get jitterBufferTarget(): number | null {
    return this.#slots.jitterBufferTarget;
  }

  set jitterBufferTarget(value: number | null) {
    const slots = this.#slots;
    const target = nullableDouble(value, "RTCRtpReceiver.jitterBufferTarget");
    if (target !== null && (target < 0 || target > MAX_JITTER_BUFFER_TARGET)) {
      throw new RangeError(
        `RTCRtpReceiver.jitterBufferTarget: ${target} is not within 0 and ${MAX_JITTER_BUFFER_TARGET}`,
      );
    }
    slots.jitterBufferTarget = target;
    slots.transceiver.host.media.update(slots.transceiver);
  }
}

defineInterface(RTCRtpReceiver);
