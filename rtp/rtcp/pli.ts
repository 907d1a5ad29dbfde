import { Reader, type Writer } from "../../core/wire/mod.ts";
import { PayloadFeedbackFormat, type RtcpFrame, RtcpType, writeFrame } from "./header.ts";

/** A decoder that has lost its picture and asks for a key frame (RFC 4585 section 6.3.1). */
export interface PictureLossIndication {
  /** Tells packets from one another. */
  readonly type: "PLI";
  /** Who sends this. */
  readonly senderSsrc: number;
  /** The stream whose picture is lost. */
  readonly mediaSsrc: number;
}

/** Reads a picture loss indication, which has the two SSRCs of all feedback and nothing else; undefined if it is cut off. */
export function parsePictureLossIndication(
  { body }: RtcpFrame,
): PictureLossIndication | undefined {
  const reader = new Reader(body);
  const senderSsrc = reader.u32();
  const mediaSsrc = reader.u32();
  return reader.ok ? { type: "PLI", senderSsrc, mediaSsrc } : undefined;
}

/** Writes a picture loss indication. */
export function writePictureLossIndication(writer: Writer, packet: PictureLossIndication): void {
  writeFrame(writer, RtcpType.PSFB, PayloadFeedbackFormat.PLI, () => {
    writer.u32(packet.senderSsrc);
    writer.u32(packet.mediaSsrc);
  });
}
