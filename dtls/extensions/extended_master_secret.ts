import { type Extension, ExtensionType, findExtension } from "./extension.ts";

/** An extended_master_secret extension: it has no content (RFC 7627 section 5.1). */
export function extendedMasterSecret(): Extension {
  return { type: ExtensionType.extendedMasterSecret, data: new Uint8Array(0) };
}

/** Whether a hello has a well-formed extended_master_secret. */
export function hasExtendedMasterSecret(extensions: readonly Extension[]): boolean {
  return findExtension(extensions, ExtensionType.extendedMasterSecret)?.length === 0;
}
