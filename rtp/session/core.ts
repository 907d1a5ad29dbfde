import type { CryptoProvider } from "../../core/crypto/provider.ts";
import { Discards, type Millis, type Outputs } from "../../core/stage/mod.ts";
import type { SendSideBandwidthEstimation } from "../congestion/mod.ts";
import { parseRtpPacket } from "../packet.ts";
import { NtpClock, type ReportedLosses } from "../reception/mod.ts";
import type { ReportBlock, SenderReport } from "../rtcp/mod.ts";
import type { RtpSessionDiscard } from "./discards.ts";
import type { RtpSessionEvent } from "./event.ts";
import { ArrivalFeedback } from "./inbound/arrival_feedback.ts";
import { Demultiplexer } from "./inbound/demultiplexer.ts";
import { KEY_FRAME_INTERVAL } from "./inbound/key_frame_requests.ts";
import { keepInStep, MAX_IN_STEP } from "./inbound/lip_sync.ts";
import { Receiver, type ReceiverHost } from "./inbound/receiver.ts";
import { UnfinishedFrames } from "./inbound/unfinished_frames.ts";
import {
  isOutbound,
  type OutboundItem,
  type ReturnedPacket,
  type RtpDatagram,
  type RtpItem,
} from "./items.ts";
import { allocate } from "./outbound/allocation.ts";
import type { ExtensionHeaders } from "./outbound/extension_headers.ts";
import { OwnSources } from "./outbound/own_sources.ts";
import type { OutgoingStream } from "./outbound/outgoing_stream.ts";
import { bySsrc, OutgoingStreams, sentSourcesOf } from "./outbound/outgoing_streams.ts";
import { Sender, type SenderHost } from "./outbound/sender.ts";
import { Transmitter, type TransmitterHost } from "./outbound/transmitter.ts";
import { MAX_SECTIONS, type ReceiverParameters, type SenderParameters } from "./parameters.ts";
import { FeedbackHandler, type FeedbackHost } from "./rtcp/feedback_handler.ts";
import { Reporter, type ReporterHost } from "./rtcp/reporter.ts";
import { DEFAULT_MAX_PACKET_SIZE, type RtpSessionOptions } from "./options.ts";

/** Everything that a session is to its parts. */
type Hosts = ReceiverHost & SenderHost & TransmitterHost & ReporterHost & FeedbackHost;

