import { nodeProvider } from "../../core/crypto/node_provider.ts";
import type { CryptoProvider } from "../../core/crypto/provider.ts";
import {
  SctpAssociation,
  type SctpEvent,
  type SctpItem,
  type SctpOptions,
} from "../../sctp/mod.ts";
import { LayerPair, type LinkModel } from "../support/layer_pair.ts";
import { Random } from "../support/random.ts";

/** A provider whose randomness is seeded, so that runs are the same. */
export function seededCrypto(seed: number): CryptoProvider {
  const random = new Random(seed);
  return { ...nodeProvider, random: (length) => random.bytes(length) };
}

/** Two associations over a virtual link. */
export class Pair extends LayerPair<Uint8Array, SctpItem, SctpEvent, SctpAssociation> {
  constructor(
    options: {
      link?: LinkModel;
      seed?: number;
      a?: Partial<SctpOptions>;
      b?: Partial<SctpOptions>;
    } = {},
  ) {
    const { seed = 1, link = {} } = options;
    super(
      new SctpAssociation({ crypto: seededCrypto(seed), ...options.a }),
      new SctpAssociation({ crypto: seededCrypto(seed + 1000), ...options.b }),
      { link, seed },
    );
  }

  /** Sets the association up, from both sides at once as browsers do. */
  connect(limit = 60_000): this {
    this.run("a", (a, now) => a.connect(now));
    this.run("b", (b, now) => b.connect(now));
    this.until(() => this.a.state === "ESTABLISHED" && this.b.state === "ESTABLISHED", limit);
    return this;
  }

  /** Sends a message from one end. */
  send(from: "a" | "b", streamId: number, data: Uint8Array, options: MessageOptions = {}): void {
    this.run(
      from,
      (layer, now) =>
        layer.handleOutbound([{ type: "message", streamId, ppid: 53, data, ...options }], now),
    );
  }

  /** The messages that came out at one end. */
  messages(at: "a" | "b"): Extract<SctpItem, { type: "message" }>[] {
    return this.received[at].filter((item) => item.type === "message");
  }
}

/** How a message is sent. */
export interface MessageOptions {
  ppid?: number;
  unordered?: boolean;
  maxRetransmits?: number;
  maxPacketLifeTime?: number;
}

/** Bytes that tell their number and place, so that any mix-up shows. */
export function numbered(number: number, length: number): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(length);
  for (let i = 0; i < length; i++) data[i] = (number * 31 + i * 7 + (i >> 8)) & 0xff;
  for (let i = 0; i < Math.min(4, length); i++) data[i] = number >>> (8 * i);
  return data;
}

/** The number in such bytes. */
export function numberOf(data: Uint8Array): number {
  return data[0]! | (data[1] ?? 0) << 8 | (data[2] ?? 0) << 16;
}
