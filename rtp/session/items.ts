import type { Millis } from "../../core/stage/mod.ts";
import type { AbsCaptureTime } from "../extensions/mod.ts";
import type { RtpPacket } from "../packet.ts";

/** What goes in and comes out below: a packet of either protocol, as SRTP tells them apart (RFC 5761). */
export interface RtpDatagram {
  /** Which of the two. */
  readonly kind: "rtp" | "rtcp";
  /** The whole packet, unencrypted. */
  readonly data: Uint8Array;
}

/** What goes along with a frame in header extensions, where they were negotiated. */
export interface FrameMetadata {
  /** Loudness of audio, from 0 (loudest) to 127 -dBov (RFC 6464). */
  readonly audioLevel?: number;
  /** Whether somebody speaks (RFC 6464). */
  readonly voiceActivity?: boolean;
  /** When it was captured. */
  readonly captureTime?: AbsCaptureTime;
  /** Degrees by which the picture is to be turned clockwise. */
  readonly rotation?: 0 | 90 | 180 | 270;
  /** Whose media were mixed to this. */
  readonly contributingSources?: readonly number[];
  /** How loud each of them is, in the same order, from 0 (loudest) to 127 -dBov (RFC 6465). */
  readonly contributingLevels?: readonly number[];
}

/** What a frame's RTP timestamp comes from. */
export type FrameMoment = Pick<OutboundFrame, "mid" | "rid" | "payloadType" | "timestamp">;

/** An encoded frame to be sent: what a packetizer of its codec takes. */
export interface OutboundFrame extends FrameMetadata {
  /** Tells items from one another. */
  readonly type: "frame";
  /** The section. */
  readonly mid: string;
  /** Which of the section's encodings; not needed where there is one. */
  readonly rid?: string;
  /** One of the sender's formats. */
  readonly payloadType: number;
  /** The encoded bytes, in the form that WebCodecs has for the codec. */
  readonly data: Uint8Array;
  /** Whether it can be decoded without any before it. */
  readonly keyFrame: boolean;
  /** When it is presented, in microseconds of whatever clock: it becomes the RTP timestamp. */
  readonly timestamp: number;
  /** The RTP timestamp, where it has been settled before: by `RtpSession.rtpTimestampOf`, or by a script. */
  readonly rtpTimestamp?: number;
  /** Whether audio begins anew after a silence (RFC 3551 section 4.1). */
  readonly talkspurt?: boolean;
  /** Its layer, and as far as it is known what it needs of others: goes along in packets of VP8 and VP9, and in dependency descriptors. */
  readonly dependencies?: FrameLayer & Partial<FrameDependencies> & {
    /** Whether, of earlier pictures, it needs none but the latest of the lowest temporal layer, where no more is known (RFC 7741 section 4.2). */
    readonly needsBaseOnly?: boolean;
  };
}

/**
 * A whole packet to be forwarded. SSRC, sequence number and timestamp become those of the encoding, and so do the header extensions
 * which tell of the way rather than the media; the payload stays as it is.
 */
export interface OutboundPacket {
  /** Tells items from one another. */
  readonly type: "packet";
  /** The section. */
  readonly mid: string;
  /** Which of the section's encodings; not needed where there is one. */
  readonly rid?: string;
  /** The payload type that it gets, one of the sender's formats. */
  readonly payloadType: number;
  /** The packet, as it was received. */
  readonly packet: RtpPacket;
  /** Tells one source from another; by default the packet's `ssrc` does, which peers of different sessions may have in common. */
  readonly source?: number;
  /** Ids of the extensions in the packet, by URI, to carry over those that tell of the media. */
  readonly extensions?: ReadonlyMap<string, number>;
}

/** The data of a header extension, by the URI that `a=extmap` gives its id. */
export interface ExtensionValue {
  /** Such as "urn:ietf:params:rtp-hdrext:ssrc-audio-level". */
  readonly uri: string;
  /** At most 255 bytes. */
  readonly data: Uint8Array;
}

/**
 * A packet that the application makes, or changes: all of it is as it says, but SSRC and sequence number, which are the stream's, and the
 * header extensions that name the stream or tell of the way.
 */
