import { assert, assertEquals } from "@std/assert";
import type { RTCDataChannel, RTCDataChannelInit } from "../../mod.ts";
import { Random, seedForRun } from "../support/random.ts";
import { type End, Pair, record } from "./pair.ts";

/** A channel at one end. */
class Mouth {
  readonly channel: RTCDataChannel;
  readonly sent: string[] = [];
  readonly heard: string[] = [];
  readonly fired: string[];

  constructor(channel: RTCDataChannel) {
    this.channel = channel;
    this.fired = record(channel, "open", "close", "error");
    channel.addEventListener("message", ({ data }) => this.heard.push(data));
  }

  send(text: string): void {
    if (this.channel.readyState !== "open") return;
    this.channel.send(text);
    this.sent.push(text);
  }
}

/** A pair with channels that are opened, used and closed at random, at either end. */
class Chatter {
  readonly pair: Pair;
  readonly #random: Random;
  readonly #lines = new Map<string, { init: RTCDataChannelInit; mouths: Map<End, Mouth> }>();

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.pair = new Pair({ seed });
    for (const end of ["alice", "bob"] as const) {
      this.pair.hosts[end].link.loss = this.#random.pick([0, 0.05, 0.2]);
      this.pair[end].ondatachannel = ({ channel }) =>
        void this.#lines.get(channel.label)!.mouths.set(end, new Mouth(channel));
    }
    this.open("alice");
  }

  open(end: End = this.#random.pick(["alice", "bob"])): void {
    const count = this.#lines.size, label = `${count}`;
    const negotiated = this.#random.chance(0.3);
    const init = {
      ordered: this.#random.chance(0.7),
      ...negotiated && { negotiated, id: 1000 + count },
    };
    const ends: readonly End[] = negotiated ? ["alice", "bob"] : [end];
    const mouths = ends.map((end) =>
      [end, new Mouth(this.pair[end].createDataChannel(label, init))] as const
    );
    this.#lines.set(label, { init, mouths: new Map(mouths) });
  }

  async step(): Promise<void> {
    const random = this.#random;
    const { init, mouths } = random.pick([...this.#lines.values()]);
    const all = [...mouths.values()];
    const mouth = random.pick(all);
    const isConnecting = all.some(({ channel }) => channel.readyState === "connecting");
    const dice = random.fraction();
    if (dice < 0.1) this.open();
    else if (dice < 0.7) {
      const length = random.below(random.chance(0.1) ? 60_000 : 200);
      mouth.send(`${mouth.sent.length}`.padEnd(length, "."));
    } else if (dice > 0.95) await this.pair.advance(random.below(1000));
    else if (dice > 0.8) await this.pair.advance(random.below(50));
    // Nothing tells the other side of a negotiated channel that was closed before there was a connection.
    else if (!init.negotiated || !isConnecting) mouth.channel.close();
  }

  check(): void {
    for (const [label, { init, mouths }] of this.#lines) {
      const all = [...mouths.values()];
      const isClosed = all.some(({ channel }) => channel.readyState !== "open");
      const state = isClosed ? "closed" : "open";
      const closes = isClosed ? ["close"] : [];
      for (const { channel, fired } of all) {
        assertEquals([channel.readyState, channel.bufferedAmount * Number(!isClosed)], [state, 0]);
        assertEquals(fired.filter((type) => type !== "open"), closes, label);
      }
      const [one, other] = all;
      if (other === undefined) assert(isClosed && one!.sent.length === 0, `${label} is unknown`);
      else {
        for (const [{ sent }, { heard }] of [[one!, other], [other, one!]] as const) {
          const sort = (texts: string[]) => init.ordered ? texts : texts.toSorted();
          // Whoever closes second may have sent what nobody reads any more.
          if (!isClosed) assertEquals(sort(heard), sort(sent), label);
          else if (init.ordered) assertEquals(heard, sent.slice(0, heard.length), label);
          else assert(new Set(heard).isSubsetOf(new Set(sent)) && heard.length <= sent.length);
        }
      }
    }
  }
}

Deno.test("whatever is opened, sent and closed, both ends agree: channels are open or closed, and messages arrive once", async () => {
  const seed = seedForRun("channels");
  for (let run = 0; run < 20; run++) {
    const chatter = new Chatter(seed + run);
    const { pair } = chatter;
    await pair.negotiate();
    for (let step = 0; step < 300; step++) await chatter.step();
    await pair.advance(120_000);
    assertEquals([pair.alice.sctp!.state, pair.bob.sctp!.state], ["connected", "connected"]);
    chatter.check();
    await pair.close();
  }
});
