/**
 * What the two classes of encoded frames share (W3C WebRTC Encoded Transform sections 4.3 and 4.5).
 *
 * @module
 */
import type { EncodedChunk } from "../../media/encoded_chunk.ts";
import type {
  RTCEncodedAudioFrameMetadata,
  RTCEncodedFrameMetadata,
  RTCEncodedVideoFrameMetadata,
} from "../../media/frame_metadata.ts";
import {
  type Converter,
  dictionary,
  domString,
  double,
  inherit,
  longLong,
  octet,
  sequence,
  short,
  unsignedLong,
  unsignedLongLong,
  unsignedShort,
} from "../../webidl/convert.ts";

/** The internal slots of an encoded frame. */
export interface FrameSlots<Metadata extends RTCEncodedFrameMetadata = RTCEncodedFrameMetadata> {
  /** Audio can always be decoded: `"key"`. */
  readonly type: "key" | "delta";
  /** [[data]]; detached once the frame has been written. */
  data: ArrayBuffer;
  /** [[metadata]]. */
  readonly metadata: Metadata;
  /** [[owner]]: whose readable it came from; undefined for a frame that a script made. */
  readonly owner?: object | undefined;
  /** [[counter]]: its place in that readable, from 1. */
  readonly counter?: number | undefined;
  /** What it was made of, in the thread of its connection: knows what frames have no member for. */
  readonly chunk?: EncodedChunk | undefined;
}

/** The slots of a frame that a script constructs from another: all its own, but that neither owner nor place are those of a frame of a stream. */
export function copySlots<Metadata extends RTCEncodedFrameMetadata>(
  original: FrameSlots<Metadata>,
  metadata: Partial<Metadata> | undefined,
): FrameSlots<Metadata> {
  return {
    type: original.type,
    data: original.data.slice(),
    metadata: structuredClone({ ...original.metadata, ...metadata }),
    chunk: original.chunk,
  };
}

const frameMetadata = dictionary("RTCEncodedFrameMetadata", {
  synchronizationSource: { convert: unsignedLong },
  payloadType: { convert: octet },
  contributingSources: { convert: sequence(unsignedLong) },
  rtpTimestamp: { convert: unsignedLong },
  receiveTime: { convert: double },
  captureTime: { convert: double },
  senderCaptureTimeOffset: { convert: double },
  mimeType: { convert: domString },
});

/** WebIDL `RTCEncodedVideoFrameMetadata`. */
export const videoFrameMetadata: Converter<RTCEncodedVideoFrameMetadata> = inherit(
  frameMetadata,
  dictionary("RTCEncodedVideoFrameMetadata", {
    frameId: { convert: unsignedLongLong },
    dependencies: { convert: sequence(unsignedLongLong) },
    width: { convert: unsignedShort },
    height: { convert: unsignedShort },
    spatialIndex: { convert: unsignedLong },
    temporalIndex: { convert: unsignedLong },
    timestamp: { convert: longLong },
  }),
);

/** WebIDL `RTCEncodedAudioFrameMetadata`. */
export const audioFrameMetadata: Converter<RTCEncodedAudioFrameMetadata> = inherit(
  frameMetadata,
  dictionary("RTCEncodedAudioFrameMetadata", {
    sequenceNumber: { convert: short },
    audioLevel: { convert: double },
  }),
);

/** WebIDL `ArrayBuffer`. */
export const arrayBuffer: Converter<ArrayBuffer> = (value, context) => {
  if (value instanceof ArrayBuffer && !value.resizable) return value;
  throw new TypeError(`${context}: not an ArrayBuffer`);
};
