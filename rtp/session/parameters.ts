import type { Millis } from "../../core/stage/mod.ts";

/** What a section carries. */
export type RtpKind = "audio" | "video";

/** A payload type with what `a=rtpmap`, `a=fmtp` and `a=rtcp-fb` say of it. RTX, RED and FEC are formats too. */
export interface RtpFormat {
  /** 0 to 127. */
  readonly payloadType: number;
  /** Such as "video/VP8" or "video/rtx"; case does not matter. */
  readonly mimeType: string;
  /** Hertz of the RTP clock. */
  readonly clockRate: number;
  /** Channels of audio. */
  readonly channels?: number;
  /** The parameters of `a=fmtp`, such as `apt`; one without a value has undefined. */
  readonly parameters: ReadonlyMap<string, string | undefined>;
  /** "nack", "nack pli", "ccm fir", "transport-cc", ... (RFC 4585 section 4.2) */
  readonly feedback: readonly string[];
}

/** Ids of the header extensions that may be used in one direction, by their URIs (RFC 8285 section 5). */
export type ExtensionIds = ReadonlyMap<string, number>;

/** How many layers a stream has. */
export interface LayerCounts {
  /** Spatial ones, at least 1. */
  readonly spatial: number;
  /** Temporal ones, at least 1. */
  readonly temporal: number;
  /** Whether spatial layers refer to those below them: always, which is the default, at key frames only, or never (W3C WebRTC SVC section 6). */
  readonly interLayer?: "full" | "key" | "none";
}

/** One RTP stream of a sender: its only one, or one of a simulcast. */
export interface EncodingParameters {
  /** 32 bits. */
  readonly ssrc: number;
  /** Of its retransmissions (RFC 4588 section 4); without one, lost packets are sent again as they were. */
  readonly rtxSsrc?: number;
  /** Of its FlexFEC (RFC 8627); without one, nothing is protected. */
  readonly fecSsrc?: number;
  /** Its RtpStreamId, where it is one of several (RFC 8851). */
  readonly rid?: string;
  /** Whether it is sent at all. */
  readonly active: boolean;
  /** The most that it may send, in bits per second. */
  readonly maxBitrate?: number;
  /** Its place among the layers of a simulcast, the lowest having the least; where none has one, they come in that order. */
  readonly rank?: number;
  /** The most frames of video that it may send in a second. */
  readonly maxFramerate?: number;
  /** The layers that it is going to have, if that is known: they are announced with its first key frame. */
  readonly layers?: LayerCounts;
}

/** What a section sends. */
export interface SenderParameters {
  /** Its identification tag (RFC 9143). */
  readonly mid: string;
  /** What it carries. */
  readonly kind: RtpKind;
  /** What the other side takes. */
  readonly formats: readonly RtpFormat[];
  /** What the other side understands. */
  readonly extensions: ExtensionIds;
  /** At most {@linkcode MAX_ENCODINGS}, with different rids if there are several. */
  readonly encodings: readonly EncodingParameters[];
  /** The most that all encodings may send together, in bits per second: `b=` (RFC 8866 section 5.8). */
  readonly maxBitrate?: number;
  /** Whether feedback may go without any report: `a=rtcp-rsize` (RFC 5506). */
  readonly reducedSize: boolean;
  /**
   * Whether elements that need a header of two bytes may occur among others: `a=extmap-allow-mixed` (RFC 8285 section 4.1.2). They may by
   * default; otherwise they are left out.
   */
  readonly extmapAllowMixed?: boolean;
  /** Whether the packets that are made of frames come out above, to be written, instead of being sent. */
  readonly handsUpPackets?: boolean;
}

/** A source that the other side has announced (RFC 5576). */
export interface AnnouncedSource {
  /** 32 bits. */
  readonly ssrc: number;
  /** Of its retransmissions. */
  readonly rtx?: number;
  /** Of its FlexFEC. */
  readonly fec?: number;
}

/** What comes out of a receiver: whole frames, whole packets as they arrive, or both. */
export type Delivery = "frames" | "packets" | "both";

/** What a section receives. */
export interface ReceiverParameters {
  /** Its identification tag (RFC 9143). */
  readonly mid: string;
  /** What it carries. */
  readonly kind: RtpKind;
  /** What we take. */
  readonly formats: readonly RtpFormat[];
  /** What the other side may send. */
  readonly extensions: ExtensionIds;
  /** What the other side has announced; others may come. */
  readonly sources: readonly AnnouncedSource[];
  /** Whether feedback may go without any report: `a=rtcp-rsize` (RFC 5506). */
  readonly reducedSize: boolean;
  /** Frames by default. */
  readonly delivery?: Delivery;
  /** How long frames are held so that they come out evenly, 0 to 4000 ms; 0 by default. */
  readonly jitterBufferTarget?: Millis;
  /** Names what is to be played in step: frames wait for those of other sections with the same name (RFC 5888 section 7). */
  readonly lipSyncGroup?: string;
}

/** Streams of one sender at most. */
export const MAX_ENCODINGS = 8;

/**
 * Streams that one section receives, a simulcast and a few that were restarted under other SSRCs: the one that has been silent longest
 * makes room. Of those that are announced, so many are known before they send.
 */
export const MAX_STREAMS = 16;

/** Sections of a session, in each direction, at most: more than any conference has. */
export const MAX_SECTIONS = 1024;
