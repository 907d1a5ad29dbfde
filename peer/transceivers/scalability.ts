/**
 * Scalability modes of encodings (W3C WebRTC SVC). Heron encodes nothing: a mode is one that the codec's payload format can carry, and
 * whoever makes the frames is to keep to it.
 *
 * @module
 */
import type { LayerCounts } from "../../rtp/mod.ts";
import type { EncodingParameters, RTCRtpCodec } from "../rtc_rtp_parameters.ts";

/** Layers in time alone. */
const TEMPORAL = /^L1T[123]$/;

/** The modes with layers in space (W3C WebRTC SVC section 6). */
const SPATIAL = /^(?:[LS][23]T[123]h?|L[23]T[123]_KEY|L[23]T[23]_KEY_SHIFT)$/;

const LAYERS = /^[LS]([123])T([123])/;

/** The modes that send several pictures in one stream, none of which needs another. */
const S_MODE = /^S/;

/** The mode of a codec that does not support the one that was wanted: no layers at all. */
const WITHOUT_LAYERS = "L1T1";

const WITH_TEMPORAL_LAYERS: readonly string[] = [
  ...["video/vp8", "video/vp9", "video/h264", "video/h265", "video/av1"],
];
const WITH_SPATIAL_LAYERS: readonly string[] = ["video/vp9", "video/av1"];

/** Whether a codec has a mode. */
function supports({ mimeType }: RTCRtpCodec, mode: string): boolean {
  const type = mimeType.toLowerCase();
  return (TEMPORAL.test(mode) && WITH_TEMPORAL_LAYERS.includes(type)) ||
    (SPATIAL.test(mode) && WITH_SPATIAL_LAYERS.includes(type));
}

/** Whether each mode is one of the encoding's codec, or of any codec that it may get, and none mixes S modes with simulcast. */
export function areModesGood(
  encodings: readonly EncodingParameters[],
  codecs: readonly RTCRtpCodec[],
): boolean {
  const active = encodings.filter((encoding) => encoding.active);
  if (
    active.length > 1 && active.some(({ scalabilityMode = "" }) => S_MODE.test(scalabilityMode))
  ) {
    return false;
  }
  return encodings.every(({ codec, scalabilityMode: mode }) =>
    mode === undefined ||
    (codec === undefined ? codecs.some((one) => supports(one, mode)) : supports(codec, mode))
  );
}

/** The layers of a mode: "L2T3_KEY" has two spatial and three temporal ones (W3C WebRTC SVC section 6). */
export function layersOf(mode: string): LayerCounts {
  const [, spatial, temporal] = LAYERS.exec(mode)!;
  const interLayer = S_MODE.test(mode) ? "none" : mode.includes("_KEY") ? "key" : "full";
  return { spatial: Number(spatial), temporal: Number(temporal), interLayer };
}

/** Whether a server could choose from what is sent: encodings or layers. */
export function hasLayers(encodings: readonly EncodingParameters[] = []): boolean {
  return encodings.length > 1 ||
    encodings.some(({ scalabilityMode }) =>
      scalabilityMode !== undefined && scalabilityMode !== WITHOUT_LAYERS
    );
}

/** What is left of the modes once codecs are negotiated (W3C WebRTC SVC section 4.2.3, which leaves the other mode open). */
export function withNegotiatedModes(
  encodings: readonly EncodingParameters[],
  codecs: readonly RTCRtpCodec[],
): EncodingParameters[] {
  return encodings.map((encoding) => {
    const { scalabilityMode: mode, codec = codecs[0] } = encoding;
    if (mode === undefined || codec === undefined || supports(codec, mode)) return encoding;
    return { ...encoding, scalabilityMode: WITHOUT_LAYERS };
  });
}
