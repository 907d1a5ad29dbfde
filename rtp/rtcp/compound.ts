import type { Discards } from "../../core/stage/mod.ts";
import { Reader, Writer } from "../../core/wire/mod.ts";
import {
  type ApplicationDefined,
  parseApplicationDefined,
  writeApplicationDefined,
} from "./app.ts";
import { type Goodbye, parseGoodbye, writeGoodbye } from "./bye.ts";
import {
  type CongestionControlFeedback,
  parseCongestionControlFeedback,
  writeCongestionControlFeedback,
} from "./ccfb.ts";
import { type FullIntraRequest, parseFullIntraRequest, writeFullIntraRequest } from "./fir.ts";
import {
  PayloadFeedbackFormat,
  readFrame,
  type RtcpFrame,
  RtcpType,
  TransportFeedbackFormat,
} from "./header.ts";
import { type Nack, parseNack, writeNack } from "./nack.ts";
import {
  parsePictureLossIndication,
  type PictureLossIndication,
  writePictureLossIndication,
} from "./pli.ts";
import {
  parseReceiverEstimatedMaximumBitrate,
  type ReceiverEstimatedMaximumBitrate,
  REMB_IDENTIFIER,
  writeReceiverEstimatedMaximumBitrate,
} from "./remb.ts";
import { parseReceiverReport, type ReceiverReport, writeReceiverReport } from "./rr.ts";
import { parseSourceDescription, type SourceDescription, writeSourceDescription } from "./sdes.ts";
import { parseSenderReport, type SenderReport, writeSenderReport } from "./sr.ts";
import { parseTransportFeedback, type TransportFeedback, writeTransportFeedback } from "./twcc.ts";
import { parseUnknown, type UnknownRtcpPacket, writeUnknown } from "./unknown.ts";
import { type ExtendedReport, parseExtendedReport, writeExtendedReport } from "./xr.ts";

/** Any RTCP packet, told apart by `type`. */
export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | SourceDescription
  | Goodbye
  | ApplicationDefined
  | Nack
  | TransportFeedback
  | CongestionControlFeedback
  | PictureLossIndication
  | FullIntraRequest
  | ReceiverEstimatedMaximumBitrate
  | ExtendedReport
  | UnknownRtcpPacket;

/** Why RTCP was dropped: the lengths of a compound do not add up, or one of its packets contradicts itself. */
export type RtcpDiscard = "malformed compound" | "malformed packet";

const NONE: readonly RtcpPacket[] = Object.freeze([]);

/**
 * Reads a compound of RTCP packets, or one of reduced size (RFC 3550 section 6.1, RFC 5506 section 4.1).
 *
 * If the lengths of its packets do not add up to that of the compound, there is nothing in it to trust (RFC 3550 appendix A.2) and the
 * result is empty. A packet that contradicts itself is left out. Both are counted in `discards`.
 *
 * @example
 * ```ts
 * import { parseRtcp, serializeRtcp } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = serializeRtcp([
 *   { type: "RR", ssrc: 1, reports: [] },
 *   { type: "PLI", senderSsrc: 1, mediaSsrc: 2 },
 * ]);
 * assertEquals(parseRtcp(bytes).map(({ type }) => type), ["RR", "PLI"]);
 * assertEquals(parseRtcp(bytes.subarray(0, 10)), []);
 * ```
 */
export function parseRtcp(
  bytes: Uint8Array,
  discards?: Discards<RtcpDiscard>,
): readonly RtcpPacket[] {
  const reader = new Reader(bytes);
  const packets: RtcpPacket[] = [];
  let malformed = 0;
  do {
    const frame = readFrame(reader);
    if (frame === undefined) {
      discards?.add("malformed compound");
      return NONE;
    }
    const packet = parsePacket(frame);
    if (packet === undefined) malformed++;
    else packets.push(packet);
  } while (reader.remaining > 0);
  if (malformed > 0) discards?.add("malformed packet", malformed);
  return packets;
}

/** Writes packets one after the other. Throws a RangeError if one of them has more than fits in. */
export function writeRtcp(writer: Writer, packets: readonly RtcpPacket[]): void {
  for (const packet of packets) writePacket(writer, packet);
}

/** Packets as a datagram of their own. */
export function serializeRtcp(packets: readonly RtcpPacket[]): Uint8Array<ArrayBuffer> {
  const writer = new Writer();
  writeRtcp(writer, packets);
  return writer.finish();
}

function parsePacket(frame: RtcpFrame): RtcpPacket | undefined {
  switch (frame.packetType) {
    case RtcpType.SR:
      return parseSenderReport(frame);
    case RtcpType.RR:
      return parseReceiverReport(frame);
    case RtcpType.SDES:
      return parseSourceDescription(frame);
    case RtcpType.BYE:
      return parseGoodbye(frame);
    case RtcpType.APP:
      return parseApplicationDefined(frame);
    case RtcpType.RTPFB:
      return parseTransportLayerFeedback(frame);
    case RtcpType.PSFB:
      return parsePayloadSpecificFeedback(frame);
    case RtcpType.XR:
      return parseExtendedReport(frame);
    default:
      return parseUnknown(frame);
  }
}

function parseTransportLayerFeedback(frame: RtcpFrame): RtcpPacket | undefined {
  // RFC 4585 section 6.1: all feedback has two SSRCs; only CCFB (RFC 8888 section 3.1) has another layout, which is as long.
  if (frame.body.length < 8) return undefined;
  switch (frame.count) {
    case TransportFeedbackFormat.NACK:
      return parseNack(frame);
    case TransportFeedbackFormat.CCFB:
      return parseCongestionControlFeedback(frame);
    case TransportFeedbackFormat.TWCC:
      return parseTransportFeedback(frame);
    default:
      return parseUnknown(frame);
  }
}

function parsePayloadSpecificFeedback(frame: RtcpFrame): RtcpPacket | undefined {
  if (frame.body.length < 8) return undefined;
  switch (frame.count) {
    case PayloadFeedbackFormat.PLI:
      return parsePictureLossIndication(frame);
    case PayloadFeedbackFormat.FIR:
      return parseFullIntraRequest(frame);
    case PayloadFeedbackFormat.AFB:
      return isRemb(frame.body) ? parseReceiverEstimatedMaximumBitrate(frame) : parseUnknown(frame);
    default:
      return parseUnknown(frame);
  }
}

function isRemb(body: Uint8Array): boolean {
  return new Reader(body, 8).u32() === REMB_IDENTIFIER;
}

function writePacket(writer: Writer, packet: RtcpPacket): void {
  switch (packet.type) {
    case "SR":
      return writeSenderReport(writer, packet);
    case "RR":
      return writeReceiverReport(writer, packet);
    case "SDES":
      return writeSourceDescription(writer, packet);
    case "BYE":
      return writeGoodbye(writer, packet);
    case "APP":
      return writeApplicationDefined(writer, packet);
    case "NACK":
      return writeNack(writer, packet);
    case "TWCC":
      return writeTransportFeedback(writer, packet);
    case "CCFB":
      return writeCongestionControlFeedback(writer, packet);
    case "PLI":
      return writePictureLossIndication(writer, packet);
    case "FIR":
      return writeFullIntraRequest(writer, packet);
    case "REMB":
      return writeReceiverEstimatedMaximumBitrate(writer, packet);
    case "XR":
      return writeExtendedReport(writer, packet);
    case "unknown":
      return writeUnknown(writer, packet);
  }
}
