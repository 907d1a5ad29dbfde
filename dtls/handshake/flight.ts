import { concat } from "../../core/wire/mod.ts";
import { ContentType } from "../protocol.ts";
import type { RecordSender } from "../record/sender.ts";
import { HANDSHAKE_HEADER_LENGTH, type HandshakeMessage, writeFragmentHeader } from "./message.ts";

/** A fragment that would be smaller than this waits for the next datagram. */
const MIN_FRAGMENT = 32;

/** One step of a flight. */
export type FlightItem =
  | { readonly epoch: 0 | 1; readonly message: HandshakeMessage }
  | "ChangeCipherSpec";

/** Messages that are sent together and, if need be, again together (RFC 6347 section 4.2.4). */
export interface Flight {
  readonly items: readonly FlightItem[];
  /** Whether it is sent again when no answer comes in time; else only when the peer repeats its own. */
  readonly timed: boolean;
  /** Whether it ends the handshake of its sender. */
  readonly last: boolean;
  /** The version in the header of its records, where it is not that of DTLS 1.2. */
  readonly recordVersion?: number;
}

/** The datagrams of a flight: as few as there can be, each of at most `size` bytes. Every record gets a new number. */
export function packFlight(flight: Flight, sender: RecordSender, size: number): Uint8Array[] {
  const datagrams = new DatagramPacker(size);
  for (const item of flight.items) {
    if (item === "ChangeCipherSpec") {
      const content = Uint8Array.of(1);
      datagrams.reserve(sender.overhead(0) + content.length);
      datagrams.add(sender.record(ContentType.changeCipherSpec, 0, content));
    } else packMessage(item.message, item.epoch, flight, sender, datagrams);
  }
  return datagrams.finish();
}

/** RFC 6347 section 4.2.3: a message that doesn't fit is cut, each part behind its own header. */
function packMessage(
  { type, messageSeq, body }: HandshakeMessage,
  epoch: 0 | 1,
  flight: Flight,
  sender: RecordSender,
  datagrams: DatagramPacker,
): void {
  const overhead = sender.overhead(epoch) + HANDSHAKE_HEADER_LENGTH;
  let at = 0;
  do {
    datagrams.reserve(overhead + Math.min(body.length - at, MIN_FRAGMENT));
    const length = Math.min(body.length - at, datagrams.room - overhead);
    const content = new Uint8Array(HANDSHAKE_HEADER_LENGTH + length);
    writeFragmentHeader(content, type, body.length, messageSeq, at, length);
    content.set(body.subarray(at, at + length), HANDSHAKE_HEADER_LENGTH);
    datagrams.add(sender.record(ContentType.handshake, epoch, content, flight.recordVersion));
    at += length;
  } while (at < body.length);
}

/** Fills datagrams with records. */
class DatagramPacker {
  readonly #size: number;
  readonly #datagrams: Uint8Array[] = [];
  #records: Uint8Array[] = [];
  #length = 0;

  constructor(size: number) {
    this.#size = size;
  }

  /** Bytes that the current datagram can still take. */
  get room(): number {
    return this.#size - this.#length;
  }

  /** Begins another datagram if the current one can't take so many bytes. */
  reserve(length: number): void {
    if (length > this.room) this.#flush();
  }

  add(record: Uint8Array): void {
    this.#records.push(record);
    this.#length += record.length;
  }

  finish(): Uint8Array[] {
    this.#flush();
    return this.#datagrams;
  }

  #flush(): void {
    if (this.#records.length > 0) this.#datagrams.push(concat(this.#records));
    this.#records = [];
    this.#length = 0;
  }
}
