import { type Millis, ProtocolError } from "../core/stage/mod.ts";
import { ChunkType, FLAG_TAG_REFLECTED, unknownRule } from "./chunks/chunk.ts";
import { DataChunk } from "./chunks/data.ts";
import {
  buildAbort,
  buildError,
  buildReflectedAbort,
  CauseCode,
  describeCause,
  parseErrorCauses,
} from "./chunks/error_cause.ts";
import { parseForwardTsn } from "./chunks/forward_tsn.ts";
import { PacketReader } from "./chunks/packet.ts";
import { parseReconfig } from "./chunks/reconfig.ts";
import { SackChunk } from "./chunks/sack.ts";
import { buildShutdownComplete, parseShutdown } from "./chunks/shutdown.ts";
import type { SctpDiscard } from "./items.ts";
import type { Heartbeat } from "./path/heartbeat.ts";
import type { IncomingReset } from "./reconfig/incoming_reset.ts";
import type { OutgoingReset } from "./reconfig/outgoing_reset.ts";
import type { Receiver } from "./receive/receiver.ts";
import type { Sender } from "./send/sender.ts";
import type { Handshake } from "./setup/handshake.ts";
import type { Tcb } from "./tcb.ts";
import type { Shutdown } from "./teardown/shutdown.ts";

/** Bytes of an unknown chunk that are sent back in an ERROR. */
const MAX_REPORTED_BYTES = 256;

/** The parts that exist once the peer is known. */
export interface DataParts {
  readonly receiver: Receiver;
  readonly outgoingReset: OutgoingReset;
  readonly incomingReset: IncomingReset;
}

/** The parts of an association that packets are handed to. */
export interface Parts {
  readonly tcb: Tcb;
  readonly handshake: Handshake;
  readonly shutdown: Shutdown;
  readonly sender: Sender;
  readonly heartbeat: Heartbeat;
  /** The parts for data, once the association is established. */
  data(): DataParts | undefined;
  readonly mtu: number;
  /** A SACK or SHUTDOWN was taken; `moved` if the cumulative TSN ack did. */
  acknowledged(moved: boolean, now: Millis): void;
  /** The peer is alive. */
  heard(): void;
}