export interface WrittenPacket {
  /** Tells items from one another. */
  readonly type: "written";
  /** The section. */
  readonly mid: string;
  /** Which of the section's encodings; not needed where there is one. */
  readonly rid?: string;
  /** One of the sender's formats. */
  readonly payloadType: number;
  /** RTP timestamp, 32 bits. */
  readonly timestamp: number;
  /** What the payload format makes of it. */
  readonly marker: boolean;
  /** Contributing sources, at most 15. */
  readonly csrcs: readonly number[];
  /** Those that were negotiated go along. */
  readonly extensions: readonly ExtensionValue[];
  /** The payload. */
  readonly payload: Uint8Array;
  /** Bytes of padding, 0 to 255. */
  readonly paddingLength: number;
  /** By which a "written" event tells what became of it. */
  readonly id: number;
}

/** A packet that was made of a frame and not sent, since the sender's parameters say so. Its sequence number is yet to be given. */
export interface PacketizedPacket {
  /** Tells items from one another. */
  readonly type: "packetized";
  /** The section. */
  readonly mid: string;
  /** The encoding's RtpStreamId, if it has one. */
  readonly rid?: string;
  /** The packet. */
  readonly packet: RtpPacket;
}

/** Which layer a frame is in; a stream without layers has one. */
export interface FrameLayer {
  /** Spatial layer, from 0. */
  readonly spatialId: number;
  /** Temporal layer, from 0. */
  readonly temporalId: number;
}

/** What a frame needs of others, as its dependency descriptor tells (AV1 RTP specification appendix A). */
export interface FrameDependencies extends FrameLayer {
  /** The number of the frame in the order of encoding, without its wrap. */
  readonly frameId: number;
  /** The numbers of the frames that it needs. */
  readonly dependencies: readonly number[];
}

/** An encoded frame that has arrived in whole, and can be decoded if all before it have been. */
export interface InboundFrame extends FrameMetadata {
  /** Tells items from one another. */
  readonly type: "frame";
  /** The section. */
  readonly mid: string;
  /** The stream in which it came. */
  readonly ssrc: number;
  /** The stream's RtpStreamId, if it has one. */
  readonly rid?: string;
  /** Its payload type, within RED that of the frame itself. */
  readonly payloadType: number;
  /** Such as "video/VP8". */
  readonly mimeType: string;
  /** The encoded bytes. */
  readonly data: Uint8Array;
  /** Whether it can be decoded without any before it. */
  readonly keyFrame: boolean;
  /** RTP timestamp, 32 bits. */
  readonly rtpTimestamp: number;
  /** The sequence number of its first packet. */
  readonly sequenceNumber: number;
  /** When it is presented, in microseconds since the stream's first frame: the RTP timestamp without its wrap. */
  readonly timestamp: number;
  /** When its last packet arrived. */
  readonly receiveTime: Millis;
  /** When the first of its packets to arrive did. */
  readonly firstReceiveTime: Millis;
  /** How long it was to be held so that it comes evenly: what the application wants, or its sender by a playout delay. */
  readonly delay: Millis;
  /** When it was captured by the sender's wall clock, in milliseconds since 1970, as its sender reports tell. */
  readonly senderTime?: number;
  /** What it needs of others, where a dependency descriptor came with it. */
  readonly dependencies?: FrameDependencies;
  /** What the payload format says of the frame. */
  readonly descriptor: unknown;
}

/** A whole packet that has arrived: in the order of arrival, those that were sent again or recovered as they come. */
export interface InboundPacket {
  /** Tells items from one another. */
  readonly type: "packet";
  /** The section. */
  readonly mid: string;
  /** The stream's RtpStreamId, if it has one. */
  readonly rid?: string;
  /** The packet: what came by RTX or FEC is as it was at first. */
  readonly packet: RtpPacket;
  /** When it arrived. */
  readonly receiveTime: Millis;
}

/**
 * A packet that came out above and goes the rest of its way, changed perhaps: it becomes part of a frame. For sections whose delivery is
 * "packets".
 */
export interface ReturnedPacket {
  /** Tells items from one another. */
  readonly type: "returned";
  /** The section. */
  readonly mid: string;
  /** The stream's RtpStreamId, if it has one. */
  readonly rid?: string;
  /** The packet. */
  readonly packet: RtpPacket;
}

/** What goes in above. */
export type OutboundItem = OutboundFrame | OutboundPacket | WrittenPacket | ReturnedPacket;

/** What goes in and comes out above: frames and packets, outbound ones down; inbound ones up, and those that are to be written. */
export type RtpItem = OutboundItem | InboundFrame | InboundPacket | PacketizedPacket;

/** Whether an item goes in above. */
export function isOutbound(item: RtpItem): item is OutboundItem {
  return !("receiveTime" in item) && item.type !== "packetized";
}
