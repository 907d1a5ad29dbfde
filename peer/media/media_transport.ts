import type { Millis } from "../../core/mod.ts";
import {
  DTMF_KEYS,
  type FrameMoment,
  type InboundFrame,
  type InboundPacket,
  isOutbound,
  type OutboundItem,
  type PacketizedPacket,
  type RtpItem,
  type RtpSession,
  type RtpSessionEvent,
} from "../../rtp/mod.ts";
import { sends } from "../jsep/media/mod.ts";
import type { TransceiverFigures } from "../stats/transceiver.ts";
import type { ReceiverSlots, SenderSlots, TransceiverSlots } from "../transceivers/mod.ts";
import { Flows } from "../stats/flow/flows.ts";
import { ReceivedFrames } from "../stats/flow/received_frames.ts";
import { chunkOf } from "./chunks.ts";
import { type NegotiatedSection, receiverParameters, senderParameters } from "./section.ts";
import { TrackSender, type TrackSenderHost } from "./track_sender.ts";

/** What media needs of the transport that it goes over. */
export interface MediaTransportHost {
  readonly isClosed: boolean;
  /** Whether there are keys to send with. */
  readonly isSecured: boolean;
  /** The time of the connection's clock. */
  readonly now: Millis;
  /** Commands to the RTP session. */
  runMedia<T>(mutate: (session: RtpSession, now: Millis) => T): T | undefined;
  /** Hands frames to the RTP session. */
  sendMedia(items: readonly RtpItem[]): void;
}

/** A section with its transceiver and the way of its track. */
interface Entry {
  readonly transceiver: TransceiverSlots;
  section: NegotiatedSection;
  readonly track: TrackSender;
  readonly received: Flows<ReceivedFrames>;
}

/** The media of one transport: what transceivers' slots say becomes what the RTP session does, and what it receives reaches their tracks. */
export class MediaTransport implements TrackSenderHost {
  readonly #host: MediaTransportHost;
  readonly #entries = new Map<string, Entry>();
  #outbox: RtpItem[] = [];

  constructor(host: MediaTransportHost) {
    this.#host = host;
  }

  /** A description has settled a section. */
  apply(section: NegotiatedSection, transceiver: TransceiverSlots): void {
    const { mid } = section;
    const known = this.#entries.get(mid);
    if (known !== undefined && known.transceiver !== transceiver) this.#remove(mid);
    const entry = this.#entries.get(mid);
    if (entry !== undefined) entry.section = section;
    else {
      const track = new TrackSender(transceiver.sender, this);
      const received = new Flows(() => new ReceivedFrames());
      this.#entries.set(mid, { transceiver, section, track, received });
    }
    this.update(transceiver);
  }

