/**
 * Conversion of what a script passes into what the W3C text speaks of (WebIDL section 3.2), over `webidl-conversions` for the basic
 * types: its rounding and range rules are the standard's own, and tested with the standard's tests.
 *
 * @module
 */
import conversions from "webidl-conversions";

/** Turns a script's value into one of a WebIDL type, or throws a TypeError that names `context`. */
export type Converter<T> = (value: unknown, context: string) => T;

type Primitive =
  | "boolean"
  | "DOMString"
  | "USVString"
  | "unsigned short"
  | "unsigned long"
  | "octet"
  | "short"
  | "double"
  | "long long"
  | "unsigned long long";

function primitive<T>(
  name: Primitive,
  options: { enforceRange?: boolean; clamp?: boolean } = {},
): Converter<T> {
  const convert = conversions[name] as (value: unknown, options: object) => T;
  return (value, context) => convert(value, { ...options, context, globals: globalThis });
}

/** WebIDL `boolean`. */
export const boolean: Converter<boolean> = primitive("boolean");
/** WebIDL `DOMString`. */
export const domString: Converter<string> = primitive("DOMString");
/** WebIDL `USVString`: lone surrogates become U+FFFD. */
export const usvString: Converter<string> = primitive("USVString");
/** WebIDL `octet`, with [EnforceRange]. */
export const enforcedOctet: Converter<number> = primitive("octet", { enforceRange: true });
/** WebIDL `octet`. */
export const octet: Converter<number> = primitive("octet");
/** WebIDL `unsigned short`. */
export const unsignedShort: Converter<number> = primitive("unsigned short");
/** WebIDL `unsigned short`, with [EnforceRange]. */
export const enforcedUnsignedShort: Converter<number> = primitive("unsigned short", {
  enforceRange: true,
});
/** WebIDL `unsigned long`. */
export const unsignedLong: Converter<number> = primitive("unsigned long");
/** WebIDL `unsigned long`, with [EnforceRange]. */
export const enforcedUnsignedLong: Converter<number> = primitive("unsigned long", {
  enforceRange: true,
});
/** WebIDL `unsigned long`, with [Clamp]. */
export const clampedUnsignedLong: Converter<number> = primitive("unsigned long", { clamp: true });
/** WebIDL `unsigned long long`, with [EnforceRange]. */
export const enforcedUnsignedLongLong: Converter<number> = primitive("unsigned long long", {
  enforceRange: true,
});
/** WebIDL `unsigned long long`. */
export const unsignedLongLong: Converter<number> = primitive("unsigned long long");
/** WebIDL `long long`. */
export const longLong: Converter<number> = primitive("long long");
/** WebIDL `short`. */
export const short: Converter<number> = primitive("short");
/** WebIDL `double`. */
export const double: Converter<number> = primitive("double");

/** A nullable type. */
export function nullable<T>(convert: Converter<T>): Converter<T | null> {
  return (value, context) => value === null || value === undefined ? null : convert(value, context);
}

/** An enumeration (WebIDL section 3.2.18): anything else is a TypeError. */
export function enumeration<const Values extends readonly string[]>(
  name: string,
  values: Values,
): Converter<Values[number]> {
  return (value, context) => {
    const text = domString(value, context);
    if (values.includes(text)) return text;
    throw new TypeError(`${context}: '${text}' is not a value of ${name} (${values.join(", ")})`);
  };
}

/** A sequence (WebIDL section 3.2.21), from anything iterable. */
export function sequence<T>(convert: Converter<T>): Converter<T[]> {
  return (value, context) => {
    if (!isObject(value)) throw new TypeError(`${context}: a sequence is an iterable object`);
    const iterate = (value as Partial<Iterable<unknown>>)[Symbol.iterator];
    if (typeof iterate !== "function") {
      throw new TypeError(`${context}: a sequence is an iterable object`);
    }
    return Array.from(
      value as Iterable<unknown>,
      (item, index) => convert(item, `${context}[${index}]`),
    );
  };
}

/** An object of one of our own interfaces. */
export function instance<T extends object>(
  // deno-lint-ignore no-explicit-any
  constructor: abstract new (...args: any[]) => T,
): Converter<T> {
  return (value, context) => {
    if (value instanceof constructor) return value;
    throw new TypeError(`${context}: not an object of type ${constructor.name}`);
  };
}

/** One member of a dictionary. */
export interface Member<T> {
  /** How its value is converted. */
  readonly convert: Converter<T>;
  /** Whether leaving it out is a TypeError. */
  readonly required?: boolean;
  /** Makes the value of a member that was left out. */
  readonly default?: () => T;
}

type Members = Readonly<Record<string, Member<unknown>>>;
type MemberType<M> = M extends Member<infer T> ? T : never;
type IsAlwaysThere<M> = M extends { required: true } ? true
  : M extends { default: () => unknown } ? true
  : false;

/** What converting a dictionary gives: members that are always there, and those that may be missing. */
export type DictionaryOf<M extends Members> =
  & { [K in keyof M as IsAlwaysThere<M[K]> extends true ? K : never]: MemberType<M[K]> }
  & { [K in keyof M as IsAlwaysThere<M[K]> extends true ? never : K]?: MemberType<M[K]> };

/** A dictionary (WebIDL section 3.2.17). Members are read in lexicographical order; undefined and null are empty dictionaries. */
export function dictionary<const M extends Members>(
  name: string,
  members: M,
): Converter<DictionaryOf<M>> {
  const names = Object.keys(members).sort();
  return (value, context) => {
    if (value !== undefined && value !== null && !isObject(value)) {
      throw new TypeError(`${context}: a ${name} is an object`);
    }
    const result: Record<string, unknown> = {};
    for (const key of names) {
      const member = members[key]!;
      const given = isObject(value) ? (value as Record<string, unknown>)[key] : undefined;
      if (given !== undefined) result[key] = member.convert(given, `${context}: ${name}.${key}`);
      else if (member.required) throw new TypeError(`${context}: ${name}.${key} is required`);
      else if (member.default !== undefined) result[key] = member.default();
    }
    return result as DictionaryOf<M>;
  };
}

/** A dictionary that inherits from another, whose members are read first (WebIDL section 3.2.17). */
export function inherit<Base extends object, Own extends object>(
  base: Converter<Base>,
  own: Converter<Own>,
): Converter<Base & Own> {
  return (value, context) => ({ ...base(value, context), ...own(value, context) });
}

/** Throws the TypeError of a call with too few arguments (WebIDL section 3.7.7). */
export function requireArguments(context: string, given: number, required: number): void {
  if (given >= required) return;
  throw new TypeError(
    `${context}: ${required} argument${
      required === 1 ? "" : "s"
    } required, but only ${given} present`,
  );
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
