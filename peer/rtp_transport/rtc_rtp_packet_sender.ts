import { createKeyFrameRequest } from "../../media/events/key_frame_request_event.ts";
import type { KeyFrameRequestEvent } from "../../media/mod.ts";
import { construct, slotsOfNew } from "../../webidl/construct.ts";
import { instance, requireArguments, unsignedLong } from "../../webidl/convert.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../../webidl/interface.ts";
import { promised } from "../../webidl/promised.ts";
import { queueTask } from "../../webidl/task.ts";
import type { PacketizedPacket } from "../../rtp/mod.ts";
import { sentExtensions } from "../media/section.ts";
import { RTCRtpSender, senderSlots } from "../rtc_rtp_sender.ts";
import type { PacketFeed, SenderSlots, WrittenEvent } from "../transceivers/mod.ts";
import { claimSender, releaseSender } from "./claim.ts";
import { PacketQueue } from "./packet_queue.ts";
import { slotsOfPacket } from "./packet_slots.ts";
import { packetSlots, RTCRtpPacket, type RTCRtpPacketInit, slotsOfInit } from "./rtc_rtp_packet.ts";
import { type RTCRtpSendResult, SentPackets } from "./sent_packets.ts";
import { writtenPacket } from "./written_packet.ts";

/** One encoding of a sender, by which packets can be sent. */
export interface RTCRtpPacketSenderLayer {
  /** Its name, where there are several. */
  rid?: string;
  /** Of its packets. */
  ssrc: number;
  /** Of the packets that repeat them; 0 if it has none. */
  rtxSsrc: number;
}

/** The events of an {@linkcode RTCRtpPacketSender}. */
export interface RTCRtpPacketSenderEventMap {
  /** There are packets of the track to read, and to be sent. */
  packetizedrtp: Event;
  /** The other side needs a key frame. The track, if there is one, has been asked; who makes packets otherwise, should. */
  keyframerequest: KeyFrameRequestEvent;
}

/** What stands behind an `RTCRtpPacketSender`. */
class PacketSenderSlots implements PacketFeed {
  readonly takesTrack = true;
  readonly object: RTCRtpPacketSender;
  readonly sender: SenderSlots;
  readonly queue = new PacketQueue(() => this.object.dispatchEvent(new Event("packetizedrtp")));
  readonly sent: SentPackets = new SentPackets();
  isClosed = false;

  constructor(sender: SenderSlots) {
    this.sender = sender;
    this.object = construct(RTCRtpPacketSender, this);
  }

  packetized(packets: readonly PacketizedPacket[]): void {
    const { transceiver } = this.sender;
    const ids = sentExtensions(transceiver.host.media.sectionOf(transceiver)?.extensions ?? []);
    this.queue.push(packets.map((item) => slotsOfPacket(item.packet, item, ids)));
  }

  keyFrameRequested(rid: string | undefined): void {
    this.sender.frames.keyFrameRequested(rid);
    queueTask(() => {
      if (!this.isClosed) this.object.dispatchEvent(createKeyFrameRequest(rid));
    });
  }

  written({ id, left }: WrittenEvent): void {
    this.sent.settle(id, left);
  }

  ended(): void {
    this.isClosed = true;
    this.queue.close();
    this.sent.end();
  }
}

/**
 * Sends packets by a sender. {@linkcode replacePacketSender} makes it; the packets that are made of the sender's track come here, and are
 * sent only if they are given to `sendRtp`.
 *
 * They wait until they are read, at most 1,024 of them or 2 MiB; then the oldest are dropped.
 */
export class RTCRtpPacketSender extends EventTarget {
  readonly #slots: PacketSenderSlots = slotsOfNew<PacketSenderSlots>();

  /** The section that packets are sent in; null before there is one. */
  get mid(): string | null {
    return this.#slots.sender.transceiver.mid;
  }

  /** The encodings by which packets can be sent. */
  get layers(): RTCRtpPacketSenderLayer[] {
    const { sendEncodings, sources } = this.#slots.sender;
    return sendEncodings.map(({ rid }, index) => ({
      ...(rid !== undefined && { rid }),
      ssrc: sources[index]?.ssrc ?? 0,
      rtxSsrc: sources[index]?.rtx ?? 0,
    }));
  }

