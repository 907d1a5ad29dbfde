import { Writer } from "../../core/wire/mod.ts";
import { type Extension, ExtensionType, parseNumbers16, writeNumbers16 } from "./extension.ts";

/** The schemes of a signature_algorithms extension, best first (RFC 5246 section 7.4.1.4.1). */
export function parseSignatureAlgorithms(data: Uint8Array): readonly number[] | undefined {
  return parseNumbers16(data);
}

/** A signature_algorithms extension. */
export function signatureAlgorithms(schemes: readonly number[]): Extension {
  const writer = new Writer();
  writeNumbers16(writer, schemes);
  return { type: ExtensionType.signatureAlgorithms, data: writer.finish() };
}
