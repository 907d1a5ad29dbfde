import { type Millis, ProtocolError } from "../../core/stage/mod.ts";
import { buildAbort, CauseCode } from "../chunks/error_cause.ts";
import { buildShutdown, buildShutdownAck, buildShutdownComplete } from "../chunks/shutdown.ts";
import { SHUTDOWN_GUARD } from "../constants.ts";
import type { Tcb } from "../tcb.ts";

/** What the shutdown needs to know of the data. */
export interface ShutdownHost {
  /** Whether all our data has been acknowledged. */
  drained(): boolean;
  /** What has arrived of the peer's. */
  cumulativeTsn(): number;
  /** The retransmission timeout. */
  rto(): Millis;
}

/**
 * The graceful end of an association (RFC 9260 section 9.2).
 *
 * ```text
 * ESTABLISHED -- close -> SHUTDOWN-PENDING -- all acknowledged / SHUTDOWN -> SHUTDOWN-SENT -- SHUTDOWN ACK / SHUTDOWN COMPLETE -> CLOSED
 * ESTABLISHED -- SHUTDOWN -> SHUTDOWN-RECEIVED -- all acknowledged / SHUTDOWN ACK -> SHUTDOWN-ACK-SENT -- SHUTDOWN COMPLETE -> CLOSED
 * ```
 */
export class Shutdown {
  readonly #tcb: Tcb;
  readonly #host: ShutdownHost;

  constructor(tcb: Tcb, host: ShutdownHost) {
    this.#tcb = tcb;
    this.#host = host;
  }

  /** Begins the close from this side. Only in ESTABLISHED. */
  begin(now: Millis): void {
    this.#tcb.enter("SHUTDOWN-PENDING");
    this.#tcb.timers.set("T5-shutdown-guard", now + SHUTDOWN_GUARD);
    this.proceed(now);
  }

  /** Goes on once all our data has been acknowledged. */
  proceed(now: Millis): void {
    if (!this.#host.drained()) return;
    if (this.#tcb.state === "SHUTDOWN-PENDING") {
      this.#tcb.enter("SHUTDOWN-SENT");
      this.#sendShutdown(now);
    } else if (this.#tcb.state === "SHUTDOWN-RECEIVED") {
      this.#acknowledge(now);
    }
  }

  /** The peer has sent a SHUTDOWN, whose cumulative TSN ack has been dealt with. */
  handleShutdown(now: Millis): boolean {
    switch (this.#tcb.state) {
      case "ESTABLISHED":
      case "SHUTDOWN-PENDING":
        this.#tcb.enter("SHUTDOWN-RECEIVED");
        if (!this.#tcb.timers.has("T5-shutdown-guard")) {
          this.#tcb.timers.set("T5-shutdown-guard", now + SHUTDOWN_GUARD);
        }
        this.proceed(now);
        return true;
      case "SHUTDOWN-SENT":
        // Both sides have begun.
        this.#acknowledge(now);
        return true;
      case "SHUTDOWN-RECEIVED":
      case "SHUTDOWN-ACK-SENT":
        return true;
      default:
        return false;
    }
  }

  /** The peer has acknowledged our SHUTDOWN. */
  handleShutdownAck(): boolean {
    const { state } = this.#tcb;
    if (state !== "SHUTDOWN-SENT" && state !== "SHUTDOWN-ACK-SENT") return false;
    this.#tcb.sendAlone(this.#tcb.peer!.tag, buildShutdownComplete());
    this.#tcb.end();
    return true;
  }

  /** The peer has seen our SHUTDOWN ACK. */
  handleShutdownComplete(): boolean {
    if (this.#tcb.state !== "SHUTDOWN-ACK-SENT") return false;
    this.#tcb.end();
    return true;
  }

  /** DATA that arrives in SHUTDOWN-SENT is answered by a SHUTDOWN besides the SACK (RFC 9260 section 9.2). */
  dataArrived(now: Millis): void {
    if (this.#tcb.state === "SHUTDOWN-SENT") this.#sendShutdown(now);
  }

  /** Sends the last step again: T2-shutdown has expired, or the peer shows that it has missed it. */
  repeat(now: Millis): void {
    if (this.#tcb.state === "SHUTDOWN-SENT") this.#sendShutdown(now);
    else if (this.#tcb.state === "SHUTDOWN-ACK-SENT") this.#acknowledge(now);
  }

  /** T5-shutdown-guard has expired: the peer does not take part. If it has begun itself, only its SHUTDOWN COMPLETE is lacking: no harm. */
  giveUp(): void {
    if (this.#tcb.state === "SHUTDOWN-ACK-SENT") return this.#tcb.end();
    this.#tcb.sendAlone(
      this.#tcb.peer!.tag,
      buildAbort({ code: CauseCode.PROTOCOL_VIOLATION, text: "T5-shutdown-guard" }),
    );
    this.#tcb.end(new ProtocolError("sctp", "The peer does not answer the shutdown"));
  }

  #sendShutdown(now: Millis): void {
    this.#tcb.send(buildShutdown(this.#host.cumulativeTsn()));
    this.#tcb.timers.set("T2-shutdown", now + this.#host.rto());
  }

  #acknowledge(now: Millis): void {
    this.#tcb.enter("SHUTDOWN-ACK-SENT");
    this.#tcb.send(buildShutdownAck());
    this.#tcb.timers.set("T2-shutdown", now + this.#host.rto());
  }
}
