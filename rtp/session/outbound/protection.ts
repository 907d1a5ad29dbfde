import { protectPackets, writeUlpfec } from "../../fec/mod.ts";
import { type RtpPacket, serializeRtpPacket } from "../../packet.ts";
import { writeRed } from "../../payload/mod.ts";
import type { ExtensionIds } from "../parameters.ts";
import { stamped } from "./packet_extensions.ts";

/** Losses from which on packets are protected: with fewer, what is sent again is cheaper. */
const MIN_LOSS = 0.02;

/** Share of a new figure in the smoothed loss; there is one for each frame. */
const SMOOTHING = 0.1;

/** Repairs for each packet that is lost: a repair helps where it is not lost itself, and is of one lost packet only. */
const REPAIRS_PER_LOSS = 3;

/** Repairs for each packet at most. */
const MAX_SHARE = 0.5;

/** Packets that a repair can protect together: its mask has so many bits (RFC 5109 section 7.4). */
const MAX_PROTECTED = 48;

/** Bytes that a repair has more than the longest packet that it protects: of RED, and of ULPFEC with its level (RFC 5109 section 7). */
export const REPAIR_OVERHEAD = 1 + 10 + 8;

/** How packets are protected. */
export interface ProtectionFormats {
  /** The payload type of RED, which all of them get. */
  readonly red: number;
  /** That of the repairs within it. */
  readonly ulpfec: number;
  /** The header extensions that packets get as they leave. */
  readonly extensions: ExtensionIds;
}

/** Forward error correction of one stream of video: ULPFEC in RED, among its own packets (RFC 5109 section 14, RFC 2198). */
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

  /** The packets of a frame as they go out. `next` makes the packet of a repair, which gets the number after theirs. */
  protect(
    packets: readonly RtpPacket[],
    { red, ulpfec, extensions }: ProtectionFormats,
    next: (payload: Uint8Array) => RtpPacket,
  ): RtpPacket[] {
    const out: RtpPacket[] = [];
    for (const packet of packets) {
      const { payloadType, payload: data } = packet;
      out.push({ ...packet, payloadType: red, payload: block(payloadType, data) });
      // With room for what changes as it leaves, which nobody knows yet.
      this.#open.push(stamped(packet, extensions, 0, 0));
      this.#due += Math.min(REPAIRS_PER_LOSS * this.#loss, MAX_SHARE);
      if (this.#open.length === MAX_PROTECTED) this.#repair(out, ulpfec, next);
    }
    if (this.#due >= 1) this.#repair(out, ulpfec, next);
    return out;
  }

  /** Each repair protects every so many packets, so that a burst hits several once rather than one several times. */
  #repair(out: RtpPacket[], ulpfec: number, next: (payload: Uint8Array) => RtpPacket): void {
    const open = this.#open.map(serializeRtpPacket);
    const count = Math.min(Math.floor(this.#due), open.length);
    for (let first = 0; first < count; first++) {
      const repair = protectPackets(open.filter((_, index) => index % count === first));
      out.push(next(block(ulpfec, writeUlpfec(repair))));
    }
    this.#due -= count;
    this.#open = [];
  }
}

/** The only block of a RED payload (RFC 5109 section 14.1). */
function block(payloadType: number, data: Uint8Array): Uint8Array {
  return writeRed([{ payloadType, timestampOffset: 0, data }]);
}
