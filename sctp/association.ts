import type { CryptoProvider } from "../core/crypto/provider.ts";
import {
  type Discards,
  type Layer,
  type Millis,
  type Outputs,
  ProtocolError,
} from "../core/stage/mod.ts";
import { buildAbort, buildInvalidStream, CauseCode } from "./chunks/error_cause.ts";
import {
  ASSOCIATION_MAX_RETRANS,
  BURST_INTERVAL,
  DEFAULT_MAX_MESSAGE_SIZE,
  DEFAULT_MTU,
  MAX_BURST,
  MAX_STREAMS,
  MIN_MTU,
  RECEIVE_BUFFER,
} from "./constants.ts";
import type { AssociationState, MessageItem, SctpDiscard, SctpEvent, SctpItem } from "./items.ts";
import { PacketAssembler } from "./packet_assembler.ts";
import { type DataParts, PacketHandler, type Parts } from "./packet_handler.ts";
import { Heartbeat } from "./path/heartbeat.ts";
import { IncomingReset } from "./reconfig/incoming_reset.ts";
import { OutgoingReset } from "./reconfig/outgoing_reset.ts";
import { Receiver } from "./receive/receiver.ts";
import { Sender } from "./send/sender.ts";
import { Handshake } from "./setup/handshake.ts";
import type { PeerParameters } from "./setup/peer_parameters.ts";
import { Tcb, type TimerName } from "./tcb.ts";
import { Shutdown, type ShutdownHost } from "./teardown/shutdown.ts";

/** By how many milliseconds T3-rtx is late when the process must have stood still, and by how many it is then put off. */
const STALL = 50;

/** A SACK that has room for less than this would tell too little of what is missing. */
const MIN_SACK_ROOM = 64;

/** How an {@linkcode SctpAssociation} is set up. */
export interface SctpOptions {
  /** Where tags, TSNs and the cookies' HMAC come from. */
  readonly crypto: CryptoProvider;
  /** `a=sctp-port` of ours; 5000 by default. */
  readonly localPort?: number;
  /** `a=sctp-port` of the peer; 5000 by default. */
  readonly remotePort?: number;
  /** The largest message that is taken, in bytes; 1 MiB by default, 5 MiB at most. A larger one ends the association. */
  readonly maxMessageSize?: number;
  /** The largest SCTP packet, in bytes; 1160 by default, so that a DTLS record makes at most 1,200. Rounded down to a multiple of four. */
  readonly mtu?: number;
  /** Whether a checksum of zero is accepted, and used if the peer accepts it too (RFC 9653); true by default. */
  readonly zeroChecksum?: boolean;
}

/**
 * An SCTP association over DTLS (RFC 9260, RFC 8261), with partial reliability (RFC 3758) and stream reset (RFC 6525): packets below,
 * messages above.
 *
 * @example
 * ```ts
 * import { SctpAssociation, type SctpEvent, type SctpItem } from "@heron/webrtc/sctp";
 * import { emptyOutputs, nodeProvider } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const a = new SctpAssociation({ crypto: nodeProvider });
 * const b = new SctpAssociation({ crypto: nodeProvider });
 * a.connect(0);
 * b.connect(0); // both sides may
 * a.handleOutbound([{ type: "message", streamId: 0, ppid: 51, data: new TextEncoder().encode("hello") }], 0);
 *
 * const fromA = emptyOutputs<Uint8Array, SctpItem, SctpEvent>();
 * const fromB = emptyOutputs<Uint8Array, SctpItem, SctpEvent>();
 * for (let now = 1; now < 10; now++) {
 *   a.poll(fromA);
 *   b.poll(fromB);
 *   b.handleInbound(fromA.below.splice(0), now);
 *   a.handleInbound(fromB.below.splice(0), now);
 * }
 * b.poll(fromB);
 * assertEquals(b.state, "ESTABLISHED");
 * assertEquals(fromB.above, [{ type: "message", streamId: 0, ppid: 51, data: new TextEncoder().encode("hello") }]);
 * ```
 */
