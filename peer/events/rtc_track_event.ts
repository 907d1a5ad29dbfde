import { MediaStream } from "../../media/media_stream.ts";
import { MediaStreamTrack } from "../../media/media_stream_track.ts";
import { instance, sequence } from "../../webidl/convert.ts";
import { eventArguments } from "../../webidl/event.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { RTCRtpReceiver } from "../rtc_rtp_receiver.ts";
import { RTCRtpTransceiver } from "../rtc_rtp_transceiver.ts";

/** How an {@linkcode RTCTrackEvent} is made. */
export interface RTCTrackEventInit extends EventInit {
  /** What receives the track. */
  receiver: RTCRtpReceiver;
  /** The track. */
  track: MediaStreamTrack;
  /** The streams that it is in; none by default. */
  streams?: MediaStream[];
  /** What the receiver belongs to. */
  transceiver: RTCRtpTransceiver;
}

const readArguments = eventArguments("RTCTrackEvent", {
  receiver: { convert: instance(RTCRtpReceiver), required: true },
  track: { convert: instance(MediaStreamTrack), required: true },
  streams: { convert: sequence(instance(MediaStream)), default: () => [] },
  transceiver: { convert: instance(RTCRtpTransceiver), required: true },
});

/** Brings a track that the other side has added (W3C WebRTC section 5.7). */
export class RTCTrackEvent extends Event {
  readonly #receiver: RTCRtpReceiver;
  readonly #track: MediaStreamTrack;
  readonly #streams: readonly MediaStream[];
  readonly #transceiver: RTCRtpTransceiver;

  /** A new event; throws a TypeError if `eventInitDict` lacks a receiver, a track or a transceiver. */
  constructor(type: string, eventInitDict: RTCTrackEventInit) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#receiver = init.receiver;
    this.#track = init.track;
    this.#streams = Object.freeze(init.streams);
    this.#transceiver = init.transceiver;
  }

  /** What receives the track. */
  get receiver(): RTCRtpReceiver {
    return this.#receiver;
  }

  /** The track. */
  get track(): MediaStreamTrack {
    return this.#track;
  }

  /** The streams that the track is in. */
  get streams(): readonly MediaStream[] {
    return this.#streams;
  }

  /** What the receiver belongs to. */
  get transceiver(): RTCRtpTransceiver {
    return this.#transceiver;
  }
}

defineInterface(RTCTrackEvent);
