import { Discards } from "../../core/stage/mod.ts";
import { add16, diff16 } from "../../core/wire/mod.ts";
import {
  type Depacketizer,
  type EncodedFrame,
  MAX_FRAME_PACKETS,
  MAX_FRAME_SIZE,
  type PayloadDiscard,
  type PayloadPacket,
} from "./format.ts";

/** What a payload format knows, and the assembler does not. */
export interface FrameReader<Descriptor> {
  /** Whether a frame begins with this payload, so that nothing of it can be among packets that are missing before. */
  isStart(payload: Uint8Array): boolean;
  /** Takes the next payload of a frame; returns why it refuses it. The payload is not empty. */
  read(payload: Uint8Array): "malformed payload" | "unsupported payload" | undefined;
  /** Bytes of the frame so far. */
  readonly size: number;
  /** Bytes of memory that it has for them. */
  readonly capacity: number;
  /** Whether what has come so far can be a whole frame: otherwise it goes with what follows, marker or not. By default it always can. */
  readonly isFrame?: boolean;
  /** The frame, which is forgotten then; undefined if its end has not been there. */
  finish(): FinishedFrame<Descriptor> | undefined;
  /** Forgets the frame. */
  reset(): void;
}

/** What a reader makes of the payloads of a frame. */
export interface FinishedFrame<Descriptor> {
  readonly data: Uint8Array;
  readonly keyFrame: boolean;
  readonly descriptor: Descriptor;
}

const NONE: readonly never[] = Object.freeze([]);

/**
 * Finds out which packets make up a frame, for formats where a frame can take several: those of one timestamp, without a gap, up to the
 * marker or the next timestamp. A frame of which anything is missing or wrong is dropped as a whole.
 */
export class FrameAssembler<Descriptor> implements Depacketizer<Descriptor> {
  /** What was dropped. */
  readonly discards: Discards<PayloadDiscard> = new Discards();
  readonly #reader: FrameReader<Descriptor>;
  /** `between`: the last packet ended a frame. `dropping`: what follows up to the end of this frame is of no use. */
  #state: "between" | "open" | "dropping" = "between";
  #expected: number | undefined;
  /** Whether packets are missing right before the next one. */
  #gap = true;
  #timestamp = 0;
  #firstSequence = 0;
  #packets = 0;

  /** Assembles what `reader` reads. */
  constructor(reader: FrameReader<Descriptor>) {
    this.#reader = reader;
  }

  /** Bytes of memory that it has for frames. */
  get held(): number {
    return this.#reader.capacity;
  }

  /** Takes the next packet. */
  push(packet: PayloadPacket): readonly EncodedFrame<Descriptor>[] {
    const { sequenceNumber } = packet;
    const ahead = this.#expected === undefined ? 0 : diff16(sequenceNumber, this.#expected);
    if (ahead < 0) {
      this.discards.add("late packet");
      return NONE;
    }
    if (ahead > 0) {
      this.#gap = true;
      if (this.#state === "open") this.#drop("incomplete frame");
    }
    this.#expected = add16(sequenceNumber, 1);
    // A packet of mere padding keeps the numbers going, and says nothing else.
    if (packet.payload.length === 0) return NONE;
    const earlier = this.#endEarlier(packet);
    if (this.#state === "between") this.#begin(packet);
    const current = this.#state === "open" ? this.#take(packet) : undefined;
    if (packet.marker && !this.#isBegun) this.#state = "between";
    this.#gap = false;
    if (earlier === undefined) return current === undefined ? NONE : [current];
    return current === undefined ? [earlier] : [earlier, current];
  }

  /** Whether no more than what comes before a frame is there. */
  get #isBegun(): boolean {
    return this.#state === "open" && this.#reader.isFrame === false;
  }

  /** A new timestamp ends a frame whose marker was not set. */
  #endEarlier({ timestamp, sequenceNumber }: PayloadPacket): EncodedFrame<Descriptor> | undefined {
    if (this.#state === "between" || timestamp === this.#timestamp) return undefined;
    if (this.#isBegun) {
      this.#timestamp = timestamp;
      return undefined;
    }
    const frame = this.#state === "open" ? this.#finish(add16(sequenceNumber, -1)) : undefined;
    this.#state = "between";
    return frame;
  }

  #begin({ payload, timestamp, sequenceNumber }: PayloadPacket): void {
    this.#timestamp = timestamp;
    if (this.#gap && !this.#reader.isStart(payload)) return this.#drop("incomplete frame");
    this.#state = "open";
    this.#firstSequence = sequenceNumber;
    this.#packets = 0;
  }

  #take({ payload, marker, sequenceNumber }: PayloadPacket): EncodedFrame<Descriptor> | undefined {
    const fault = this.#reader.read(payload);
    if (fault !== undefined) {
      this.#drop(fault);
    } else if (this.#reader.size > MAX_FRAME_SIZE || ++this.#packets > MAX_FRAME_PACKETS) {
      this.#drop("frame too large");
    } else if (marker && !this.#isBegun) {
      return this.#finish(sequenceNumber);
    }
    return undefined;
  }

  #finish(lastSequence: number): EncodedFrame<Descriptor> | undefined {
    const finished = this.#reader.finish();
    this.#reader.reset();
    this.#state = "between";
    if (finished === undefined) {
      this.discards.add("incomplete frame");
      return undefined;
    }
    const { data, keyFrame, descriptor } = finished;
    const firstSequence = this.#firstSequence;
    return { data, timestamp: this.#timestamp, keyFrame, firstSequence, lastSequence, descriptor };
  }

  #drop(reason: PayloadDiscard): void {
    this.discards.add(reason);
    this.#reader.reset();
    this.#state = "dropping";
  }
}
