import { TextLineStream } from "@std/streams/text-line-stream";
import { join } from "node:path";
import type { RTCConfiguration } from "../../../mod.ts";
import type { PeerConnectionSettings } from "../../../peer/settings.ts";
import { chooseConfig, ROOT } from "../../../tools/project.ts";
import type { Machine } from "./mod.ts";

/** How long two peers have to meet, in milliseconds: a machine that is busy starts processes slowly. */
const PATIENCE = 30_000;

/** How a peer is set up; settings have to survive JSON. */
export interface RemotePeerOptions {
  readonly isOfferer: boolean;
  readonly configuration?: RTCConfiguration;
  readonly settings?: PeerConnectionSettings;
}

/** What a peer says. */
interface Said {
  readonly description?: unknown;
  readonly candidate?: { readonly candidate: string } | null;
  readonly state?: string;
  readonly done?: readonly [string, string];
}

/** A peer in a process on another machine. */
export class RemotePeer {
  /** Every candidate line that it has found. */
  readonly candidates: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #held: Said[] = [];
  #other: RemotePeer | undefined;
  #described = false;
  #settle!: (types: readonly [string, string]) => void;
  #fail!: (reason: Error) => void;
  /** The types of the two candidates that it has met the other by; rejects if it fails to. */
  readonly met: Promise<readonly [string, string]> = new Promise((resolve, reject) => {
    this.#settle = resolve;
    this.#fail = reject;
  });

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#input = process.stdin.getWriter();
    const timer = setTimeout(() => this.#fail(new Error("The peers have not met")), PATIENCE);
    this.met.catch(() => {}).finally(() => clearTimeout(timer)); // whoever waits for it hears of a failure
    void this.#listen();
  }

  /** Starts one. */
  static async start(machine: Machine, options: RemotePeerOptions): Promise<RemotePeer> {
    const config = join(ROOT, await chooseConfig());
    const script = join(import.meta.dirname!, "peer.ts");
    const json = JSON.stringify({ configuration: {}, settings: {}, ...options });
    const [program, ...prefix] = machine.prefix;
    return new RemotePeer(
      new Deno.Command(program!, {
        args: [
          ...prefix,
          ...[Deno.execPath(), "run", "-A", "--no-check", "--config", config, script, json],
        ],
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn(),
    );
  }

  /** What this one says is told to the other from now on. */
  tell(other: RemotePeer): void {
    this.#other = other;
    for (const said of this.#held.splice(0)) this.#pass(said);
  }

  /** Ends it. */
  async close(): Promise<void> {
    await this.#write({ end: true });
    await this.#input.close().catch(() => {});
    await this.#process.status;
  }

  async #listen(): Promise<void> {
    const lines = this.#process.stdout.pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream());
    for await (const line of lines) {
      const said: Said = JSON.parse(line);
      if (said.candidate?.candidate) this.candidates.push(said.candidate.candidate);
      if (said.done !== undefined) this.#settle(said.done);
      else if (said.state === "failed") this.#fail(new Error("The connection has failed"));
      else if (said.state === undefined) this.#pass(said);
    }
    this.#fail(new Error("The process has ended"));
  }

  /** A candidate is worth nothing before the description that it belongs to. */
  #pass(said: Said): void {
    if (said.description !== undefined) this.#described = true;
    if (this.#other === undefined || !this.#described) return void this.#held.push(said);
    void this.#other.#write(said);
    if (said.description !== undefined) {
      for (const earlier of this.#held.splice(0)) void this.#other.#write(earlier);
    }
  }

  async #write(message: unknown): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`))
      .catch(() => {}); // it has ended
  }
}

/** Two peers meet; the types of candidates that each of them has done it by. They are ended in any case. */
export async function meet(
  alice: Machine,
  bob: Machine,
  options: Omit<RemotePeerOptions, "isOfferer">,
  look: (alice: RemotePeer, bob: RemotePeer) => void = () => {},
): Promise<[readonly [string, string], readonly [string, string]]> {
  const peers = await Promise.all([
    RemotePeer.start(alice, { ...options, isOfferer: true }),
    RemotePeer.start(bob, { ...options, isOfferer: false }),
  ]);
  const [a, b] = peers;
  try {
    a.tell(b);
    b.tell(a);
    const types: [readonly [string, string], readonly [string, string]] = [
      await a.met,
      await b.met,
    ];
    look(a, b);
    return types;
  } finally {
    await Promise.all(peers.map((peer) => peer.close()));
  }
}