/** Takes packets apart: whether they are ours (RFC 9260 sections 8.4 and 8.5), and which part gets each chunk. */
export class PacketHandler {
  readonly #parts: Parts;
  readonly #tcb: Tcb;
  readonly #packet = new PacketReader();
  readonly #data = new DataChunk();
  readonly #sack = new SackChunk();
  #hadData = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#tcb = parts.tcb;
  }

  /** Takes a packet. */
  handle(bytes: Uint8Array, now: Millis): void {
    const packet = this.#packet;
    const acceptZero = this.#tcb.offersZeroChecksum && this.#parts.handshake.hasOffered;
    const fault = packet.load(bytes, acceptZero) ?? this.#foreign();
    if (fault !== undefined) return this.#tcb.discards.add(fault);
    while (packet.next()) {
      const refused = this.#dispatch(packet.type, now);
      if (refused === undefined) continue;
      this.#tcb.discards.add(refused);
      if (refused === "unknown chunk" ? !this.#skipUnknown() : refused !== "unexpected chunk") {
        break;
      }
    }
    this.#endPacket(now);
  }

  /** Why a packet does not belong to this association. */
  #foreign(): SctpDiscard | undefined {
    const packet = this.#packet;
    const { localPort, remotePort } = this.#tcb;
    if (packet.destinationPort !== localPort || packet.sourcePort !== remotePort) {
      return "wrong port";
    }
    const first = packet.bytes[12]!;
    const reflected = (packet.bytes[13]! & FLAG_TAG_REFLECTED) !== 0;
    const tag = packet.verificationTag;
    switch (first) {
      case ChunkType.INIT:
        // RFC 9260 section 8.5.1, rule A; RFC 9260 section 6.10: an INIT is never bundled.
        return tag === 0 && packet.chunkCount === 1 ? undefined : "wrong verification tag";
      case ChunkType.COOKIE_ECHO:
        // RFC 9260 section 8.5.1, rule D: the cookie says which tag is right.
        return undefined;
      case ChunkType.ABORT:
      case ChunkType.SHUTDOWN_COMPLETE:
        // RFC 9260 section 8.5.1, rules B and C.
        if (this.#tcb.state === "CLOSED") return "out of the blue";
        if (reflected ? tag === this.#tcb.peer?.tag : tag === this.#tcb.localTag) return undefined;
        return "wrong verification tag";
    }
    if (this.#tcb.state === "CLOSED") return this.#answerOutOfTheBlue(first, tag);
    return tag === this.#tcb.localTag ? undefined : "wrong verification tag";
  }

  /** There is no association (RFC 9260 section 8.4). */
  #answerOutOfTheBlue(first: number, tag: number): SctpDiscard {
    switch (first) {
      case ChunkType.COOKIE_ACK:
      case ChunkType.ERROR:
        break;
      case ChunkType.SHUTDOWN_ACK:
        this.#tcb.sendAlone(tag, buildShutdownComplete(true));
        break;
      default:
        this.#tcb.sendAlone(tag, buildReflectedAbort());
    }
    return "out of the blue";
  }

  /** Hands the chunk to its part; returns why that did not want it. What follows a broken chunk is not processed. */
  #dispatch(type: number, now: Millis): SctpDiscard | undefined {
    switch (type) {
      case ChunkType.DATA:
        return this.#handleData();
      case ChunkType.SACK:
        return this.#handleSack(now);
      case ChunkType.INIT:
        return this.#handleInit(now);
      case ChunkType.INIT_ACK:
        return wanted(this.#parts.handshake.handleInitAck(this.#packet.value, now));
      case ChunkType.COOKIE_ECHO:
        return this.#handleCookieEcho(now);
      case ChunkType.COOKIE_ACK:
        this.#parts.handshake.handleCookieAck(now);
        return undefined;
      case ChunkType.HEARTBEAT:
        return wanted(
          this.#parts.heartbeat.handleHeartbeat(this.#packet.value, this.#parts.mtu - 12),
        );
      case ChunkType.HEARTBEAT_ACK:
        return this.#handleHeartbeatAck(now);
      case ChunkType.ABORT:
        return this.#handleAbort();
      case ChunkType.ERROR:
        return this.#handleError(now);
      case ChunkType.SHUTDOWN:
        return this.#handleShutdown(now);
      case ChunkType.SHUTDOWN_ACK:
        return this.#handleShutdownAck();
      case ChunkType.SHUTDOWN_COMPLETE:
        return wanted(this.#parts.shutdown.handleShutdownComplete());
      case ChunkType.RE_CONFIG:
        return this.#handleReconfig(now);
      case ChunkType.FORWARD_TSN:
        return this.#handleForwardTsn();
      default:
        return "unknown chunk";
    }
  }

  #handleData(): SctpDiscard | undefined {
    const { state } = this.#tcb;
    const data = this.#parts.data();
    const open = state === "ESTABLISHED" || state === "SHUTDOWN-PENDING" ||
      state === "SHUTDOWN-SENT";
    if (!open || data === undefined) return "unexpected chunk";
    const packet = this.#packet;
    if (!this.#data.parse(packet.bytes, packet.start, packet.end)) {
      // RFC 9260 section 6.2: a chunk without user data ends the association (cause 9), if it is whole.
      if (packet.end - packet.start !== 16) return "malformed chunk";
      this.#abort(CauseCode.NO_USER_DATA, "");
      return "malformed chunk";
    }
    this.#hadData = true;
    if (data.receiver.handleData(this.#data)) return undefined;
    this.#abort(CauseCode.PROTOCOL_VIOLATION, "message too large");
    return "malformed chunk";
  }

  #handleSack(now: Millis): SctpDiscard | undefined {
    if (this.#parts.data() === undefined) return "unexpected chunk";
    const { bytes, start, end } = this.#packet;
    if (!this.#sack.parse(bytes, start, end)) return "malformed chunk";
    const moved = this.#parts.sender.handleSack(this.#sack, now);
    if (typeof moved !== "boolean") {
      this.#tcb.discards.add(moved);
      return undefined;
    }
    this.#parts.acknowledged(moved, now);
    // RFC 9260 section 6.1, rule A: whoever says that its window is closed is there, however long it stays so.
    if (this.#sack.aRwnd === 0) this.#parts.heard();
    return undefined;
  }

  #handleInit(now: Millis): SctpDiscard | undefined {
    if (this.#tcb.state === "SHUTDOWN-ACK-SENT") {
      // RFC 9260 section 9.2: the peer has missed the end of the association.
      this.#parts.shutdown.repeat(now);
      return undefined;
    }
    return this.#parts.handshake.handleInit(this.#packet.value, now)
      ? undefined
      : "malformed chunk";
  }

  #handleCookieEcho(now: Millis): SctpDiscard | undefined {
    const { value, verificationTag } = this.#packet;
    return this.#parts.handshake.handleCookieEcho(value, verificationTag, now);
  }

  #handleHeartbeatAck(now: Millis): SctpDiscard | undefined {
    if (!this.#parts.heartbeat.handleHeartbeatAck(this.#packet.value, now)) {
      return "unexpected chunk";
    }
    this.#parts.heard();
    return undefined;
  }

  #handleAbort(): SctpDiscard | undefined {
    const cause = parseErrorCauses(this.#packet.value)?.[0];
    const reason = cause === undefined ? "no cause given" : describeCause(cause);
    this.#tcb.end(
      new ProtocolError("sctp", `The peer has aborted the association: ${reason}`, {
        received: true,
        ...(cause === undefined ? {} : { code: cause.type }),
      }),
    );
    return undefined;
  }

  #handleError(now: Millis): SctpDiscard | undefined {
    const causes = parseErrorCauses(this.#packet.value);
    if (causes === undefined) return "malformed chunk";
    if (causes.some(({ type }) => type === CauseCode.STALE_COOKIE)) {
      this.#parts.handshake.handleStaleCookie(now);
    }
    return undefined;
  }

  #handleShutdown(now: Millis): SctpDiscard | undefined {
    const cumulativeTsnAck = parseShutdown(this.#packet.value);
    if (cumulativeTsnAck === undefined) return "malformed chunk";
    if (this.#parts.data() === undefined) return "unexpected chunk";
    const moved = this.#parts.sender.handleCumulativeTsnAck(cumulativeTsnAck, now);
    this.#parts.acknowledged(moved, now);
    return wanted(this.#parts.shutdown.handleShutdown(now));
  }

  #handleShutdownAck(): SctpDiscard | undefined {
    const { state } = this.#tcb;
    if (state === "COOKIE-WAIT" || state === "COOKIE-ECHOED") {
      // RFC 9260 section 8.5.1, rule E.
      return this.#answerOutOfTheBlue(ChunkType.SHUTDOWN_ACK, this.#packet.verificationTag);
    }
    return wanted(this.#parts.shutdown.handleShutdownAck());
  }

  #handleReconfig(now: Millis): SctpDiscard | undefined {
    const data = this.#parts.data();
    if (data === undefined) return "unexpected chunk";
    const parameters = parseReconfig(this.#packet.value);
    if (parameters === undefined) return "malformed chunk";
    for (const parameter of parameters) {
      if (parameter.kind === "outgoing reset") data.incomingReset.handleOutgoingReset(parameter);
      else if (parameter.kind === "other request") {
        data.incomingReset.refuse(parameter.sequenceNumber);
      } else if (
        !data.outgoingReset.handleResponse(parameter.sequenceNumber, parameter.result, now)
      ) {
        this.#tcb.discards.add("bad RE-CONFIG sequence");
      }
    }
    return undefined;
  }

  #handleForwardTsn(): SctpDiscard | undefined {
    const data = this.#parts.data();
    if (data === undefined) return "unexpected chunk";
    const chunk = parseForwardTsn(this.#packet.value);
    if (chunk === undefined) return "malformed chunk";
    return data.receiver.handleForwardTsn(chunk) ? undefined : "FORWARD-TSN outside the window";
  }

  /** Whether what follows an unknown chunk is processed (RFC 9260 section 3.2). */
  #skipUnknown(): boolean {
    const { type, chunk } = this.#packet;
    const { skip, report } = unknownRule(type, 8);
    if (report) {
      this.#tcb.send(
        buildError(CauseCode.UNRECOGNIZED_CHUNK_TYPE, chunk.subarray(0, MAX_REPORTED_BYTES)),
      );
    }
    return skip;
  }

  #endPacket(now: Millis): void {
    const data = this.#parts.data();
    if (data !== undefined) {
      data.receiver.endPacket(now);
      data.incomingReset.proceed();
    }
    if (this.#hadData) this.#parts.shutdown.dataArrived(now);
    this.#hadData = false;
  }

  #abort(code: number, text: string): void {
    const name = text === "" ? "no user data" : text;
    this.#tcb.sendAlone(this.#tcb.peer!.tag, buildAbort({ code, text }));
    this.#tcb.end(new ProtocolError("sctp", `The peer has broken the protocol: ${name}`, { code }));
  }
}

function wanted(taken: boolean): SctpDiscard | undefined {
  return taken ? undefined : "unexpected chunk";
}
