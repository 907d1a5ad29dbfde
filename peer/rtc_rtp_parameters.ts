/**
 * The dictionaries of the RTP media API (W3C WebRTC section 5.2), and how they are read from what a script passes.
 *
 * @module
 */
import {
  boolean,
  type Converter,
  dictionary,
  domString,
  double,
  enumeration,
  inherit,
  instance,
  type Member,
  octet,
  sequence,
  unsignedLong,
  unsignedShort,
} from "../webidl/convert.ts";
import { MediaStream } from "../media/media_stream.ts";
import type {
  RtpCapabilities,
  RtpCodec,
  RtpCodecParameters,
  RtpHeaderExtensionCapability,
  TransceiverDirection,
} from "./jsep/media/mod.ts";
import { priorityType, type RTCPriorityType } from "./rtc_priority_type.ts";

/** A codec, as applications name it. */
export type RTCRtpCodec = RtpCodec;
/** A codec that was negotiated. */
export type RTCRtpCodecParameters = RtpCodecParameters;
/** What can be negotiated for tracks of a kind. */
export type RTCRtpCapabilities = RtpCapabilities;
/** A header extension that can be negotiated. */
export type RTCRtpHeaderExtensionCapability = RtpHeaderExtensionCapability;
/** In which direction media goes. */
export type RTCRtpTransceiverDirection = TransceiverDirection;

/** The largest picture that an encoding may have, in either orientation (WebRTC Extensions section 5). */
export interface RTCResolutionRestriction {
  /** Pixels, more than 0. */
  maxWidth?: number;
  /** Pixels, more than 0. */
  maxHeight?: number;
}

/** What all encodings have (W3C WebRTC section 5.2.5). */
export interface RTCRtpCodingParameters {
  /** Names the encoding in simulcast: 1 to 16 letters or digits. Read-only once it is there. */
  rid?: string;
}

/** How one encoding of a track is sent (W3C WebRTC section 5.2.6). */
export interface RTCRtpEncodingParameters extends RTCRtpCodingParameters {
  /** Whether it is sent; true by default. */
  active?: boolean;
  /** Which of the negotiated codecs it is sent with; the most preferred one if absent. */
  codec?: RTCRtpCodec;
  /** Bits per second at most, without transport overhead (RFC 3890 section 6.2.2). */
  maxBitrate?: number;
  /** Frames per second at most, 0 or more; only for video. */
  maxFramerate?: number;
  /** By what each side of the picture is divided, 1 or more; only for video. */
  scaleResolutionDownBy?: number;
  /** The largest picture; takes the place of `scaleResolutionDownBy`. */
  scaleResolutionDownTo?: RTCResolutionRestriction;
  /** How the stream is layered, as in "L1T3"; only for video. Who makes the frames is to keep to it (W3C WebRTC SVC section 4.1). */
  scalabilityMode?: string;
  /** Whether the length of audio frames may change by itself; false by default. */
  adaptivePtime?: boolean;
  /** How important the encoding is; "low" by default. */
  priority?: RTCPriorityType;
  /** How routers are to treat its packets (RFC 8837). */
  networkPriority?: RTCPriorityType;
}

/** How a transceiver is added (W3C WebRTC section 5.1). */
export interface RTCRtpTransceiverInit {
  /** "sendrecv" by default. */
  direction?: RTCRtpTransceiverDirection;
  /** The streams that the track is in at the other side. */
  streams?: MediaStream[];
  /** What is sent; more than one encoding is simulcast. */
  sendEncodings?: RTCRtpEncodingParameters[];
}

/** What RTCP is like (W3C WebRTC section 5.2.7). */
export interface RTCRtcpParameters {
  /** The canonical name; absent for a receiver. */
  cname?: string;
  /** Whether packets may be of reduced size (RFC 5506). */
  reducedSize?: boolean;
}

/** A header extension that was negotiated (W3C WebRTC section 5.2.8). */
export interface RTCRtpHeaderExtensionParameters {
  /** What it is known by. */
  uri: string;
  /** Its number in packets. */
  id: number;
  /** Whether it is encrypted; false by default. */
  encrypted?: boolean;
}

/** What senders and receivers have in common (W3C WebRTC section 5.2.1). */
export interface RTCRtpParameters {
  /** The header extensions in use. */
  headerExtensions: RTCRtpHeaderExtensionParameters[];
  /** What RTCP is like. */
  rtcp: RTCRtcpParameters;
  /** The codecs in use, with those of repair. */
  codecs: RTCRtpCodecParameters[];
}

/** How a track is sent (W3C WebRTC section 5.2.2). */
export interface RTCRtpSendParameters extends RTCRtpParameters {
  /** Tells these parameters from those of another `getParameters`. */
  transactionId: string;
  /** What is sent. */
  encodings: RTCRtpEncodingParameters[];
}

/** How a track is received (W3C WebRTC section 5.2.3). */
export interface RTCRtpReceiveParameters extends RTCRtpParameters {}

/** What is asked of an encoder along with new parameters (WebRTC Extensions section 6). */
export interface RTCEncodingOptions {
  /** Whether the next picture is to be a key frame; false by default. */
  keyFrame?: boolean;
}

