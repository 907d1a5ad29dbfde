import { deadline } from "@std/async/deadline";
import { TextLineStream } from "@std/streams/text-line-stream";
import type { Command, Happening, Report, Request } from "./protocol.ts";

/** How long a program may take for a request; the first one waits until it has started. */
const REQUEST_TIMEOUT_MS = 20_000;
/** How long a program may take to end once it reads the end of its input, before it is killed. */
const EXIT_TIMEOUT_MS = 2_000;

/** How many lines of what a program says about itself are kept for the message of a failed test. */
const MAX_LOG_LINES = 30;

/** Another stack's program, running. */
export class StackProcess implements AsyncDisposable {
  readonly name: string;
  /** What went wrong with requests that nobody waited for. */
  readonly failures: Error[] = [];
  /** The last lines of its standard error. */
  readonly log: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reading: Promise<unknown>;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #listeners = new Map<number, (happening: Happening) => void>();
  #lastId = 0;
  #lastConnection = 0;
  #ended = false;

  constructor(name: string, [command, ...args]: readonly [string, ...string[]]) {
    this.name = name;
    const piped = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    this.#child = new Deno.Command(command, { args, ...piped }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reading = Promise.all([this.#read(), this.#readLog()]);
  }

  /** A number for a new connection, whose happenings go to `listener`. */
  register(listener: (happening: Happening) => void): number {
    this.#listeners.set(++this.#lastConnection, listener);
    return this.#lastConnection;
  }

  /** Asks the program to do something; requests are done in order. */
  async request(pc: number, command: Command): Promise<unknown> {
    if (this.#ended) throw new Error(`${this.name}'s program has ended`);
    const id = ++this.#lastId;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(id, pending);
    const line = JSON.stringify({ id, pc, ...command } satisfies Request) + "\n";
    this.#writer.write(new TextEncoder().encode(line)).catch(pending.reject);
    return await deadline(pending.promise, REQUEST_TIMEOUT_MS);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {}); // the program may have ended by itself
    await deadline(this.#child.status, EXIT_TIMEOUT_MS).catch(() => this.#child.kill("SIGKILL"));
    await this.#child.status;
    await this.#reading;
  }

  async #read(): Promise<void> {
    for await (const line of linesOf(this.#child.stdout)) this.#receive(JSON.parse(line));
    this.#ended = true;
    for (const { reject } of this.#pending.values()) {
      reject(new Error(`${this.name}'s program has ended`));
    }
  }

  async #readLog(): Promise<void> {
    for await (const line of linesOf(this.#child.stderr)) {
      this.log.push(line);
      if (this.log.length > MAX_LOG_LINES) this.log.shift();
    }
  }

  #receive(report: Report): void {
    if ("event" in report) return this.#listeners.get(report.pc)?.(report);
    const pending = this.#pending.get(report.id);
    this.#pending.delete(report.id);
    if ("error" in report) pending?.reject(new Error(`in ${this.name}: ${report.error}`));
    else pending?.resolve(report.value);
  }
}

function linesOf(bytes: ReadableStream<Uint8Array>): ReadableStream<string> {
  return bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}
