import { Discards, type Millis } from "../../core/mod.ts";
import {
  type InboundPacket,
  type OutboundPacket,
  parseRed,
  type RtpPacket,
  startsKeyFrame,
} from "../../rtp/mod.ts";
import { receiverSlots, RTCRtpReceiver } from "../rtc_rtp_receiver.ts";
import { RTCRtpSender, senderSlots } from "../rtc_rtp_sender.ts";
import type { PacketFeed, ReceiverSlots, SenderSlots } from "../transceivers/mod.ts";
import { dictionary, domString, instance } from "../../webidl/convert.ts";
import type { FormatMap, ForwardedFormat } from "./format_map.ts";
import { ForwardedSource } from "./forwarded_source.ts";
import { claimSender, invalidState, releaseSender } from "./claim.ts";
import { RequestBackoff } from "./request_backoff.ts";

/** What of a receiver is forwarded. */
export interface ForwardOptions {
  /** The layer of a simulcast; by default the one whose key frame comes first. */
  rid?: string;
}

/** Why a packet that arrived was not forwarded. */
export type ForwardDiscard =
  /** The sender can't send: nothing has been negotiated, or the transport is not connected. */
  | "not connected"
  /** None of the sender's encodings is active (`setParameters`). */
  | "not active"
  /** The sender's peer has not agreed to the packet's codec. */
  | "no format"
  /** It comes before the first key frame, or is of a source whose turn has not come. */
  | "no key frame yet"
  /** Redundant audio that can't be taken apart. */
  | "malformed redundancy";

const toReceiver = instance(RTCRtpReceiver);
const toSender = instance(RTCRtpSender);
const forwardOptions = dictionary("ForwardOptions", { rid: { convert: domString } });

/**
 * Sends what a receiver receives by a sender, of the same connection or another, in place of the sender's track: packet by packet, as they
 * come, without touching what is in them. SSRC, sequence numbers, timestamps, payload types and header extensions become the sender's own.
 *
 * It begins, as every switch does, with a key frame, which the receiver's peer is asked for; so is it when the sender's peer needs one,
 * though ever more rarely where that goes on and on: key frames are for all who see them.
 * The receiver's own track goes on as before. One receiver may be forwarded to any number of senders.
 *
 * @throws {TypeError} if one is for audio and the other for video
 * @throws {DOMException} an `InvalidStateError` if one of the two has been stopped, or something is sent in the place of the sender's track
 * already
 *
 * @example A room in which everybody sees the one who speaks
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { forward, type Forwarding } from "@heron/webrtc/rtp-transport";
 *
 * const speakers = [new RTCPeerConnection(), new RTCPeerConnection()];
 * const [first, second] = speakers.map((pc) =>
 *   pc.addTransceiver("video", { direction: "recvonly" }).receiver
 * );
 * const listeners = Array.from({ length: 3 }, () => new RTCPeerConnection());
 * const views: Forwarding[] = listeners.map((pc) => {
 *   const { sender } = pc.addTransceiver("video", { direction: "sendonly" });
 *   return forward(first!, sender);
 * });
 * // ... offers and answers, and then somebody else speaks:
 * for (const view of views) view.switchTo(second!);
 *
 * for (const view of views) view.close();
 * for (const pc of [...speakers, ...listeners]) pc.close();
 * ```
 *
 * @example One layer of a browser's simulcast, and a larger one as soon as there is room for it
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { forward } from "@heron/webrtc/rtp-transport";
 *
 * const [camera, viewer] = [new RTCPeerConnection(), new RTCPeerConnection()];
 * // Its browser has offered `sendEncodings` of these rids.
 * const { receiver } = camera.addTransceiver("video", { direction: "recvonly" });
 * const { sender } = viewer.addTransceiver("video", { direction: "sendonly" });
 * const view = forward(receiver, sender, { rid: "small" });
 * // ... and later:
 * view.switchTo(receiver, { rid: "large" });
 *
 * view.close();
 * for (const pc of [camera, viewer]) pc.close();
 * ```
 */
export function forward(
  receiver: RTCRtpReceiver,
  sender: RTCRtpSender,
  options: ForwardOptions = {},
): Forwarding {
  const slots = senderSlots(toSender(sender, "forward"));
  const source = receiverSlots(toReceiver(receiver, "forward"));
  const { rid } = forwardOptions(options, "forward");
  checkSource(source, slots, "forward");
  const forwarding = new SenderForwarding(slots);
  void forwarding.switchTo(receiver, rid === undefined ? {} : { rid });
  return forwarding;
}

/** A receiver that is forwarded to a sender: what {@linkcode forward} makes. */
export interface Forwarding {
  /** The receiver whose packets are sent now; null before the first key frame, and at the end. */
  readonly receiver: RTCRtpReceiver | null;
  /** Packets that have been forwarded. */
  readonly packetsForwarded: number;
  /** Packets that were not, by reason: `discards.of("no format")`, or all of them, `[...discards.entries()]`. */
  readonly discards: Discards<ForwardDiscard>;
  /** Whether nothing is forwarded any more: it was closed, or the sender has stopped. */
  readonly closed: boolean;
  /**
   * Forwards another receiver, or another layer of the same one, from its next key frame on, which its peer is asked for. Until then the
   * present one goes on.
   *
   * Resolves at that key frame; rejects with an `AbortError` if there is another switch, or an end, before.
   *
   * @throws {TypeError} if it is of the other kind
   * @throws {DOMException} an `InvalidStateError` if it has been stopped, or this has been closed
   */
  switchTo(receiver: RTCRtpReceiver, options?: ForwardOptions): Promise<void>;
  /** Ends it: the sender sends its track again. */
  close(): void;
}