  /** What congestion control lets this sender send, in bits per second; 0 before it is connected. */
  get allocatedBandwidth(): number {
    const { sender } = this.#slots;
    return sender.transceiver.host.media.allocatedBandwidth(sender);
  }

  /** Packets that were not read in time. The W3C's draft does not have it. */
  get droppedPackets(): number {
    return this.#slots.queue.dropped;
  }

  /** The packets that were made of the track since, at most so many: all by default. */
  readPacketizedRtp(maxNumberOfPackets: number = 0xffff_ffff): RTCRtpPacket[] {
    const { queue } = this.#slots;
    const count = unsignedLong(maxNumberOfPackets, "RTCRtpPacketSender.readPacketizedRtp");
    return queue.take(count).map((slots) => construct(RTCRtpPacket, slots));
  }

  /**
   * Sends a packet, one that was read or one of the script's own, paced and repaired as all are. It gets the next sequence number, the SSRC of
   * its encoding, and the header extensions that are the sender's to write.
   *
   * Resolves once it has left, or it is sure that it will not. Rejects with a TypeError for what is no packet or has a header extension that
   * is the sender's to write, with an `InvalidAccessError` for a payload type, header extension or `rid` that has not been negotiated, with
   * a RangeError for one that is too large, and with an `InvalidStateError` once this has been closed.
   */
  sendRtp(packet: RTCRtpPacket | RTCRtpPacketInit): Promise<RTCRtpSendResult> {
    const given = arguments.length;
    return promised(() => {
      const slots = this.#slots;
      const context = "RTCRtpPacketSender.sendRtp";
      requireArguments(context, given, 1);
      const content = packet instanceof RTCRtpPacket
        ? packetSlots(packet)
        : slotsOfInit(packet, context);
      if (slots.isClosed) throw new DOMException(`${context}: closed`, "InvalidStateError");
      const { sender, sent } = slots;
      const { host } = sender.transceiver;
      if (!host.media.canSend(sender)) return { unsent: "transport-unavailable" };
      const written = writtenPacket(content, sender, context);
      return sent.add((id) => host.media.sendPackets(sender, [{ ...written, id }]));
    });
  }

  /** Ends it: the sender sends its track again. The W3C's draft does not have it. */
  close(): void {
    const slots = this.#slots;
    if (slots.isClosed) return;
    slots.ended();
    releaseSender(slots.sender);
  }
}

/** Typed events. */
export interface RTCRtpPacketSender extends EventHandlers<RTCRtpPacketSenderEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<RTCRtpPacketSenderEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCRtpPacketSenderEventMap>;
}

defineInterface(RTCRtpPacketSender, { handlers: ["packetizedrtp", "keyframerequest"] });

/**
 * Lets a script send packets by a sender, and keeps those of its track from being sent: `sender.replacePacketSender()` of the W3C's draft.
 *
 * Rejects with a TypeError for what is no sender, and with an `InvalidStateError` if the sender has been stopped, or something is sent in the
 * place of its track already.
 *
 * @example
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { replacePacketSender } from "@heron/webrtc/rtp-transport";
 * import { assertEquals } from "@std/assert";
 *
 * const pc = new RTCPeerConnection();
 * const { sender } = pc.addTransceiver("audio", { direction: "sendonly" });
 * const packets = await replacePacketSender(sender);
 * const payload = Uint8Array.of(0xf8, 0xff, 0xfe); // silence in Opus
 * const result = await packets.sendRtp({ payloadType: 111, timestamp: 960, payload });
 * assertEquals(result, { unsent: "transport-unavailable" }); // not connected yet
 * pc.close();
 * ```
 */
export function replacePacketSender(sender: RTCRtpSender): Promise<RTCRtpPacketSender> {
  return promised(() => {
    const context = "replacePacketSender";
    const slots = senderSlots(instance(RTCRtpSender)(sender, context));
    const replaced = new PacketSenderSlots(slots);
    claimSender(slots, replaced, context);
    return replaced.object;
  });
}
