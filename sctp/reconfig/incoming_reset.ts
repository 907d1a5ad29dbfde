import { add32, lessOrEqual32 } from "../../core/wire/mod.ts";
import {
  buildReconfigResponse,
  type OutgoingResetRequest,
  ReconfigResult,
} from "../chunks/reconfig.ts";
import type { SctpItem } from "../items.ts";
import type { Receiver } from "../receive/receiver.ts";
import type { Tcb } from "../tcb.ts";

/** Answers the peer's re-configuration requests (RFC 6525 section 5.2). */
export class IncomingReset {
  readonly #tcb: Tcb;
  readonly #receiver: Receiver;
  readonly #above: SctpItem[];
  #nextSequenceNumber: number;
  #lastResult: number = ReconfigResult.SUCCESS_NOTHING_TO_DO;
  /** A request that waits for data which was sent before it. At most one: the peer may not ask for more meanwhile. */
  #deferred: OutgoingResetRequest | undefined;

  constructor(tcb: Tcb, receiver: Receiver, above: SctpItem[], peerInitialTsn: number) {
    this.#tcb = tcb;
    this.#receiver = receiver;
    this.#above = above;
    // RFC 6525 section 4.1: requests are numbered from the initial TSN.
    this.#nextSequenceNumber = peerInitialTsn;
  }

  /** The last request that was seen, for requests of our own. */
  get lastSequenceNumber(): number {
    return add32(this.#nextSequenceNumber, -1);
  }

  /** The peer has reset outgoing streams (RFC 6525 section 5.2.2). */
  handleOutgoingReset(request: OutgoingResetRequest): void {
    if (!this.#admit(request.sequenceNumber)) return;
    if (lessOrEqual32(request.lastTsn, this.#receiver.tsns.cumulative)) {
      this.#perform(request);
    } else {
      this.#deferred = request;
      this.#answer(ReconfigResult.IN_PROGRESS);
    }
  }

  /** A request that data channels have no use for (RFC 6525 sections 5.2.3 to 5.2.6). */
  refuse(sequenceNumber: number): void {
    if (this.#admit(sequenceNumber)) this.#answer(ReconfigResult.DENIED);
  }

  /**
   * More data has arrived. A request that waited for it is performed and answered without being asked again, which spares its sender
   * a timeout.
   */
  proceed(): void {
    const request = this.#deferred;
    if (request === undefined || !lessOrEqual32(request.lastTsn, this.#receiver.tsns.cumulative)) {
      return;
    }
    this.#deferred = undefined;
    this.#perform(request);
  }

  /** Whether a request is to be looked at; if not, it has been answered (RFC 6525 section 5.2.1). */
  #admit(sequenceNumber: number): boolean {
    if (sequenceNumber === this.#nextSequenceNumber) {
      this.#nextSequenceNumber = add32(sequenceNumber, 1);
      this.#deferred = undefined;
      return true;
    }
    if (sequenceNumber === this.lastSequenceNumber) {
      // Sent again: the answer was lost, or the request is still waiting.
      this.#answer(this.#lastResult);
    } else {
      this.#tcb.discards.add("bad RE-CONFIG sequence");
      this.#tcb.send(
        buildReconfigResponse(sequenceNumber, ReconfigResult.ERROR_BAD_SEQUENCE_NUMBER),
      );
    }
    return false;
  }

  #perform(request: OutgoingResetRequest): void {
    const { streams } = request;
    this.#receiver.resetStreams(streams);
    if (streams.length === 0) this.#above.push({ type: "reset-all" });
    for (const streamId of streams) this.#above.push({ type: "reset", streamId });
    this.#answer(ReconfigResult.SUCCESS_PERFORMED);
  }

  #answer(result: number): void {
    this.#lastResult = result;
    this.#tcb.send(buildReconfigResponse(this.lastSequenceNumber, result));
  }
}
