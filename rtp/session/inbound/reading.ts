import type { FormatTable } from "../format_table.ts";
import type { ExtensionIds } from "../parameters.ts";

/** What of a section tells how its packets are to be read. */
export interface Reading {
  readonly formats: FormatTable;
  readonly extensions: ExtensionIds;
}
