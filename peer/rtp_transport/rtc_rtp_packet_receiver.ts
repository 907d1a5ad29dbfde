import { construct, slotsOfNew } from "../../webidl/construct.ts";
import { instance, requireArguments, unsignedLong } from "../../webidl/convert.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../../webidl/interface.ts";
import { promised } from "../../webidl/promised.ts";
import type { InboundPacket } from "../../rtp/mod.ts";
import { receivedExtensions } from "../media/section.ts";
import { receiverSlots, RTCRtpReceiver } from "../rtc_rtp_receiver.ts";
import type { PacketSink, ReceiverSlots } from "../transceivers/mod.ts";
import { invalidState } from "./claim.ts";
import { PacketQueue } from "./packet_queue.ts";
import { checkSize, packetOfSlots, slotsOfPacket } from "./packet_slots.ts";
import { packetSlots, RTCRtpPacket } from "./rtc_rtp_packet.ts";

/** The events of an {@linkcode RTCRtpPacketReceiver}. */
export interface RTCRtpPacketReceiverEventMap {
  /** There are packets to read. */
  receivedrtp: Event;
}

/** What stands behind an `RTCRtpPacketReceiver`. */
class PacketReceiverSlots implements PacketSink {
  readonly replacesTrack = true;
  readonly object: RTCRtpPacketReceiver;
  readonly receiver: ReceiverSlots;
  readonly queue = new PacketQueue(() => this.object.dispatchEvent(new Event("receivedrtp")));
  isClosed = false;

  constructor(receiver: ReceiverSlots) {
    this.receiver = receiver;
    this.object = construct(RTCRtpPacketReceiver, this);
  }

  receive(packets: readonly InboundPacket[]): void {
    const ids = this.extensions;
    this.queue.push(packets.map((item) => slotsOfPacket(item.packet, item, ids)));
  }

  /** Ids of what is received, by URI. */
  get extensions(): ReadonlyMap<string, number> {
    const { transceiver } = this.receiver;
    return receivedExtensions(transceiver.host.media.sectionOf(transceiver)?.extensions ?? []);
  }

  update(): void {
    const { transceiver } = this.receiver;
    if (!transceiver.host.isClosed) transceiver.host.media.update(transceiver);
  }
}

/**
 * The packets of a receiver, as they arrive: what was sent again or recovered is as it was at first. {@linkcode replacePacketReceiver} makes
 * it; the track gets only what is given back by `receiveRtp`.
 *
 * Packets wait until they are read, at most 1,024 of them or 2 MiB; then the oldest are dropped.
 */
export class RTCRtpPacketReceiver extends EventTarget {
  readonly #slots: PacketReceiverSlots = slotsOfNew<PacketReceiverSlots>();

  /** The section that the packets are of; null before there is one. */
  get mid(): string | null {
    return this.#slots.receiver.transceiver.mid;
  }

  /** The streams that are received. */
  get ssrcs(): number[] {
    return inboundOf(this.#slots).map(({ ssrc }) => ssrc);
  }

  /** Those that repeat packets of them, as far as they are known. */
  get rtxSsrcs(): number[] {
    return inboundOf(this.#slots).map(({ rtxSsrc }) => rtxSsrc).filter((ssrc) =>
      ssrc !== undefined
    );
  }

  /** Packets that were not read in time. The W3C's draft does not have it. */
  get droppedPackets(): number {
    return this.#slots.queue.dropped;
  }

  /** The packets that have come since, at most so many: all by default. */
  readReceivedRtp(maxNumberOfPackets: number = 0xffff_ffff): RTCRtpPacket[] {
    const { queue } = this.#slots;
    const count = unsignedLong(maxNumberOfPackets, "RTCRtpPacketReceiver.readReceivedRtp");
    return queue.take(count).map((slots) => construct(RTCRtpPacket, slots));
  }

  /**
   * Gives a packet to the receiver, as if it came from the other side: it becomes part of what the track gives. One that was read, changed or
   * not, or one that a script has made; of the latter, the SSRC is 0.
   *
   * @throws {TypeError} if it is no packet
   * @throws {RangeError} if it has more than 15 CSRCs, a header extension of more than 255 bytes, or as much padding
   * @throws {DOMException} an `InvalidStateError` if this has been closed, or nothing has been negotiated
   */
  receiveRtp(packet: RTCRtpPacket): void {
    const { receiver, isClosed, extensions } = this.#slots;
    const context = "RTCRtpPacketReceiver.receiveRtp";
    requireArguments(context, arguments.length, 1);
    const slots = packetSlots(instance(RTCRtpPacket)(packet, context));
    checkSize(slots, context);
    const { transceiver } = receiver;
    const { mid, host } = transceiver;
    if (
      isClosed || mid === null || host.isClosed || host.media.sectionOf(transceiver) === undefined
    ) {
      throw invalidState(`${context}: there is nothing to receive it`);
    }
    host.media.returnPacket(receiver, {
      ...{ type: "returned", mid, packet: packetOfSlots(slots, extensions) },
      ...(slots.rid !== null && { rid: slots.rid }),
    });
  }

  /** Asks the other side for a key frame, of one layer or of all. The W3C's draft does not have it. */
  requestKeyFrame(rid?: string): void {
    const { receiver } = this.#slots;
    const { host } = receiver.transceiver;
    if (!host.isClosed) host.media.requestRemoteKeyFrame(receiver, rid);
  }

  /** Ends it: the track gets everything again. The W3C's draft does not have it. */
  close(): void {
    const slots = this.#slots;
    if (slots.isClosed) return;
    slots.isClosed = true;
    slots.queue.close();
    slots.receiver.packets.delete(slots);
    slots.update();
  }
}

/** Typed events. */
export interface RTCRtpPacketReceiver extends EventHandlers<RTCRtpPacketReceiverEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<RTCRtpPacketReceiverEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCRtpPacketReceiverEventMap>;
}

defineInterface(RTCRtpPacketReceiver, { handlers: ["receivedrtp"] });

function inboundOf({ receiver: { transceiver } }: PacketReceiverSlots) {
  return transceiver.host.media.figuresOf(transceiver).inbound;
}

/**
 * Takes the packets of a receiver, and keeps them from its track: `receiver.replacePacketReceiver()` of the W3C's draft.
 *
 * Rejects with a TypeError for what is no receiver, and with an `InvalidStateError` if the receiver has been stopped, or its packets are taken
 * already.
 *
 * @example
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { replacePacketReceiver } from "@heron/webrtc/rtp-transport";
 *
 * const pc = new RTCPeerConnection();
 * const { receiver } = pc.addTransceiver("audio", { direction: "recvonly" });
 * const packets = await replacePacketReceiver(receiver);
 * packets.onreceivedrtp = () => {
 *   for (const packet of packets.readReceivedRtp()) {
 *     // packet.sequenceNumber, packet.headerExtensions ...
 *     packets.receiveRtp(packet); // so that the track has it, too
 *   }
 * };
 * pc.close();
 * ```
 */
export function replacePacketReceiver(receiver: RTCRtpReceiver): Promise<RTCRtpPacketReceiver> {
  return promised(() => {
    const context = "replacePacketReceiver";
    const slots = receiverSlots(instance(RTCRtpReceiver)(receiver, context));
    const { stopping, host } = slots.transceiver;
    if (stopping || host.isClosed) throw invalidState(`${context}: the receiver has been stopped`);
    if (slots.packets.isReplaced) throw invalidState(`${context}: its packets are taken already`);
    const replaced = new PacketReceiverSlots(slots);
    slots.packets.add(replaced);
    replaced.update();
    return replaced.object;
  });
}
