import { COMMON_HEADER_LENGTH, writeChecksum, writeCommonHeader } from "./chunks/packet.ts";
import { ChunkType } from "./chunks/chunk.ts";

/** Bytes of a slab for a full burst, less one packet. */
const MAX_SLAB = 31 * 1200;

/** Bytes of a slab when only SACKs go, which are short, less one packet. */
const SMALL_SLAB = 1024;

/** The ports of both ends. */
export interface AssociationPorts {
  readonly localPort: number;
  readonly remotePort: number;
}

/**
 * Puts chunks into packets, one after the other. Packets are slices of a slab that is made for a burst, so that a packet costs no
 * allocation of its own; a slab is never used twice, since whoever has a packet may keep it.
 */
export class PacketAssembler {
  /** Largest packet in bytes. */
  readonly mtu: number;
  /** The slab that is written to. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #ports: AssociationPorts;
  #start = 0;
  #at = 0;

  constructor(mtu: number, ports: AssociationPorts) {
    this.mtu = mtu;
    this.#ports = ports;
  }

  /** Starts a packet. `likely` says how many bytes the burst that it belongs to is going to have. */
  begin(likely: number): void {
    if (this.bytes.length - this.#at < this.mtu) {
      this.bytes = new Uint8Array(this.mtu + Math.min(Math.max(likely, SMALL_SLAB), MAX_SLAB));
      this.#at = 0;
    }
    this.#start = this.#at;
    this.#at += COMMON_HEADER_LENGTH;
  }

  /** Whether the packet has no chunk yet. */
  get empty(): boolean {
    return this.#at === this.#start + COMMON_HEADER_LENGTH;
  }

  /** Bytes that still fit in. */
  get room(): number {
    return this.#start + this.mtu - this.#at;
  }

  /** Makes place for a chunk; returns where in `bytes` it goes. The place is a multiple of four, and zero. */
  reserve(size: number): number {
    const at = this.#at;
    this.#at += size;
    return at;
  }

  /** Appends a chunk that is padded already. */
  append(chunk: Uint8Array): void {
    this.bytes.set(chunk, this.reserve(chunk.length));
  }

  /** Completes the packet. */
  end(verificationTag: number, zeroChecksum: boolean): Uint8Array<ArrayBuffer> {
    const packet = this.bytes.subarray(this.#start, this.#at);
    writeCommonHeader(packet, this.#ports.localPort, this.#ports.remotePort, verificationTag);
    // RFC 9653 section 5.2: packets with INIT or COOKIE ECHO have their checksum always.
    const first = packet[COMMON_HEADER_LENGTH]!;
    if (!zeroChecksum || first === ChunkType.COOKIE_ECHO || first === ChunkType.INIT) {
      writeChecksum(packet);
    }
    return packet;
  }

  /** Gives back what `begin` took, when nothing was put in. */
  discard(): void {
    this.#at = this.#start;
  }
}
