import { isSessionExtension, type WrittenPacket } from "../../rtp/mod.ts";
import { type NegotiatedSection, sentExtensions } from "../media/section.ts";
import type { SenderSlots } from "../transceivers/mod.ts";
import { checkSize, valuesOf } from "./packet_slots.ts";
import type { PacketSlots } from "./rtc_rtp_packet.ts";

/** The largest payload that is sent, in bytes: no path that WebRTC uses is expected to carry more in one packet. */
export const MAX_PAYLOAD_LENGTH = 1200;

/** Formats that go in streams of their own, which are the session's. */
const REPAIR = /^(rtx|flexfec-03)$/i;

/**
 * A packet as the RTP session takes it. Of one that has come from a session, by a sender or a receiver, what means nothing here is left out;
 * a script that gives such a thing itself has erred. Throws what `sendRtp` rejects with.
 */
export function writtenPacket(
  slots: PacketSlots,
  { transceiver, sendEncodings }: SenderSlots,
  context: string,
): Omit<WrittenPacket, "id"> {
  const section = transceiver.host.media.sectionOf(transceiver)!;
  const isMade = slots.mid === null;
  checkSize(slots, context);
  checkPayload(slots, section, context);
  const rid = sendEncodings.find((encoding) => encoding.rid === slots.rid)?.rid;
  if (isMade && slots.rid !== null && rid === undefined) {
    throw invalidAccess(`${context}: there is no encoding '${slots.rid}'`);
  }
  if (isMade) checkExtensions(slots, section, context);
  const { payloadType, payload, marker, timestamp, csrcs, paddingBytes } = slots;
  return {
    ...{ type: "written", mid: section.mid, payloadType, payload, marker, timestamp, csrcs },
    ...(rid !== undefined && { rid }),
    extensions: valuesOf(slots),
    paddingLength: paddingBytes,
  };
}

function checkPayload(
  { payload, payloadType }: PacketSlots,
  { sendFormats }: NegotiatedSection,
  context: string,
): void {
  if (payload.length > MAX_PAYLOAD_LENGTH) {
    throw new RangeError(`${context}: a payload of ${payload.length} bytes`);
  }
  const format = sendFormats.find((one) => one.payloadType === payloadType);
  if (format === undefined || REPAIR.test(format.name)) {
    throw invalidAccess(`${context}: payload type ${payloadType} has not been negotiated`);
  }
}

function checkExtensions(
  { headerExtensions }: PacketSlots,
  { extensions }: NegotiatedSection,
  context: string,
): void {
  const ids = sentExtensions(extensions);
  for (const { uri } of headerExtensions) {
    if (isSessionExtension(uri)) throw new TypeError(`${context}: ${uri} is the sender's to write`);
    if (!ids.has(uri)) throw invalidAccess(`${context}: ${uri} has not been negotiated`);
  }
}

function invalidAccess(message: string): DOMException {
  return new DOMException(message, "InvalidAccessError");
}
