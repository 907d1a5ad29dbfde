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
