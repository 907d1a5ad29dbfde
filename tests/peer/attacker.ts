import { nodeProvider } from "../../core/mod.ts";
import { concat, type TransportAddress } from "../../core/wire/mod.ts";
import {
  ICE_CONTROLLING,
  PRIORITY,
  shortTermKey,
  SOFTWARE,
  StunBuilder,
  USE_CANDIDATE,
  USERNAME,
} from "../../ice/stun/mod.ts";
import type { Packet, VirtualNetwork } from "../net/mod.ts";
import type { Random } from "../support/random.ts";

/** Packets on their way at a time: what a socket hands on as four batches. */
const AT_ONCE = 128;

/** Someone on the Internet who knows the addresses of both ends, sends from any address, and hears what is sent to its own. */
export class Attacker {
  readonly address: TransportAddress = { ip: "198.51.100.66", port: 6666, protocol: "udp" };
  /** Everything that was sent to its own address. */
  readonly heard: Uint8Array[] = [];
  /** Everything on any wire that it has not sent itself, for as long as it listens. */
  readonly captured: Packet[] = [];
  listening = false;
  readonly #net: VirtualNetwork;
  readonly #own = new WeakSet<Uint8Array>();

  constructor(net: VirtualNetwork) {
    this.#net = net;
    net.tap = (packet) => this.#overhear(packet);
  }

  /** Sends one datagram, which takes five milliseconds. */
  send(destination: TransportAddress, data: Uint8Array, source = this.address): void {
    this.#own.add(data);
    this.#net.inject({ data, source, destination });
  }

  /** Sends many datagrams, a few at a time. */
  async flood(
    destination: TransportAddress,
    datagrams: Iterable<Uint8Array>,
    source = this.address,
  ): Promise<void> {
    let sent = 0;
    for (const data of datagrams) {
      this.send(destination, data, source);
      if (++sent % AT_ONCE === 0) await this.#net.clock.advance(5);
    }
    await this.#net.clock.advance(10);
  }

  #overhear(packet: Packet): void {
    const { destination, data } = packet;
    if (destination.ip === this.address.ip) this.heard.push(data);
    else if (this.listening && !this.#own.has(data)) this.captured.push(packet);
  }
}

/** A connectivity check that names these credentials, with up to 763 bytes of padding. */
export function forgedCheck(
  options: { username: string; password: string; nominate?: boolean; padding?: number },
): Uint8Array {
  const builder = new StunBuilder("request", 0x001, nodeProvider.random(12))
    .add(USERNAME, options.username)
    .add(PRIORITY, 0x7fff_ffff)
    .add(ICE_CONTROLLING, 0xffff_ffff_ffff_ffffn);
  if (options.nominate) builder.add(USE_CANDIDATE, true);
  if (options.padding) builder.add(SOFTWARE, "x".repeat(options.padding));
  return builder.integrity(nodeProvider, shortTermKey(options.password)).fingerprint().finish();
}

/** A DTLS record in the clear, or one that claims to be encrypted. */
export function record(
  type: number,
  content: Uint8Array,
  options: { epoch?: number; sequenceNumber?: number; version?: number } = {},
): Uint8Array {
  const { epoch = 0, sequenceNumber = 0, version = 0xfefd } = options;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint8(0, type);
  view.setUint16(1, version);
  view.setUint16(3, epoch);
  view.setUint32(7, sequenceNumber);
  view.setUint16(11, content.length);
  return concat([header, content]);
}

/** A fragment of a handshake message, with whatever lengths are claimed. */
export function handshakeFragment(
  type: number,
  content: Uint8Array,
  options: { messageSequence?: number; length?: number; offset?: number } = {},
): Uint8Array {
  const { messageSequence = 0, length = content.length, offset = 0 } = options;
  const header = new Uint8Array(12);
  const view = new DataView(header.buffer);
  view.setUint32(0, type << 24 | length);
  view.setUint16(4, messageSequence);
  view.setUint32(5, offset << 8);
  view.setUint32(8, content.length | (offset & 0xff) << 24);
  return concat([header, content]);
}

/** Junk with a first byte that leads it to every layer (RFC 7983 section 7). */
export function* junk(random: Random, count: number, length: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const data = random.bytes(length);
    data[0] = random.pick([0, 1, 20, 21, 22, 23, 24, 63, 128, 191, 255]);
    yield data;
  }
}
