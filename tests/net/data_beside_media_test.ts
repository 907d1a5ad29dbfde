import { assert, assertGreater, assertLess } from "@std/assert";
import { emptyOutputs } from "../../core/stage/mod.ts";
import { SctpAssociation, type SctpEvent, type SctpItem } from "../../sctp/mod.ts";
import { type Participant, type Scenario, Simulation } from "../rtp/congestion/bottleneck.ts";
import { seededCrypto } from "../sctp/support.ts";
import { Random } from "../support/random.ts";

/** Bytes of DTLS, UDP and IP around each packet. */
const HEADERS = 65;

/** Bytes that a transfer keeps queued: it never runs dry. */
const QUEUED = 100_000;

const MESSAGE: SctpItem = { type: "message", streamId: 0, ppid: 53, data: new Uint8Array(16_384) };

/** A bulk transfer through the queue that the video of a simulation goes through as well. */
class Transfer implements Participant {
  received = 0;
  readonly #sender = new SctpAssociation({ crypto: seededCrypto(1) });
  readonly #receiver = new SctpAssociation({ crypto: seededCrypto(2) });
  readonly #out = emptyOutputs<Uint8Array, SctpItem, SctpEvent>();
  readonly #simulation: Simulation;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    for (const end of [this.#sender, this.#receiver]) {
      end.connect(simulation.now);
      this.#drain(end);
    }
  }

  get nextTimeout(): number | undefined {
    const { nextTimeout = Infinity } = this.#sender;
    return Math.min(nextTimeout, this.#receiver.nextTimeout ?? Infinity);
  }

  handleTimeout(now: number): void {
    for (const end of [this.#sender, this.#receiver]) {
      if ((end.nextTimeout ?? Infinity) > now) continue;
      end.handleTimeout(now);
      this.#drain(end);
    }
  }

  #drain(from: SctpAssociation): void {
    const { now, path } = this.#simulation;
    if (from === this.#sender && from.state === "ESTABLISHED") {
      from.mediaSent(now); // thirty times a second, really
      while (from.backlog < QUEUED) from.handleOutbound([MESSAGE], now);
    }
    from.poll(this.#out);
    const { below, above } = this.#out;
    for (const item of above) if (item.type === "message") this.received += item.data.length;
    for (const packet of below.splice(0)) {
      const to = from === this.#sender ? this.#receiver : this.#sender;
      const arrive = () => {
        to.handleInbound([packet], this.#simulation.now);
        this.#drain(to);
      };
      if (from === this.#sender) this.#simulation.cross(packet.length + HEADERS, arrive);
      else this.#simulation.at(now + path.delay, arrive);
    }
    above.length = this.#out.events.length = 0;
  }
}

/** Ten seconds of video, and a transfer that begins then. */
function beside(scenario: Scenario): { simulation: Simulation; transfer: Transfer } {
  const simulation = new Simulation(new Random(1), scenario);
  simulation.run(10_000);
  const transfer = new Transfer(simulation);
  simulation.others.push(transfer);
  return { simulation, transfer };
}

for (const queue of [50, 100, 300]) {
  Deno.test(`a bulk transfer beside 1.5 Mb/s of video leaves it most of that, of 2 Mb/s with a queue of ${queue} ms`, () => {
    const { simulation, transfer } = beside({ rate: 2e6, queue, maxBitrate: 1.5e6 });
    simulation.run(15_000);
    for (let at = 15_000; at < 60_000; at += 5000) {
      const before = transfer.received;
      simulation.run(at + 5000);
      const video = simulation.mean("delivered", at, at + 5000);
      const data = (transfer.received - before) * 8 / 5;
      assertGreater(video, 800_000, `video from ${at} ms on`);
      assertGreater(data, 250_000, `data from ${at} ms on`);
      assert(video + data > 1.7e6, `${video + data} b/s in all`);
    }
    assertLess(simulation.mean("queueing", 15_000, 60_000), 90);
  });
}

Deno.test("nor does it starve video on a long way, nor is it starved where packets come in clumps of 10 ms", () => {
  const long = beside({ rate: 2e6, delay: 100, queue: 300, maxBitrate: 1.5e6 });
  long.simulation.run(60_000);
  assertGreater(long.simulation.mean("delivered", 15_000, 60_000), 700_000);
  const clumped = beside({ rate: 1e7, queue: 100, maxBitrate: 2e6, jitter: 10 });
  clumped.simulation.run(60_000);
  assertGreater(clumped.simulation.mean("delivered", 15_000, 60_000), 1_700_000);
  assertGreater(clumped.transfer.received * 8 / 50, 2_500_000);
});
