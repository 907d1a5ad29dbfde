import { queueTask } from "../../webidl/task.ts";
import type { PacketSlots } from "./rtc_rtp_packet.ts";

/** Packets that may wait to be read: two seconds of 5 Mb/s. */
export const MAX_UNREAD_PACKETS = 1024;
/** Bytes of payload that may wait to be read. */
export const MAX_UNREAD_BYTES = 2 * 1024 * 1024;

/** Packets that wait until a script reads them. Where it does not, the oldest are dropped: their time is over first. */
export class PacketQueue {
  readonly #onReadable: () => void;
  #packets: PacketSlots[] = [];
  #bytes = 0;
  #dropped = 0;
  #isAnnounced = false;
  #isClosed = false;

  /** `onReadable` is called in a task after packets have come, once for all that have come by then. */
  constructor(onReadable: () => void) {
    this.#onReadable = onReadable;
  }

  /** Packets that nobody has read in time. */
  get dropped(): number {
    return this.#dropped;
  }

  push(packets: readonly PacketSlots[]): void {
    for (const packet of packets) this.#push(packet);
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    queueTask(() => {
      this.#isAnnounced = false;
      if (!this.#isClosed) this.#onReadable();
    });
  }

  /** The oldest ones, at most so many. */
  take(count: number): PacketSlots[] {
    const taken = this.#packets.splice(0, count);
    for (const { payload } of taken) this.#bytes -= payload.length;
    return taken;
  }

  /** What nobody has read is gone, and nothing more is told. */
  close(): void {
    this.#isClosed = true;
    this.#packets = [];
    this.#bytes = 0;
  }

  #push(packet: PacketSlots): void {
    this.#packets.push(packet);
    this.#bytes += packet.payload.length;
    while (this.#packets.length > MAX_UNREAD_PACKETS || this.#bytes > MAX_UNREAD_BYTES) {
      this.#bytes -= this.#packets.shift()!.payload.length;
      this.#dropped++;
    }
  }
}
