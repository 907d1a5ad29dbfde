/**
 * Packets of the RTP session as the slots of an `RTCRtpPacket`, and back.
 *
 * @module
 */
import {
  buildHeaderExtension,
  createRtpPacket,
  type ExtensionIds,
  type ExtensionValue,
  MAX_CSRCS,
  parseElements,
  type RtpPacket,
  rtpPadding,
} from "../../rtp/mod.ts";
import type { PacketSlots } from "./rtc_rtp_packet.ts";

/** The largest length that one byte can tell. */
const MAX_OCTET = 255;

/** Where a packet comes from. */
export interface PacketOrigin {
  readonly mid: string;
  readonly rid?: string;
  readonly receiveTime?: number;
}

/** What a script sees of a packet. Nothing of it stays in the memory of what arrived with it. */
export function slotsOfPacket(
  packet: RtpPacket,
  { mid, rid = undefined, receiveTime = undefined }: PacketOrigin,
  ids: ExtensionIds,
): PacketSlots {
  const { marker, payloadType, sequenceNumber, timestamp, ssrc, csrcs, payload, padding } = packet;
  return {
    ...{ marker, payloadType, sequenceNumber, timestamp, ssrc, csrcs, mid, rid: rid ?? null },
    headerExtensions: extensionsOf(packet, ids),
    paddingBytes: padding.length,
    payload: payload.slice(),
    receivedTime: receiveTime ?? null,
  };
}

function extensionsOf(
  { extension }: RtpPacket,
  ids: ExtensionIds,
): PacketSlots["headerExtensions"] {
  if (extension === undefined) return [];
  const uris = new Map(Array.from(ids, ([uri, id]) => [id, uri]));
  return parseElements(extension).flatMap(({ id, data }) => {
    const uri = uris.get(id);
    return uri === undefined ? [] : [{ uri, value: data.slice() }];
  });
}

/** Throws a RangeError if a packet has more than one can hold: 15 CSRCs, and 255 bytes of padding or of a header extension. */
export function checkSize({ csrcs, paddingBytes, headerExtensions }: PacketSlots, context: string) {
  if (csrcs.length > MAX_CSRCS) throw new RangeError(`${context}: ${csrcs.length} CSRCs`);
  if (paddingBytes > MAX_OCTET) {
    throw new RangeError(`${context}: ${paddingBytes} bytes of padding`);
  }
  for (const { uri, value: { length } } of headerExtensions) {
    if (length > MAX_OCTET) throw new RangeError(`${context}: ${uri} has ${length} bytes`);
  }
}

/** The header extensions of a packet as the RTP session takes them. */
export function valuesOf({ headerExtensions }: PacketSlots): ExtensionValue[] {
  return headerExtensions.map(({ uri, value }) => ({ uri, data: value }));
}

/** A packet that goes back to where it came from. */
export function packetOfSlots(slots: PacketSlots, ids: ExtensionIds): RtpPacket {
  const { marker, payloadType, sequenceNumber, timestamp, ssrc, csrcs, payload } = slots;
  const { headerExtensions, paddingBytes } = slots;
  const elements = headerExtensions.flatMap(({ uri, value }) => {
    const id = ids.get(uri);
    return id === undefined ? [] : [{ id, data: value }];
  });
  return createRtpPacket({
    ...{ marker, payloadType, sequenceNumber, timestamp, ssrc, csrcs, payload },
    extension: buildHeaderExtension(elements),
    ...(paddingBytes > 0 && { padding: rtpPadding(paddingBytes) }),
  });
}
