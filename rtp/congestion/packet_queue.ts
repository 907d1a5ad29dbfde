/** A first-in-first-out queue of packets that knows how many bytes it holds. Taking one costs the same however long it is. */
export class PacketQueue<T> {
  #packets: (T | undefined)[] = [];
  #sizes: number[] = [];
  #head = 0;
  #bytes = 0;

  /** How many packets wait. */
  get length(): number {
    return this.#packets.length - this.#head;
  }

  /** How many bytes wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The size of the first packet, in bytes; 0 if none waits. */
  get nextSize(): number {
    return this.#sizes[this.#head] ?? 0;
  }

  /** Adds a packet at the end. */
  push(packet: T, size: number): void {
    this.#packets.push(packet);
    this.#sizes.push(size);
    this.#bytes += size;
  }

  /** Takes the first packet. */
  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const packet = this.#packets[this.#head];
    this.#bytes -= this.#sizes[this.#head]!;
    this.#packets[this.#head++] = undefined;
    // Each is moved at most once per doubling, on average.
    if (this.#head * 2 > this.#packets.length) {
      this.#packets.splice(0, this.#head);
      this.#sizes.splice(0, this.#head);
      this.#head = 0;
    }
    return packet;
  }

  /** Drops everything. */
  clear(): void {
    this.#packets = [];
    this.#sizes = [];
    this.#head = 0;
    this.#bytes = 0;
  }
}
