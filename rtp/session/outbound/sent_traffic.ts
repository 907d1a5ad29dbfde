import type { Millis } from "../../../core/stage/mod.ts";
import { type RtpPacket, rtpPacketSize } from "../../packet.ts";

/** What has left for one encoding: its media, what was sent again, repairs and padding, whatever their SSRCs (webrtc-stats section 8.7). */
export class SentTraffic {
  packets = 0;
  /** Their payload, in bytes. */
  bytes = 0;
  /** Their headers and padding, in bytes. */
  headerBytes = 0;
  /** Those of them that were sent again. */
  retransmittedPackets = 0;
  /** Their payload, in bytes. */
  retransmittedBytes = 0;
  /** How long all of them waited in the pacer. */
  delay: Millis = 0;
  lastAt: Millis | undefined;

  /** A packet leaves that has waited since `since`. */
  add(packet: RtpPacket, isRepeated: boolean, since: Millis, now: Millis): void {
    const { length } = packet.payload;
    this.packets++;
    this.bytes += length;
    this.headerBytes += rtpPacketSize(packet) - length;
    this.delay += now - since;
    this.lastAt = now;
    if (!isRepeated) return;
    this.retransmittedPackets++;
    this.retransmittedBytes += length;
  }
}
