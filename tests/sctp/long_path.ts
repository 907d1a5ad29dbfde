import type { Millis } from "../../core/stage/mod.ts";
import { emptyOutputs } from "../../core/stage/mod.ts";
import { Deque } from "../../sctp/deque.ts";
import { SctpAssociation, type SctpEvent, type SctpItem } from "../../sctp/mod.ts";
import { Random } from "../support/random.ts";
import { numbered, seededCrypto } from "./support.ts";

/** Bytes of DTLS, UDP and IP around each packet. */
const HEADERS = 65;

/** Packets of 1,200 bytes that a kernel holds for a process which doesn't fetch them. */
const KERNEL_BUFFER = 92;

/** Packets that a process takes at a time. */
const BATCH = 32;

/** Bytes that a sender keeps queued: it never runs dry. */
const QUEUED = 1 << 20;

/** What there is between two machines, in either direction. Fields may change at any time. */
export interface PathModel {
  /** Bits per second. */
  rate: number;
  /** One way, in milliseconds. */
  delay: Millis;
  /** Bytes that wait where the rate is limited; more are dropped at the tail. */
  queue: number;
  /** Probability of loss. */
  loss: number;
  /** While true, nothing crosses. */
  blackout: boolean;
}

/** How a busy process stands still: for so long, once in so many milliseconds, both at random around these means. */
export interface Stalls {
  readonly length: Millis;
  readonly every: Millis;
}

/** Several bulk transfers that share one path, in virtual time. */
export class LongPath {
  now: Millis = 0;
  readonly model: PathModel;
  readonly transfers: readonly Transfer[];
  /** Packets that found the path's queue full. */
  overflows = 0;
  readonly #machines: readonly Machine[];
  readonly #directions: readonly Direction[];

