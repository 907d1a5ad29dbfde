import { concat } from "../../core/wire/mod.ts";
import {
  type Nack,
  type ReportBlock,
  type RtcpPacket,
  SdesType,
  type SenderReport,
  serializeRtcp,
} from "../rtcp/mod.ts";

/** The most blocks, chunks or sources that a packet has room for: five bits. */
export const MAX_RTCP_ITEMS = 31;

/** The most packets that one NACK of ours names; at four bytes each at most, it fits into a datagram with reports. */
export const MAX_NACKED_PER_PACKET = 250;

/** Datagrams stay below this, if no single packet is larger. */
export const MAX_RTCP_SIZE = 1200;

/** What to send. */
export interface RtcpContents {
  /** Who reports, if there is no sender report. */
  readonly ssrc: number;
  /** CNAME of all our sources, at most 255 bytes of UTF-8 (RFC 3550 section 6.5.1). */
  readonly cname: string;
  /** Reports of our sources, without blocks. */
  readonly senderReports?: readonly SenderReport[];
  /** What we receive. */
  readonly reports?: readonly ReportBlock[];
  /** Feedback and extended reports, in their order. */
  readonly feedback?: readonly RtcpPacket[];
  /** Whether feedback may go without any report: `a=rtcp-rsize` (RFC 5506). */
  readonly reducedSize?: boolean;
  /** Our sources that end. */
  readonly goodbye?: readonly number[];
}

/**
 * Datagrams of RTCP. Each is a compound that begins with a report and names its sources (RFC 3550 section 6.1), unless reduced size is
 * allowed and there are no reports to send (RFC 5506 section 4.1).
 *
 * @example
 * ```ts
 * import { composeRtcp, parseRtcp } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const feedback = [{ type: "PLI", senderSsrc: 1, mediaSsrc: 2 }] as const;
 * const [datagram] = composeRtcp({ ssrc: 1, cname: "heron", feedback });
 * assertEquals(parseRtcp(datagram!).map(({ type }) => type), ["RR", "SDES", "PLI"]);
 * ```
 */
export function composeRtcp(contents: RtcpContents): Uint8Array<ArrayBuffer>[] {
  const { ssrc, senderReports = [], reports = [], feedback = [], goodbye = [] } = contents;
  const rest = feedback.map((packet) => serializeRtcp([packet]));
  // RFC 3550 section 6.1: a goodbye is the last that is said of a source.
  for (const ssrcs of chunks(goodbye)) rest.push(serializeRtcp([{ type: "BYE", ssrcs }]));
  const full = senderReports.length > 0 || reports.length > 0;
  if (!full && rest.length === 0) return [];
  const reduced = !full && contents.reducedSize === true && goodbye.length === 0;
  const datagrams = new Datagrams(reduced ? undefined : minimal(contents));
  if (full) {
    const sources = senderReports.length > 0 ? senderReports.map((one) => one.ssrc) : [ssrc];
    datagrams.begin(concat([
      serializeRtcp(withBlocks(ssrc, senderReports, reports)),
      description(sources, contents.cname),
    ]));
  }
  for (const packet of rest) datagrams.add(packet);
  return datagrams.finish();
}

/** NACKs for packets of one stream, in rising order, each small enough for a datagram. */
export function nacksFor(senderSsrc: number, mediaSsrc: number, lost: readonly number[]): Nack[] {
  const nacks: Nack[] = [];
  for (let at = 0; at < lost.length; at += MAX_NACKED_PER_PACKET) {
    const some = lost.slice(at, at + MAX_NACKED_PER_PACKET);
    nacks.push({ type: "NACK", senderSsrc, mediaSsrc, lost: some });
  }
  return nacks;
}

/** Fills datagrams one after the other, each beginning with what has to stand first. */
class Datagrams {
  readonly #prefix: Uint8Array | undefined;
  readonly #finished: Uint8Array<ArrayBuffer>[] = [];
  #current: Uint8Array[] = [];
  #size = 0;

  constructor(prefix: Uint8Array | undefined) {
    this.#prefix = prefix;
  }

  /** Begins with a prefix of its own. */
  begin(prefix: Uint8Array): void {
    this.#current = [prefix];
    this.#size = prefix.length;
  }

  add(packet: Uint8Array): void {
    if (this.#size > 0 && this.#size + packet.length > MAX_RTCP_SIZE) this.#end();
    if (this.#size === 0 && this.#prefix !== undefined) this.begin(this.#prefix);
    this.#current.push(packet);
    this.#size += packet.length;
  }

  finish(): Uint8Array<ArrayBuffer>[] {
    if (this.#size > 0) this.#end();
    return this.#finished;
  }

  #end(): void {
    this.#finished.push(concat(this.#current));
    this.#current = [];
    this.#size = 0;
  }
}

/** The least that a compound begins with: an empty report and a name (RFC 4585 section 3.1). */
function minimal({ ssrc, cname }: RtcpContents): Uint8Array {
  return concat([
    serializeRtcp([{ type: "RR", ssrc, reports: [] }]),
    description([ssrc], cname),
  ]);
}

/** Spreads blocks over reports; what is left goes into receiver reports (RFC 3550 section 6.1). */
function withBlocks(
  ssrc: number,
  senderReports: readonly SenderReport[],
  reports: readonly ReportBlock[],
): RtcpPacket[] {
  const blocks = chunks(reports);
  const packets: RtcpPacket[] = senderReports.map((report, i) => ({
    ...report,
    reports: blocks[i] ?? [],
  }));
  const reporter = senderReports[0]?.ssrc ?? ssrc;
  for (const some of blocks.slice(senderReports.length)) {
    packets.push({ type: "RR", ssrc: reporter, reports: some });
  }
  return packets;
}

function description(ssrcs: readonly number[], cname: string): Uint8Array {
  const items = [{ type: SdesType.CNAME, text: cname }];
  const packets = chunks(ssrcs).map((some): RtcpPacket => ({
    type: "SDES",
    chunks: some.map((ssrc) => ({ ssrc, items })),
  }));
  return serializeRtcp(packets);
}

function chunks<Item>(items: readonly Item[]): Item[][] {
  const all: Item[][] = [];
  for (let at = 0; at < items.length; at += MAX_RTCP_ITEMS) {
    all.push(items.slice(at, at + MAX_RTCP_ITEMS));
  }
  return all;
}
