import { splitSpatialLayers } from "../../payload/mod.ts";
import type { OutboundFrame } from "../items.ts";
import type { EncodingParameters, RtpFormat } from "../parameters.ts";

/** What a picture has of one spatial layer. */
export interface LayerFrame {
  readonly frame: OutboundFrame;
  /** Whether it is the last of its picture; undefined if that is not known. */
  readonly endsPicture: boolean | undefined;
}

/**
 * The frames of a picture that has all spatial layers in it, where the encoding has such (W3C WebRTC SVC section 4.2): each goes into packets
 * of its own and is described by itself, so that a server can leave out the higher ones. What its source says of a picture is said of the
 * lowest.
 */
export function layerFrames(
  frame: OutboundFrame,
  { mimeType }: RtpFormat,
  { layers }: EncodingParameters,
): LayerFrame[] {
  const { spatial } = layers ?? { spatial: 1 };
  const { spatialId = 0, temporalId = 0 } = frame.dependencies ?? {};
  const parts = spatial > 1 && spatialId === 0 ? splitSpatialLayers(mimeType, frame.data) : [];
  if (parts.length < 2 || parts.length > spatial) return [{ frame, endsPicture: undefined }];
  return parts.map(({ spatialId, data }, i) => ({
    frame: i === 0 ? { ...frame, data } : {
      ...{ ...frame, data, keyFrame: false, dependencies: { spatialId, temporalId } },
    },
    endsPicture: i === parts.length - 1,
  }));
}
