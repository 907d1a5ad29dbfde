import { Reader, type Writer } from "../../core/wire/mod.ts";

/** Extension numbers that this side reads or writes. */
export const ExtensionType = {
  supportedGroups: 10,
  ecPointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  extendedMasterSecret: 23,
  supportedVersions: 43,
  renegotiationInfo: 0xff01,
} as const;

/** An extension that is not looked into yet. */
export interface Extension {
  /** Its number. */
  readonly type: number;
  /** Its content. */
  readonly data: Uint8Array;
}

/**
 * Parses the extensions that end a hello message, down to its last byte. A message may also end without any.
 *
 * ```
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-------------------------------+-------------------------------+
 *  |     length of all of them     |        extension_type         |
 *  +-------------------------------+-------------------------------+
 *  |            length             |        extension_data ...
 *  +-------------------------------+------------------------------
 * ```
 */
export function parseExtensions(reader: Reader): readonly Extension[] | undefined {
  if (reader.remaining === 0) return reader.ok ? [] : undefined;
  const block = reader.sub(reader.u16());
  const extensions: Extension[] = [];
  const seen = new Set<number>();
  while (block.remaining > 0) {
    const type = block.u16();
    const data = block.bytes(block.u16());
    if (seen.has(type)) return undefined; // RFC 5246 section 7.4.1.4: at most one of each type
    seen.add(type);
    extensions.push({ type, data });
  }
  return block.complete && reader.complete ? extensions : undefined;
}

/** Writes the extensions of a hello message; none at all leave no trace. */
export function writeExtensions(writer: Writer, extensions: readonly Extension[]): void {
  if (extensions.length === 0) return;
  writer.vector16(() => {
    for (const { type, data } of extensions) {
      writer.u16(type);
      writer.vector16(() => writer.bytes(data));
    }
  });
}

/** The content of the extension of this type, if it is there. */
export function findExtension(
  extensions: readonly Extension[],
  type: number,
): Uint8Array | undefined {
  return extensions.find((extension) => extension.type === type)?.data;
}

/** A whole extension that is nothing but a list of 16-bit numbers behind its length; at least one of them. */
export function parseNumbers16(data: Uint8Array): readonly number[] | undefined {
  const reader = new Reader(data);
  const list = reader.sub(reader.u16());
  const numbers = readNumbers16(list);
  return reader.complete && list.ok && numbers.length > 0 ? numbers : undefined;
}

/** 16-bit numbers up to the end of the reader. */
export function readNumbers16(reader: Reader): number[] {
  const numbers: number[] = [];
  while (reader.remaining > 0) numbers.push(reader.u16());
  return numbers;
}

/** Writes 16-bit numbers behind their length in two bytes. */
export function writeNumbers16(writer: Writer, numbers: readonly number[]): void {
  writer.vector16(() => numbers.forEach((number) => writer.u16(number)));
}
