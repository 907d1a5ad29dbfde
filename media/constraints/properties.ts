import type { MediaTrackConstraintSet, MediaTrackSupportedConstraints } from "./dictionaries.ts";
import type { MediaKind } from "../encoded_chunk.ts";
import {
  boolean,
  clampedUnsignedLong,
  type Converter,
  dictionary,
  domString,
  double,
  inherit,
  type Member,
  sequence,
} from "../../webidl/convert.ts";

/** The name of a constrainable property. */
export type PropertyName = keyof MediaTrackConstraintSet;

/** A constraint, as the algorithms take it. */
export type Constraint = number | boolean | string | readonly string[] | {
  readonly min?: number;
  readonly max?: number;
  readonly exact?: number | boolean | string | readonly string[];
  readonly ideal?: number | boolean | string | readonly string[];
};

interface Property {
  /** The tracks that have it. */
  readonly kinds: readonly MediaKind[];
  readonly convert: Converter<Constraint>;
}

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** A bare value or a dictionary: undefined and null are empty dictionaries (WebIDL section 3.2.24). */
function constraint(
  name: string,
  bare: Converter<Constraint>,
  members: Readonly<Record<string, Member<unknown>>>,
): Converter<Constraint> {
  const convert = dictionary(name, members) as Converter<Constraint>;
  return (value, context) =>
    isObject(value) || value === undefined || value === null
      ? convert(value, context)
      : bare(value, context);
}

function range(name: string, number: Converter<number>): Converter<Constraint> {
  const member = { convert: number };
  return constraint(name, number, { max: member, min: member, exact: member, ideal: member });
}

const strings = sequence(domString);
const isIterable = (value: unknown) => isObject(value) && Symbol.iterator in value;
const stringOrStrings: Converter<string | string[]> = (value, context) =>
  isIterable(value) ? strings(value, context) : domString(value, context);
const booleanOrString: Converter<boolean | string> = (value, context) =>
  typeof value === "boolean" ? value : domString(value, context);

function exactOrIdeal(name: string, convert: Converter<Constraint>): Converter<Constraint> {
  return constraint(name, convert, { exact: { convert }, ideal: { convert } });
}

const constrainULong = range("ConstrainULongRange", clampedUnsignedLong);
const constrainDouble = range("ConstrainDoubleRange", double);
const constrainBoolean = exactOrIdeal("ConstrainBooleanParameters", boolean);
const constrainBooleanOrString = exactOrIdeal(
  "ConstrainBooleanOrDOMStringParameters",
  booleanOrString,
);
const stringParameters = exactOrIdeal("ConstrainDOMStringParameters", stringOrStrings);
const constrainString: Converter<Constraint> = (value, context) =>
  isIterable(value) ? strings(value, context) : stringParameters(value, context);

const video = (convert: Converter<Constraint>): Property => ({ kinds: ["video"], convert });
const audio = (convert: Converter<Constraint>): Property => ({ kinds: ["audio"], convert });
const device: Property = { kinds: ["audio", "video"], convert: constrainString };

/** The constrainable properties (W3C mediacapture-streams section 4.3.9). */
const PROPERTIES: Readonly<Record<PropertyName, Property>> = {
  width: video(constrainULong),
  height: video(constrainULong),
  aspectRatio: video(constrainDouble),
  frameRate: video(constrainDouble),
  facingMode: video(constrainString),
  resizeMode: video(constrainString),
  sampleRate: audio(constrainULong),
  sampleSize: audio(constrainULong),
  echoCancellation: audio(constrainBooleanOrString),
  autoGainControl: audio(constrainBoolean),
  noiseSuppression: audio(constrainBoolean),
  latency: audio(constrainDouble),
  channelCount: audio(constrainULong),
  deviceId: device,
  groupId: device,
  backgroundBlur: video(constrainBoolean),
};

/** Their names. */
export const PROPERTY_NAMES = Object.keys(PROPERTIES) as readonly PropertyName[];

/** Whether tracks of a kind have a property. */
export function appliesTo(name: PropertyName, kind: MediaKind): boolean {
  return PROPERTIES[name].kinds.includes(kind);
}

/** What `getSupportedConstraints` tells: all of them. */
export function supportedConstraints(): MediaTrackSupportedConstraints {
  return Object.fromEntries(PROPERTY_NAMES.map((name) => [name, true]));
}

/** A `MediaTrackConstraintSet`, converted. */
export type ConstraintSet = { readonly [Name in PropertyName]?: Constraint };

/** A `MediaTrackConstraints`, converted. */
export interface Constraints extends ConstraintSet {
  readonly advanced?: readonly ConstraintSet[];
}

const convertSet: Converter<ConstraintSet> = dictionary("MediaTrackConstraintSet", PROPERTIES);
const convertAdvanced = dictionary("MediaTrackConstraints", {
  advanced: { convert: sequence(convertSet) },
});

/** Converts a `MediaTrackConstraints`; inherited members first (WebIDL section 3.2.17). */
export const mediaTrackConstraints: Converter<Constraints> = inherit(convertSet, convertAdvanced);
