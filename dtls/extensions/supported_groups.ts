import { Writer } from "../../core/wire/mod.ts";
import { type Extension, ExtensionType, parseNumbers16, writeNumbers16 } from "./extension.ts";

/** The groups of a supported_groups extension, best first (RFC 8422 section 5.1.1). */
export function parseSupportedGroups(data: Uint8Array): readonly number[] | undefined {
  return parseNumbers16(data);
}

/** A supported_groups extension. */
export function supportedGroups(groups: readonly number[]): Extension {
  const writer = new Writer();
  writeNumbers16(writer, groups);
  return { type: ExtensionType.supportedGroups, data: writer.finish() };
}
