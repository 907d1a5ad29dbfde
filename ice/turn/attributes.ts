/**
 * The methods and attributes that TURN adds to STUN (RFC 8656 sections 17 and 18).
 *
 * @module
 */
import { Reader, type Writer } from "../../core/wire/mod.ts";
import {
  bytesAttribute,
  type StunAddress,
  type StunAttribute,
  textAttribute,
  u32Attribute,
  xorAddressAttribute,
} from "../stun/attribute.ts";

/** Asks for a relayed transport address (RFC 8656 section 7). */
export const ALLOCATE = 0x003;
/** Keeps it, or with a lifetime of 0 gives it back (RFC 8656 section 8). */
export const REFRESH = 0x004;
/** Data for a peer, as an indication (RFC 8656 section 11.1). */
export const SEND = 0x006;
/** Data from a peer, as an indication (RFC 8656 section 11.4). */
export const DATA_INDICATION = 0x007;
/** Lets a peer's IP address send (RFC 8656 section 10). */
export const CREATE_PERMISSION = 0x008;
/** Gives a peer a number in the stead of its address (RFC 8656 section 12). */
export const CHANNEL_BIND = 0x009;

/** Whether a method is one of TURN's. */
export function isTurnMethod(method: number): boolean {
  return method >= ALLOCATE && method <= CHANNEL_BIND;
}

/** RFC 8656 section 18.1. */
export const CHANNEL_NUMBER: StunAttribute<number> = {
  name: "CHANNEL-NUMBER",
  type: 0x000c,
  parse: (value) => value.length === 4 ? new Reader(value).u16() : undefined,
  write: (writer, value) => {
    writer.u16(value);
    writer.u16(0);
  },
};
/** Seconds until an allocation expires (RFC 8656 section 18.2). */
export const LIFETIME: StunAttribute<number> = u32Attribute("LIFETIME", 0x000d);
/** The peer that is meant, as the server sees it (RFC 8656 section 18.3). */
export const XOR_PEER_ADDRESS: StunAttribute<StunAddress> = xorAddressAttribute(
  "XOR-PEER-ADDRESS",
  0x0012,
);
/** The application's data (RFC 8656 section 18.4). */
export const DATA: StunAttribute<Uint8Array> = bytesAttribute("DATA", 0x0013);
/** What the server has allocated (RFC 8656 section 18.5). */
export const XOR_RELAYED_ADDRESS: StunAttribute<StunAddress> = xorAddressAttribute(
  "XOR-RELAYED-ADDRESS",
  0x0016,
);

/** RFC 8656 section 18.6. */
export const IPV4 = 1;
/** RFC 8656 section 18.6. */
export const IPV6 = 2;

/** The one family that is wanted (RFC 8656 section 18.6). */
export const REQUESTED_ADDRESS_FAMILY: StunAttribute<number> = familyAttribute(
  "REQUESTED-ADDRESS-FAMILY",
  0x0017,
);
/** A second family beside IPv4; a server that does not know it leaves it (RFC 8656 section 18.11). */
export const ADDITIONAL_ADDRESS_FAMILY: StunAttribute<number> = familyAttribute(
  "ADDITIONAL-ADDRESS-FAMILY",
  0x8000,
);
/** The protocol between server and peer: always UDP (RFC 8656 section 18.8). */
export const REQUESTED_TRANSPORT: StunAttribute<number> = familyAttribute(
  "REQUESTED-TRANSPORT",
  0x0019,
);
/** The value of {@linkcode REQUESTED_TRANSPORT} for UDP: its protocol number in IP. */
export const UDP_PROTOCOL = 17;

/** Longest ALTERNATE-DOMAIN (RFC 8489 section 14.16). */
const MAX_DOMAIN = 255;
/** The name to hold the alternate server's TLS certificate against (RFC 8489 section 14.16). */
export const ALTERNATE_DOMAIN: StunAttribute<string> = textAttribute(
  "ALTERNATE-DOMAIN",
  0x8003,
  MAX_DOMAIN,
);

/** One byte that says something, and three that are reserved. */
function familyAttribute(name: string, type: number): StunAttribute<number> {
  return {
    name,
    type,
    parse: (value) => value.length === 4 ? value[0] : undefined,
    write: (writer: Writer, value) => {
      writer.u8(value);
      writer.zeros(3);
    },
  };
}
