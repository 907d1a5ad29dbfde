/**
 * Where senders and receivers meet whole RTP packets: nowhere, unless `@heron/webrtc/rtp-transport` asks for it.
 *
 * @module
 */
import type { Delivery, InboundPacket } from "../../rtp/mod.ts";

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
  /** The other side needs a key frame of the encoding with this rid, or of all. */
  keyFrameRequested(rid: string | undefined): void;
}

/** Who sends in the place of a sender's track. */
export class SenderPackets {
  #feed: PacketFeed | null = null;

  get feed(): PacketFeed | null {
    return this.#feed;
  }

  /** Puts a feed in place of the track, or the track in place of the feed. */
  replace(feed: PacketFeed | null): void {
    this.#feed = feed;
  }
}
