import { obuLayer, readObu } from "./obu.ts";
import { splitSuperframe } from "./vp9_superframe.ts";

/** What a picture has of one spatial layer. */
export interface SpatialLayer {
  /** From 0. */
  readonly spatialId: number;
  /** A view of the picture. */
  readonly data: Uint8Array;
}

/**
 * A picture by its spatial layers, the lowest first: of AV1, the extensions of its OBUs tell them; the frames of a VP9 superframe are taken
 * for layers, which they are if the encoder makes any. All of it is one layer where it is not known to be more.
 *
 * `mimeType` is such as "video/AV1", in any case.
 */
export function splitSpatialLayers(mimeType: string, data: Uint8Array): SpatialLayer[] {
  switch (mimeType.toLowerCase()) {
    case "video/vp9":
      return splitSuperframe(data).map((frame, spatialId) => ({ spatialId, data: frame }));
    case "video/av1":
      return splitTemporalUnit(data) ?? [{ spatialId: 0, data }];
    default:
      return [{ spatialId: 0, data }];
  }
}

/** Undefined if it is malformed, or layers are not in their order. */
function splitTemporalUnit(data: Uint8Array): SpatialLayer[] | undefined {
  const layers: SpatialLayer[] = [];
  let [spatialId, begin] = [0, 0];
  for (let at = 0; at < data.length;) {
    const read = readObu(data, at, data.length);
    if (read === undefined) return undefined;
    const [{ header }, end] = read;
    const layer = obuLayer(header);
    // AV1 specification section 5.3.3: the lower two bits are the spatial layer. What has no extension goes with what is before it.
    const own = layer === undefined ? spatialId : layer & 3;
    if (own < spatialId) return undefined;
    if (own > spatialId && at > 0) {
      layers.push({ spatialId, data: data.subarray(begin, at) });
      begin = at;
    }
    spatialId = own;
    at = end;
  }
  return [...layers, { spatialId, data: data.subarray(begin) }];
}
