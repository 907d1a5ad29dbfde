import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import { canonicalIp } from "../core/wire/address.ts";
import { scopeOf } from "./interfaces.ts";

/** The longest packet that is looked at (RFC 6762 section 17). */
const MAX_PACKET = 9000;

const HEADER_LENGTH = 12;

/** RFC 6762 section 5.4: the top bit of a question's class asks for a unicast response. */
const QU = 0x80;

/** As much of dns-packet's results as is used; the package has no types, and the packet is a stranger's. */
interface Message {
  readonly id: number;
  readonly type: string;
  readonly opcode: string;
  readonly rcode: string;
  readonly answers: readonly Resource[];
  readonly additionals: readonly Resource[];
}

interface Resource {
  readonly name: string;
  readonly type: string;
  readonly class: string;
  readonly ttl: number;
  readonly data: unknown;
}

/** An address that somebody says belongs to the name. */
export interface MdnsAnswer {
  /** A canonical IP literal. */
  readonly ip: string;
  /** For how long it holds, in seconds. */
  readonly ttl: number;
}

/**
 * Whether this is a name that hides a candidate's address: a version 4 UUID and `.local`, as browsers make them.
 *
 * No other name is ever looked up, so that a peer can't have us ask the local network for what it likes (RFC 8828).
 */
export function isMdnsName(name: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.local$/i.test(name);
}

/** A query for both address types of the name, in the one-shot form of RFC 6762 section 5.1. */
export function writeMdnsQuery(name: string, id: number): Uint8Array {
  const questions = ["A", "AAAA"].map((type) => ({ name, type, class: "IN" }));
  const packet: Uint8Array = dnsPacket.encode({ type: "query", id, questions });
  const questionLength = (packet.length - HEADER_LENGTH) / questions.length;
  for (let end = HEADER_LENGTH + questionLength; end <= packet.length; end += questionLength) {
    packet[end - 2]! |= QU;
  }
  return packet;
}

/**
 * The first usable address that a response gives for this very name; undefined if the packet is anything else.
 *
 * Addresses that no other machine can have are refused: a `.local` name must not lead to a service on this one.
 */
export function parseMdnsAnswer(
  packet: Uint8Array,
  name: string,
  id: number,
): MdnsAnswer | undefined {
  const message = decode(packet);
  if (message === undefined || message.type !== "response") return undefined;
  // RFC 6762 section 18: multicast responses have the id 0, answers to a legacy query repeat its own.
  if (message.id !== 0 && message.id !== id) return undefined;
  if (message.opcode !== "QUERY" || message.rcode !== "NOERROR") return undefined;
  for (const record of [...message.answers, ...message.additionals]) {
    if (record.type !== "A" && record.type !== "AAAA") continue;
    if (record.class !== "IN" || record.name.toLowerCase() !== name.toLowerCase()) continue;
    const ip = canonicalIp(String(record.data));
    if (ip === undefined || scopeOf(ip) !== "usable") continue;
    if (record.ttl > 0) return { ip, ttl: record.ttl }; // RFC 6762 section 10.1: 0 is a goodbye
  }
  return undefined;
}

function decode(packet: Uint8Array): Message | undefined {
  if (packet.length < HEADER_LENGTH || packet.length > MAX_PACKET) return undefined;
  try {
    return dnsPacket.decode(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
  } catch {
    return undefined; // malformed
  }
}
