import type { CryptoProvider } from "../../core/crypto/provider.ts";
import type { Layer, Millis, Outputs } from "../../core/stage/mod.ts";
import {
  type BufferedItem,
  composeRtcp,
  decapsulateRtx,
  isRtcp,
  nacksFor,
  NtpClock,
  parseRtcp,
  parseRtpPacket,
  ReceiverReference,
  ReceiveStream,
  RemoteInbound,
  Retransmitter,
  type RtcpPacket,
  RtcpScheduler,
  type RtpPacket,
  SendStream,
  serializeRtpPacket,
  TransportFeedbackGenerator,
} from "../../rtp/mod.ts";
import { FrameCompleteness } from "./frame_completeness.ts";

/** Bytes of a frame, one packet each time `MAX_PAYLOAD` of them are there. */
export interface TestFrame {
  readonly timestamp: number;
  readonly size: number;
}

/** How an end is made. */
export interface MediaEndOptions {
  readonly ssrc: number;
  readonly peer: number;
  readonly crypto: CryptoProvider;
  readonly nack?: boolean;
  readonly rtx?: boolean;
}

const MAX_PAYLOAD = 1100;
const PAYLOAD_TYPE = 96;
const RTX_PAYLOAD_TYPE = 97;
/** RTX streams have the number behind that of the stream. */
const RTX_SSRC = 1;

/** One end of a video call that has nothing but RTP: the parts of rtp/ put together in the plainest way. */
export class MediaEnd implements Layer<Uint8Array, BufferedItem | TestFrame, never> {
  readonly backlog = 0;
  readonly failure = undefined;
  readonly stream: SendStream;
  readonly retransmitter: Retransmitter;
  readonly remote: RemoteInbound;
  readonly receiver: ReceiveStream;
  readonly frames = new FrameCompleteness((payload) => payload[0] === 1);
  readonly feedback: TransportFeedbackGenerator;
  readonly reference: ReceiverReference;
  readonly scheduler: RtcpScheduler;
  readonly rtcp: RtcpPacket[] = [];
  done = false;
  readonly #ssrc: number;
  readonly #peer: number;
  readonly #clock = new NtpClock(1_700_000_000_000);
  #pending: RtcpPacket[] = [];
  #below: Uint8Array[] = [];
  #above: BufferedItem[] = [];
  #arrivals = 0;

