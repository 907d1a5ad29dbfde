import type { CryptoProvider } from "../core/crypto/provider.ts";
import { Discards, type Millis, Timers } from "../core/stage/mod.ts";
import { Reader } from "../core/wire/mod.ts";
import { buildPacket } from "./chunks/packet.ts";
import { MAX_CONTROL_CHUNKS } from "./constants.ts";
import type { AssociationState, SctpDiscard } from "./items.ts";
import type { PeerParameters } from "./setup/peer_parameters.ts";

/** The timers of an association, by their names in RFC 9260; "burst" lets sending go on after a full burst. */
export type TimerName =
  | "T1-init"
  | "T1-cookie"
  | "T2-shutdown"
  | "T3-rtx"
  | "T5-shutdown-guard"
  | "SACK"
  | "heartbeat"
  | "RE-CONFIG"
  | "burst";

/** What the TCB's owner does when a part of the association asks for it. */
export interface TcbOwner {
  /** The handshake is done: data can flow. */
  established(peer: PeerParameters, now: Millis): void;
  /** The state has changed. */
  stateChanged(state: AssociationState): void;
  /** The association is over, for this reason, or gracefully. */
  closed(error: Error | undefined): void;
}

/**
 * The transmission control block (RFC 9260 section 14): what all parts of an association share. Control chunks that can be bundled
 * go to `control`; packets that must be on their own go to `packets`.
 */
export class Tcb {
  readonly crypto: CryptoProvider;
  readonly localPort: number;
  remotePort: number;
  /** My verification tag: packets to me carry it. */
  readonly localTag: number;
  readonly localInitialTsn: number;
  /** Whether I accept a checksum of zero. */
  readonly offersZeroChecksum: boolean;
  readonly timers: Timers<TimerName> = new Timers();
  readonly discards: Discards<SctpDiscard> = new Discards();
  /** Chunks that wait for a packet to the peer. */
  readonly control: Uint8Array[] = [];
  /** Packets for the layer below. */
  packets: Uint8Array[] = [];
  /** The peer, once its INIT ACK or COOKIE ECHO has arrived. */
  peer: PeerParameters | undefined;
  readonly #owner: TcbOwner;
  #state: AssociationState = "CLOSED";

  constructor(
    options: {
      crypto: CryptoProvider;
      localPort: number;
      remotePort: number;
      zeroChecksum: boolean;
    },
    owner: TcbOwner,
  ) {
    this.crypto = options.crypto;
    this.localPort = options.localPort;
    this.remotePort = options.remotePort;
    this.offersZeroChecksum = options.zeroChecksum;
    this.localTag = this.newTag();
    this.localInitialTsn = this.#random32();
    this.#owner = owner;
  }

  /** The state (RFC 9260 section 4). */
  get state(): AssociationState {
    return this.#state;
  }

  /** Moves to a state. */
  enter(state: AssociationState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#owner.stateChanged(state);
  }

  /** The peer is known and has proved it: data can flow. */
  establish(peer: PeerParameters, now: Millis): void {
    this.peer = peer;
    this.timers.clear("T1-init");
    this.timers.clear("T1-cookie");
    this.enter("ESTABLISHED");
    this.#owner.established(peer, now);
  }

  /** Ends the association. */
  end(error?: Error): void {
    this.#owner.closed(error);
  }

  /** Bundles a control chunk with what goes next to the peer. */
  send(chunk: Uint8Array): void {
    if (this.control.length < MAX_CONTROL_CHUNKS) this.control.push(chunk);
    else this.discards.add("too many control chunks");
  }

  /** Sends a packet of its own, with its checksum. */
  sendAlone(verificationTag: number, ...chunks: readonly Uint8Array[]): void {
    this.packets.push(buildPacket(this.localPort, this.remotePort, verificationTag, ...chunks));
  }

  /** A random tag, never 0 (RFC 9260 section 5.3.1). */
  newTag(): number {
    for (;;) {
      const tag = this.#random32();
      if (tag !== 0) return tag;
    }
  }

  #random32(): number {
    return new Reader(this.crypto.random(4)).u32();
  }
}