  /** What a transceiver sends or receives has changed: its track, encodings, direction, or its life. */
  update(transceiver: TransceiverSlots): void {
    const entry = this.#entryOf(transceiver);
    if (entry === undefined) return;
    const { section, track } = entry;
    const { stopping, stopped, receptive, sender } = transceiver;
    const ends = stopping || stopped;
    const isSent = this.#isSent(transceiver);
    this.#host.runMedia((session, now) => {
      if (isSent) session.setSender(senderParameters(section, transceiver), now);
      else session.removeSender(section.mid);
      if (receptive && !ends) {
        session.setReceiver(receiverParameters(section, transceiver), now);
      } else session.removeReceiver(section.mid);
    });
    track.follow(isSent && this.#host.isSecured && sender.packets.takesTrack);
  }

  /** What descriptions have settled. */
  sectionOf(transceiver: TransceiverSlots): NegotiatedSection | undefined {
    return this.#entryOf(transceiver)?.section;
  }

  /** Whether packets of a sender would leave. */
  canSend({ transceiver }: SenderSlots): boolean {
    return this.#entryOf(transceiver) !== undefined && this.#isSent(transceiver) &&
      this.#host.isSecured && !this.#host.isClosed;
  }

  /** Hands packets to the session: what one task gives goes as one batch. */
  sendItems(items: readonly OutboundItem[]): void {
    for (const item of items) this.send(item);
  }

  /** What the encodings of a sender may send by now, in bits per second. */
  allocatedBandwidth({ transceiver, sources }: SenderSlots): number {
    const sent = this.#entryOf(transceiver)?.track.sent;
    return sources.reduce((sum, { ssrc }) => sum + (sent?.of(ssrc).targetBitrate ?? 0), 0);
  }

  /** There are keys now: tracks, which could go nowhere, begin. */
  secured(): void {
    for (const { transceiver } of [...this.#entries.values()]) this.update(transceiver);
  }

  /** Sections that are carried here no more are gone. */
  retain(isCarried: (mid: string) => boolean): void {
    for (const mid of [...this.#entries.keys()]) if (!isCarried(mid)) this.#remove(mid);
  }

  #remove(mid: string): void {
    const entry = this.#entries.get(mid);
    if (entry === undefined) return;
    this.#entries.delete(mid);
    entry.track.follow(false);
    this.#host.runMedia((session) => {
      session.removeSender(mid);
      session.removeReceiver(mid);
    });
  }

  /** The connection is closed. */
  close(): void {
    for (const { track } of this.#entries.values()) track.follow(false);
    this.#entries.clear();
    this.#outbox = [];
  }

  /** Asks whoever encodes for key frames of these encodings. */
  requestKeyFrames(sender: SenderSlots, encodings: readonly number[]): void {
    const track = this.#entryOf(sender.transceiver)?.track;
    for (const index of encodings) track?.requestKeyFrame(sender.sendEncodings[index]?.rid);
  }

  /** Asks the other side for a key frame, of the layer with this rid or of all. */
  requestRemoteKeyFrame({ transceiver }: ReceiverSlots, rid?: string): void {
    const entry = this.#entryOf(transceiver);
    if (entry === undefined) return;
    const { mid } = entry.section;
    this.#host.runMedia((session, now) => session.requestKeyFrame(mid, rid, now));
  }

  /** Plays a tone for so many milliseconds (RFC 4733). */
  playTone({ transceiver }: SenderSlots, tone: string, duration: number): void {
    const mid = this.#entryOf(transceiver)?.section.mid;
    const event = DTMF_KEYS.indexOf(tone);
    if (mid === undefined || event < 0) return;
    this.#host.runMedia((session, now) => session.insertTone(mid, event, duration, now));
  }

  /** What the streams of a transceiver have sent and received. */
  figuresOf(transceiver: TransceiverSlots): TransceiverFigures | undefined {
    const entry = this.#entryOf(transceiver);
    if (entry === undefined) return undefined;
    const { section: { mid }, received, track: { sent, source } } = entry;
    return this.#host.runMedia((session) => ({
      ...{ received, sent, source },
      inbound: session.inbound(mid),
      outbound: session.outbound(mid),
    }));
  }

  /** What has arrived. */
  receive(items: readonly RtpItem[]): void {
    const received = new Map<ReceiverSlots, InboundPacket[]>();
    const packetized = new Map<SenderSlots, PacketizedPacket[]>();
    for (const item of items) {
      const entry = this.#entries.get(item.mid);
      if (entry === undefined || this.#host.isClosed || isOutbound(item)) continue;
      const { sender, receiver } = entry.transceiver;
      if (item.type === "frame") this.#receiveFrame(item, entry);
      else if (item.type === "packet") addTo(received, receiver, item);
      else addTo(packetized, sender, item);
    }
    for (const [receiver, packets] of received) receiver.packets.push(packets);
    for (const [sender, packets] of packetized) sender.packets.feed?.packetized?.(packets);
  }

  #receiveFrame(frame: InboundFrame, { transceiver: { receiver }, received }: Entry): void {
    const { now } = this.#host;
    const chunk = chunkOf(frame);
    const timestamp = performance.timeOrigin + performance.now();
    receiver.contributingSources.delivered(chunk.metadata!, timestamp);
    received.of(frame.ssrc).add(frame, chunk.metadata!, now);
    receiver.frames.push(chunk);
  }

  /** What the RTP session tells. */
  handle(event: RtpSessionEvent): void {
    switch (event.type) {
      case "key-frame-request":
        this.#keyFrameRequested(event.mid, event.rid);
        break;
      case "written":
        this.#entries.get(event.mid)?.transceiver.sender.packets.feed?.written?.(event);
        break;
      case "source":
        // W3C WebRTC section 9.3: what arrives unmutes.
        this.#receiverOf(event.mid)?.source.setMuted(false);
        break;
      case "source-ended": // W3C WebRTC section 9.3
        this.#receiverOf(event.mid)?.source.setMuted(true);
        break;
      case "tone":
        this.#receiverOf(event.mid)?.tones.push(event);
        break;
      case "bitrate":
        for (const { mid, ssrc, bitrate } of event.encodings) {
          const track = this.#entries.get(mid)?.track;
          if (track !== undefined) track.sent.of(ssrc).targetBitrate = bitrate;
        }
        break;
    }
  }

  /** Whoever sends in the track's place sees to it; W3C WebRTC Encoded Transform section 4.9: or else a transform may. */
  #keyFrameRequested(mid: string, rid: string | undefined): void {
    const sender = this.#entries.get(mid)?.transceiver.sender;
    if (sender === undefined) return;
    const { packets: { feed }, frames } = sender;
    if (feed !== null) feed.keyFrameRequested(rid);
    else frames.keyFrameRequested(rid);
  }

  #isSent({ stopping, stopped, currentDirection }: TransceiverSlots): boolean {
    return !stopping && !stopped && currentDirection !== null && sends(currentDirection);
  }

  #receiverOf(mid: string): ReceiverSlots | undefined {
    return this.#entries.get(mid)?.transceiver.receiver;
  }

  #entryOf(transceiver: TransceiverSlots): Entry | undefined {
    if (transceiver.mid === null) return undefined;
    const entry = this.#entries.get(transceiver.mid);
    return entry?.transceiver === transceiver ? entry : undefined;
  }

  /** The RTP timestamp that a frame is going to have. */
  rtpTimestampOf(frame: FrameMoment): number | undefined {
    return this.#host.runMedia((session, now) => session.rtpTimestampOf(frame, now));
  }

  get now(): Millis {
    return this.#host.now;
  }

  /** Sends a frame: what one task gives goes out as one batch. */
  send(item: RtpItem): void {
    this.#outbox.push(item);
    if (this.#outbox.length === 1) queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const items = this.#outbox;
    this.#outbox = [];
    if (items.length > 0 && !this.#host.isClosed) this.#host.sendMedia(items);
  }
}

function addTo<K, V>(groups: Map<K, V[]>, key: K, value: V): void {
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [value]);
  else group.push(value);
}