/** What stands behind an `RtpSession`: its sections, and what they share. */
export class SessionCore implements Hosts {
  /** What was dropped. */
  readonly discards: Discards<RtpSessionDiscard> = new Discards();
  readonly crypto: CryptoProvider;
  readonly sources: OwnSources;
  readonly cname: string;
  readonly maxPacketSize: number;
  readonly ntp: NtpClock;
  readonly reporter: Reporter;
  readonly #ssrc: number;
  readonly #demultiplexer = new Demultiplexer();
  readonly #receivers = new Map<string, Receiver>();
  readonly #unfinished = new UnfinishedFrames();
  readonly #senders = new Map<string, Sender>();
  readonly #outgoing = new OutgoingStreams();
  readonly #transmitter: Transmitter;
  readonly #feedback: FeedbackHandler;
  readonly #arrivals: ArrivalFeedback;
  readonly #out: Outputs<RtpDatagram, RtpItem, RtpSessionEvent> = {
    below: [],
    above: [],
    events: [],
  };
  /** When to tell what each encoding may send: once for all that a description changes. */
  #tellsAt: Millis | undefined;
  #done = false;

  /** A session without sections. */
  constructor(options: RtpSessionOptions) {
    const { crypto, cname, wallClockOffset, maxPacketSize, startBitrate } = options;
    this.crypto = crypto;
    this.sources = new OwnSources(crypto);
    this.cname = cname;
    this.maxPacketSize = maxPacketSize ?? DEFAULT_MAX_PACKET_SIZE;
    this.ntp = new NtpClock(wallClockOffset);
    this.#ssrc = new DataView(crypto.random(4).buffer).getUint32(0);
    this.reporter = new Reporter(this, crypto, this.ntp);
    this.#transmitter = new Transmitter(this, startBitrate);
    this.#feedback = new FeedbackHandler(this);
    this.#arrivals = new ArrivalFeedback(this.#ssrc, this.ntp);
  }

  /** What a section sends, from now on. Throws a RangeError if there are too many sections. */
  setSender(parameters: SenderParameters, now: Millis): void {
    if (this.#done) return;
    const { mid } = parameters;
    const known = this.#senders.get(mid);
    const before = bySsrc(known?.streams() ?? []);
    if (known === undefined) {
      this.#checkRoom(this.#senders);
      this.#senders.set(mid, new Sender(parameters, this, now));
    } else this.#end(known.configure(parameters, now));
    this.#outgoing.replace(before, bySsrc(this.#senders.get(mid)!.streams()));
    this.#transmitter.flush(now);
    this.#tellsAt = now;
    this.reporter.scheduler.start(now);
  }

  /** The section sends nothing more: its sources say goodbye (RFC 3550 section 6.6). */
  removeSender(mid: string): void {
    const sender = this.#senders.get(mid);
    if (sender === undefined) return;
    this.#senders.delete(mid);
    this.#end(sender.streams());
    this.#outgoing.replace(bySsrc(sender.streams()), bySsrc([]));
  }

  /** What a section receives, from now on. Throws a RangeError if there are too many sections. */
  setReceiver(parameters: ReceiverParameters, now: Millis): void {
    if (this.#done) return;
    const { mid } = parameters;
    const known = this.#receivers.get(mid);
    if (known === undefined) this.#checkRoom(this.#receivers);
    this.#demultiplexer.set(parameters);
    const left = known?.parameters.lipSyncGroup;
    if (known === undefined) this.#receivers.set(mid, new Receiver(parameters, this));
    else known.configure(parameters);
    this.#keepInStep(left, now);
    this.#keepInStep(parameters.lipSyncGroup, now);
    this.reporter.scheduler.start(now);
  }

  /** The section receives nothing more. */
  removeReceiver(mid: string): void {
    this.#receivers.delete(mid);
    this.#demultiplexer.delete(mid);
  }

  /** Asks for a key frame of a section that is received, of one encoding or of all. */
  requestKeyFrame(mid: string, rid: string | undefined, now: Millis): void {
    this.#receivers.get(mid)?.wantKeyFrame(rid);
    this.#collect(now);
  }

  /** Presses a key of a section that sends audio (RFC 4733 section 3.2: 0 to 15), for so long. Returns false if that can't be. */
  insertTone(mid: string, event: number, duration: Millis, now: Millis): boolean {
    const isPressed = this.#senders.get(mid)?.press(event, duration, now) ?? false;
    this.#collect(now);
    return isPressed;
  }

  /** The section's receiver, for statistics: to be read, not to be changed. */
  receiver(mid: string): Receiver | undefined {
    return this.#receivers.get(mid);
  }

  /** The section's sender, for statistics: to be read, not to be changed. */
  sender(mid: string): Sender | undefined {
    return this.#senders.get(mid);
  }

  handleInbound(batch: readonly RtpDatagram[], now: Millis): void {
    if (this.#done) return;
    for (const { kind, data } of batch) {
      if (kind === "rtcp") this.#feedback.receive(data, now);
      else this.#receive(data, now);
    }
    this.#collect(now);
  }

  handleOutbound(batch: readonly RtpItem[], now: Millis): void {
    if (this.#done) return;
    for (const item of batch) {
      if (!isOutbound(item)) continue;
      if (item.type === "returned") this.#receivers.get(item.mid)?.takeBack(item, now);
      else this.#send(item, now);
    }
    this.#collect(now);
  }

  handleTimeout(now: Millis): void {
    if (!this.#done) this.#collect(now);
  }

  handleEnd(_now: Millis): void {
    this.#finish();
  }

  /** Says goodbye for all sources of ours, and is done. */
  close(_now: Millis): void {
    if (this.#done) return;
    this.reporter.goodbye(this.#outgoing.sentSources());
    this.#finish();
  }

  poll(out: Outputs<RtpDatagram, RtpItem, RtpSessionEvent>): void {
    out.below.push(...this.#out.below.splice(0));
    out.above.push(...this.#out.above.splice(0));
    out.events.push(...this.#out.events.splice(0));
  }

  get nextTimeout(): Millis | undefined {
    if (this.#done) return undefined;
    let next = Math.min(
      this.#transmitter.nextTimeout ?? Infinity,
      this.reporter.nextTimeout ?? Infinity,
      this.#arrivals.nextTimeout,
      this.#tellsAt ?? Infinity,
    );
    for (const receiver of this.#receivers.values()) {
      next = Math.min(next, receiver.nextTimeout ?? Infinity);
    }
    for (const sender of this.#senders.values()) {
      next = Math.min(next, sender.nextTimeout ?? Infinity);
    }
    return next === Infinity ? undefined : next;
  }

  get done(): boolean {
    return this.#done;
  }

  /** The SSRC that reports are of: that of a stream which has been sent, else one that stands for the receiver. */
  get ssrc(): number {
    return this.#outgoing.sent?.ssrc ?? this.#ssrc;
  }

  get reducedSize(): boolean {
    const sections = [
      ...Array.from(this.#senders.values(), ({ parameters }) => parameters),
      ...Array.from(this.#receivers.values(), ({ parameters }) => parameters),
    ];
    return sections.every(({ reducedSize }) => reducedSize);
  }

  get isSending(): boolean {
    return this.#outgoing.sent !== undefined;
  }

  get isReceiving(): boolean {
    return this.#receivers.size > 0;
  }

  get estimation(): SendSideBandwidthEstimation {
    return this.#transmitter.estimation;
  }

  get queueTime(): Millis {
    return this.#transmitter.queueTime;
  }

  /** RFC 8888 reports that were sent, and that came. */
  get congestionReports(): { readonly sent: number; readonly received: number } {
    return {
      sent: this.reporter.congestionReports,
      received: this.#feedback.congestionReports,
    };
  }

  /** What RFC 8888 reports of ours have said of a stream that is received. */
  reportedLosses(ssrc: number): ReportedLosses {
    return this.#arrivals.reportedLosses(ssrc);
  }

  senderReports(now: Millis): SenderReport[] {
    return this.#outgoing.reports(now, this.ntp);
  }

  reportBlocks(now: Millis): ReportBlock[] {
    return [...this.#receivers.values()].flatMap((receiver) => receiver.reports(now));
  }

  emit(kind: RtpDatagram["kind"], data: Uint8Array): void {
    this.#out.below.push({ kind, data });
  }

  deliver(item: RtpItem): void {
    this.#out.above.push(item);
  }

  tell(event: RtpSessionEvent): void {
    this.#out.events.push(event);
  }

  forget(ssrc: number): void {
    this.#demultiplexer.forget(ssrc);
  }

  enqueue(...args: Parameters<Transmitter["enqueue"]>): boolean {
    return this.#transmitter.enqueue(...args);
  }

  wantKeyFrame(mid: string, { ssrc, rid }: OutgoingStream): void {
    this.tell({ type: "key-frame-request", mid, ssrc, ...(rid !== undefined && { rid }) });
  }

  *paddingStreams(): Generator<{ stream: OutgoingStream; headers: ExtensionHeaders }> {
    for (const sender of this.#senders.values()) {
      if (sender.kind !== "video") continue;
      for (const stream of sender.streams()) yield { stream, headers: sender.headers };
    }
  }

  written(
    { mid, id }: { mid: string; id: number },
    left: { at: Millis; size: number } | undefined,
  ): void {
    this.tell({ type: "written", mid, id, left });
  }

  mediaLeft(now: Millis): void {
    this.reporter.scheduler.mediaSent(now);
  }

  goodbyeReceived(ssrcs: readonly number[]): void {
    for (const receiver of this.#receivers.values()) {
      for (const ssrc of ssrcs) receiver.ended(ssrc);
    }
  }

  outgoing(ssrc: number): OutgoingStream | undefined {
    return this.#outgoing.get(ssrc);
  }

  reported(report: SenderReport, now: Millis): void {
    const receiver = this.#receiverOf(report.ssrc);
    if (receiver === undefined) return;
    receiver.stream(report.ssrc)!.reported(report, now);
    this.#keepInStep(receiver.parameters.lipSyncGroup, now);
  }

  repeat(stream: OutgoingStream, lost: readonly number[], now: Millis): void {
    const sender = this.#senders.get(stream.name.mid);
    if (sender === undefined) return;
    const packets = stream.retransmitter.answer(lost, now, stream.roundTrip.smoothed);
    for (const packet of packets) {
      this.enqueue(packet, stream, sender.headers, "retransmission", now);
    }
  }

  keyFrameWanted(stream: OutgoingStream, now: Millis): boolean {
    const sender = this.#senders.get(stream.name.mid);
    if (sender?.kind !== "video") return false;
    if (now < stream.keyFrameWantedAt + KEY_FRAME_INTERVAL) return false;
    stream.keyFrameWantedAt = now;
    this.wantKeyFrame(sender.mid, stream);
    return true;
  }

  #send(item: Exclude<OutboundItem, ReturnedPacket>, now: Millis): void {
    const sender = this.#senders.get(item.mid);
    if (sender === undefined) {
      this.discards.add("no encoding");
      if (item.type === "written") this.written(item, undefined);
    } else if (item.type === "frame") sender.send(item, now);
    else if (item.type === "packet") sender.forward(item, now);
    else sender.write(item, now);
  }

  #receive(bytes: Uint8Array, now: Millis): void {
    const packet = parseRtpPacket(bytes);
    if (packet === undefined) return this.discards.add("malformed packet");
    if (this.#outgoing.get(packet.ssrc) !== undefined) return this.discards.add("own source");
    const route = this.#demultiplexer.route(packet);
    if (typeof route === "string") return this.discards.add(route);
    const receiver = this.#receivers.get(route.mid)!;
    this.#arrivals.arrived(packet, receiver, now);
    if (receiver.receive(packet, now)) this.reporter.scheduler.mediaReceived(packet.ssrc, now);
  }

  /** Serves all that is due, and sends what has come of it. */
  #collect(now: Millis): void {
    for (const sender of this.#senders.values()) sender.handleTimeout(now);
    this.#transmitter.handleTimeout(now);
    this.#transmitter.flush(now);
    const { ssrc } = this;
    const roundTrip = this.#outgoing.roundTrip ?? this.reporter.reference.roundTrip.smoothed;
    for (const receiver of this.#receivers.values()) {
      receiver.take(now);
      this.reporter.request(receiver.takeFeedback(ssrc, roundTrip, now), now);
    }
    this.#unfinished.limit(this.#receivers.values(), now);
    this.reporter.request(this.#arrivals.take(now), now);
    this.reporter.flush(now);
    if (this.#transmitter.takeTargetChange() || this.#tellsAt !== undefined) this.#tellBitrate();
  }

  #receiverOf(ssrc: number): Receiver | undefined {
    for (const receiver of this.#receivers.values()) {
      if (receiver.stream(ssrc) !== undefined) return receiver;
    }
    return undefined;
  }

  /** Follows what has changed in a group: who is in it, their wishes, or their clocks. */
  #keepInStep(group: string | undefined, now: Millis): void {
    if (group === undefined) return;
    const receivers = Array.from(this.#receivers.values())
      .filter(({ parameters }) => parameters.lipSyncGroup === group);
    keepInStep(receivers.slice(0, MAX_IN_STEP), now);
  }

  #tellBitrate(): void {
    this.#tellsAt = undefined;
    const bitrate = this.estimation.targetBitrate;
    const encodings = allocate(this.#senders.values(), bitrate);
    if (encodings.length > 0) this.tell({ type: "bitrate", bitrate, encodings });
  }

  #end(streams: readonly OutgoingStream[]): void {
    for (const source of streams.flatMap(({ sources }) => sources)) this.sources.end(source);
    this.reporter.goodbye(sentSourcesOf(streams));
  }

  #checkRoom(sections: ReadonlyMap<string, unknown>): void {
    if (sections.size >= MAX_SECTIONS) throw new RangeError(`More than ${MAX_SECTIONS} sections`);
  }

  #finish(): void {
    this.#done = true;
    this.#transmitter.clear();
    this.reporter.scheduler.stop();
  }
}
