import type { Millis } from "../../core/stage/mod.ts";
import { Reader, Writer } from "../../core/wire/mod.ts";
import { buildHeartbeat, buildHeartbeatAck, parseHeartbeat } from "../chunks/heartbeat.ts";
import { HB_INTERVAL } from "../constants.ts";
import type { RetransmissionTimeout } from "../send/rto.ts";
import type { Tcb } from "../tcb.ts";

/** Watches an idle path (RFC 9260 section 8.3). ICE consent decides when it is dead; what this yields is the round-trip time. */
export class Heartbeat {
  readonly #tcb: Tcb;
  readonly #rto: RetransmissionTimeout;
  /** The nonce of the HEARTBEAT that is unanswered: others' answers are not measured. */
  #nonce: number | undefined;
  #sentAt: Millis = 0;

  constructor(tcb: Tcb, rto: RetransmissionTimeout) {
    this.#tcb = tcb;
    this.#rto = rto;
  }

  /** Something was sent that will be acknowledged: the path is not idle. */
  postpone(now: Millis): void {
    // Deviation: RFC 9260 section 8.3 jitters the interval, so that many paths' HEARTBEATs don't coincide. There is one path.
    this.#tcb.timers.set("heartbeat", now + HB_INTERVAL + this.#rto.value);
  }

  /** The path has been idle for long enough. */
  handleTimeout(now: Millis): void {
    this.#nonce = this.#tcb.newTag();
    this.#sentAt = now;
    const info = new Writer(4);
    info.u32(this.#nonce);
    this.#tcb.send(buildHeartbeat(info.finish()));
    this.postpone(now);
  }

  /** Returns the peer's HEARTBEAT. False if it is none. */
  handleHeartbeat(value: Uint8Array, room: number): boolean {
    if (value.length + 4 > room || parseHeartbeat(value) === undefined) return false;
    this.#tcb.send(buildHeartbeatAck(value));
    return true;
  }

  /** The answer to ours measures the round-trip time (RFC 9260 section 8.3). */
  handleHeartbeatAck(value: Uint8Array, now: Millis): boolean {
    const info = new Reader(parseHeartbeat(value) ?? new Uint8Array(0));
    const nonce = info.u32();
    if (!info.complete || nonce !== this.#nonce) return false;
    this.#nonce = undefined;
    this.#rto.measure(now - this.#sentAt, now);
    return true;
  }
}
