import { Discards } from "../core/stage/discards.ts";

/** Batches that wait in a branch whose reader is slow or missing; what comes after is dropped, as UDP would. */
const MAX_QUEUED_BATCHES = 256;

/** The protocols that share one path, told apart by the first byte (RFC 9443 section 3). */
export type PacketKind =
  | "stun"
  | "zrtp"
  | "dtls"
  | "turn-channel"
  | "quic"
  | "srtp"
  | "unknown";

/** Why {@linkcode Demux} dropped a packet: it belongs to no branch, or to one that nobody has asked for, or its branch is full. */
export type DemuxDiscard = Exclude<PacketKind, "dtls"> | "overflow";

/**
 * What a packet is, by its first byte: RFC 7983 section 7 as updated by RFC 9443 section 3.
 *
 * ```text
 *              +----------------+
 *              |        [0..3] -+--> STUN
 *              |      [16..19] -+--> ZRTP
 *  packet -->  |      [20..63] -+--> DTLS
 *              |      [64..79] -+--> TURN channel
 *              |     [80..127] -+--> QUIC
 *              |    [128..191] -+--> RTP, RTCP
 *              |    [192..255] -+--> QUIC
 *              +----------------+
 * ```
 *
 * @example
 * ```ts
 * import { packetKind } from "@heron/webrtc/transport";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(packetKind(Uint8Array.of(22, 254, 253)), "dtls");
 * assertEquals(packetKind(Uint8Array.of(0x80, 96)), "srtp");
 * assertEquals(packetKind(new Uint8Array(0)), "unknown");
 * ```
 */
export function packetKind(packet: Uint8Array): PacketKind {
  const first = packet[0];
  if (first === undefined) return "unknown";
  if (first >= 20 && first <= 63) return "dtls";
  if (first >= 128 && first <= 191) return "srtp";
  if (first <= 3) return "stun";
  if (first <= 15) return "unknown";
  if (first <= 19) return "zrtp";
  if (first <= 79) return "turn-channel";
  return "quic";
}

/**
 * Splits what ICE let through into DTLS and SRTP (which is RTP and RTCP alike).
 *
 * The order within a branch is kept. Anything else is dropped and counted, and so is SRTP until somebody asks for it: a transport of
 * data alone has no use for it.
 */
export class Demux {
  /** Where batches of packets go in. */
  readonly writable: WritableStream<readonly Uint8Array[]>;
  /** What was dropped, by reason. */
  readonly discards: Discards<DemuxDiscard> = new Discards();

  #dtls: Branch = new Branch();
  #srtp: Branch | undefined;
  /** How the writable side has ended, for a branch that is asked for later. */
  #end: ((branch: Branch) => void) | undefined;

  constructor() {
    this.writable = new WritableStream({
      write: (batch) => this.#split(batch),
      close: () => this.#both((branch) => branch.close()),
      abort: (reason) => this.#both((branch) => branch.error(reason)),
    });
  }

  /** DTLS records. */
  get dtls(): ReadableStream<readonly Uint8Array[]> {
    return this.#dtls.readable;
  }

  /** Ends {@linkcode Demux.dtls}; what comes from now on belongs to another association, which reads it from a new one. */
  renewDtls(): void {
    this.#dtls.close();
    this.#dtls = this.#newBranch();
  }

  /** SRTP and SRTCP packets, from when this is first asked for. */
  get srtp(): ReadableStream<readonly Uint8Array[]> {
    return (this.#srtp ??= this.#newBranch()).readable;
  }

  #newBranch(): Branch {
    const branch = new Branch();
    this.#end?.(branch);
    return branch;
  }

  #split(batch: readonly Uint8Array[]): void {
    let dtls = 0, srtp = 0;
    for (const packet of batch) {
      const kind = packetKind(packet);
      if (kind === "dtls") dtls++;
      else if (kind === "srtp") srtp++;
      else this.discards.add(kind);
    }
    this.#pass(batch, "dtls", dtls, this.#dtls);
    this.#pass(batch, "srtp", srtp, this.#srtp);
  }

  /** Most batches are of one kind, and are handed on as they are. */
  #pass(
    batch: readonly Uint8Array[],
    kind: "dtls" | "srtp",
    count: number,
    branch: Branch | undefined,
  ): void {
    if (count === 0) return;
    if (branch === undefined) return this.discards.add("srtp", count);
    const part = count === batch.length
      ? batch
      : batch.filter((packet) => packetKind(packet) === kind);
    if (!branch.push(part)) this.discards.add("overflow", count);
  }

  #both(act: (branch: Branch) => void): void {
    this.#end = act;
    act(this.#dtls);
    if (this.#srtp !== undefined) act(this.#srtp);
  }
}

class Branch {
  readonly readable: ReadableStream<readonly Uint8Array[]>;
  #controller!: ReadableStreamDefaultController<readonly Uint8Array[]>;
  #open = true;

  constructor() {
    this.readable = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      cancel: () => void (this.#open = false),
    }, { highWaterMark: MAX_QUEUED_BATCHES });
  }

  /** False if the batch had to be dropped. */
  push(batch: readonly Uint8Array[]): boolean {
    if (!this.#open || this.#controller.desiredSize! <= 0) return false;
    this.#controller.enqueue(batch);
    return true;
  }

  close(): void {
    if (this.#open) this.#controller.close();
    this.#open = false;
  }

  error(reason: unknown): void {
    if (this.#open) this.#controller.error(reason);
    this.#open = false;
  }
}
