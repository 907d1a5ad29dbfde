import { Reader } from "../../core/wire/mod.ts";
import { readNumbers16 } from "./extension.ts";

/** The versions that a client offers beyond its client_version (RFC 8446 section 4.2.1). */
export function parseSupportedVersions(data: Uint8Array): readonly number[] | undefined {
  const reader = new Reader(data);
  const list = reader.sub(reader.u8());
  const versions = readNumbers16(list);
  return list.ok && reader.complete && versions.length > 0 ? versions : undefined;
}
