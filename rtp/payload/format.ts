import type { Discards } from "../../core/stage/mod.ts";

/** What an encoder gives: media of one moment. */
export interface MediaFrame {
  /** One encoded picture or piece of audio, in the form that WebCodecs has for the codec. */
  readonly data: Uint8Array;
  /** Whether it can be decoded without any before it. Formats that can see this in the data do not ask. */
  readonly keyFrame?: boolean;
  /** Its place among others, in a stream with layers: packets of VP8 and VP9 tell it. */
  readonly place?: FramePlace;
}

/** Where a frame stands in a stream with layers, and what it needs. Which frames have one may change at key frames only. */
export interface FramePlace {
  /** Spatial layer, from 0. */
  readonly spatialId: number;
  /** Temporal layer, from 0. */
  readonly temporalId: number;
  /** How many pictures back those lie that it refers to, from 1, the nearest first. */
  readonly references: readonly number[];
  /** Whether it refers to the spatial layer below it, in the same picture. */
  readonly interLayer: boolean;
  /** Whether, of earlier pictures, it refers to the latest of the lowest temporal layer and to no other. */
  readonly needsBaseOnly: boolean;
  /** Whether none that follows in a higher temporal layer refers to one before it in such a layer. */
  readonly switchingUp: boolean;
  /** Whether it is the lowest of its picture. */
  readonly beginsPicture: boolean;
  /** Whether it is the highest of its picture. */
  readonly endsPicture: boolean;
}

/** A payload that is ready to be sent. */
export interface RtpPayload {
  /** At most as long as was asked for. */
  readonly payload: Uint8Array;
  /** The marker bit of its packet. */
  readonly marker: boolean;
  /** What to add to the frame's RTP timestamp: not 0 only where a frame is cut into pieces that play one after the other. */
  readonly timestampOffset: number;
}

/** Puts frames into payloads. */
export interface Packetizer<Frame extends MediaFrame = MediaFrame> {
  /**
   * The payloads of a frame in the order in which they go, each of at most `maxSize` bytes. None if there is nothing in the frame to send.
   * Throws a RangeError if the format can't cut the frame into pieces so small.
   */
  packetize(frame: Frame, maxSize: number): RtpPayload[];
}

/** What a depacketizer needs of a packet; an `RtpPacket` has it. */
export interface PayloadPacket {
  /** Sequence number, 16 bits. */
  readonly sequenceNumber: number;
  /** RTP timestamp, 32 bits. */
  readonly timestamp: number;
  /** The marker bit. */
  readonly marker: boolean;
  /** The payload, without padding. */
  readonly payload: Uint8Array;
}

/** A frame that has arrived in whole. */
export interface EncodedFrame<Descriptor = unknown> {
  /** A copy: it does not share memory with packets, unless the format is one frame to a packet. */
  readonly data: Uint8Array;
  /** RTP timestamp. */
  readonly timestamp: number;
  /** Whether it can be decoded without any before it. */
  readonly keyFrame: boolean;
  /** Sequence number of its first packet. */
  readonly firstSequence: number;
  /** Sequence number of its last packet. */
  readonly lastSequence: number;
  /** What the payload format says of the frame besides. */
  readonly descriptor: Descriptor;
}

/** Why a payload or a frame was dropped. */
export type PayloadDiscard =
  /** The packet comes after one that follows it. */
  | "late packet"
  /** The payload is cut off or contradicts itself or the packets before it; its frame is lost. */
  | "malformed payload"
  /** The payload is of a kind that was not agreed on; its frame is lost. */
  | "unsupported payload"
  /** Packets of the frame are missing. */
  | "incomplete frame"
  /** The frame is larger than any that is accepted. */
  | "frame too large";

/** Puts frames together again. */
export interface Depacketizer<Descriptor = unknown> {
  /**
   * Takes the next packet: in the order of sequence numbers, where a gap stands for a loss. Never throws.
   * Returns the frames that are whole now, mostly none or one.
   */
  push(packet: PayloadPacket): readonly EncodedFrame<Descriptor>[];
  /** What was dropped. */
  readonly discards: Discards<PayloadDiscard>;
  /** Bytes of memory that it has for frames of which more is to come; 0 where each packet is one. */
  readonly held: number;
}

/** The most bytes of a frame that a depacketizer keeps. A key frame of 3840 x 2160 at high quality has less than half of that. */
export const MAX_FRAME_SIZE = 4 * 1024 * 1024;

/** The most packets of a frame that a depacketizer takes. */
export const MAX_FRAME_PACKETS = 8192;
