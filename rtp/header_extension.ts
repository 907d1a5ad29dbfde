/** The profile of an extension whose elements have headers of one byte (RFC 8285 section 4.2). */
export const ONE_BYTE_PROFILE = 0xbede;

/** The profile of an extension whose elements have headers of two bytes, its four application bits being zero (RFC 8285 section 4.3). */
export const TWO_BYTE_PROFILE = 0x1000;

/** The most bytes of an element whose header has one byte (RFC 8285 section 4.2). */
export const MAX_ONE_BYTE_LENGTH = 16;

/** The same for two bytes (RFC 8285 section 4.3). */
export const MAX_TWO_BYTE_LENGTH = 255;

/** The highest identifier that goes into a header of one byte; 15 means something else (RFC 8285 section 4.2). */
export const MAX_ONE_BYTE_ID = 14;

/** The extension of an RTP header as it is on the wire, which keeps even what no one understands. */
export interface HeaderExtension {
  /** 0xBEDE, 0x100x, or another profile's. */
  readonly profile: number;
  /** Everything after the length field: a multiple of four bytes. */
  readonly data: Uint8Array;
}

/** One element of a header extension (RFC 8285). */
export interface ExtensionElement {
  /** The local identifier that `a=extmap` gives its meaning: 1 to 14 with one-byte headers, 1 to 255 with two-byte ones. */
  readonly id: number;
  /** 1 to 16 bytes with one-byte headers, 0 to 255 with two-byte ones. */
  readonly data: Uint8Array;
}

/** Whether the elements have headers of two bytes. */
export function isTwoByte(extension: HeaderExtension): boolean {
  return (extension.profile & 0xfff0) === TWO_BYTE_PROFILE;
}

/**
 * A cursor over the elements of a header extension, so that reading them costs no objects.
 *
 * One-byte headers (RFC 8285 section 4.2):
 *
 * ```text
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       0xBE    |    0xDE       |           length=3            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |  ID   | L=0   |     data      |  ID   |  L=1  |   data...     |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 *
 * Two-byte headers (RFC 8285 section 4.3):
 *
 * ```text
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       0x10    |    0x00       |           length=3            |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      ID       |     L=0       |     ID        |     L=1       |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |       data    |    0 (pad)    |       ID      |      L=4      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * ```
 */
class ElementCursor {
  id = 0;
  start = 0;
  end = 0;
  #data: Uint8Array = new Uint8Array(0);
  #twoByte = false;

  load(extension: HeaderExtension): void {
    const known = extension.profile === ONE_BYTE_PROFILE || isTwoByte(extension);
    this.#data = extension.data;
    this.#twoByte = extension.profile !== ONE_BYTE_PROFILE;
    this.end = known ? 0 : extension.data.length;
  }

  /** Moves to the next element; false at the end, or at what is no element. */
  next(): boolean {
    const data = this.#data;
    let at = this.end;
    while (at < data.length && data[at] === 0) at++;
    if (at >= data.length) return false;
    return this.#twoByte ? this.#twoByteElement(at) : this.#oneByteElement(at);
  }

  #oneByteElement(at: number): boolean {
    const header = this.#data[at]!;
    this.id = header >> 4;
    // RFC 8285 section 4.2: 15 ends the elements, as does a 0 which claims to have data.
    if (this.id === 15 || this.id === 0) return this.#stop();
    return this.#element(at + 1, (header & 0x0f) + 1);
  }

  #twoByteElement(at: number): boolean {
    if (at + 1 >= this.#data.length) return this.#stop();
    this.id = this.#data[at]!;
    return this.#element(at + 2, this.#data[at + 1]!);
  }

  #element(start: number, length: number): boolean {
    if (start + length > this.#data.length) return this.#stop();
    this.start = start;
    this.end = start + length;
    return true;
  }

  #stop(): boolean {
    this.end = this.#data.length;
    return false;
  }
}

const cursor = new ElementCursor();

/** The data of the first element with this identifier, as a view; undefined if there is none. */
export function findElement(
  extension: HeaderExtension | undefined,
  id: number,
): Uint8Array | undefined {
  if (extension === undefined) return undefined;
  cursor.load(extension);
  while (cursor.next()) {
    if (cursor.id === id) return extension.data.subarray(cursor.start, cursor.end);
  }
  return undefined;
}

/** Every element in its order. Reading ends without complaint where the elements do (RFC 8285 section 4.2). */
export function parseElements(extension: HeaderExtension): ExtensionElement[] {
  const elements: ExtensionElement[] = [];
  cursor.load(extension);
  while (cursor.next()) {
    elements.push({ id: cursor.id, data: extension.data.subarray(cursor.start, cursor.end) });
  }
  return elements;
}

/** Whether an element goes into a header of one byte (RFC 8285 section 4.2). */
export function fitsOneByte({ id, data }: ExtensionElement): boolean {
  return id <= MAX_ONE_BYTE_ID && data.length > 0 && data.length <= MAX_ONE_BYTE_LENGTH;
}

/**
 * A header extension of these elements: with one-byte headers if all of them fit, else with two-byte ones, which the peer must have
 * allowed by `a=extmap-allow-mixed` (RFC 8285 section 4.1.2); or, if `form` says so, with two-byte ones in any case. Undefined if there are
 * none.
 *
 * Throws a RangeError if an identifier is not in 1 to 255 or an element has more than 255 bytes.
 *
 * @example
 * ```ts
 * import { buildHeaderExtension, findElement, MID_URI, parseMid, writeMid } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const ids = new Map([[MID_URI, 4]]); // as `a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid` says
 * const id = ids.get(MID_URI)!;
 * const extension = buildHeaderExtension([{ id, data: writeMid("0") }]);
 * assertEquals(parseMid(findElement(extension, id)!), "0");
 * ```
 */
export function buildHeaderExtension(
  elements: readonly ExtensionElement[],
  form: "shortest" | "two-byte" = "shortest",
): HeaderExtension | undefined {
  if (elements.length === 0) return undefined;
  let oneByte = form === "shortest";
  let length = 0;
  for (const element of elements) {
    const { id, data } = element;
    if (!(id >= 1 && id <= 255) || data.length > MAX_TWO_BYTE_LENGTH) {
      throw new RangeError(`A header extension element ${id} of ${data.length} bytes`);
    }
    if (!fitsOneByte(element)) oneByte = false;
    length += data.length;
  }
  length += (oneByte ? 1 : 2) * elements.length;
  const bytes = new Uint8Array((length + 3) & ~3);
  let at = 0;
  for (const { id, data } of elements) {
    if (oneByte) bytes[at++] = id << 4 | data.length - 1;
    else {
      bytes[at++] = id;
      bytes[at++] = data.length;
    }
    bytes.set(data, at);
    at += data.length;
  }
  return { profile: oneByte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE, data: bytes };
}
