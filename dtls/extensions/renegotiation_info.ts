import { type Extension, ExtensionType, findExtension } from "./extension.ts";

/** The cipher suite number by which a client may say the same as with an empty extension (RFC 5746 section 3.3). */
export const TLS_EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff;

/** A renegotiation_info extension of an initial handshake: an empty renegotiated_connection (RFC 5746 section 3.2). */
export function renegotiationInfo(): Extension {
  return { type: ExtensionType.renegotiationInfo, data: Uint8Array.of(0) };
}

/** What a hello of an initial handshake says about secure renegotiation; anything but an empty value is an attack. */
export function renegotiationInfoOf(
  extensions: readonly Extension[],
): "absent" | "initial" | "invalid" {
  const data = findExtension(extensions, ExtensionType.renegotiationInfo);
  if (data === undefined) return "absent";
  return data.length === 1 && data[0] === 0 ? "initial" : "invalid";
}
