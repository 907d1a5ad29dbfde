/** A range of integers (W3C mediacapture-streams section 4.3.4). */
export interface ULongRange {
  /** The largest value. */
  max?: number;
  /** The smallest value. */
  min?: number;
}

/** A range of numbers. */
export interface DoubleRange {
  /** The largest value. */
  max?: number;
  /** The smallest value. */
  min?: number;
}

/** What a track's source can be set to (W3C mediacapture-streams section 4.3.5). */
export interface MediaTrackCapabilities {
  /** Pixels. */
  width?: ULongRange;
  /** Pixels. */
  height?: ULongRange;
  /** Width by height. */
  aspectRatio?: DoubleRange;
  /** Pictures a second. */
  frameRate?: DoubleRange;
  /** Where a camera looks. */
  facingMode?: string[];
  /** How a size is come by. */
  resizeMode?: string[];
  /** Samples a second. */
  sampleRate?: ULongRange;
  /** Bits a sample. */
  sampleSize?: ULongRange;
  /** Whether echo can be cancelled, and which. */
  echoCancellation?: (boolean | string)[];
  /** Whether loudness can be evened. */
  autoGainControl?: boolean[];
  /** Whether noise can be suppressed. */
  noiseSuppression?: boolean[];
  /** Seconds. */
  latency?: DoubleRange;
  /** How many channels. */
  channelCount?: ULongRange;
  /** Which device it is. */
  deviceId?: string;
  /** Which piece of equipment the device belongs to. */
  groupId?: string;
  /** Whether the background can be blurred. */
  backgroundBlur?: boolean[];
}

/** What a track's source is set to (W3C mediacapture-streams section 4.3.8). */
export interface MediaTrackSettings {
  /** Pixels. */
  width?: number;
  /** Pixels. */
  height?: number;
  /** Width by height. */
  aspectRatio?: number;
  /** Pictures a second. */
  frameRate?: number;
  /** Where the camera looks. */
  facingMode?: string;
  /** How the size is come by. */
  resizeMode?: string;
  /** Samples a second. */
  sampleRate?: number;
  /** Bits a sample. */
  sampleSize?: number;
  /** Whether echo is cancelled, and which. */
  echoCancellation?: boolean | string;
  /** Whether loudness is evened. */
  autoGainControl?: boolean;
  /** Whether noise is suppressed. */
  noiseSuppression?: boolean;
  /** Seconds. */
  latency?: number;
  /** How many channels. */
  channelCount?: number;
  /** Which device it is. */
  deviceId?: string;
  /** Which piece of equipment the device belongs to. */
  groupId?: string;
  /** Whether the background is blurred. */
  backgroundBlur?: boolean;
}
