/**
 * The attributes that this implementation understands.
 *
 * @module
 */
import { Reader, type Writer } from "../../core/wire/mod.ts";
import {
  addressAttribute,
  bytesAttribute,
  flagAttribute,
  type StunAddress,
  type StunAttribute,
  textAttribute,
  u32Attribute,
  u64Attribute,
  xorAddressAttribute,
} from "./attribute.ts";
import { FINGERPRINT, MESSAGE_INTEGRITY, MESSAGE_INTEGRITY_SHA256 } from "./attribute_types.ts";
import type { StunMessage } from "./message.ts";

/** The longest REALM, NONCE, SOFTWARE and reason phrase: 127 characters, in bytes of UTF-8 (RFC 8489 sections 14.8 to 14.14). */
const MAX_PHRASE = 763;

/** The source address of a request as the server saw it, in the clear (RFC 8489 section 14.1). */
export const MAPPED_ADDRESS: StunAttribute<StunAddress> = addressAttribute(
  "MAPPED-ADDRESS",
  0x0001,
);
/** Who asks: for a connectivity check the receiver's fragment, a colon, the sender's (RFC 8489 section 14.3). */
export const USERNAME: StunAttribute<string> = textAttribute("USERNAME", 0x0006, 508);
/** What went wrong (RFC 8489 section 14.8). */
export const ERROR_CODE: StunAttribute<StunError> = {
  name: "ERROR-CODE",
  type: 0x0009,
  parse: parseError,
  write: writeError,
};
/** The comprehension-required attributes that the server did not know (RFC 8489 section 14.13). */
export const UNKNOWN_ATTRIBUTES: StunAttribute<readonly number[]> = {
  name: "UNKNOWN-ATTRIBUTES",
  type: 0x000a,
  parse: parseTypes,
  write: (writer, types) => types.forEach((type) => writer.u16(type)),
};
/** The realm of a long-term credential (RFC 8489 section 14.9). */
export const REALM: StunAttribute<string> = textAttribute("REALM", 0x0014, MAX_PHRASE);
/** The server's nonce (RFC 8489 section 14.10). */
export const NONCE: StunAttribute<string> = textAttribute("NONCE", 0x0015, MAX_PHRASE);
/** The source address of a request as the server saw it (RFC 8489 section 14.2). */
export const XOR_MAPPED_ADDRESS: StunAttribute<StunAddress> = xorAddressAttribute(
  "XOR-MAPPED-ADDRESS",
  0x0020,
);
/** The priority that a candidate learnt from this check would have (RFC 8445 section 7.1.1). */
export const PRIORITY: StunAttribute<number> = u32Attribute("PRIORITY", 0x0024);
/** The controlling agent nominates the pair (RFC 8445 section 7.1.2). */
export const USE_CANDIDATE: StunAttribute<true> = flagAttribute("USE-CANDIDATE", 0x0025);
/**
 * Which of the controlling agent's nominations this is (draft-thatcher-ice-renomination-01 section 3.1). No type is assigned: this is the
 * one that libwebrtc uses.
 */
export const NOMINATION: StunAttribute<number> = u32Attribute("NOMINATION", 0xc001);
/** What software sent the message (RFC 8489 section 14.14). */
export const SOFTWARE: StunAttribute<string> = textAttribute("SOFTWARE", 0x8022, MAX_PHRASE);
/** Another server to try (RFC 8489 section 14.15). */
export const ALTERNATE_SERVER: StunAttribute<StunAddress> = addressAttribute(
  "ALTERNATE-SERVER",
  0x8023,
);
/** The sender is controlled; its tie-breaker (RFC 8445 section 7.1.3). */
export const ICE_CONTROLLED: StunAttribute<bigint> = u64Attribute("ICE-CONTROLLED", 0x8029);
/** The sender is controlling; its tie-breaker (RFC 8445 section 7.1.3). */
export const ICE_CONTROLLING: StunAttribute<bigint> = u64Attribute("ICE-CONTROLLING", 0x802a);
/** The username hashed, in its stead (RFC 8489 section 14.4). */
export const USERHASH: StunAttribute<Uint8Array> = bytesAttribute("USERHASH", 0x001e);

const UNDERSTOOD = new Set([
  ...[MAPPED_ADDRESS, USERNAME, ERROR_CODE, UNKNOWN_ATTRIBUTES, REALM, NONCE].map((a) => a.type),
  ...[XOR_MAPPED_ADDRESS, PRIORITY, USE_CANDIDATE, USERHASH].map((a) => a.type),
  MESSAGE_INTEGRITY,
  MESSAGE_INTEGRITY_SHA256,
  FINGERPRINT,
]);

/** The value of ERROR-CODE. */
export interface StunError {
  /** 300 to 699. */
  readonly code: number;
  /** For people. */
  readonly reason: string;
}

/** The comprehension-required attributes of a message that nobody here understands (RFC 8489 section 6.3). */
export function unknownRequired(message: StunMessage): number[] {
  const types = message.attributes.map(({ type }) => type);
  return [...new Set(types.filter((type) => type < 0x8000 && !UNDERSTOOD.has(type)))];
}

/*
 * RFC 8489 section 14.8:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |           Reserved, should be 0         |Class|     Number    |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |      Reason Phrase (variable)                                ..
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */
function parseError(value: Uint8Array): StunError | undefined {
  const reader = new Reader(value);
  reader.skip(2);
  const hundreds = reader.u8() & 7;
  const number = reader.u8();
  if (!reader.ok || hundreds < 3 || hundreds > 6 || number > 99) return undefined;
  if (reader.remaining > MAX_PHRASE) return undefined;
  return { code: hundreds * 100 + number, reason: reader.text(reader.remaining) };
}

function writeError(writer: Writer, { code, reason }: StunError): void {
  writer.u16(0);
  writer.u8(Math.floor(code / 100));
  writer.u8(code % 100);
  writer.text(reason);
}

function parseTypes(value: Uint8Array): number[] | undefined {
  if (value.length % 2 !== 0) return undefined;
  const reader = new Reader(value);
  return Array.from({ length: value.length / 2 }, () => reader.u16());
}
