/** A jump ahead by at least this many packets is no loss, but perhaps a sender that restarted (RFC 3550 appendix A.1). */
export const MAX_DROPOUT = 3000;

/** A packet at most this far behind is one that was overtaken (RFC 3550 appendix A.1). */
export const MAX_MISORDER = 100;

/** Packets in sequence that make a source valid (RFC 3550 appendix A.1). */
export const MIN_SEQUENTIAL = 2;

const RTP_SEQ_MOD = 0x10000;

/** Above any sequence number, so that none equals it (RFC 3550 appendix A.1). */
const NO_BAD_SEQ = RTP_SEQ_MOD + 1;

/**
 * Validates a source by its sequence numbers, and extends these beyond 16 bits (RFC 3550 appendix A.1). A handful of numbers, whatever
 * arrives.
 *
 * Extended numbers begin in the second cycle, so that those of packets which were overtaken by the first one are not negative.
 */
export class SourceSequence {
  readonly #minSequential: number;
  #started = false;
  #probation: number;
  #maxSeq = 0;
  #cycles = RTP_SEQ_MOD;
  #badSeq = NO_BAD_SEQ;
  #baseSeq = 0;
  #received = 0;
  #restarts = 0;

  /**
   * `minSequential` packets in sequence make the source valid. One is enough for a source that has proved itself otherwise, as by SRTP.
   */
  constructor(minSequential: number = MIN_SEQUENTIAL) {
    this.#minSequential = minSequential;
    this.#probation = minSequential;
  }

  /** Whether the source has been valid; what arrived before counts for nothing. */
  get valid(): boolean {
    return this.#started && this.#probation === 0;
  }

  /** Valid packets since the source began or restarted, duplicates too. */
  get received(): number {
    return this.#received;
  }

  /** The highest extended sequence number. */
  get highest(): number {
    return this.#cycles + this.#maxSeq;
  }

  /** How many packets should have arrived by now (RFC 3550 appendix A.3). */
  get expected(): number {
    return this.valid ? this.highest - this.#baseSeq + 1 : 0;
  }

  /** How often the source has restarted. Whoever keeps things by sequence number has to forget them then. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Takes the sequence number of a packet. Returns the extended one; undefined if the packet is not valid (yet). */
  update(sequenceNumber: number): number | undefined {
    if (!this.#started) this.#start(sequenceNumber);
    if (this.#probation > 0) return this.#prove(sequenceNumber);
    const ahead = (sequenceNumber - this.#maxSeq) & 0xffff;
    if (ahead < MAX_DROPOUT) {
      if (sequenceNumber < this.#maxSeq) this.#cycles += RTP_SEQ_MOD;
      this.#maxSeq = sequenceNumber;
    } else if (ahead <= RTP_SEQ_MOD - MAX_MISORDER) {
      return this.#jump(sequenceNumber);
    }
    this.#badSeq = NO_BAD_SEQ;
    this.#received++;
    return this.#extend(sequenceNumber);
  }

  /** The extended number that is closest to the highest one; for a packet that comes another way, such as a retransmission. */
  extend(sequenceNumber: number): number | undefined {
    return this.valid ? this.#extend(sequenceNumber) : undefined;
  }

  #start(sequenceNumber: number): void {
    this.#started = true;
    this.#maxSeq = (sequenceNumber - 1) & 0xffff;
  }

  #prove(sequenceNumber: number): number | undefined {
    const next = sequenceNumber === ((this.#maxSeq + 1) & 0xffff);
    this.#probation = next ? this.#probation - 1 : this.#minSequential - 1;
    this.#maxSeq = sequenceNumber;
    return this.#probation > 0 ? undefined : this.#begin(sequenceNumber);
  }

  /** RFC 3550 appendix A.1: two packets in sequence after a large jump mean that the other side restarted without saying so. */
  #jump(sequenceNumber: number): number | undefined {
    if (sequenceNumber !== this.#badSeq) {
      this.#badSeq = (sequenceNumber + 1) & 0xffff;
      return undefined;
    }
    this.#restarts++;
    return this.#begin(sequenceNumber);
  }

  #begin(sequenceNumber: number): number {
    this.#maxSeq = sequenceNumber;
    this.#cycles = RTP_SEQ_MOD;
    this.#baseSeq = this.highest;
    this.#badSeq = NO_BAD_SEQ;
    this.#received = 1;
    return this.highest;
  }

  #extend(sequenceNumber: number): number {
    return this.highest + (((sequenceNumber - this.#maxSeq) << 16) >> 16);
  }
}
