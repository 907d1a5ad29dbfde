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
  readonly questions: readonly {
    readonly name: string;
    readonly type: string;
    readonly class: string;
  }[];
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

/** What somebody asks. */
export interface MdnsQuestion {
  /** As it was written; case means nothing. */
  readonly name: string;
  /** What is wanted of the name. */
  readonly type: "A" | "AAAA" | "ANY";
  /** Whether a reply to the asker alone will do (RFC 6762 section 5.4). */
  readonly unicast: boolean;
}

/** What a packet asks. */
export interface MdnsQuery {
  /** What an answer to somebody who does not know of mDNS repeats. */
  readonly id: number;
  /** At most 32. */
  readonly questions: readonly MdnsQuestion[];
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

/** Questions of one packet that are looked at. */
const MAX_QUESTIONS = 32;

/** The class IN with and without the QU bit, which the package does not tell apart from the class. */
const CLASSES: Readonly<Record<string, { readonly unicast: boolean }>> = {
  IN: { unicast: false },
  UNKNOWN_32769: { unicast: true },
};

/** What a query asks of names that could hide a candidate's address; undefined if the packet is no query. */
export function parseMdnsQuery(packet: Uint8Array): MdnsQuery | undefined {
  const message = decode(packet);
  if (message === undefined || message.type !== "query" || message.opcode !== "QUERY") {
    return undefined;
  }
  const questions = message.questions.slice(0, MAX_QUESTIONS).flatMap(
    ({ name, type, class: klass }): MdnsQuestion[] => {
      const { unicast } = Object.hasOwn(CLASSES, klass) ? CLASSES[klass]! : {};
      const isAsked = type === "A" || type === "AAAA" || type === "ANY";
      return isAsked && unicast !== undefined && isMdnsName(name) ? [{ name, type, unicast }] : [];
    },
  );
  return { id: message.id, questions };
}

/**
 * Says that a name has this address and no other (RFC 6762 section 6.1), for `ttl` seconds: to everybody, or with `query` to somebody who
 * does not know of mDNS (section 6.7).
 */
export function writeMdnsAnswer({ name, ip, ttl, query }: {
  readonly name: string;
  readonly ip: string;
  readonly ttl: number;
  readonly query?: MdnsQuery;
}): Uint8Array {
  const type = ip.includes(":") ? "AAAA" : "A";
  const flush = query === undefined; // RFC 6762 section 10.2
  return dnsPacket.encode({
    type: "response",
    id: query?.id ?? 0, // RFC 6762 section 18.1
    flags: dnsPacket.AUTHORITATIVE_ANSWER,
    questions: query?.questions.map(({ name, type }) => ({ name, type, class: "IN" })) ?? [],
    answers: [{ name, type, class: "IN", ttl, flush, data: ip }],
    additionals: [
      { name, type: "NSEC", class: "IN", ttl, flush, data: { nextDomain: name, rrtypes: [type] } },
    ],
  });
}

function decode(packet: Uint8Array): Message | undefined {
  if (packet.length < HEADER_LENGTH || packet.length > MAX_PACKET) return undefined;
  try {
    return dnsPacket.decode(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
  } catch {
    return undefined; // malformed
  }
}
