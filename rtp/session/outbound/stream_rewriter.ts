import type { Millis } from "../../../core/stage/mod.ts";
import { diff16, diff32 } from "../../../core/wire/mod.ts";
import type { RtpPacket } from "../../packet.ts";
import type { SendStream } from "../../transmission/mod.ts";

/** Packets that come from further back, or from further ahead, begin a new run: it is another source, or it has restarted. */
const MAX_DISTANCE = 3000;

/** How far back packets of the present source are still put in their place; those before it switched are not. */
const MAX_LATE = 512;

/**
 * Makes packets of changing sources one stream (RFC 7667 section 3.7): sequence numbers without a gap at each switch, and timestamps that go
 * on with the wall clock. Gaps within a source stay, for they are losses that the receiver has to know of.
 */
export class StreamRewriter {
  readonly #stream: SendStream;
  #source: number | undefined;
  /** The source's highest sequence number, and that which it became. */
  #highest = 0;
  #sent = 0;
  /** How many numbers before the highest are of this run: what comes before them was never to be forwarded. */
  #run = 0;
  #timestampOffset = 0;
  /** What was forwarded last; it may not have left yet. */
  #lastTimestamp: number | undefined;
  #lastAt: Millis = 0;
  #runs = 0;

  /** Rewrites packets to those of `stream`. */
  constructor(stream: SendStream) {
    this.#stream = stream;
  }

  /** Which run the latest packet is of: another one after each switch, and after what was left out. */
  get run(): number {
    return this.#runs;
  }

  /** The packet with the SSRC, sequence number and timestamp of the stream; undefined if it is too late for it. */
  rewrite(
    packet: RtpPacket,
    clockRate: number,
    now: Millis,
    source: number = packet.ssrc,
  ): RtpPacket | undefined {
    const ahead = diff16(packet.sequenceNumber, this.#highest);
    if (source !== this.#source || Math.abs(ahead) > MAX_DISTANCE) {
      this.#switch(packet, source, clockRate, now);
    } else if (ahead <= 0) {
      return -ahead > this.#run
        ? undefined
        : this.#rewritten(packet, (this.#sent + ahead) & 0xffff);
    } else {
      for (let i = 0; i < ahead; i++) this.#sent = this.#stream.takeSequenceNumber();
      this.#highest = packet.sequenceNumber;
      this.#run = Math.min(this.#run + ahead, MAX_LATE);
    }
    const rewritten = this.#rewritten(packet, this.#sent);
    this.#lastTimestamp = rewritten.timestamp;
    this.#lastAt = now;
    return rewritten;
  }

  /** What was left out of the source was left out on purpose: the next packet follows the last one without a gap. */
  skip(): void {
    this.#source = undefined;
  }

  #switch(packet: RtpPacket, source: number, clockRate: number, now: Millis): void {
    this.#source = source;
    this.#highest = packet.sequenceNumber;
    this.#sent = this.#stream.takeSequenceNumber();
    this.#run = 0;
    this.#runs++;
    this.#timestampOffset = diff32(this.#timestampAt(now, clockRate), packet.timestamp);
  }

  /** Time goes on from what was last forwarded, or from what the stream has sent of a track since. */
  #timestampAt(now: Millis, clockRate: number): number {
    const { last, timestampOffset } = this.#stream;
    let [timestamp, at] = [this.#lastTimestamp, this.#lastAt];
    if (last !== undefined && (timestamp === undefined || diff32(last.timestamp, timestamp) > 0)) {
      ({ timestamp, at } = last);
    }
    if (timestamp === undefined) return timestampOffset;
    const elapsed = Math.max(1, Math.round((now - at) * clockRate / 1000));
    return (timestamp + elapsed) >>> 0;
  }

  #rewritten(packet: RtpPacket, sequenceNumber: number): RtpPacket {
    const timestamp = (packet.timestamp + this.#timestampOffset) >>> 0;
    return { ...packet, ssrc: this.#stream.ssrc, sequenceNumber, timestamp };
  }
}
