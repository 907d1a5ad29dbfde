import { slotsOfNew } from "../webidl/construct.ts";
import { domString, requireArguments, sequence } from "../webidl/convert.ts";
import { defineInterface } from "../webidl/interface.ts";
import { checkCodecPreferences } from "./jsep/media/mod.ts";
import {
  type RTCRtpCodec,
  rtcRtpCodec,
  type RTCRtpHeaderExtensionCapability,
  rtcRtpHeaderExtensionCapability,
  type RTCRtpTransceiverDirection,
  TRANSCEIVER_DIRECTIONS,
} from "./rtc_rtp_parameters.ts";
import type { RTCRtpReceiver } from "./rtc_rtp_receiver.ts";
import type { RTCRtpSender } from "./rtc_rtp_sender.ts";
import { checkHeaderExtensions } from "./transceivers/header_extensions.ts";
import type { TransceiverSlots } from "./transceivers/slots.ts";
import { stopSendingAndReceiving } from "./transceivers/stop.ts";

const toCodecs = sequence(rtcRtpCodec);
const toHeaderExtensions = sequence(rtcRtpHeaderExtensionCapability);

/** A sender and a receiver that share a section of the descriptions (W3C WebRTC section 5.4). Scripts can't construct it. */
export class RTCRtpTransceiver {
  readonly #slots: TransceiverSlots = slotsOfNew<TransceiverSlots>();

  /** What names the section; null before one has been negotiated. */
  get mid(): string | null {
    return this.#slots.mid;
  }

  /** Sends a track. */
  get sender(): RTCRtpSender {
    return this.#slots.sender.object;
  }

  /** Receives a track. */
  get receiver(): RTCRtpReceiver {
    return this.#slots.receiver.object;
  }

  /**
   * In which direction media is to go; setting it makes negotiation necessary.
   *
   * Setting throws an `InvalidStateError` if the transceiver has been stopped, and a TypeError for "stopped".
   */
  get direction(): RTCRtpTransceiverDirection {
    const { stopping, direction } = this.#slots;
    return stopping ? "stopped" : direction;
  }

  set direction(value: RTCRtpTransceiverDirection) {
    const slots = this.#slots;
    const context = "RTCRtpTransceiver.direction";
    const text = domString(value, context);
    const direction = TRANSCEIVER_DIRECTIONS.find((each) => each === text);
    if (direction === undefined) return; // WebIDL section 3.7.6: what is no value of the enumeration is ignored
    if (slots.stopping) throw invalidState(`${context}: the transceiver has been stopped`);
    if (direction === slots.direction) return;
    if (direction === "stopped") {
      throw new TypeError(`${context}: it can't be set to "stopped"; call stop()`);
    }
    slots.direction = direction;
    slots.host.negotiationNeeded.update();
  }

  /** In which direction media goes; null before it has been negotiated. */
  get currentDirection(): RTCRtpTransceiverDirection | null {
    const { stopped, currentDirection } = this.#slots;
    return stopped ? "stopped" : currentDirection;
  }

  /**
   * Whether it has been stopped for good. W3C WebRTC has it no more; browsers do, and applications ask for it.
   *
   * @deprecated `currentDirection` is "stopped" instead.
   */
  get stopped(): boolean {
    return this.#slots.stopped;
  }

  /** Stops sending and receiving for good. Throws an `InvalidStateError` if the connection is closed. */
  stop(): void {
    const slots = this.#slots;
    if (slots.host.isClosed) {
      throw invalidState("RTCRtpTransceiver.stop: the connection is closed");
    }
    if (slots.stopping) return;
    stopSendingAndReceiving(slots);
    slots.host.negotiationNeeded.update();
  }

  /**
   * Says which codecs to negotiate, the most preferred first; none means the default.
   *
   * Throws an `InvalidModificationError` if one is not among the capabilities, or if none of them carries media.
   */
  setCodecPreferences(codecs: RTCRtpCodec[]): void {
    const slots = this.#slots;
    const context = "RTCRtpTransceiver.setCodecPreferences";
    requireArguments(context, arguments.length, 1);
    const preferred = checkCodecPreferences(slots.kind, toCodecs(codecs, context));
    if (preferred === undefined) {
      throw new DOMException(
        `${context}: a codec is not supported, or none of them carries media`,
        "InvalidModificationError",
      );
    }
    slots.preferredCodecs = preferred;
  }

  /** The header extensions that can be negotiated, with the direction in which they are wanted. */
  getHeaderExtensionsToNegotiate(): RTCRtpHeaderExtensionCapability[] {
    return this.#slots.headerExtensionsToNegotiate.map((extension) => ({ ...extension }));
  }

  /**
   * Says which header extensions are wanted: all those of `getHeaderExtensionsToNegotiate`, in the same order, with other directions.
   *
   * Throws an `InvalidModificationError` if they are not the same, or one is given up that can't be.
   */
  setHeaderExtensionsToNegotiate(extensions: RTCRtpHeaderExtensionCapability[]): void {
    const slots = this.#slots;
    const context = "RTCRtpTransceiver.setHeaderExtensionsToNegotiate";
    requireArguments(context, arguments.length, 1);
    const wanted = toHeaderExtensions(extensions, context);
    checkHeaderExtensions(wanted, slots.headerExtensionsToNegotiate, context);
    slots.headerExtensionsToNegotiate = slots.acceptableHeaderExtensions = wanted;
  }

  /** The header extensions that have been negotiated, with their directions; "stopped" for those that have not. */
  getNegotiatedHeaderExtensions(): RTCRtpHeaderExtensionCapability[] {
    return this.#slots.negotiatedHeaderExtensions.map((extension) => ({ ...extension }));
  }
}

defineInterface(RTCRtpTransceiver);

function invalidState(message: string): DOMException {
  return new DOMException(message, "InvalidStateError");
}
