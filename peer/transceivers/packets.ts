/**
 * Where senders and receivers meet whole RTP packets: nowhere, unless `@heron/webrtc/rtp-transport` asks for it.
 *
 * @module
 */
import type { Delivery, InboundPacket, PacketizedPacket, RtpSessionEvent } from "../../rtp/mod.ts";

/** Takes the packets of a receiver. */
export interface PacketSink {
  /** Whether the receiver's track gets nothing meanwhile. */
  readonly replacesTrack: boolean;
  /** Takes packets that have arrived, in their order. They are not to be changed. */
  receive(packets: readonly InboundPacket[]): void;
}

/** Who takes the packets of a receiver. */
export class ReceiverPackets {
  readonly #sinks = new Set<PacketSink>();

  /** What of the RTP session is wanted. */
  get delivery(): Delivery {
    if (this.#sinks.size === 0) return "frames";
    for (const { replacesTrack } of this.#sinks) if (replacesTrack) return "packets";
    return "both";
  }

  /** Whether the track has been replaced. */
  get isReplaced(): boolean {
    return this.delivery === "packets";
  }

  add(sink: PacketSink): void {
    this.#sinks.add(sink);
  }

  delete(sink: PacketSink): void {
    this.#sinks.delete(sink);
  }

  /** Packets have arrived. */
  push(packets: readonly InboundPacket[]): void {
    for (const sink of [...this.#sinks]) sink.receive(packets);
  }
}

/** Sends packets in the place of a sender's track. */
export interface PacketFeed {
  /** Whether it is given the packets that the track makes; otherwise the track is silent. */
  readonly takesTrack: boolean;
  /** The other side needs a key frame of the encoding with this rid, or of all. */
  keyFrameRequested(rid: string | undefined): void;
  /** Takes packets that the track has made. */
  packetized?(packets: readonly PacketizedPacket[]): void;
  /** What became of a packet that it has written. */
  written?(event: WrittenEvent): void;
  /** The sender has stopped, or its connection has been closed. */
  ended(): void;
}

/** What the RTP session tells of a packet that was written. */
export type WrittenEvent = Extract<RtpSessionEvent, { type: "written" }>;

/** Who sends in the place of a sender's track. */
export class SenderPackets {
  #feed: PacketFeed | null = null;

  get feed(): PacketFeed | null {
    return this.#feed;
  }

  /** Whether the track is heard of at all. */
  get takesTrack(): boolean {
    return this.#feed === null || this.#feed.takesTrack;
  }

  /** Puts a feed in place of the track, or the track in place of the feed. */
  replace(feed: PacketFeed | null): void {
    this.#feed = feed;
  }
}
