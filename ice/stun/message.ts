import { Reader } from "../../core/wire/mod.ts";
import type { StunAttribute } from "./attribute.ts";
import { FINGERPRINT, MESSAGE_INTEGRITY, MESSAGE_INTEGRITY_SHA256 } from "./attribute_types.ts";

/** The magic cookie, which tells STUN from what else may begin with such a byte (RFC 8489 section 5). */
export const MAGIC_COOKIE = 0x2112a442;

/** The method Binding, the only one that ICE itself uses (RFC 8489 section 18.2). */
export const BINDING = 0x001;

/** Bytes of a STUN header. */
export const HEADER_LENGTH = 20;

/** Attributes kept of one message; no known usage comes near, and what follows them makes the message malformed. */
const MAX_ATTRIBUTES = 64;

/** The class of a message, by the value of its two bits (RFC 8489 section 5). */
export const STUN_CLASSES = ["request", "indication", "success", "error"] as const;

/** What a message is: a request, an indication, or one of the two kinds of response. */
export type StunClass = typeof STUN_CLASSES[number];

/** An attribute as it stands in a message. */
export interface RawAttribute {
  /** The attribute's type. */
  readonly type: number;
  /** Its value without padding: a view of the message. */
  readonly value: Uint8Array;
  /** Where its header begins in the message. */
  readonly offset: number;
}

/** A STUN message that has been parsed, not authenticated (RFC 8489 section 5). */
export class StunMessage {
  /** Puts together what has been parsed. */
  constructor(
    /** Request, indication, success or error. */
    readonly messageClass: StunClass,
    /** What is asked or answered. */
    readonly method: number,
    /** 12 bytes which a response shares with its request. */
    readonly transactionId: Uint8Array,
    /** Those attributes that count, in their order. */
    readonly attributes: readonly RawAttribute[],
    /** The whole message. */
    readonly bytes: Uint8Array,
  ) {}

  /** The value of the first such attribute; undefined if there is none or if it is malformed (RFC 8489 section 14). */
  get<T>(attribute: StunAttribute<T>): T | undefined {
    const raw = this.raw(attribute.type);
    return raw && attribute.parse(raw.value, this.transactionId);
  }

  /** Whether there is such an attribute, well-formed or not. */
  has(attribute: StunAttribute<unknown>): boolean {
    return this.raw(attribute.type) !== undefined;
  }

  /** The first attribute of a type (RFC 8489 section 14: only the first of several counts). */
  raw(type: number): RawAttribute | undefined {
    return this.attributes.find((attribute) => attribute.type === type);
  }
}

/** Whether a datagram is STUN rather than data: first byte 0 to 3 (RFC 7983 section 7) and the magic cookie. */
export function isStun(data: Uint8Array): boolean {
  return data.length >= HEADER_LENGTH && data[0]! <= 3 &&
    data[4] === 0x21 && data[5] === 0x12 && data[6] === 0xa4 && data[7] === 0x42;
}

/*
 * RFC 8489 section 5:
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0|     STUN Message Type     |         Message Length        |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Magic Cookie                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                     Transaction ID (96 bits)                  |
 * |                                                               |
 * |                                                               |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The type interleaves the class with the method:   0 0 M M M M M C M M M C M M M M
 *
 * Then attributes, each padded to four bytes (RFC 8489 section 14):
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |         Type                  |            Length             |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                         Value (variable)                ....
 */

/**
 * Parses a datagram as one STUN message. Nothing is authenticated by that.
 *
 * @example
 * ```ts
 * import { BINDING, parseStun, SOFTWARE, StunBuilder } from "@heron/webrtc/ice";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new StunBuilder("request", BINDING, new Uint8Array(12)).add(SOFTWARE, "heron").finish();
 * assertEquals(parseStun(bytes)?.get(SOFTWARE), "heron");
 * assertEquals(parseStun(bytes.subarray(1)), undefined);
 * ```
 */
export function parseStun(bytes: Uint8Array): StunMessage | undefined {
  const reader = new Reader(bytes);
  const type = reader.u16();
  const length = reader.u16();
  const cookie = reader.u32();
  const transactionId = reader.bytes(12);
  if (!reader.ok || type > 0x3fff || cookie !== MAGIC_COOKIE) return undefined;
  if (length !== reader.remaining || length % 4 !== 0) return undefined;
  const attributes = parseAttributes(reader);
  if (attributes === undefined) return undefined;
  return new StunMessage(classOf(type), methodOf(type), transactionId, attributes, bytes);
}

/** The first two bytes of a message. */
export function messageType(messageClass: StunClass, method: number): number {
  const bits = STUN_CLASSES.indexOf(messageClass);
  return (method & 0xf80) << 2 | (bits & 2) << 7 | (method & 0x70) << 1 | (bits & 1) << 4 |
    method & 0xf;
}

function classOf(type: number): StunClass {
  return STUN_CLASSES[type >> 7 & 2 | type >> 4 & 1]!;
}

function methodOf(type: number): number {
  return type >> 2 & 0xf80 | type >> 1 & 0x70 | type & 0xf;
}

function parseAttributes(reader: Reader): RawAttribute[] | undefined {
  const attributes: RawAttribute[] = [];
  let last = 0;
  while (reader.remaining > 0) {
    const offset = reader.offset;
    const type = reader.u16();
    const length = reader.u16();
    const value = reader.bytes(length);
    reader.skip((4 - length % 4) % 4);
    if (!reader.ok || attributes.length === MAX_ATTRIBUTES) return undefined;
    if (!counts(type, last)) continue;
    attributes.push({ type, value, offset });
    if (isProtection(type)) last = type;
  }
  return attributes;
}

/** RFC 8489 sections 14.5 to 14.7: behind an attribute that protects the message, only stronger protection counts. */
function counts(type: number, last: number): boolean {
  switch (last) {
    case MESSAGE_INTEGRITY:
      return type === MESSAGE_INTEGRITY_SHA256 || type === FINGERPRINT;
    case MESSAGE_INTEGRITY_SHA256:
      return type === FINGERPRINT;
    case FINGERPRINT:
      return false;
    default:
      return true;
  }
}

function isProtection(type: number): boolean {
  return type === MESSAGE_INTEGRITY || type === MESSAGE_INTEGRITY_SHA256 || type === FINGERPRINT;
}
