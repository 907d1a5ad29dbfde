import { nodeProvider as crypto } from "../../core/crypto/node_provider.ts";
import { type Datagram, Stage } from "../../core/mod.ts";
import { IceAgent, type IceEvent, type IceTimings } from "../../ice/mod.ts";
import { SocketGroup, SystemNetwork } from "../../transport/mod.ts";

/** An agent of its own on a socket of its own, with timings that a connection would not let anybody set. */
export class LoneAgent {
  readonly received: Uint8Array[] = [];
  readonly events: IceEvent[] = [];
  readonly stage: Stage<Datagram, Uint8Array, IceEvent, IceAgent>;
  readonly #sockets = new SocketGroup();
  readonly #writer: WritableStreamDefaultWriter<readonly Uint8Array[]>;
  readonly #flow: Promise<unknown>;
  #waiting: (() => void)[] = [];

  private constructor(role: "controlling" | "controlled", timings: Partial<IceTimings>) {
    this.stage = new Stage(new IceAgent({ crypto, role, timings }), {
      onEvent: (event) => {
        this.events.push(event);
        this.#wake();
      },
    });
    const up = this.#sockets.readable.pipeThrough(this.stage.inbound).pipeTo(
      new WritableStream({
        write: (batch) => {
          this.received.push(...batch);
          this.#wake();
        },
      }),
    );
    const down = this.stage.outbound.readable.pipeTo(this.#sockets.writable);
    this.#writer = this.stage.outbound.writable.getWriter();
    this.#flow = Promise.allSettled([up, down]);
  }

  static async with(
    role: "controlling" | "controlled",
    timings: Partial<IceTimings> = {},
    set: (agent: IceAgent, now: number) => void,
    hostName?: string,
  ): Promise<LoneAgent> {
    const lone = new LoneAgent(role, timings);
    const socket = await new SystemNetwork().openUdp("127.0.0.1");
    lone.#sockets.add(socket);
    lone.stage.run((agent, now) => {
      set(agent, now);
      agent.addBase(socket.local, now, hostName === undefined ? {} : { hostName });
      agent.endOfBases(now);
    });
    await lone.until(() => lone.agent.gatheringState === "complete");
    return lone;
  }

  get agent(): IceAgent {
    return this.stage.run((agent) => agent);
  }

  hear(other: LoneAgent): void {
    const { localParameters, localCandidates } = other.agent;
    this.stage.run((agent, now) => {
      agent.setRemoteParameters(localParameters, now);
      for (const candidate of localCandidates) agent.addRemoteCandidate(candidate, now);
      agent.endOfRemoteCandidates(now);
    });
  }

  send(data: Uint8Array): Promise<void> {
    return this.#writer.write([data]);
  }

  async until(condition: () => boolean, limit = 20_000): Promise<void> {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      this.#wake();
    }, limit);
    try {
      while (!condition()) {
        if (expired) throw new Error(`Did not happen within ${limit} ms: ${condition}`);
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    await this.#writer.close();
    this.#sockets.close();
    await this.#flow;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
