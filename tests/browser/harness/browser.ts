import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { PAGE, type Report, type Request } from "./page.ts";
import { type BrowserName, type BrowserOptions, findBrowser, PROFILES } from "./profiles.ts";
import type { Signal } from "./side.ts";

/** How long a browser may take until its page has called back: a cold start on a busy machine. */
const LAUNCH_TIMEOUT_MS = 60_000;
/** How long a closed browser may take to end before it is given up. */
const EXIT_TIMEOUT_MS = 5_000;
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

  #process: Deno.ChildProcess;
  #profile: string;
  #server: Deno.HttpServer<Deno.NetAddr>;
  #socket: WebSocket;
  #pending = new Map<number, Pending>();
  #signals = new Map<number, (signal: Signal) => void>();
  #lastId = 0;
  #ended = false;

  private constructor(
    name: BrowserName,
    options: BrowserOptions,
    process: Deno.ChildProcess,
    profile: string,
    server: Deno.HttpServer<Deno.NetAddr>,
    socket: WebSocket,
  ) {
    this.name = name;
    this.options = options;
    this.#process = process;
    this.#profile = profile;
    this.#server = server;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data)));
    socket.addEventListener("close", () => this.#fail(new Error(`${name} has ended`)));
  }

  /** Starts a browser; resolves once its page is ready. */
  static async launch(name: BrowserName, options: BrowserOptions = {}): Promise<Browser> {
    const executable = await findBrowser(name);
    if (!executable) throw new Error(`${name} is not installed`);
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
    const profile = await Deno.makeTempDir({ prefix: `heron-${name}-` });
    const { files, arguments: args } = PROFILES[name];
    for (const [file, text] of Object.entries(files(options))) {
      await Deno.writeTextFile(`${profile}/${file}`, text);
    }
    const process = new Deno.Command(executable, {
      args: args(profile, `http://127.0.0.1:${server.addr.port}/harness`, options),
      // Nothing of the user's own is read or written, whatever else a browser keeps outside its profile.
      env: { HOME: profile, XDG_CACHE_HOME: profile, XDG_CONFIG_HOME: profile },
      stdin: "null",
      stdout: "null",
      stderr: "null",
      detached: true, // a process group of its own, which kill() ends as a whole
    }).spawn();
    try {
      const socket = await deadline(connected, LAUNCH_TIMEOUT_MS);
      return new Browser(name, options, process, profile, server, socket);
    } catch {
      killGroup(process.pid);
      await process.status;
      await server.shutdown();
      await removeFolder(profile);
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
    killGroup(this.#process.pid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await deadline(this.#process.status, EXIT_TIMEOUT_MS);
    await this.#server.shutdown();
    await removeFolder(this.#profile);
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

/** Ends a process and its children, which may have ended already. */
function killGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Removes a profile; the browser's helper processes may write for a moment after its main one has ended. */
async function removeFolder(path: string): Promise<void> {
  for (let attempt = 1; attempt <= 20; attempt++) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch {
      await delay(50 * attempt);
    }
  }
}
