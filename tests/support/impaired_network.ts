import type { Millis } from "../../core/stage/mod.ts";
import type { Datagram } from "../../core/wire/mod.ts";
import { type DatagramSocket, type Network, NetworkDecorator } from "../../transport/mod.ts";

/** Bytes of IPv4 and UDP headers before each datagram. */
const HEADERS = 28;

/** How long packets queue before the bottleneck at most; what comes then is dropped, as by a router with that much memory. */
const MAX_QUEUEING: Millis = 300;

/** What packets in one direction go through, which can be changed at any time. None overtakes another. */
export class ImpairedPath {
  /** How long each takes. */
  delay: Millis = 0;
  /** How many are lost: 0 to 1. */
  loss = 0;
  /** Bits per second. */
  rate: number = Infinity;
  #busyUntil: Millis = 0;
  readonly #underWay: { readonly at: Millis; readonly deliver: () => void }[] = [];

  /** Delivers a datagram later, or never. */
  pass({ data }: Datagram, deliver: () => void): void {
    const now = performance.now();
    const start = Math.max(now, this.#busyUntil);
    if (Math.random() < this.loss || start - now > MAX_QUEUEING) return;
    this.#busyUntil = start + (data.length + HEADERS) * 8000 / this.rate;
    this.#underWay.push({ at: this.#busyUntil + this.delay, deliver });
    if (this.#underWay.length === 1) this.#wait(now);
  }

  /** One timer for all: of several, a later one may be the first to fire. */
  #wait(now: Millis): void {
    setTimeout(() => {
      const now = performance.now();
      while (this.#underWay.length > 0 && this.#underWay[0]!.at <= now) {
        this.#underWay.shift()!.deliver();
      }
      if (this.#underWay.length > 0) this.#wait(now);
    }, this.#underWay[0]!.at - now);
  }
}

/** A network with ways in and out that are not what they should be, in real time. */
export class ImpairedNetwork extends NetworkDecorator {
  readonly inbound: ImpairedPath = new ImpairedPath();
  readonly outbound: ImpairedPath = new ImpairedPath();

  constructor(inner: Network) {
    super(inner);
  }

  override async openUdp(ip: string, port?: number): Promise<DatagramSocket> {
    const socket = await super.openUdp(ip, port);
    const writer = socket.writable.getWriter();
    const { inbound, outbound } = this;
    let controller!: ReadableStreamDefaultController<readonly Datagram[]>;
    let isOver = false;
    const readable = new ReadableStream<readonly Datagram[]>({
      start: (it) => void (controller = it),
      cancel: () => close(),
    }, { highWaterMark: Infinity });
    const close = () => {
      if (isOver) return;
      isOver = true;
      socket.close();
      try {
        controller.close();
      } catch { /* cancelled: closed already */ }
    };
    const pass = (
      path: ImpairedPath,
      batch: readonly Datagram[],
      deliver: (one: Datagram) => void,
    ) => batch.forEach((one) => path.pass(one, () => isOver || deliver(one)));
    void socket.readable.pipeTo(
      new WritableStream({
        write: (batch) => pass(inbound, batch, (one) => controller.enqueue([one])),
      }),
    ).then(close, close);
    const writable = new WritableStream<readonly Datagram[]>({
      write: (batch) => pass(outbound, batch, (one) => void writer.write([one]).catch(() => {})),
      close,
      abort: close,
    });
    return { local: socket.local, readable, writable, close };
  }
}
