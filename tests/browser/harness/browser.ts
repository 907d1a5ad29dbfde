import { deadline } from "@std/async/deadline";
import { BrowserProcess } from "./browser_process.ts";
import { PAGE, type Report, type Request } from "./page.ts";
import type { BrowserName, BrowserOptions } from "./profiles.ts";
import type { Signal } from "./side.ts";

/** How long a browser may take until its page has called back: a cold start on a busy machine. */
const LAUNCH_TIMEOUT_MS = 60_000;
/** How many lines of a page's console are kept for the message of a failed test. */
const MAX_LOG_LINES = 50;

/** What a caller waits for. */
interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/**
 * A headless browser with a fresh profile, on a page that calls back over a WebSocket: no driver is needed, and it works the same
 * in every browser.
 */
export class Browser implements AsyncDisposable {
  readonly name: BrowserName;
  readonly options: BrowserOptions;
  /** What the page printed, and its uncaught errors. */
  readonly log: string[] = [];

  #process: BrowserProcess;
  #server: Deno.HttpServer<Deno.NetAddr>;
  #socket: WebSocket;
  #pending = new Map<number, Pending>();
  #signals = new Map<number, (signal: Signal) => void>();
  #lastId = 0;
  #ended = false;

  private constructor(
    name: BrowserName,
    options: BrowserOptions,
    process: BrowserProcess,
    server: Deno.HttpServer<Deno.NetAddr>,
    socket: WebSocket,
  ) {
    this.name = name;
    this.options = options;
    this.#process = process;
    this.#server = server;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data)));
    socket.addEventListener("close", () => this.#fail(new Error(`${name} has ended`)));
  }

  /** Starts a browser; resolves once its page is ready. */
  static async launch(name: BrowserName, options: BrowserOptions = {}): Promise<Browser> {
    const { promise: connected, resolve } = Promise.withResolvers<WebSocket>();
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/harness") {
        return new Response(PAGE, { headers: { "content-type": "text/html; charset=utf-8" } });
      } else if (pathname !== "/harness/socket") {
        return options.site?.(request) ?? new Response(null, { status: 404 });
      }
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.addEventListener("open", () => resolve(socket), { once: true });
      return response;
    });
    const url = `http://127.0.0.1:${server.addr.port}/harness`;
    const process = await BrowserProcess.start(name, url, options);
    try {
      const socket = await deadline(connected, LAUNCH_TIMEOUT_MS);
      return new Browser(name, options, process, server, socket);
    } catch {
      await process[Symbol.asyncDispose]();
      await server.shutdown();
      throw new Error(`${name} did not open its page within ${LAUNCH_TIMEOUT_MS} ms`);
    }
  }

  /** Runs a function in the page. It must not refer to anything outside itself; its result must survive JSON. */
  evaluate<A extends readonly unknown[], T>(
    run: (...args: A) => T | Promise<T>,
    ...args: A
  ): Promise<T> {
    return this.#request({ do: "run", source: run.toString(), args }) as Promise<T>;
  }

  /** Opens a {@linkcode Side} in the page, and says by which number to call it. */
  async openSide(trickle: boolean, onSignal: (signal: Signal) => void): Promise<number> {
    const side = ++this.#lastId;
    this.#signals.set(side, onSignal);
    await this.#request({ do: "open", side, trickle });
    return side;
  }

  /** Runs a function in the page, with one of its sides as the first argument. */
  runSide(side: number, source: string, args: readonly unknown[]): Promise<unknown> {
    return this.#request({ do: "run", side, source, args });
  }

  /** Closes a side; what it still has to say is not listened to. */
  async dropSide(side: number): Promise<void> {
    this.#signals.delete(side);
    await this.#request({ do: "drop", side });
  }

  /** Ends the browser in an instant, as a crash or a power cut would: it says nothing to anyone. */
  kill(): void {
    this.#ended = true;
    this.#process.kill();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.#process[Symbol.asyncDispose]();
    await this.#server.shutdown();
  }

  #request(request: WithoutId<Request>): Promise<unknown> {
    if (this.#ended || this.#socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Error(`${this.name} has ended`));
    }
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(id, { resolve, reject });
    this.#socket.send(JSON.stringify({ id, ...request }));
    return promise;
  }

  #receive(report: Report): void {
    if ("log" in report) {
      this.log.push(report.log);
      if (this.log.length > MAX_LOG_LINES) this.log.shift();
    } else if ("signal" in report) {
      this.#signals.get(report.side)?.(report.signal);
    } else {
      const pending = this.#pending.get(report.id);
      this.#pending.delete(report.id);
      if ("error" in report) pending?.reject(new Error(`in ${this.name}: ${report.error}`));
      else pending?.resolve(report.value);
    }
  }

  #fail(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
