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

/** What an integer should be: a number is what is best; in `advanced`, what it has to be. */
export type ConstrainULong =
  | number
  | (ULongRange & {
    /** What it has to be. */
    exact?: number;
    /** What is best. */
    ideal?: number;
  });

/** What a number should be. */
export type ConstrainDouble =
  | number
  | (DoubleRange & {
    /** What it has to be. */
    exact?: number;
    /** What is best. */
    ideal?: number;
  });

/** What a text should be: one of those given. */
export type ConstrainDOMString = string | string[] | {
  /** What it has to be. */
  exact?: string | string[];
  /** What is best. */
  ideal?: string | string[];
};

/** What a switch should be. */
export type ConstrainBoolean = boolean | {
  /** What it has to be. */
  exact?: boolean;
  /** What is best. */
  ideal?: boolean;
};

/** What should be chosen. */
export type ConstrainBooleanOrDOMString = boolean | string | {
  /** What it has to be. */
  exact?: boolean | string;
  /** What is best. */
  ideal?: boolean | string;
};

/** What a track's settings should be (W3C mediacapture-streams section 4.3.7). */
export interface MediaTrackConstraintSet {
  /** Pixels. */
  width?: ConstrainULong;
  /** Pixels. */
  height?: ConstrainULong;
  /** Width by height. */
  aspectRatio?: ConstrainDouble;
  /** Pictures a second. */
  frameRate?: ConstrainDouble;
  /** Where a camera looks. */
  facingMode?: ConstrainDOMString;
  /** How a size is come by. */
  resizeMode?: ConstrainDOMString;
  /** Samples a second. */
  sampleRate?: ConstrainULong;
  /** Bits a sample. */
  sampleSize?: ConstrainULong;
  /** Whether echo is cancelled, and which. */
  echoCancellation?: ConstrainBooleanOrDOMString;
  /** Whether loudness is evened. */
  autoGainControl?: ConstrainBoolean;
  /** Whether noise is suppressed. */
  noiseSuppression?: ConstrainBoolean;
  /** Seconds. */
  latency?: ConstrainDouble;
  /** How many channels. */
  channelCount?: ConstrainULong;
  /** Which device it is. */
  deviceId?: ConstrainDOMString;
  /** Which piece of equipment the device belongs to. */
  groupId?: ConstrainDOMString;
  /** Whether the background is blurred. */
  backgroundBlur?: ConstrainBoolean;
}

/** What a track's settings should be, and what would be nice besides (W3C mediacapture-streams section 4.3.6). */
export interface MediaTrackConstraints extends MediaTrackConstraintSet {
  /** Further sets, of which each is kept to if it can be, the first before the next. */
  advanced?: MediaTrackConstraintSet[];
}

/** Which constraints are known (W3C mediacapture-streams section 4.3.4). */
export type MediaTrackSupportedConstraints = { [Name in keyof MediaTrackConstraintSet]: boolean };