  constructor({ ssrc, peer, crypto, nack = true, rtx = true }: MediaEndOptions, now: Millis) {
    this.#ssrc = ssrc;
    this.#peer = peer;
    this.stream = new SendStream({ ssrc, clockRate: 90000 }, crypto);
    this.retransmitter = new Retransmitter(
      rtx
        ? {
          rtx: {
            stream: new SendStream({ ssrc: ssrc + RTX_SSRC, clockRate: 90000 }, crypto),
            payloadTypes: new Map([[PAYLOAD_TYPE, RTX_PAYLOAD_TYPE]]),
          },
        }
        : {},
    );
    this.remote = new RemoteInbound(this.stream, this.#clock);
    this.receiver = new ReceiveStream({
      ssrc: peer,
      clockRate: 90000,
      ...(nack ? { nack: {} } : {}),
      rtx,
    });
    this.feedback = new TransportFeedbackGenerator(ssrc);
    this.reference = new ReceiverReference(ssrc, this.#clock);
    this.scheduler = new RtcpScheduler(crypto, { bandwidth: 200_000 });
    this.scheduler.start(now);
  }

  handleInbound(batch: readonly Uint8Array[], now: Millis): void {
    if (this.done) return;
    for (const bytes of batch) {
      if (isRtcp(bytes)) this.#handleRtcp(bytes, now);
      else this.#handleRtp(bytes, now);
    }
    this.#collect(now);
  }

  handleOutbound(batch: readonly (BufferedItem | TestFrame)[], now: Millis): void {
    if (this.done) return;
    for (const frame of batch) if ("size" in frame) this.#sendFrame(frame, now);
  }

  handleTimeout(now: Millis): void {
    if (!this.done) this.#collect(now);
  }

  handleEnd(): void {
    this.done = true;
  }

  close(): void {
    if (this.done) return;
    this.#below.push(...composeRtcp({ ssrc: this.#ssrc, cname: "test", goodbye: [this.#ssrc] }));
    this.done = true;
  }

  poll(out: Outputs<Uint8Array, BufferedItem | TestFrame, never>): void {
    out.below.push(...this.#below.splice(0));
    out.above.push(...this.#above.splice(0));
  }

  get nextTimeout(): Millis | undefined {
    if (this.done) return undefined;
    const times = [this.receiver, this.feedback, this.scheduler].map((one) => one.nextTimeout);
    const next = Math.min(...times.map((time) => time ?? Infinity));
    return next === Infinity ? undefined : next;
  }

  #sendFrame({ timestamp, size }: TestFrame, now: Millis): void {
    for (let at = 0; at < size; at += MAX_PAYLOAD) {
      const payload = new Uint8Array(Math.min(MAX_PAYLOAD, size - at));
      payload[0] = at === 0 ? 1 : 0;
      const marker = at + MAX_PAYLOAD >= size;
      const init = { payloadType: PAYLOAD_TYPE, timestamp: timestamp >>> 0, payload, marker };
      const packet = this.stream.packet(init);
      this.stream.sent(packet, now);
      this.retransmitter.sent(packet, now);
      this.#below.push(serializeRtpPacket(packet));
    }
    this.scheduler.mediaSent(now);
  }

  #handleRtp(bytes: Uint8Array, now: Millis): void {
    const packet = parseRtpPacket(bytes);
    if (packet === undefined) return;
    if (packet.ssrc === this.#peer) this.receiver.receive(packet, now);
    else if (packet.ssrc === this.#peer + RTX_SSRC) this.#handleRtx(packet, now);
    else return;
    this.feedback.arrived(this.#arrivals++ & 0xffff, packet.ssrc, now);
    this.scheduler.mediaReceived(packet.ssrc, now);
  }

  #handleRtx(packet: RtpPacket, now: Millis): void {
    const original = decapsulateRtx(packet, { ssrc: this.#peer, payloadType: PAYLOAD_TYPE });
    if (original !== undefined) this.receiver.receiveRecovered(original, now);
  }

  #handleRtcp(bytes: Uint8Array, now: Millis): void {
    for (const packet of parseRtcp(bytes)) {
      this.rtcp.push(packet);
      switch (packet.type) {
        case "SR":
        case "RR":
          if (packet.type === "SR" && packet.ssrc === this.#peer) {
            this.receiver.reported(packet, now);
          }
          this.scheduler.received(packet.ssrc, bytes.length, now);
          for (const block of packet.reports) this.remote.receive(block, now);
          break;
        case "XR":
          this.reference.receive(packet, now);
          break;
        case "NACK":
          if (packet.mediaSsrc === this.#ssrc) this.#answer(packet.lost, now);
          break;
        case "BYE":
          for (const ssrc of packet.ssrcs) this.scheduler.left(ssrc, now);
      }
    }
  }

  #answer(lost: readonly number[], now: Millis): void {
    const roundTrip = this.remote.roundTrip.smoothed;
    for (const packet of this.retransmitter.answer(lost, now, roundTrip)) {
      this.#below.push(serializeRtpPacket(packet));
    }
  }

  #collect(now: Millis): void {
    const roundTrip = this.remote.roundTrip.smoothed ?? this.reference.roundTrip.smoothed;
    if (roundTrip !== undefined) this.receiver.nack?.setRoundTrip(roundTrip);
    const items = this.receiver.take(now);
    this.frames.push(items);
    this.#above.push(...items);
    const lost = this.receiver.takeLost(now);
    this.#pending.push(...nacksFor(this.#ssrc, this.#peer, lost), ...this.feedback.take(now));
    if (this.#pending.length > 0) this.scheduler.requestFeedback(now);
    const occasion = this.scheduler.take(now);
    if (occasion === undefined) return;
    const feedback = this.#pending;
    this.#pending = [];
    const contents = { ssrc: this.#ssrc, cname: "test", feedback, reducedSize: true };
    if (occasion === "early") return this.#send(composeRtcp(contents));
    const answer = this.reference.answer(now);
    feedback.push(this.reference.ask(now), ...(answer === undefined ? [] : [answer]));
    const report = this.stream.report(now, this.#clock, []);
    const block = this.receiver.report(now);
    this.#send(composeRtcp({
      ...contents,
      reports: block === undefined ? [] : [block],
      senderReports: report === undefined ? [] : [report],
    }));
  }

  #send(datagrams: readonly Uint8Array[]): void {
    for (const datagram of datagrams) {
      this.#below.push(datagram);
      this.scheduler.sent(datagram.length);
    }
  }
}