export class SctpAssociation implements Layer<Uint8Array, SctpItem, SctpEvent> {
  /** The largest message that is taken, in bytes. */
  readonly maxMessageSize: number;
  readonly #tcb: Tcb;
  readonly #handshake: Handshake;
  readonly #shutdown: Shutdown;
  readonly #sender: Sender;
  readonly #heartbeat: Heartbeat;
  readonly #packets: PacketHandler;
  readonly #assembler: PacketAssembler;
  #data: DataParts | undefined;
  #above: SctpItem[] = [];
  #events: SctpEvent[] = [];
  #errors = 0;
  /** Whether T3-rtx has been put off since it was due last. */
  #forgiven = false;
  #done = false;
  #failure: Error | undefined;

  /** Makes an association that is CLOSED: it answers an INIT, and sends none before {@linkcode SctpAssociation.connect}. */
  constructor(options: SctpOptions) {
    const { crypto, localPort = 5000, remotePort = 5000, zeroChecksum = true } = options;
    const mtu = Math.max(MIN_MTU, (options.mtu ?? DEFAULT_MTU) & ~3);
    this.maxMessageSize = Math.min(
      options.maxMessageSize ?? DEFAULT_MAX_MESSAGE_SIZE,
      RECEIVE_BUFFER,
    );
    this.#tcb = new Tcb({ crypto, localPort, remotePort, zeroChecksum }, {
      established: (peer) => this.#established(peer),
      stateChanged: (state) => this.#stateChanged(state),
      closed: (error) => this.#closed(error),
    });
    this.#assembler = new PacketAssembler(mtu, this.#tcb);
    this.#sender = new Sender(this.#tcb.localInitialTsn, mtu);
    this.#handshake = new Handshake(this.#tcb);
    this.#heartbeat = new Heartbeat(this.#tcb, this.#sender.rto);
    this.#shutdown = new Shutdown(this.#tcb, this.#shutdownHost());
    this.#packets = new PacketHandler(this.#parts());
  }

  /** The state (RFC 9260 section 4). */
  get state(): AssociationState {
    return this.#tcb.state;
  }

  /** What was dropped, by reason. */
  get discards(): Discards<SctpDiscard> {
    return this.#tcb.discards;
  }

  /** Streams that messages can be sent on, once established: ids are below this; 0 before. */
  get negotiatedOutboundStreams(): number {
    return Math.min(MAX_STREAMS, this.#tcb.peer?.inboundStreams ?? 0);
  }

  /** Streams that messages can come in on, once established; 0 before. */
  get negotiatedInboundStreams(): number {
    return Math.min(MAX_STREAMS, this.#tcb.peer?.outboundStreams ?? 0);
  }

  /** SRTT in milliseconds; undefined before the first measurement. */
  get smoothedRoundTripTime(): Millis | undefined {
    return this.#sender.rto.smoothed;
  }

  /** RTO in milliseconds. */
  get retransmissionTimeout(): Millis {
    return this.#sender.rto.value;
  }

  /** cwnd in bytes. */
  get congestionWindow(): number {
    return this.#sender.congestion.cwnd;
  }

  /** Bytes that are sent and not yet acknowledged. */
  get bytesInFlight(): number {
    return this.#sender.outstanding.flight;
  }

  /** DATA chunks that are sent and not yet acknowledged cumulatively. */
  get unacknowledgedChunks(): number {
    return this.#sender.outstanding.length;
  }

  /** DATA chunks that were sent again, so far. */
  get retransmissions(): number {
    return this.#sender.retransmissions;
  }

  /** Messages that were given up, so far. */
  get abandonedMessages(): number {
    return this.#sender.abandonedMessages;
  }

  /** Bytes of memory held for messages that are incomplete or out of order. */
  get heldBytes(): number {
    return this.#data?.receiver.held ?? 0;
  }

  /** Whether packets of ours have a checksum of zero (RFC 9653). */
  get zeroChecksum(): boolean {
    return this.#tcb.offersZeroChecksum && (this.#tcb.peer?.zeroChecksum ?? false);
  }

  /** When the earliest timer expires. */
  get nextTimeout(): Millis | undefined {
    return this.#done ? undefined : this.#tcb.timers.next;
  }

  /** User bytes that have not been sent for the first time. */
  get backlog(): number {
    return this.#sender.queue.bytes;
  }

  /** Whether it is over. */
  get done(): boolean {
    return this.#done;
  }

  /** Why it ended, unless it was closed by either user. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** The peer's port, as its `a=sctp-port` says (RFC 8841 section 5); of no effect once the set-up has begun. */
  setRemotePort(port: number): void {
    if (this.#tcb.state === "CLOSED") this.#tcb.remotePort = port;
  }

  /** Begins the set-up. Both sides call it: an INIT collision is settled by RFC 9260 section 5.2. An INIT is answered before it, too. */
  connect(now: Millis): void {
    if (this.#done) return;
    this.#handshake.connect(now);
  }

  /** Ends the association at once: an ABORT with cause 12, User-Initiated Abort. Nothing that is queued is sent any more. */
  abort(_now: Millis, reason = ""): void {
    if (this.#done) return;
    if (this.#tcb.peer !== undefined) {
      const { USER_INITIATED_ABORT: code } = CauseCode;
      this.#tcb.sendAlone(this.#tcb.peer.tag, buildAbort({ code, text: reason }));
    }
    this.#closed(undefined);
  }

  /** Media was sent to the same peer: for a second from now on, data makes no queue that it would have to wait in. */
  mediaSent(now: Millis): void {
    this.#sender.congestion.mediaSent(now);
  }

  /** Takes SCTP packets, one for each DTLS record. */
  handleInbound(batch: readonly Uint8Array[], now: Millis): void {
    for (const packet of batch) {
      if (this.#done) this.#tcb.discards.add("after the end");
      else this.#packets.handle(packet, now);
    }
    this.#proceed(now);
  }

  /** Takes messages to send and streams to reset, before the association is set up as well. */
  handleOutbound(batch: readonly SctpItem[], now: Millis): void {
    for (const item of batch) {
      if (this.#done || this.#closing) this.#tcb.discards.add("after the end");
      else if (item.type === "message") this.#push(item, now);
      else if (item.type === "reset") this.#sender.queue.requestReset(item.streamId);
      else if (item.type === "withdraw") this.#withdraw(item.streamId);
    }
    this.#proceed(now);
  }

  /** Serves the timers that are due. */
  handleTimeout(now: Millis): void {
    if (this.#done) return;
    this.#forgiveStall(now);
    for (const name of this.#tcb.timers.takeDue(now)) {
      if (!this.#done) this.#expired(name, now);
    }
    this.#proceed(now);
  }

  /** DTLS has ended: the association is over, with no packet more. */
  handleEnd(_now: Millis): void {
    if (this.#done) return;
    this.#closed(undefined);
    this.#tcb.packets = [];
  }

  /** Begins the graceful close (RFC 9260 section 9.2): what is queued is delivered first. */
  close(now: Millis): void {
    if (this.#done) return;
    if (this.#tcb.state === "ESTABLISHED") {
      this.#shutdown.begin(now);
      this.#proceed(now);
    } else if (this.#data === undefined) {
      this.abort(now);
    }
  }

  /** Drains packets, items and events. */
  poll(out: Outputs<Uint8Array, SctpItem, SctpEvent>): void {
    this.#sender.queue.reportSent((streamId, bytes) =>
      this.#above.push({ type: "sent", streamId, bytes })
    );
    drainInto(this.#tcb.packets, out.below);
    drainInto(this.#above, out.above);
    drainInto(this.#events, out.events);
  }

  /** Whether no new message is taken (RFC 9260 section 9.2). */
  get #closing(): boolean {
    return this.#tcb.state.startsWith("SHUTDOWN");
  }

  #push(item: MessageItem, now: Millis): void {
    const { streamId, data } = item;
    const streams = this.#data === undefined ? MAX_STREAMS : this.negotiatedOutboundStreams;
    if (data.length === 0) this.#tcb.discards.add("empty message");
    else if (streamId >= streams) this.#tcb.discards.add("stream out of range");
    else this.#sender.push(item, now);
  }

  #withdraw(streamId: number): void {
    if (this.#data !== undefined) return this.#sender.queue.requestReset(streamId);
    this.#sender.queue.withdraw(streamId);
    this.#above.push({ type: "withdrawn", streamId });
  }

  #expired(name: TimerName, now: Millis): void {
    switch (name) {
      case "T1-init":
      case "T1-cookie":
        return this.#handshake.handleTimeout(now);
      case "T2-shutdown":
        return this.#countError() ? this.#shutdown.repeat(now) : undefined;
      case "T3-rtx":
        return this.#countError() ? this.#sender.handleTimeout(now) : undefined;
      case "T5-shutdown-guard":
        return this.#shutdown.giveUp();
      case "RE-CONFIG":
        return this.#countError() ? this.#data?.outgoingReset.handleTimeout(now) : undefined;
      case "heartbeat":
        // RFC 9260 section 8.3: data that is being acknowledged is a heartbeat too.
        return this.#sender.drained
          ? this.#heartbeat.handleTimeout(now)
          : this.#heartbeat.postpone(now);
      case "SACK":
      case "burst":
        return; // What follows every call sends what is due.
    }
  }

  /**
   * A timer that is served very late tells that this process stood still, not that the peer is silent: the SACKs that came meanwhile
   * are read before T3-rtx counts. Once, since it may also be the peer.
   */
  #forgiveStall(now: Millis): void {
    const deadline = this.#tcb.timers.at("T3-rtx");
    if (deadline === undefined || now < deadline) return;
    this.#forgiven = !this.#forgiven && now - deadline > STALL;
    if (this.#forgiven) this.#tcb.timers.set("T3-rtx", now + STALL);
  }

  /** Counts a timeout in a row; false if they are too many (RFC 9260 section 8.1). */
  #countError(): boolean {
    if (++this.#errors <= ASSOCIATION_MAX_RETRANS) return true;
    this.#tcb.end(new ProtocolError("sctp", "The peer has not answered for minutes"));
    return false;
  }

  #established(peer: PeerParameters): void {
    const receiver = new Receiver({
      initialTsn: peer.initialTsn,
      inboundStreams: this.negotiatedInboundStreams,
      maxMessageSize: this.maxMessageSize,
      above: this.#above,
      discards: this.#tcb.discards,
      reportInvalidStream: (streamId) => this.#tcb.send(buildInvalidStream(streamId)),
    });
    this.#data = {
      receiver,
      outgoingReset: new OutgoingReset(this.#tcb, this.#sender, this.#above, this.#assembler.mtu),
      incomingReset: new IncomingReset(this.#tcb, receiver, this.#above, peer.initialTsn),
    };
    this.#errors = 0;
    this.#sender.start(peer.aRwnd, peer.forwardTsn);
  }

  #stateChanged(state: AssociationState): void {
    if (state === "COOKIE-WAIT") this.#events.push({ type: "state", state: "connecting" });
    if (state === "ESTABLISHED") this.#events.push({ type: "state", state: "connected" });
  }

  /** An abort by the peer's user is how a browser closes: it ends both lanes, but what has arrived is still read. */
  #closed(error: Error | undefined): void {
    if (this.#done) return;
    const graceful = error instanceof ProtocolError && error.received &&
      error.code === CauseCode.USER_INITIATED_ABORT;
    this.#done = true;
    if (!graceful) this.#failure = error;
    this.#tcb.timers.clearAll();
    this.#tcb.control.length = 0;
    this.#sender.clear();
    this.#data?.receiver.clear();
    this.#tcb.enter("CLOSED");
    this.#events.push({
      type: "state",
      state: "closed",
      ...(error === undefined ? {} : { error }),
    });
  }

  /** What follows every call: whatever is due is sent. */
  #proceed(now: Millis): void {
    if (this.#done || this.#data === undefined) return;
    this.#flush(now);
    const { outgoingReset, incomingReset } = this.#data;
    outgoingReset.proceed(incomingReset.lastSequenceNumber, now);
    if (this.#closing) this.#shutdown.proceed(now);
    if (this.#tcb.control.length > 0) this.#flush(now);
    this.#setTimers(now);
  }

  /** Makes packets: control chunks first (RFC 9260 section 6.10), then a SACK, then data. */
  #flush(now: Millis): void {
    const { control } = this.#tcb;
    const { receiver } = this.#data!;
    const assembler = this.#assembler;
    const sendsData = this.#tcb.state === "ESTABLISHED" || this.#tcb.state === "SHUTDOWN-PENDING" ||
      this.#tcb.state === "SHUTDOWN-RECEIVED";
    let left = MAX_BURST;
    while (control.length > 0 || receiver.sack.due(now) || sendsData && this.#sender.ready(now)) {
      if (left-- === 0) {
        this.#tcb.timers.set("burst", now + BURST_INTERVAL);
        return;
      }
      assembler.begin(this.#sender.likely);
      this.#putControl(control);
      if (receiver.sack.pending && assembler.room >= MIN_SACK_ROOM) {
        receiver.putSack(assembler, now);
      }
      if (sendsData) this.#sender.fill(assembler, now);
      if (assembler.empty) return assembler.discard();
      this.#tcb.packets.push(assembler.end(this.#tcb.peer!.tag, this.zeroChecksum));
    }
    const resumesAt = sendsData ? this.#sender.resumesAt : undefined;
    if (resumesAt !== undefined) this.#tcb.timers.set("burst", resumesAt);
  }

  #putControl(control: Uint8Array[]): void {
    let taken = 0;
    while (taken < control.length && control[taken]!.length <= this.#assembler.room) {
      this.#assembler.append(control[taken++]!);
    }
    control.splice(0, taken);
  }

  #setTimers(now: Millis): void {
    const { timers } = this.#tcb;
    const { sack } = this.#data!.receiver;
    if (sack.deadline === undefined) timers.clear("SACK");
    else if (timers.at("SACK") !== sack.deadline) timers.set("SACK", sack.deadline);
    if (this.#sender.outstanding.length > 0 && !timers.has("T3-rtx")) {
      // RFC 9260 section 6.3.2, rule R1.
      timers.set("T3-rtx", now + this.#sender.rto.value);
    }
    if (!timers.has("heartbeat")) {
      this.#heartbeat.postpone(now);
    }
  }

  /** T3-rtx after a SACK (RFC 9260 section 6.3.2, rules R2 and R3). */
  #acknowledged(moved: boolean, now: Millis): void {
    if (!moved) return;
    this.#errors = 0;
    const { timers } = this.#tcb;
    if (this.#sender.outstanding.length === 0) timers.clear("T3-rtx");
    else timers.set("T3-rtx", now + this.#sender.rto.value);
  }

  #shutdownHost(): ShutdownHost {
    return {
      drained: () => this.#sender.drained,
      cumulativeTsn: () => this.#data!.receiver.tsns.cumulative,
      rto: () => this.#sender.rto.value,
    };
  }

  #parts(): Parts {
    return {
      tcb: this.#tcb,
      handshake: this.#handshake,
      shutdown: this.#shutdown,
      sender: this.#sender,
      heartbeat: this.#heartbeat,
      mtu: this.#assembler.mtu,
      data: () => this.#data,
      acknowledged: (moved, now) => this.#acknowledged(moved, now),
      heard: () => void (this.#errors = 0),
    };
  }
}

function drainInto<T>(from: T[], to: T[]): void {
  if (from.length === 0) return;
  for (const item of from) to.push(item);
  from.length = 0;
}