class SenderForwarding implements Forwarding {
  readonly discards: Discards<ForwardDiscard> = new Discards();
  readonly #sender: SenderSlots;
  readonly #feed: PacketFeed = {
    takesTrack: false,
    ended: () => this.close(),
    keyFrameRequested: () => {
      if (this.#requests.want(this.#now)) (this.#current ?? this.#next)?.requestKeyFrame();
    },
  };
  readonly #requests = new RequestBackoff();
  #current: ForwardedSource | undefined;
  #next: ForwardedSource | undefined;
  #switching: PromiseWithResolvers<void> | undefined;
  #isClosed = false;
  #packets = 0;
  /** Streams that have been forwarded so far: each is a source of its own to the session. */
  #sources = 0;

  constructor(sender: SenderSlots) {
    claimSender(sender, this.#feed, "forward");
    this.#sender = sender;
  }

  get receiver(): RTCRtpReceiver | null {
    return this.#current?.receiver.object ?? null;
  }

  get packetsForwarded(): number {
    return this.#packets;
  }

  get closed(): boolean {
    return this.#isClosed;
  }

  get #now(): Millis {
    return this.#sender.transceiver.host.clock.now();
  }

  switchTo(receiver: RTCRtpReceiver, options: ForwardOptions = {}): Promise<void> {
    const context = "Forwarding.switchTo";
    const slots = receiverSlots(toReceiver(receiver, context));
    const { rid } = forwardOptions(options, context);
    if (this.#isClosed) throw invalidState(`${context}: closed`);
    checkSource(slots, this.#sender, context);
    this.#abandon("There is another switch");
    const switching = this.#switching = Promise.withResolvers<void>();
    switching.promise.catch(() => {}); // who does not wait for it need not know
    this.#next = new ForwardedSource(slots, rid, (source, packets) => this.#take(source, packets));
    this.#next.attach();
    return switching.promise;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#abandon("The forwarding was closed");
    this.#current?.detach();
    this.#current = undefined;
    releaseSender(this.#sender);
  }

  #abandon(why: string): void {
    this.#next?.detach();
    this.#next = undefined;
    this.#switching?.reject(new DOMException(why, "AbortError"));
    this.#switching = undefined;
  }

  #take(source: ForwardedSource, items: readonly InboundPacket[]): void {
    const sender = this.#sender;
    const { host } = sender.transceiver;
    const map = source.mapTo(sender);
    if (map === undefined || !host.media.canSend(sender)) {
      return this.#pause(source, items.length, "not connected");
    }
    if (!sender.sendEncodings.some(({ active }) => active)) {
      return this.#pause(source, items.length, "not active");
    }
    if (source === this.#current && this.#requests.isDue(this.#now)) source.requestKeyFrame();
    const packets: OutboundPacket[] = [];
    for (const item of items) {
      const packet = this.#forwarded(source, item, map);
      if (packet !== undefined) packets.push(packet);
    }
    this.#packets += packets.length;
    if (packets.length > 0) host.media.sendPackets(sender, packets);
  }

  #forwarded(
    source: ForwardedSource,
    item: InboundPacket,
    map: FormatMap,
  ): OutboundPacket | undefined {
    const { selection } = source;
    if (!selection.concerns(item)) return undefined;
    const format = map.of(item.packet.payloadType);
    const packet = format && contentOf(item.packet, format);
    if (packet === undefined) return this.#drop(format ? "malformed redundancy" : "no format");
    const taken = selection.take(item, startsKeyFrame(format!.mimeType, packet.payload) ?? true);
    if (taken === false) {
      if (selection.waits(item.receiveTime)) source.repeatRequest();
      return this.#drop("no key frame yet");
    }
    if (taken === "begins") this.#begin(source);
    return {
      ...{ type: "packet", mid: map.to.mid, payloadType: format!.payloadType, packet },
      ...{ source: this.#sources, extensions: map.extensions },
    };
  }

  /** A stream begins to be forwarded, in place of the one before. */
  #begin(source: ForwardedSource): void {
    this.#sources++;
    if (source !== this.#next) return;
    this.#current?.detach();
    this.#current = source;
    this.#next = undefined;
    this.#switching?.resolve();
    this.#switching = undefined;
  }

  /** What is left out makes another key frame needed. */
  #pause(source: ForwardedSource, packets: number, reason: ForwardDiscard): void {
    source.selection.reset();
    this.discards.add(reason, packets);
  }

  #drop(reason: ForwardDiscard): undefined {
    this.discards.add(reason);
  }
}

/** A packet as it goes out; undefined if it can't be taken apart. */
function contentOf(packet: RtpPacket, { unwraps }: ForwardedFormat): RtpPacket | undefined {
  if (!unwraps) return packet;
  const primary = parseRed(packet.payload)?.at(-1);
  return primary && { ...packet, payload: primary.data };
}

function checkSource(receiver: ReceiverSlots, sender: SenderSlots, context: string): void {
  const { kind, stopping, host } = receiver.transceiver;
  if (kind !== sender.transceiver.kind) {
    throw new TypeError(`${context}: ${kind} can't be sent as ${sender.transceiver.kind}`);
  }
  if (stopping || host.isClosed) throw invalidState(`${context}: the receiver has been stopped`);
}
