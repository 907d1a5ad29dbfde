/**
 * The overloads with callbacks, from before there were promises (W3C WebRTC section 4.4.3).
 *
 * @module
 */
import type { RTCSessionDescriptionInit } from "./rtc_session_description.ts";
import type { Converter } from "../webidl/convert.ts";

/** Takes what `createOffer` or `createAnswer` made. */
export type RTCSessionDescriptionCallback = (description: RTCSessionDescriptionInit) => void;

/** Takes the reason why an operation has failed. */
export type RTCPeerConnectionErrorCallback = (error: DOMException) => void;

/** One operation that has a legacy overload. */
export interface LegacyOverload {
  /** Where the two callbacks stand among the arguments. */
  readonly callbacksAt: 0 | 1;
  /** Converts the argument before or after them, if there is one. */
  readonly argument?: Converter<unknown>;
}

type Operation = (this: unknown, ...args: unknown[]) => Promise<unknown>;
type Callback = (value: unknown) => unknown;

/** Gives operations of a class their legacy overloads. A call with two arguments or more is one of those: no other takes as many. */
export function defineLegacyOverloads(
  // deno-lint-ignore no-explicit-any
  constructor: abstract new (...args: any[]) => object,
  overloads: Readonly<Record<string, LegacyOverload>>,
): void {
  const { prototype } = constructor;
  for (const [name, overload] of Object.entries(overloads)) {
    const operation: Operation = prototype[name];
    const overloaded: Operation = {
      [name](this: unknown, ...args: unknown[]) {
        const isLegacy = args.length >= 2 && this instanceof constructor;
        return isLegacy
          ? callWithCallbacks(operation.bind(this), overload, args, `${constructor.name}.${name}`)
          : operation.apply(this, args);
      },
    }[name]!;
    Object.defineProperty(overloaded, "length", { value: operation.length });
    prototype[name] = overloaded;
  }
}

/** The returned promise tells whether the arguments were good; the callbacks tell the rest. */
async function callWithCallbacks(
  operation: Operation,
  { callbacksAt, argument }: LegacyOverload,
  args: readonly unknown[],
  context: string,
): Promise<void> {
  const [success, failure] = args.slice(callbacksAt, callbacksAt + 2);
  const other = argument?.(callbacksAt === 0 ? args[2] : args[0], context);
  if (!isCallback(success) || !isCallback(failure)) {
    throw new TypeError(`${context}: a callback is missing, or is not a function`);
  }
  operation(other).then(invoke(success), invoke(failure));
  await undefined;
}

function isCallback(value: unknown): value is Callback {
  return typeof value === "function";
}

/** WebIDL section 3.12: what a callback throws is reported, and goes no further. */
function invoke(callback: Callback): (value: unknown) => void {
  return (value) => {
    try {
      callback(value);
    } catch (error) {
      reportError(error);
    }
  };
}
