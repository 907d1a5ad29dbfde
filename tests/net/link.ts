import type { Millis } from "../../core/stage/mod.ts";
import type { Random } from "../support/random.ts";
import type { Drop, Packet } from "./packet.ts";

/** Bytes of IP and UDP headers around a payload, IPv4 and IPv6 (RFC 8200, RFC 768). */
const HEADERS = { 4: 28, 6: 48 };

/** Losses that come in bursts: the two states of Gilbert and Elliott. */
export interface BurstModel {
  /** Probability, per packet, of falling into the bad state. */
  enter: number;
  /** Probability, per packet, of recovering from it; its inverse is the mean length of a burst. */
  leave: number;
  /** Probability of loss in the bad state; 1 by default. */
  loss?: number;
}

/** What a link does to what crosses it, in either direction. All probabilities are per packet. Fields may change at any time. */
export interface LinkModel {
  /** Delay in milliseconds. */
  delay: Millis;
  /** Up to this much more, at random for each packet: what reorders. */
  jitter: Millis;
  /** Probability of loss. */
  loss: number;
  /** Losses in bursts, beside the others. */
  burst: BurstModel | undefined;
  /** Probability of arriving twice. */
  duplication: number;
  /** Probability of arriving with one bit flipped. */
  corruption: number;
  /** Bits per second; unlimited by default. */
  rate: number;
  /** Bytes that wait where the rate is limited; more are dropped at the tail. */
  queue: number;
  /** The longest IP packet in bytes, headers included; longer ones vanish. */
  mtu: number;
  /** While true, nothing crosses. */
  blackout: boolean;
}

/** A link that does nothing but take five milliseconds. */
export function plainLink(): LinkModel {
  return {
    delay: 5,
    jitter: 0,
    loss: 0,
    burst: undefined,
    duplication: 0,
    corruption: 0,
    rate: Infinity,
    queue: 65_536,
    mtu: 1500,
    blackout: false,
  };
}

/** What has become of a packet: why it was dropped, or the copies that arrive, each after so many milliseconds. */
export type Crossing = Drop | readonly { readonly delay: Millis; readonly packet: Packet }[];

/** One direction of a link: the model is shared with the other one, what queues and bursts is not. */
export class LinkDirection {
  readonly #model: LinkModel;
  readonly #random: Random;
  #bad = false;
  #busyUntil: Millis = 0;

  constructor(model: LinkModel, random: Random) {
    this.#model = model;
    this.#random = random;
  }

  /** Sends one packet across. */
  cross(packet: Packet, now: Millis): Crossing {
    const model = this.#model, random = this.#random;
    if (model.blackout) return "blackout";
    const size = packet.data.length + HEADERS[packet.destination.ip.includes(":") ? 6 : 4];
    if (size > model.mtu) return "too-big";
    if (this.#inBurst()) return "burst";
    if (random.chance(model.loss)) return "loss";
    const start = Math.max(now, this.#busyUntil);
    if ((start - now) * model.rate / 8000 + size > model.queue) return "queue-full";
    this.#busyUntil = start + size * 8000 / model.rate;
    const copies = random.chance(model.duplication) ? 2 : 1;
    return Array.from({ length: copies }, () => ({
      delay: this.#busyUntil - now + model.delay + random.fraction() * model.jitter,
      packet: random.chance(model.corruption) ? this.#corrupt(packet) : packet,
    }));
  }

  #inBurst(): boolean {
    const burst = this.#model.burst;
    if (burst === undefined) return this.#bad = false;
    this.#bad = this.#bad ? !this.#random.chance(burst.leave) : this.#random.chance(burst.enter);
    return this.#bad && this.#random.chance(burst.loss ?? 1);
  }

  #corrupt(packet: Packet): Packet {
    const data = packet.data.slice();
    if (data.length > 0) data[this.#random.below(data.length)]! ^= 1 << this.#random.below(8);
    return { ...packet, data };
  }
}