/** Options of `setParameters` (W3C WebRTC section 5.2.14). */
export interface RTCSetParameterOptions {
  /** One for each encoding, or none at all. */
  encodingOptions?: RTCEncodingOptions[];
}

/** The values of `RTCRtpTransceiverDirection`. */
export const TRANSCEIVER_DIRECTIONS = [
  "sendrecv",
  "sendonly",
  "recvonly",
  "inactive",
  "stopped",
] as const satisfies readonly RTCRtpTransceiverDirection[];

/** `RTCRtpTransceiverDirection`. */
export const transceiverDirection: Converter<RTCRtpTransceiverDirection> = enumeration(
  "RTCRtpTransceiverDirection",
  TRANSCEIVER_DIRECTIONS,
);

const CODEC = {
  mimeType: { convert: domString, required: true },
  clockRate: { convert: unsignedLong, required: true },
  channels: { convert: unsignedShort },
  sdpFmtpLine: { convert: domString },
} as const;

/** `RTCRtpCodec`. */
export const rtcRtpCodec: Converter<RTCRtpCodec> = dictionary("RTCRtpCodec", CODEC);

/** `RTCRtpHeaderExtensionCapability`. */
export const rtcRtpHeaderExtensionCapability: Converter<RTCRtpHeaderExtensionCapability> =
  dictionary("RTCRtpHeaderExtensionCapability", {
    uri: { convert: domString, required: true },
    direction: { convert: transceiverDirection, required: true },
  });

/** An encoding of which nothing is said. */
export type EncodingParameters = RTCRtpEncodingParameters & {
  active: boolean;
  adaptivePtime: boolean;
  priority: RTCPriorityType;
};

const ENCODING = {
  active: { convert: boolean, default: () => true },
  codec: { convert: rtcRtpCodec },
  maxBitrate: { convert: unsignedLong },
  maxFramerate: { convert: double },
  scaleResolutionDownBy: { convert: double },
  scaleResolutionDownTo: {
    convert: dictionary("RTCResolutionRestriction", {
      maxWidth: { convert: unsignedLong },
      maxHeight: { convert: unsignedLong },
    }),
  },
  scalabilityMode: { convert: domString },
  adaptivePtime: { convert: boolean, default: () => false },
  priority: { convert: priorityType, default: () => "low" as const },
  networkPriority: { convert: priorityType },
} as const;

/** `RTCRtpEncodingParameters`. */
export const rtcRtpEncodingParameters: Converter<EncodingParameters> = inherit(
  dictionary("RTCRtpCodingParameters", { rid: { convert: domString } }),
  dictionary("RTCRtpEncodingParameters", ENCODING),
);

/** `RTCRtpTransceiverInit` with all defaults. */
export interface TransceiverOptions extends Required<RTCRtpTransceiverInit> {
  sendEncodings: EncodingParameters[];
}

/** `RTCRtpTransceiverInit`. */
export const rtcRtpTransceiverInit: Converter<TransceiverOptions> = dictionary(
  "RTCRtpTransceiverInit",
  {
    direction: { convert: transceiverDirection, default: () => "sendrecv" as const },
    streams: { convert: sequence(instance(MediaStream)), default: () => [] },
    sendEncodings: { convert: sequence(rtcRtpEncodingParameters), default: () => [] },
  },
);

const PARAMETERS = {
  headerExtensions: {
    convert: sequence(dictionary("RTCRtpHeaderExtensionParameters", {
      uri: { convert: domString, required: true },
      id: { convert: unsignedShort, required: true },
      encrypted: { convert: boolean, default: () => false },
    })),
    required: true,
  },
  rtcp: {
    convert: dictionary("RTCRtcpParameters", {
      cname: { convert: domString },
      reducedSize: { convert: boolean },
    }),
    required: true,
  },
  codecs: {
    convert: sequence(inherit(
      rtcRtpCodec,
      dictionary("RTCRtpCodecParameters", {
        payloadType: { convert: octet, required: true },
      }),
    )),
    required: true,
  },
} as const satisfies Record<string, Member<unknown>>;

/** `RTCRtpSendParameters`. */
export const rtcRtpSendParameters: Converter<SendParameters> = inherit(
  dictionary("RTCRtpParameters", PARAMETERS),
  dictionary("RTCRtpSendParameters", {
    transactionId: { convert: domString, required: true },
    encodings: { convert: sequence(rtcRtpEncodingParameters), required: true },
  }),
);

/** Parameters as they were converted, with all defaults. */
export interface SendParameters extends RTCRtpSendParameters {
  encodings: EncodingParameters[];
}

/** `RTCSetParameterOptions`. */
export const rtcSetParameterOptions: Converter<{ encodingOptions: { keyFrame: boolean }[] }> =
  dictionary("RTCSetParameterOptions", {
    encodingOptions: {
      convert: sequence(dictionary("RTCEncodingOptions", {
        keyFrame: { convert: boolean, default: () => false },
      })),
      default: () => [],
    },
  });
