import type { Millis } from "../../core/stage/mod.ts";
import { add32 } from "../../core/wire/mod.ts";
import {
  buildOutgoingReset,
  OUTGOING_RESET_HEADER_LENGTH,
  ReconfigResult,
} from "../chunks/reconfig.ts";
import { COMMON_HEADER_LENGTH } from "../chunks/packet.ts";
import type { SctpItem } from "../items.ts";
import type { Sender } from "../send/sender.ts";
import type { Tcb } from "../tcb.ts";

/** Resets our outgoing streams (RFC 6525 sections 5.1.2 and 5.2.7): one request at a time, for as many streams as are ready. */
export class OutgoingReset {
  readonly #tcb: Tcb;
  readonly #sender: Sender;
  readonly #above: SctpItem[];
  readonly #maxStreams: number;
  /** RFC 6525 section 4.1: requests are numbered from the initial TSN. */
  #sequenceNumber: number;
  #request: { readonly streams: readonly number[]; readonly chunk: Uint8Array } | undefined;
  /** Whether the peer wants to be asked again. */
  #deferred = false;

  constructor(tcb: Tcb, sender: Sender, above: SctpItem[], mtu: number) {
    this.#tcb = tcb;
    this.#sender = sender;
    this.#above = above;
    this.#maxStreams = (mtu - COMMON_HEADER_LENGTH - OUTGOING_RESET_HEADER_LENGTH) >> 1;
    this.#sequenceNumber = tcb.localInitialTsn;
  }

  /** Asks for the reset of the streams that are ready, unless an answer is being waited for (RFC 6525 section 5.1.1). */
  proceed(responseSequenceNumber: number, now: Millis): void {
    const ready = this.#sender.queue.readyForReset;
    if (ready.length === 0 || this.#request !== undefined) return;
    const streams = ready.splice(0, this.#maxStreams);
    if (!this.#tcb.peer!.reconfig) return this.#finish(streams, false);
    const chunk = buildOutgoingReset({
      sequenceNumber: this.#sequenceNumber,
      responseSequenceNumber,
      lastTsn: this.#sender.lastTsn,
      streams,
    });
    this.#request = { streams, chunk };
    this.#send(now);
  }

  /** The peer has answered. False if not to what was asked. */
  handleResponse(sequenceNumber: number, result: number, now: Millis): boolean {
    const request = this.#request;
    if (request === undefined || sequenceNumber !== this.#sequenceNumber) return false;
    const { IN_PROGRESS, ERROR_REQUEST_ALREADY_IN_PROGRESS } = ReconfigResult;
    if (result === IN_PROGRESS || result === ERROR_REQUEST_ALREADY_IN_PROGRESS) {
      // RFC 6525 section 5.2.7: the same request again, after an RTO that isn't backed off.
      this.#deferred = true;
      this.#tcb.timers.set("RE-CONFIG", now + this.#sender.rto.value);
      return true;
    }
    this.#request = undefined;
    this.#tcb.timers.clear("RE-CONFIG");
    this.#sequenceNumber = add32(this.#sequenceNumber, 1);
    this.#finish(
      request.streams,
      result === ReconfigResult.SUCCESS_PERFORMED ||
        result === ReconfigResult.SUCCESS_NOTHING_TO_DO,
    );
    return true;
  }

  /** The RE-CONFIG timer has expired. */
  handleTimeout(now: Millis): void {
    if (this.#request === undefined) return;
    if (!this.#deferred) this.#sender.rto.backOff();
    this.#send(now);
  }

  #send(now: Millis): void {
    this.#deferred = false;
    this.#tcb.send(this.#request!.chunk);
    this.#tcb.timers.set("RE-CONFIG", now + this.#sender.rto.value);
  }

  /** A refusal ends the reset as well, or whoever waits for it would wait forever; the numbering then goes on. */
  #finish(streams: readonly number[], performed: boolean): void {
    for (const streamId of streams) {
      this.#sender.queue.resetDone(streamId, performed);
      this.#above.push({ type: "reset-done", streamId });
    }
  }
}
