import { emptyOutputs } from "../../core/stage/mod.ts";
import { concat, type Writer } from "../../core/wire/mod.ts";
import { padded } from "../../sctp/chunks/bytes.ts";
import { buildChunk, ChunkType } from "../../sctp/chunks/chunk.ts";
import { buildCookieEcho } from "../../sctp/chunks/cookie.ts";
import { writeDataHeader } from "../../sctp/chunks/data.ts";
import { buildInit, type InitFields, parseInit } from "../../sctp/chunks/init.ts";
import { buildPacket, PacketReader } from "../../sctp/chunks/packet.ts";
import {
  SctpAssociation,
  type SctpEvent,
  type SctpItem,
  type SctpOptions,
} from "../../sctp/mod.ts";
import { seededCrypto } from "./support.ts";

/** Tag of the peer that a test plays. */
export const PEER_TAG = 0x1234_5678;

/** A peer that a test plays chunk by chunk against one association: a correct one or a malicious one. */
export class Peer {
  readonly association: SctpAssociation;
  readonly out = emptyOutputs<Uint8Array, SctpItem, SctpEvent>();
  now = 1000;
  /** The association's tag and first TSN, once known. */
  tag = 0;
  theirTsn = 0;
  readonly initialTsn: number;
  readonly #options: {
    zeroChecksum?: boolean;
    aRwnd?: number;
    extensions?: boolean;
    streams?: number;
  };

  constructor(
    options: {
      initialTsn?: number;
      zeroChecksum?: boolean;
      aRwnd?: number;
      extensions?: boolean;
      streams?: number;
      sctp?: Partial<SctpOptions>;
    } = {},
  ) {
    this.#options = options;
    this.initialTsn = options.initialTsn ?? 1;
    this.association = new SctpAssociation({ crypto: seededCrypto(3), ...options.sctp });
  }

  /** The fields of the INIT that this peer sends. */
  get fields(): InitFields {
    return {
      initiateTag: PEER_TAG,
      aRwnd: this.#options.aRwnd ?? 1 << 20,
      outboundStreams: this.#options.streams ?? 65535,
      inboundStreams: 65535,
      initialTsn: this.initialTsn,
    };
  }

  /** Sets the association up from this side. */
  establish(): this {
    const zeroChecksum = this.#options.zeroChecksum ?? false;
    const init = buildInit(this.fields, zeroChecksum);
    // Without its parameters: 20 bytes are left.
    if (this.#options.extensions === false) init[3] = 20;
    this.receiveWithTag(0, this.#options.extensions === false ? init.subarray(0, 20) : init);
    const initAck = parseInit(this.take(ChunkType.INIT_ACK)!.subarray(4))!;
    this.tag = initAck.initiateTag;
    this.theirTsn = initAck.initialTsn;
    this.receive(buildCookieEcho(initAck.stateCookie!));
    if (this.association.state !== "ESTABLISHED") throw new Error("not established");
    return this;
  }

  /** Sends one packet of chunks to the association. */
  receive(...chunks: Uint8Array[]): void {
    this.receiveWithTag(this.tag, ...chunks);
  }

  /** Sends one packet of chunks, with any tag. */
  receiveWithTag(tag: number, ...chunks: Uint8Array[]): void {
    const aligned = chunks.map((chunk) =>
      concat([chunk, new Uint8Array(padded(chunk.length) - chunk.length)])
    );
    this.receivePacket(buildPacket(5000, 5000, tag, ...aligned));
  }

  /** Sends a packet as it is. */
  receivePacket(packet: Uint8Array): void {
    this.association.handleInbound([packet], this.now);
    this.poll();
  }

  /** Sends the chunks of a packet that was made for another association. */
  receivePacketChunks(packet: Uint8Array): void {
    this.receivePacket(buildPacket(5000, 5000, this.tag, packet.subarray(12)));
  }

  /** Lets time pass. */
  advance(millis: number): void {
    const until = this.now + millis;
    for (let next; (next = this.association.nextTimeout) !== undefined && next <= until;) {
      this.now = Math.max(this.now, next);
      this.association.handleTimeout(this.now);
      this.poll();
    }
    this.now = until;
  }

  poll(): void {
    this.association.poll(this.out);
  }

  /** Removes and returns every chunk that the association has sent. */
  takeAll(): { type: number; tag: number; chunk: Uint8Array }[] {
    this.poll();
    const reader = new PacketReader();
    const chunks: { type: number; tag: number; chunk: Uint8Array }[] = [];
    for (const packet of this.out.below.splice(0)) {
      const fault = reader.load(packet, true);
      if (fault !== undefined) throw new Error(fault);
      while (reader.next()) {
        chunks.push({ type: reader.type, tag: reader.verificationTag, chunk: reader.chunk });
      }
    }
    return chunks;
  }

  /** Removes what the association has sent, and returns the first chunk of a type. */
  take(type: number): Uint8Array | undefined {
    return this.takeAll().find((one) => one.type === type)?.chunk;
  }

  /** The messages that came up. */
  messages(): Extract<SctpItem, { type: "message" }>[] {
    return this.out.above.filter((item) => item.type === "message");
  }
}

/** A DATA chunk. */
export function dataChunk(
  options: {
    tsn: number;
    flags?: number;
    streamId?: number;
    ssn?: number;
    ppid?: number;
    data: Uint8Array;
  },
): Uint8Array<ArrayBuffer> {
  const { tsn, flags = 3, streamId = 0, ssn = 0, ppid = 53, data } = options;
  const chunk = new Uint8Array(16 + padded(data.length));
  writeDataHeader(chunk, 0, flags, data.length, tsn, streamId, ssn, ppid);
  chunk.set(data, 16);
  return chunk;
}

/** A SACK. */
export function sackChunk(
  cumulative: number,
  aRwnd = 1 << 20,
  gaps: readonly (readonly [number, number])[] = [],
): Uint8Array<ArrayBuffer> {
  return buildChunk(ChunkType.SACK, 0, (writer: Writer) => {
    writer.u32(cumulative);
    writer.u32(aRwnd);
    writer.u16(gaps.length);
    writer.u16(0);
    for (const [start, end] of gaps) {
      writer.u16(start);
      writer.u16(end);
    }
  });
}
