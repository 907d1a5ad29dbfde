/**
 * As much of STUN as it takes to see whom a packet is for, without an agent: nothing here is authenticated.
 *
 * @module
 */
import { Reader } from "../core/wire/reader.ts";

/** RFC 8489 section 5. */
const MAGIC_COOKIE = 0x2112a442, HEADER_LENGTH = 20;

/** RFC 8489 section 14.3. */
const USERNAME = 0x0006;

/** The longest USERNAME that is looked at: two fragments of 256 and a colon (RFC 8445 section 7.2.2, RFC 8839 section 5.4). */
const MAX_USERNAME = 513;

/** Attributes that are passed over on the way to USERNAME: ICE agents write it first. */
const MAX_ATTRIBUTES = 16;

/** RFC 8489 section 5: the two class bits within the message type, and Binding, the method of ICE. */
const CLASS_BITS = 0x0110, BINDING = 0x0001;

const CLASSES: Readonly<Record<number, StunHeader["messageClass"]>> = {
  0x0000: "request",
  0x0010: "indication",
  0x0100: "success",
  0x0110: "error",
};

/** What stands at the beginning of a STUN message. */
export interface StunHeader {
  /** What it is. */
  readonly messageClass: "request" | "indication" | "success" | "error";
  /** Whether it is of ICE or of a STUN server, rather than of TURN. */
  readonly isBinding: boolean;
  /** The 96 bits that a response shares with its request, each byte as a character. */
  readonly transactionId: string;
}

/** Reads the header; undefined if the packet is no STUN message. */
export function readStunHeader(packet: Uint8Array): StunHeader | undefined {
  if (packet.length < HEADER_LENGTH || packet[0]! > 3) return undefined;
  const reader = new Reader(packet);
  const type = reader.u16();
  reader.u16(); // the length, which whoever parses the message will check
  if (reader.u32() !== MAGIC_COOKIE) return undefined;
  return {
    messageClass: CLASSES[type & CLASS_BITS]!,
    isBinding: (type & ~CLASS_BITS) === BINDING,
    transactionId: String.fromCharCode(...packet.subarray(8, HEADER_LENGTH)),
  };
}

/** The two username fragments of a connectivity check (RFC 8445 section 7.2.2). */
export interface CheckUsername {
  /** Of whom it is sent to. */
  readonly receiver: string;
  /** Of whom it comes from. */
  readonly sender: string;
}

/** Reads the USERNAME of a connectivity check; undefined if it has none of two fragments. */
export function readCheckUsername(packet: Uint8Array): CheckUsername | undefined {
  let at = HEADER_LENGTH;
  for (let count = 0; count < MAX_ATTRIBUTES && at + 4 <= packet.length; count++) {
    const type = packet[at]! << 8 | packet[at + 1]!;
    const length = packet[at + 2]! << 8 | packet[at + 3]!;
    const value = packet.subarray(at + 4, at + 4 + length);
    if (value.length < length) return undefined;
    if (type === USERNAME) return length > MAX_USERNAME ? undefined : atColon(value);
    at += 4 + (length + 3 & ~3);
  }
  return undefined;
}

function atColon(username: Uint8Array): CheckUsername | undefined {
  const colon = username.indexOf(0x3a);
  if (colon < 0) return undefined;
  const text = String.fromCharCode(...username);
  return { receiver: text.slice(0, colon), sender: text.slice(colon + 1) };
}
