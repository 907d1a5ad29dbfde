import { add16, diff16 } from "../../core/wire/mod.ts";
import { parseRtpPacket, RTP_HEADER_LENGTH } from "../packet.ts";
import { type FecRepair, recover } from "./repair.ts";

/** How many sequence numbers back packets are kept: more than a repair can reach (RFC 8627 section 4.2.2.1: 110). */
const MAX_MEDIA = 192;

/** How many repairs wait for packets; the oldest goes first. libwebrtc sends at most 48 for a frame. */
const MAX_REPAIRS = 48;

/** Longer packets, in bytes, are none that a network carries; libwebrtc's number. A peer that sends them all the same fills no memory. */
const MAX_PROTECTED_SIZE = 1500;

interface Pending {
  readonly repair: FecRepair;
  /** Packets that it protects and that have not arrived. */
  readonly missing: Set<number>;
}

const NONE: readonly Uint8Array[] = Object.freeze([]);

/**
 * Recovers lost packets of one stream from repairs, as soon as a repair lacks only one.
 *
 * @example
 * ```ts
 * import { createRtpPacket, FecReceiver, protectPackets, serializeRtpPacket } from "@heron/webrtc/rtp";
 * import { assertEquals } from "@std/assert";
 *
 * const packet = (sequenceNumber: number) =>
 *   serializeRtpPacket(createRtpPacket({
 *     ...{ ssrc: 7, payloadType: 96, sequenceNumber, timestamp: 0 },
 *     payload: new Uint8Array(100).fill(sequenceNumber),
 *   }));
 * const repair = protectPackets([packet(1), packet(2), packet(3)]); // writeUlpfec and writeFlexfec put it into a payload
 * const receiver = new FecReceiver(7);
 * receiver.pushMedia(packet(1));
 * receiver.pushMedia(packet(3));
 * assertEquals(receiver.pushRepair(repair), [packet(2)]);
 * ```
 */
export class FecReceiver {
  readonly #ssrc: number;
  readonly #media = new Map<number, Uint8Array>();
  #pending: Pending[] = [];
  #newest: number | undefined;
  #unused = 0;

  /** `ssrc` is that of the protected stream. */
  constructor(ssrc: number) {
    this.#ssrc = ssrc;
  }

  /** Repairs that recovered nothing, and never will: nothing was lost, or too much, or they came too late. Others may still wait. */
  get unusedRepairs(): number {
    return this.#unused;
  }

  /** Takes a whole RTP packet of the protected stream, and keeps it if it is no longer than a network carries; returns packets that can be recovered now. */
  pushMedia(packet: Uint8Array): readonly Uint8Array[] {
    if (packet.length < RTP_HEADER_LENGTH || packet.length > MAX_PROTECTED_SIZE) return NONE;
    this.#keep(packet);
    return this.#pending.length === 0 ? NONE : this.#recoverAll();
  }

  /** Takes a repair; returns packets that can be recovered now. */
  pushRepair(repair: FecRepair): readonly Uint8Array[] {
    // A repair from nowhere near would wait in vain, and keep others from waiting.
    if (!this.#isNear(repair) || repair.payload.length > MAX_PROTECTED_SIZE) {
      this.#unused++;
      return NONE;
    }
    const missing = new Set(repair.sequenceNumbers.filter((number) => !this.#media.has(number)));
    if (this.#pending.length === MAX_REPAIRS) this.#giveUp();
    this.#pending.push({ repair, missing });
    return this.#recoverAll();
  }

  #isNear({ sequenceNumbers }: FecRepair): boolean {
    const last = sequenceNumbers[sequenceNumbers.length - 1]!;
    return this.#newest !== undefined && Math.abs(diff16(last, this.#newest)) < MAX_MEDIA;
  }

  #giveUp(): void {
    this.#pending.shift();
    this.#unused++;
  }

  /** One recovered packet can be what another repair lacked. */
  #recoverAll(): Uint8Array[] {
    const recovered: Uint8Array[] = [];
    for (let at = 0; at < this.#pending.length;) {
      const { repair, missing } = this.#pending[at]!;
      if (missing.size > 1) {
        at++;
        continue;
      }
      this.#pending.splice(at, 1);
      const packet = this.#recover(repair, missing);
      if (packet === undefined) {
        this.#unused++;
        continue;
      }
      recovered.push(packet);
      this.#keep(packet);
      at = 0;
    }
    return recovered;
  }

  #recover(repair: FecRepair, missing: ReadonlySet<number>): Uint8Array | undefined {
    const [lost] = missing;
    if (lost === undefined) return undefined;
    const others: Uint8Array[] = [];
    for (const number of repair.sequenceNumbers) {
      if (number === lost) continue;
      const packet = this.#media.get(number);
      // It was there, but is too old by now.
      if (packet === undefined) return undefined;
      others.push(packet);
    }
    const packet = recover(repair, others, lost, this.#ssrc);
    return packet === undefined || parseRtpPacket(packet) === undefined ? undefined : packet;
  }

  #keep(packet: Uint8Array): void {
    const number = packet[2]! << 8 | packet[3]!;
    const ahead = this.#newest === undefined ? 1 : diff16(number, this.#newest);
    if (ahead <= -MAX_MEDIA) return;
    if (ahead >= MAX_MEDIA || this.#newest === undefined) this.#media.clear();
    else for (let i = 1; i <= ahead; i++) this.#media.delete(add16(this.#newest, i - MAX_MEDIA));
    if (ahead > 0) this.#newest = number;
    while (this.#pending.length > 0 && !this.#isNear(this.#pending[0]!.repair)) this.#giveUp();
    this.#media.set(number, packet);
    for (const { missing } of this.#pending) missing.delete(number);
  }
}
