import { type FecRepair, protectPackets } from "../../fec/mod.ts";
import { type RtpPacket, serializeRtpPacket } from "../../packet.ts";
import type { ExtensionHeaders } from "./extension_headers.ts";
import { stamped } from "./packet_extensions.ts";

/** Losses from which on packets are protected: with fewer, what is sent again is cheaper. */
const MIN_LOSS = 0.02;

/** Share of a new figure in the smoothed loss; there is one for each frame. */
const SMOOTHING = 0.1;

/** Repairs for each packet that is lost: a repair helps where it is not lost itself, and is of one lost packet only. */
const REPAIRS_PER_LOSS = 3;

/** Repairs for each packet at most. */
const MAX_SHARE = 0.5;

/** Packets that are protected together: the masks of ULPFEC (RFC 5109 section 7.4) and, without its longest part, FlexFEC have so many bits. */
const MAX_PROTECTED = 46;

/**
 * Bytes that a repair has more than the longest packet that it protects: the head of FlexFEC with its source and a mask of 46
 * (draft-ietf-payload-flexible-fec-scheme-03 section 4.2). RED with ULPFEC and its level has 19 (RFC 5109 section 7).
 */
export const REPAIR_OVERHEAD = 24;

/** How packets are protected. */
export interface ProtectionScheme {
  /** What a packet becomes by being protected. */
  wrap(packet: RtpPacket): RtpPacket;
  /** The packet that carries a repair. */
  carry(repair: FecRepair): RtpPacket;
}

/** Forward error correction of one stream of video: repairs among its packets, as many as the losses ask for. */
export class Protection {
  #loss = 0;
  /** Packets that no repair protects yet. */
  #open: RtpPacket[] = [];
  /** Repairs that are due, in fractions of one. */
  #due = 0;

  /** Whether there is enough loss. */
  get isNeeded(): boolean {
    return this.#loss >= MIN_LOSS;
  }

  /** Takes the share of packets that was lost of late; to be called for each frame. */
  observe(loss: number): void {
    this.#loss += (loss - this.#loss) * SMOOTHING;
    if (!this.isNeeded) this.#open = [];
  }

  /** The packets of a frame as they go out; `headers` are those of the extensions that they get as they leave. */
  protect(
    packets: readonly RtpPacket[],
    headers: ExtensionHeaders,
    scheme: ProtectionScheme,
  ): RtpPacket[] {
    const out: RtpPacket[] = [];
    for (const packet of packets) {
      out.push(scheme.wrap(packet));
      // With room for what changes as it leaves, which nobody knows yet.
      this.#open.push(stamped(packet, headers, 0, 0));
      this.#due += Math.min(REPAIRS_PER_LOSS * this.#loss, MAX_SHARE);
      if (this.#open.length === MAX_PROTECTED) this.#repair(out, scheme);
    }
    if (this.#due >= 1) this.#repair(out, scheme);
    return out;
  }

  /** Each repair protects every so many packets, so that a burst hits several once rather than one several times. */
  #repair(out: RtpPacket[], scheme: ProtectionScheme): void {
    const open = this.#open.map(serializeRtpPacket);
    const count = Math.min(Math.floor(this.#due), open.length);
    for (let first = 0; first < count; first++) {
      out.push(scheme.carry(protectPackets(open.filter((_, at) => at % count === first))));
    }
    this.#due -= count;
    this.#open = [];
  }
}
