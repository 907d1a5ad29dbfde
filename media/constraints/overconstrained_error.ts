import type { MediaTrackSettings } from "./dictionaries.ts";
import type { PropertyName } from "./properties.ts";
import { domString, requireArguments } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";

/** A constraint that can't be kept to (W3C mediacapture-streams section 8.1). */
export class OverconstrainedError extends DOMException {
  readonly #constraint: string;

  /** A new error, about the constraint of that name. */
  constructor(constraint: string, message = "") {
    requireArguments("OverconstrainedError constructor", arguments.length, 1);
    const context = "OverconstrainedError constructor";
    const name = domString(constraint, context);
    super(domString(message, context), "OverconstrainedError");
    this.#constraint = name;
  }

  /** The name of the constraint; empty where there is no certain one. */
  get constraint(): string {
    return this.#constraint;
  }
}

defineInterface(OverconstrainedError);

/** The error about a property of which none of the candidates has what is asked for; it says what they have. */
export function overconstrained(
  name: PropertyName | "",
  candidates: readonly MediaTrackSettings[],
): OverconstrainedError {
  if (name === "") return new OverconstrainedError(name, "The constraints exclude each other");
  // Who a device is, is told by enumerateDevices to those who may know.
  const isIdentity = name === "deviceId" || name === "groupId";
  const values = isIdentity ? [] : candidates.map((settings) => settings[name]);
  const known = [...new Set(values)].filter((value) => value !== undefined);
  const message = `${name}: there is ${
    known.length > 0 ? `only ${known.join(", ")}` : "nothing such"
  }`;
  return new OverconstrainedError(name, message);
}
