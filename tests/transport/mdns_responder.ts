import { Buffer } from "node:buffer";
import dnsPacket from "dns-packet";
import { ipVersion } from "../../core/wire/mod.ts";

/** What a responder may get wrong or do in its own way. */
export interface AnswerOptions {
  /** Instead of the name that was asked for. */
  name?: string;
  /** Instead of the id of the query. */
  id?: number;
  /** In seconds; 120 by default. */
  ttl?: number;
  /** Instead of the type that fits the address. */
  type?: string;
  /** The class's name; "IN" by default. */
  class?: string;
  /** Bits of the DNS header beside "response". */
  flags?: number;
  /** Whether the packet is a query that carries answers. */
  query?: boolean;
}

/** The questions of a packet, as a responder reads them. */
export function questionsOf(query: Uint8Array): { name: string; type: string; unicast: boolean }[] {
  const decoded = dnsPacket.decode(Buffer.from(query));
  return decoded.questions.map(({ name, type }: { name: string; type: string }, i: number) => ({
    name,
    type,
    unicast: (query[12 + (i + 1) * ((query.length - 12) / 2) - 2]! & 0x80) !== 0,
  }));
}

/** A responder's answer to a query, as browsers write it. */
export function answerTo(
  query: Uint8Array,
  ip: string,
  options: AnswerOptions = {},
): Uint8Array<ArrayBuffer> {
  const decoded = dnsPacket.decode(Buffer.from(query));
  const packet = dnsPacket.encode({
    type: options.query ? "query" : "response",
    id: options.id ?? decoded.id,
    flags: dnsPacket.AUTHORITATIVE_ANSWER | (options.flags ?? 0),
    answers: [{
      name: options.name ?? decoded.questions[0].name,
      type: options.type ?? (ipVersion(ip) === 6 ? "AAAA" : "A"),
      class: options.class ?? "IN",
      ttl: options.ttl ?? 120,
      flush: true,
      data: ip,
    }],
  });
  return new Uint8Array(packet);
}
