import { Discards } from "../../core/stage/mod.ts";
import type {
  Depacketizer,
  EncodedFrame,
  MediaFrame,
  Packetizer,
  PayloadDiscard,
  PayloadPacket,
  RtpPayload,
} from "./format.ts";

const NONE: readonly never[] = Object.freeze([]);

/** One frame to a packet: Opus (RFC 7587 section 4.2) and whatever else can't be cut. */
export class WholePacketizer implements Packetizer {
  /** The frame itself; its marker is for the sender to set at the start of a talkspurt (RFC 3551 section 4.1). */
  packetize({ data }: MediaFrame, maxSize: number): RtpPayload[] {
    if (data.length === 0) return [];
    if (data.length > maxSize) {
      throw new RangeError(`A frame of ${data.length} bytes is one packet`);
    }
    return [{ payload: data, marker: false, timestampOffset: 0 }];
  }
}

/** Codecs where one byte is one tick of the RTP clock, so that frames can be cut anywhere: PCMU, PCMA and, by its clock, G722 (RFC 3551 section 4.5). */
export class BytePacketizer implements Packetizer {
  /** The frame in pieces that play one after the other. */
  packetize({ data }: MediaFrame, maxSize: number): RtpPayload[] {
    if (maxSize < 1) throw new RangeError("The payload has no room for the frame");
    const payloads: RtpPayload[] = [];
    for (let at = 0; at < data.length; at += maxSize) {
      const payload = data.subarray(at, at + maxSize);
      payloads.push({ payload, marker: false, timestampOffset: at });
    }
    return payloads;
  }
}

/** Audio, where each packet is a frame that can be decoded by itself. What is in it is not looked at: it may be encrypted end to end. */
export class AudioDepacketizer implements Depacketizer<undefined> {
  /** Nothing is dropped. */
  readonly discards: Discards<PayloadDiscard> = new Discards();
  readonly held = 0;

  /** Takes the next packet. Its frame is a copy: a packet shares its memory with all that came with it. */
  push(packet: PayloadPacket): readonly EncodedFrame<undefined>[] {
    const { payload, timestamp, sequenceNumber } = packet;
    if (payload.length === 0) return NONE;
    return [{
      ...{ data: payload.slice(), timestamp, keyFrame: true },
      ...{ firstSequence: sequenceNumber, lastSequence: sequenceNumber },
      descriptor: undefined,
    }];
  }
}
