import { formatIp, parseIp, Reader, type Writer } from "../../core/wire/mod.ts";

/** How one type of attribute is read and written. */
export interface StunAttribute<T> {
  /** Its name in the RFC. */
  readonly name: string;
  /** Its number. Below 0x8000 a receiver must understand it (RFC 8489 section 14). */
  readonly type: number;
  /** Reads a value; undefined if it is malformed. */
  parse(value: Uint8Array, transactionId: Uint8Array): T | undefined;
  /** Writes a value, without padding. */
  write(writer: Writer, value: T, transactionId: Uint8Array): void;
}

/** An address in an attribute; the protocol is that of the message. */
export interface StunAddress {
  /** A literal in canonical form. */
  readonly ip: string;
  /** 0 to 65535. */
  readonly port: number;
}

/** A text of at most `maxBytes` bytes of UTF-8. */
export function textAttribute(name: string, type: number, maxBytes: number): StunAttribute<string> {
  return {
    name,
    type,
    parse(value) {
      if (value.length > maxBytes) return undefined;
      const reader = new Reader(value);
      const text = reader.strictText(value.length);
      return reader.ok ? text : undefined;
    },
    write: (writer, text) => void writer.text(text),
  };
}

/** An unsigned integer of 32 bits. */
export function u32Attribute(name: string, type: number): StunAttribute<number> {
  return {
    name,
    type,
    parse: (value) => value.length === 4 ? new Reader(value).u32() : undefined,
    write: (writer, value) => writer.u32(value),
  };
}

/** An unsigned integer of 64 bits. */
export function u64Attribute(name: string, type: number): StunAttribute<bigint> {
  return {
    name,
    type,
    parse: (value) => value.length === 8 ? new Reader(value).u64() : undefined,
    write: (writer, value) => writer.u64(value),
  };
}

/** An attribute that has no value: its presence is what it says. */
export function flagAttribute(name: string, type: number): StunAttribute<true> {
  return { name, type, parse: () => true, write: () => {} };
}

/** Bytes as they are. */
export function bytesAttribute(name: string, type: number): StunAttribute<Uint8Array> {
  return { name, type, parse: (value) => value, write: (writer, value) => writer.bytes(value) };
}

/*
 * RFC 8489 section 14.1:
 *
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |0 0 0 0 0 0 0 0|    Family     |           Port                |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                 Address (32 bits or 128 bits)                 |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** An address, which a NAT that rewrites what looks like one may have changed. */
export function addressAttribute(name: string, type: number): StunAttribute<StunAddress> {
  return {
    name,
    type,
    parse: (value) => parseAddress(value, NO_MASK),
    write: (writer, address) => writeAddress(writer, address, NO_MASK),
  };
}

/** An address that is hidden from NATs under the magic cookie and the transaction ID (RFC 8489 section 14.2). */
export function xorAddressAttribute(name: string, type: number): StunAttribute<StunAddress> {
  return {
    name,
    type,
    parse: (value, transactionId) => parseAddress(value, maskOf(transactionId)),
    write: (writer, address, transactionId) => writeAddress(writer, address, maskOf(transactionId)),
  };
}

const NO_MASK = new Uint8Array(16);

function maskOf(transactionId: Uint8Array): Uint8Array {
  const mask = Uint8Array.of(0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  mask.set(transactionId.subarray(0, 12), 4);
  return mask;
}

function parseAddress(value: Uint8Array, mask: Uint8Array): StunAddress | undefined {
  const reader = new Reader(value);
  reader.skip(1);
  const family = reader.u8();
  const port = reader.u16() ^ (mask[0]! << 8 | mask[1]!);
  if (family !== 1 && family !== 2) return undefined;
  const ip = reader.bytes(family === 1 ? 4 : 16).map((byte, i) => byte ^ mask[i]!);
  return reader.complete ? { ip: formatIp(ip), port } : undefined;
}

function writeAddress(writer: Writer, { ip, port }: StunAddress, mask: Uint8Array): void {
  const bytes = parseIp(ip);
  if (bytes === undefined) throw new TypeError(`Not an IP literal: ${ip}`);
  writer.u8(0);
  writer.u8(bytes.length === 4 ? 1 : 2);
  writer.u16(port ^ (mask[0]! << 8 | mask[1]!));
  writer.bytes(bytes.map((byte, i) => byte ^ mask[i]!));
}
