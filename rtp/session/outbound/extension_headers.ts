import {
  buildHeaderExtension,
  type ExtensionElement,
  fitsOneByte,
  type HeaderExtension,
  MAX_ONE_BYTE_ID,
  MAX_ONE_BYTE_LENGTH,
  MAX_TWO_BYTE_LENGTH,
} from "../../header_extension.ts";
import type { ExtensionIds } from "../parameters.ts";

/** How the header extensions of a section's packets are written: their ids, and whether elements have headers of one byte or two. */
export class ExtensionHeaders {
  readonly ids: ExtensionIds;
  readonly #form: "mixed" | "one-byte" | "two-byte";

  /**
   * RFC 8285 section 4.1.2: packets of a stream have headers of one kind, unless the other side allows to mix them; ids above 14 are how
   * both agree on two bytes then.
   */
  constructor(ids: ExtensionIds, allowsMixed: boolean) {
    this.ids = ids;
    this.#form = allowsMixed
      ? "mixed"
      : [...ids.values()].some((id) => id > MAX_ONE_BYTE_ID)
      ? "two-byte"
      : "one-byte";
  }

  /** Bytes of an element at most. */
  get maxLength(): number {
    return this.#form === "one-byte" ? MAX_ONE_BYTE_LENGTH : MAX_TWO_BYTE_LENGTH;
  }

  /** A header extension of these elements, without those that can't be written. */
  build(elements: readonly ExtensionElement[]): HeaderExtension | undefined {
    switch (this.#form) {
      case "mixed":
        return buildHeaderExtension(elements);
      case "one-byte":
        return buildHeaderExtension(elements.filter(fitsOneByte));
      case "two-byte":
        return buildHeaderExtension(elements, "two-byte");
    }
  }
}
