import { Reader } from "../../core/wire/mod.ts";
import { type Extension, ExtensionType } from "./extension.ts";

const UNCOMPRESSED = 0;

/** The formats of an ec_point_formats extension (RFC 8422 section 5.1.2). */
export function parseEcPointFormats(data: Uint8Array): Uint8Array | undefined {
  const reader = new Reader(data);
  const formats = reader.bytes(reader.u8());
  return reader.complete && formats.length > 0 ? formats : undefined;
}

/** Whether a parsed list has the one format that is still in use, as it must (RFC 8422 section 5.1.2). */
export function hasUncompressed(formats: Uint8Array): boolean {
  return formats.includes(UNCOMPRESSED);
}

/** An ec_point_formats extension. */
export function ecPointFormats(): Extension {
  return { type: ExtensionType.ecPointFormats, data: Uint8Array.of(1, UNCOMPRESSED) };
}
