import { type Place, Pool } from "./pool.ts";

/** No bytes. */
export const NONE = new Uint8Array(0);
/** Packets that go through the ciphers in one call at most. */
const MAX_BATCH = 32;

/** One packet on its way through a transform. */
export class Job implements Place {
  /** The whole packet as it came. */
  input: Uint8Array = NONE;
  /** The whole packet as it leaves; its memory is the job's owner's to give. */
  output: Uint8Array = NONE;
  ssrc = 0;
  /** The index of the packet: 48 bits for SRTP, 31 bits for SRTCP. */
  index = 0;
  /** Bytes in front that are not encrypted. */
  clear = 0;
  /** Whether the rest is: SRTCP's E flag. */
  encrypted = true;

  release(): void {
    this.input = NONE;
    this.output = NONE;
  }
}

/** The packets that go through a transform together. */
export class Batch {
  readonly #pool = new Pool(() => new Job());

  /** The packets, in order. */
  get jobs(): readonly Job[] {
    return this.#pool.used;
  }

  /** Whether no more may be added. */
  get full(): boolean {
    return this.jobs.length >= MAX_BATCH;
  }

  /** Adds a packet. */
  add(input: Uint8Array, ssrc: number, index: number, clear: number, encrypted = true): void {
    const job = this.#pool.take();
    job.input = input;
    job.ssrc = ssrc;
    job.index = index;
    job.clear = clear;
    job.encrypted = encrypted;
  }

  /** Whether a packet with this SSRC is among them. */
  has(ssrc: number): boolean {
    for (const job of this.jobs) if (job.ssrc === ssrc) return true;
    return false;
  }

  /** Gives every packet room for its result, which is longer by `growth` bytes. All share one buffer. */
  allocateOutputs(growth: number): void {
    let total = 0;
    for (const { input } of this.jobs) total += input.length + growth;
    const buffer = new Uint8Array(total);
    let at = 0;
    for (const job of this.jobs) {
      const end = at + job.input.length + growth;
      job.output = buffer.subarray(at, end);
      at = end;
    }
  }

  /** Forgets the packets. */
  clear(): void {
    this.#pool.clear();
  }
}