  constructor(
    model: Partial<PathModel>,
    options: { transfers?: number; stalls?: Stalls; seed?: number } = {},
  ) {
    const { transfers = 1, stalls, seed = 1 } = options;
    const random = new Random(seed);
    this.model = { rate: 1e8, delay: 25, queue: 500_000, loss: 0, blackout: false, ...model };
    const there = new Direction(this, random), back = new Direction(this, random);
    this.#directions = [there, back];
    this.transfers = Array.from({ length: transfers }, (_, i) => {
      const sender = new Machine(seed + 2 * i, there);
      const receiver = new Machine(seed + 2 * i + 1, back, stalls && new Staller(stalls, random));
      sender.peer = receiver;
      receiver.peer = sender;
      return new Transfer(sender, receiver);
    });
    this.#machines = this.transfers.flatMap(({ sender, receiver }) => [sender, receiver]);
    for (const machine of this.#machines) machine.run(0, (it) => it.connect(0));
  }

  /** Moves time on; returns how many bytes a second each transfer had meanwhile. */
  run(millis: Millis): number[] {
    const until = this.now + millis;
    const before = this.transfers.map(({ received }) => received);
    for (let next; (next = this.#next()) <= until;) {
      this.now = next;
      for (const direction of this.#directions) direction.deliver(next);
      for (const machine of this.#machines) machine.wake(next);
    }
    this.now = until;
    return this.transfers.map(({ received }, i) => (received - before[i]!) * 1000 / millis);
  }

  #next(): Millis {
    let next = Infinity;
    for (const { nextArrival } of this.#directions) next = Math.min(next, nextArrival);
    for (const { nextWake } of this.#machines) next = Math.min(next, nextWake);
    return Math.max(this.now, next);
  }
}

/** A sender that always has something to send, and its receiver. */
export class Transfer {
  constructor(readonly sender: Machine, readonly receiver: Machine) {
    sender.hasMore = true;
  }

  /** Bytes of messages that have arrived. */
  get received(): number {
    return this.receiver.received;
  }

  /** Packets that the receiving machine's kernel had no room for. */
  get kernelDrops(): number {
    return this.receiver.drops;
  }
}

/** A machine with one association on it. */
class Machine {
  readonly association: SctpAssociation;
  peer!: Machine;
  hasMore = false;
  received = 0;
  drops = 0;
  #socket: Uint8Array[] = [];
  readonly #direction: Direction;
  readonly #staller: Staller | undefined;
  readonly #out = emptyOutputs<Uint8Array, SctpItem, SctpEvent>();
  readonly #message: SctpItem = {
    type: "message",
    streamId: 0,
    ppid: 53,
    data: numbered(1, 16_384),
  };

  constructor(seed: number, direction: Direction, staller?: Staller) {
    this.association = new SctpAssociation({ crypto: seededCrypto(seed) });
    this.#direction = direction;
    this.#staller = staller;
  }

  /** When it has something to do. */
  get nextWake(): Millis {
    const at = this.#socket.length > 0 ? 0 : this.association.nextTimeout ?? Infinity;
    return Math.max(at, this.#staller?.until ?? 0);
  }

  /** A packet has come over the wire. */
  arrive(packet: Uint8Array): void {
    if (this.#socket.length >= KERNEL_BUFFER) this.drops++;
    else this.#socket.push(packet);
  }

  /** Does what is due, unless it stands still. */
  wake(now: Millis): void {
    if (this.nextWake > now || this.#staller?.stalls(now)) return;
    const batch = this.#socket.splice(0, BATCH);
    this.run(now, (it) => {
      if (batch.length > 0) it.handleInbound(batch, now);
      if ((it.nextTimeout ?? Infinity) <= now) it.handleTimeout(now);
    });
  }

  /** Mutates the association and drains it. */
  run(now: Millis, mutate: (association: SctpAssociation) => void): void {
    const { association } = this, out = this.#out;
    mutate(association);
    while (this.hasMore && association.state === "ESTABLISHED" && association.backlog < QUEUED) {
      association.handleOutbound([this.#message], now);
    }
    association.poll(out);
    for (const packet of out.below) this.#direction.cross(packet, this.peer, now);
    for (const item of out.above) if (item.type === "message") this.received += item.data.length;
    out.below.length = out.above.length = out.events.length = 0;
  }
}

/** When a process stands still. */
class Staller {
  until: Millis = 0;
  readonly #stalls: Stalls;
  readonly #random: Random;
  #next: Millis;

  constructor(stalls: Stalls, random: Random) {
    this.#stalls = stalls;
    this.#random = random;
    this.#next = this.#around(stalls.every);
  }

  /** Whether it stands still from now on, for a while. */
  stalls(now: Millis): boolean {
    if (now < this.#next) return false;
    this.until = now + this.#around(this.#stalls.length);
    this.#next = this.until + this.#around(this.#stalls.every);
    return true;
  }

  /** Exponentially distributed. */
  #around(mean: Millis): Millis {
    return -Math.log(1 - this.#random.fraction()) * mean;
  }
}

/** One direction of the path. */
class Direction {
  readonly #path: LongPath;
  readonly #random: Random;
  readonly #underway: Deque<{ at: Millis; packet: Uint8Array; to: Machine }> = new Deque();
  #busyUntil: Millis = 0;

  constructor(path: LongPath, random: Random) {
    this.#path = path;
    this.#random = random;
  }

  /** When the next packet arrives. */
  get nextArrival(): Millis {
    return this.#underway.peek()?.at ?? Infinity;
  }

  /** Sends a packet across. */
  cross(packet: Uint8Array, to: Machine, now: Millis): void {
    const { rate, delay, queue, loss, blackout } = this.#path.model;
    if (blackout || this.#random.chance(loss)) return;
    const size = packet.length + HEADERS;
    const start = Math.max(now, this.#busyUntil);
    if ((start - now) * rate / 8000 + size > queue) return void this.#path.overflows++;
    this.#busyUntil = start + size * 8000 / rate;
    this.#underway.push({ at: this.#busyUntil + delay, packet, to });
  }

  /** Hands over what has arrived. */
  deliver(now: Millis): void {
    while (this.nextArrival <= now) {
      const { packet, to } = this.#underway.shift()!;
      to.arrive(packet);
    }
  }
}
