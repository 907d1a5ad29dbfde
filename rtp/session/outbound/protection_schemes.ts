import { writeFlexfec, writeFlexfec03, writeUlpfec } from "../../fec/mod.ts";
import { writeRed } from "../../payload/mod.ts";
import type { FormatTable } from "../format_table.ts";
import type { RtpFormat } from "../parameters.ts";
import type { OutgoingStream } from "./outgoing_stream.ts";
import type { ProtectionScheme } from "./protection.ts";

/** Formats whose frames tell by themselves whether one is missing. To others, a repair that is lost looks like a lost frame. */
const SKIPS_REPAIRS = /^video\/vp[89]$/i;

/** How frames of a format that have this RTP timestamp can be protected; undefined if the other side takes nothing that suits them. */
export function schemeFor(
  stream: OutgoingStream,
  format: RtpFormat,
  formats: FormatTable,
  timestamp: number,
): ProtectionScheme | undefined {
  return flexfec(stream, formats, timestamp) ?? ulpfec(stream, format, formats, timestamp);
}

/** FlexFEC, in a stream of its own (RFC 8627): of any codec, which sees nothing of it. */
function flexfec(
  stream: OutgoingStream,
  formats: FormatTable,
  timestamp: number,
): ProtectionScheme | undefined {
  const format = formats.find("flexfec");
  if (format === undefined || stream.fec === undefined) return undefined;
  const isDraft = format.mimeType.toLowerCase() === "video/flexfec-03";
  return {
    wrap: (packet) => packet,
    carry(repair) {
      const payload = isDraft ? writeFlexfec03(repair, stream.ssrc) : writeFlexfec(repair);
      return stream.repair(format.payloadType, payload, timestamp);
    },
  };
}

/** ULPFEC within RED, among the packets of the stream itself (RFC 5109 section 14, RFC 2198). */
function ulpfec(
  stream: OutgoingStream,
  { mimeType }: RtpFormat,
  formats: FormatTable,
  timestamp: number,
): ProtectionScheme | undefined {
  const [red, ulpfec] = [formats.find("red")?.payloadType, formats.find("ulpfec")?.payloadType];
  if (red === undefined || ulpfec === undefined || !SKIPS_REPAIRS.test(mimeType)) return undefined;
  // RED can be sent again only where it has an RTX format of its own.
  if (formats.rtx.size > 0 && !formats.rtx.has(red)) return undefined;
  return {
    wrap: (packet) => ({
      ...packet,
      payloadType: red,
      payload: block(packet.payloadType, packet.payload),
    }),
    carry: (repair) => stream.packet(red, block(ulpfec, writeUlpfec(repair)), timestamp, false),
  };
}

/** The only block of a RED payload (RFC 5109 section 14.2). */
function block(payloadType: number, data: Uint8Array): Uint8Array {
  return writeRed([{ payloadType, timestampOffset: 0, data }]);
}
