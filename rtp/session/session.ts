import type { Discards, Layer, Millis, Outputs } from "../../core/stage/mod.ts";
import { SessionCore } from "./core.ts";
import type { RtpSessionDiscard } from "./discards.ts";
import type { RtpSessionEvent } from "./event.ts";
import type { FrameMoment, RtpDatagram, RtpItem } from "./items.ts";
import type { RtpSessionOptions } from "./options.ts";
import type { ReceiverParameters, SenderParameters } from "./parameters.ts";
import {
  type InboundStatistics,
  inboundStatistics,
  type OutboundStatistics,
  outboundStatistics,
  type TransportStatistics,
  transportStatistics,
} from "./statistics.ts";

let coreOf: (session: RtpSession) => SessionCore;

/**
 * RTP for one transport (RFC 3550, RFC 8834): frames of all its sections go in and come out above, RTP and RTCP packets below.
 *
 * What each section sends and receives is told by {@linkcode RtpSession.setSender} and {@linkcode RtpSession.setReceiver}, again whenever it
 * is negotiated anew; streams that keep their SSRC go on without a break.
 *
 * @example
 * ```ts
 * import { emptyOutputs, nodeProvider } from "@heron/webrtc/core";
 * import { type RtpDatagram, type RtpItem, RtpSession, type RtpSessionEvent } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const section = {
 *   ...{ mid: "0", kind: "audio", reducedSize: true, extensions: new Map() } as const,
 *   formats: [{
 *     ...{ payloadType: 111, mimeType: "audio/opus", clockRate: 48000, channels: 2 },
 *     ...{ parameters: new Map(), feedback: [] },
 *   }],
 * };
 * const make = () =>
 *   new RtpSession({ crypto: nodeProvider, cname: "heron", wallClockOffset: 1_700_000_000_000 });
 * const [alice, bob] = [make(), make()];
 * alice.setSender({ ...section, encodings: [{ ssrc: 1, active: true }] }, 0);
 * bob.setReceiver({ ...section, sources: [] }, 0);
 *
 * const data = Uint8Array.of(0xf8, 1, 2, 3);
 * const frame = { type: "frame", mid: "0", payloadType: 111, data } as const;
 * alice.handleOutbound([{ ...frame, keyFrame: true, timestamp: 20_000 }], 20);
 * const sent = emptyOutputs<RtpDatagram, RtpItem, RtpSessionEvent>();
 * alice.poll(sent);
 * bob.handleInbound(sent.below, 30);
 * const received = emptyOutputs<RtpDatagram, RtpItem, RtpSessionEvent>();
 * bob.poll(received);
 * assertEquals(received.above.map((item) => item.type === "frame" && item.data), [data]);
 * ```
 */
export class RtpSession implements Layer<RtpDatagram, RtpItem, RtpSessionEvent> {
  static {
    coreOf = (session) => session.#core;
  }

  /** RTP has no failures that are fatal. */
  readonly failure: undefined;
  readonly #core: SessionCore;

  /** A session without sections. */
  constructor(options: RtpSessionOptions) {
    this.#core = new SessionCore(options);
  }

  /** What was dropped, by reason. */
  get discards(): Discards<RtpSessionDiscard> {
    return this.#core.discards;
  }

  /** What a section sends, from now on. Throws a RangeError if there are too many sections. */
  setSender(parameters: SenderParameters, now: Millis): void {
    this.#core.setSender(parameters, now);
  }

  /**
   * The RTP timestamp of a frame that is to be sent later, with this as its `rtpTimestamp`: for whoever has to know it before. Undefined if
   * the section has no such encoding or format.
   */
  rtpTimestampOf(frame: FrameMoment, now: Millis): number | undefined {
    return this.#core.sender(frame.mid)?.timestampOf(frame, now);
  }

  /** The section sends nothing more: its sources say goodbye (RFC 3550 section 6.6). */
  removeSender(mid: string): void {
    this.#core.removeSender(mid);
  }

  /** What a section receives, from now on. Throws a RangeError if there are too many sections. */
  setReceiver(parameters: ReceiverParameters, now: Millis): void {
    this.#core.setReceiver(parameters, now);
  }

  /** The section receives nothing more. */
  removeReceiver(mid: string): void {
    this.#core.removeReceiver(mid);
  }

  /** Asks for a key frame of a section that is received, of one encoding or of all. */
  requestKeyFrame(mid: string, rid: string | undefined, now: Millis): void {
    this.#core.requestKeyFrame(mid, rid, now);
  }

  /**
   * Presses a key of a section that sends audio, for so many milliseconds (RFC 4733 section 3.2: 0 to 15). Returns false if the other
   * side takes no keys, or too many wait.
   */
  insertTone(mid: string, event: number, duration: Millis, now: Millis): boolean {
    return this.#core.insertTone(mid, event, duration, now);
  }

  /** Figures of each stream that a section receives. */
  inbound(mid: string): InboundStatistics[] {
    const { roundTrip } = this.#core.reporter.reference;
    const receiver = this.#core.receiver(mid);
    return (receiver?.received() ?? []).map((each) => {
      const isReported = receiver!.formats.tellsArrivals;
      const losses = isReported ? this.#core.reportedLosses(each.stream.ssrc) : undefined;
      return inboundStatistics(each, roundTrip, losses);
    });
  }

  /** Figures of each stream that a section sends. */
  outbound(mid: string): OutboundStatistics[] {
    const sender = this.#core.sender(mid);
    return (sender?.streams() ?? []).map((stream) => {
      const isReported = sender!.formats.tellsArrivals;
      const arrivals = isReported ? this.#core.estimation.reportsOf(stream.ssrc) : undefined;
      return outboundStatistics(stream, arrivals);
    });
  }

  /** Figures of the whole session. */
  transport(): TransportStatistics {
    return transportStatistics(this.#core);
  }

  /** Takes RTP and RTCP packets. */
  handleInbound(batch: readonly RtpDatagram[], now: Millis): void {
    this.#core.handleInbound(batch, now);
  }

  /** Takes frames and packets to be sent. */
  handleOutbound(batch: readonly RtpItem[], now: Millis): void {
    this.#core.handleOutbound(batch, now);
  }

  /** Serves what is due. */
  handleTimeout(now: Millis): void {
    this.#core.handleTimeout(now);
  }

  /** The side below has ended. */
  handleEnd(now: Millis): void {
    this.#core.handleEnd(now);
  }

  /** Says goodbye for all sources of ours, and is done. */
  close(now: Millis): void {
    this.#core.close(now);
  }

  /** Hands out what has come of it all. */
  poll(out: Outputs<RtpDatagram, RtpItem, RtpSessionEvent>): void {
    this.#core.poll(out);
  }

  /** When {@linkcode RtpSession.handleTimeout} wants to be called. */
  get nextTimeout(): Millis | undefined {
    return this.#core.nextTimeout;
  }

  /** Media can't be held back at its source: what is too much is dropped. */
  get backlog(): number {
    return 0;
  }

  /** Whether the session has ended. */
  get done(): boolean {
    return this.#core.done;
  }
}

/** What stands behind a session, for tests that look inside. */
export function sessionCore(session: RtpSession): SessionCore {
  return coreOf(session);
}
