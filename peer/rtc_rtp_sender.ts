import { MediaStream } from "../media/media_stream.ts";
import { MediaStreamTrack } from "../media/media_stream_track.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import { domString, instance, nullable, requireArguments } from "../webidl/convert.ts";
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
import type { RTCDTMFSender } from "./rtc_dtmf_sender.ts";
import {
  type RTCRtpCapabilities,
  type RTCRtpSendParameters,
  rtcRtpSendParameters,
  type RTCSetParameterOptions,
  rtcSetParameterOptions,
} from "./rtc_rtp_parameters.ts";
import type { RTCStatsReport } from "./rtc_stats_report.ts";
import { replaceTrack } from "./transceivers/replace_track.ts";
import { getSendParameters, setSendParameters } from "./transceivers/send_parameters.ts";
import type { SenderSlots } from "./transceivers/slots.ts";

const nullableTrack = nullable(instance(MediaStreamTrack));
const toStream = instance(MediaStream);

/** The slots of a sender. Throws a TypeError for anything else. */
export let senderSlots: (sender: RTCRtpSender) => SenderSlots;

/** Sends a track (W3C WebRTC section 5.2). Scripts can't construct it. */
export class RTCRtpSender {
  static {
    senderSlots = (sender) => sender.#slots;
  }

  readonly #slots: SenderSlots = slotsOfNew<SenderSlots>();

  /** The track that is sent; null where nothing is. */
  get track(): MediaStreamTrack | null {
    return this.#slots.track;
  }

  /** What the packets go over; null before there is a transport. */
  get transport(): RTCDtlsTransport | null {
    return this.#slots.transport;
  }

  /** What can be sent of a kind, "audio" or "video"; null for any other. */
  static getCapabilities(kind: string): RTCRtpCapabilities | null {
    requireArguments("RTCRtpSender.getCapabilities", arguments.length, 1);
    const text = domString(kind, "RTCRtpSender.getCapabilities");
    return text === "audio" || text === "video" ? capabilities(text) : null;
  }

  /**
   * Changes how the track is sent, without negotiation. `parameters` are those of a `getParameters` in the same task, with changes.
   *
   * Rejects with an `InvalidStateError` if there was none or the transceiver has been stopped, with an `InvalidModificationError` if
   * something read-only differs or a codec has not been negotiated, and with a RangeError for values out of range.
   */
  setParameters(
    parameters: RTCRtpSendParameters,
    setParameterOptions: RTCSetParameterOptions = {},
  ): Promise<void> {
    const given = arguments.length;
    return promised(() => {
      const slots = this.#slots;
      const context = "RTCRtpSender.setParameters";
      requireArguments(context, given, 1);
      const converted = rtcRtpSendParameters(parameters, context);
      const { encodingOptions } = rtcSetParameterOptions(setParameterOptions, context);
      return setSendParameters(slots, converted, encodingOptions, context);
    });
  }

  /** How the track is sent; to be changed and given to `setParameters`. */
  getParameters(): RTCRtpSendParameters {
    return getSendParameters(this.#slots);
  }

  /**
   * Sends another track in place of this one, or none, without negotiation.
   *
   * Rejects with a TypeError if it is of the other kind, and with an `InvalidStateError` if the transceiver has been stopped or the
   * connection closed.
   */
  replaceTrack(withTrack: MediaStreamTrack | null): Promise<void> {
    const given = arguments.length;
    return promised(() => {
      const slots = this.#slots;
      const context = "RTCRtpSender.replaceTrack";
      requireArguments(context, given, 1);
      return replaceTrack(slots, nullableTrack(withTrack, context), context);
    });
  }

  /** Says which streams the track is in at the other side. Throws an `InvalidStateError` if the connection is closed. */
  setStreams(...streams: MediaStream[]): void {
    const slots = this.#slots;
    const context = "RTCRtpSender.setStreams";
    const converted = streams.map((stream) => toStream(stream, context));
    const { host } = slots.transceiver;
    if (host.isClosed) {
      throw new DOMException(`${context}: the connection is closed`, "InvalidStateError");
    }
    slots.associate(converted);
    host.negotiationNeeded.update();
  }

  /** The statistics of this sender alone. */
  getStats(): Promise<RTCStatsReport> {
    return promised(() => this.#slots.transceiver.host.statistics.of(this.#slots));
  }

  /**
   * What transforms the encoded frames before they are sent; null for nothing (W3C WebRTC Encoded Transform section 2.2).
   *
   * Setting throws a TypeError for what is no transform, and an `InvalidStateError` for one that is, or was, of another sender or receiver.
   */
  get transform(): RTCRtpTransform | null {
    return getTransform(this.#slots.frames);
  }

  set transform(value: RTCRtpTransform | null) {
    setTransform(this.#slots.frames, value, "RTCRtpSender.transform");
  }

  /**
   * The encoded frames as streams, for code that is older than `transform`. Throws an `InvalidStateError` if there is a transform, or frames
   * have passed already: `encodedInsertableStreams: true` in the connection's configuration keeps them waiting.
   */
  createEncodedStreams(): RTCInsertableStreams {
    return createEncodedStreams(this.#slots.frames, "RTCRtpSender.createEncodedStreams");
  }

  /** Sends DTMF; null for video. */
  get dtmf(): RTCDTMFSender | null {
    return this.#slots.dtmf?.object ?? null;
  }
}

defineInterface(RTCRtpSender);
