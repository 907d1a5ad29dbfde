import type { CryptoProvider } from "../../../core/crypto/provider.ts";
import type { Millis } from "../../../core/stage/mod.ts";
import { type NtpClock, ReceiverReference } from "../../reception/mod.ts";
import type { ReportBlock, RtcpPacket, SenderReport } from "../../rtcp/mod.ts";
import { composeRtcp, RtcpScheduler } from "../../transmission/mod.ts";

/** RTCP of both sides, in bits per second: 5% of 4 Mb/s (RFC 3550 section 6.2), so that what is missing is asked for at once. */
const RTCP_BANDWIDTH = 200_000;

/** Feedback that waits at most; beyond it the oldest goes. */
const MAX_PENDING = 256;

/** What a reporter asks of its session. */
export interface ReporterHost {
  /** The SSRC that reports and feedback are of. */
  readonly ssrc: number;
  readonly cname: string;
  readonly reducedSize: boolean;
  /** Whether media is sent: then round trips are measured by sender reports. */
  readonly isSending: boolean;
  senderReports(now: Millis): SenderReport[];
  reportBlocks(now: Millis): ReportBlock[];
  /** Whether anything is received. */
  readonly isReceiving: boolean;
  emit(kind: "rtcp", data: Uint8Array): void;
}

/** Sends RTCP when it is due: reports at their times, feedback as soon as may be (RFC 3550 section 6.3, RFC 4585 section 3.5). */
export class Reporter {
  readonly scheduler: RtcpScheduler;
  /** The round trip as the answers to our reference times tell it (RFC 3611 section 4.5). */
  readonly reference: ReceiverReference;
  /** RFC 8888 reports that were sent. */
  congestionReports = 0;
  readonly #host: ReporterHost;
  #pending: RtcpPacket[] = [];

  constructor(host: ReporterHost, crypto: CryptoProvider, ntp: NtpClock) {
    this.#host = host;
    this.scheduler = new RtcpScheduler(crypto, { bandwidth: RTCP_BANDWIDTH });
    this.reference = new ReceiverReference(host.ssrc, ntp);
  }

  /** Puts feedback on its way. */
  request(feedback: readonly RtcpPacket[], now: Millis): void {
    if (feedback.length === 0) return;
    this.#pending.push(...feedback);
    if (this.#pending.length > MAX_PENDING) {
      this.#pending.splice(0, this.#pending.length - MAX_PENDING);
    }
    this.scheduler.requestFeedback(now);
  }

  /** Sends what is due. */
  flush(now: Millis): void {
    const occasion = this.scheduler.take(now);
    if (occasion === undefined) return;
    const { ssrc, cname, reducedSize } = this.#host;
    const feedback = this.#pending;
    this.#pending = [];
    if (occasion === "early") return this.#send({ ssrc, cname, reducedSize, feedback });
    const senderReports = this.#host.senderReports(now);
    const reports = this.#host.reportBlocks(now);
    if (this.#host.isReceiving && !this.#host.isSending) feedback.push(this.reference.ask(now));
    const answer = this.reference.answer(now);
    if (answer !== undefined) feedback.push(answer);
    this.#send({ ssrc, cname, reducedSize, feedback, reports, senderReports });
  }

  /** Says goodbye for sources of ours (RFC 3550 section 6.6). */
  goodbye(ssrcs: readonly number[]): void {
    if (ssrcs.length === 0) return;
    const { ssrc, cname } = this.#host;
    this.#send({ ssrc, cname, goodbye: ssrcs });
  }

  get nextTimeout(): Millis | undefined {
    return this.scheduler.nextTimeout;
  }

  #send(contents: Parameters<typeof composeRtcp>[0]): void {
    this.congestionReports += contents.feedback?.filter(({ type }) => type === "CCFB").length ?? 0;
    for (const datagram of composeRtcp(contents)) {
      this.#host.emit("rtcp", datagram);
      this.scheduler.sent(datagram.length);
    }
  }
}
