/** How a receiver has to turn the picture (3GPP TS 26.114 section 7.4.5). */
export const VIDEO_ORIENTATION_URI = "urn:3gpp:video-orientation";

/** How the camera was held. */
export interface VideoOrientation {
  /** Degrees by which the receiver turns the picture clockwise. */
  readonly rotation: 0 | 90 | 180 | 270;
  /** Whether it is mirrored. */
  readonly flip: boolean;
  /** Whether the camera faces away from its user. */
  readonly backCamera: boolean;
}

const ROTATIONS = [0, 90, 180, 270] as const;

/**
 * Reads the orientation; undefined if it has no byte.
 *
 * ```text
 *  0 1 2 3 4 5 6 7
 * +-+-+-+-+-+-+-+-+
 * |0|0|0|0|C|F|R R|
 * +-+-+-+-+-+-+-+-+
 * ```
 */
export function parseVideoOrientation(data: Uint8Array): VideoOrientation | undefined {
  const byte = data[0];
  if (byte === undefined) return undefined;
  return {
    rotation: ROTATIONS[byte & 3]!,
    flip: (byte & 4) !== 0,
    backCamera: (byte & 8) !== 0,
  };
}

/** Writes the orientation. */
export function writeVideoOrientation(orientation: VideoOrientation): Uint8Array<ArrayBuffer> {
  const { rotation, flip, backCamera } = orientation;
  return Uint8Array.of((backCamera ? 8 : 0) | (flip ? 4 : 0) | ROTATIONS.indexOf(rotation));
}
