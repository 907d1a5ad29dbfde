import { Handle, type Message } from "./handle.ts";

/** How long it may take to start, in milliseconds. */
const STARTS_WITHIN = 10_000;
/** How often is looked whether it has. */
const INTERVAL = 50;

/** The room for everybody, in the gateway's own notation. */
const ROOM = `general: {}
room-1234: {
  description = "tests"
  publishers = 6
  audiocodec = "opus"
  videocodec = "vp8,h264"
  fir_freq = 0
}
`;

/** What is left out: it needs other programs, files or ports, and no test asks for it. */
const PLUGINS = ["audiobridge", "duktape", "lua", "nosip", "sip", "streaming", "voicemail"];
const TRANSPORTS = ["http", "mqtt", "nanomsg", "pfunix", "rabbitmq"];

function configuration(folder: string): string {
  const disabled = (names: readonly string[]) =>
    `disable = "${names.map((name) => `libjanus_${name}.so`).join(",")}"`;
  return `general: {
  configs_folder = "${folder}"
  debug_level = 3
}
nat: { full_trickle = true }
plugins: { ${disabled(PLUGINS)} }
transports: { ${disabled(TRANSPORTS)} }
`;
}

/** A Janus gateway of the test's own, spoken to over a WebSocket. */
export class Gateway implements AsyncDisposable {
  readonly #folder: string;
  readonly #process: Deno.ChildProcess;
  readonly #log: Promise<string>;
  #socket!: WebSocket;
  #session!: number;
  readonly #handles = new Map<number, Handle>();
  readonly #replies = new Map<string, (message: Message) => void>();

  private constructor(folder: string) {
    this.#folder = folder;
    this.#process = new Deno.Command("janus", {
      args: ["-F", folder, "-C", `${folder}/janus.jcfg`],
      ...{ stdin: "null", stdout: "piped", stderr: "null" },
    }).spawn();
    this.#log = new Response(this.#process.stdout).text();
  }

  static async start(): Promise<Gateway> {
    const folder = await Deno.makeTempDir({ prefix: "heron-janus-" });
    const port = freePort();
    const transport = `general: { ws = true, ws_ip = "127.0.0.1", ws_port = ${port} }\n`;
    await Deno.writeTextFile(`${folder}/janus.jcfg`, configuration(folder));
    await Deno.writeTextFile(`${folder}/janus.transport.websockets.jcfg`, transport);
    await Deno.writeTextFile(`${folder}/janus.plugin.videoroom.jcfg`, ROOM);
    const gateway = new Gateway(folder);
    try {
      await gateway.#connect(port);
      return gateway;
    } catch (error) {
      await gateway[Symbol.asyncDispose]();
      throw new Error(`Janus did not start: ${await gateway.#log}`, { cause: error });
    }
  }

  /** Attaches to a plugin. */
  async attach(plugin: string): Promise<Handle> {
    const reply = await this.request({ janus: "attach", plugin: `janus.plugin.${plugin}` });
    const handle = new Handle(this, reply.data!.id);
    this.#handles.set(reply.data!.id, handle);
    return handle;
  }

  /** Sends a message; resolves with what answers it, which is not its mere acknowledgement. */
  request(message: object): Promise<Message> {
    const transaction = crypto.randomUUID();
    const more = this.#session === undefined ? {} : { session_id: this.#session };
    return new Promise((resolve) => {
      this.#replies.set(transaction, resolve);
      this.#socket.send(JSON.stringify({ ...message, ...more, transaction }));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket?.close();
    try {
      this.#process.kill();
    } catch { /* it has ended by itself */ }
    await this.#process.status;
    await this.#log;
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #connect(port: number): Promise<void> {
    const end = performance.now() + STARTS_WITHIN;
    for (;;) {
      this.#socket = new WebSocket(`ws://127.0.0.1:${port}`, ["janus-protocol"]);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      this.#socket.onopen = () => resolve(true);
      this.#socket.onerror = () => resolve(false);
      if (await promise) break;
      if (performance.now() > end) throw new Error(`not within ${STARTS_WITHIN} ms`);
      await new Promise((resolve) => setTimeout(resolve, INTERVAL));
    }
    this.#socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    this.#session = (await this.request({ janus: "create" })).data!.id;
  }

  #receive(message: Message): void {
    if (message.janus === "ack") return;
    const reply = this.#replies.get(message.transaction ?? "");
    this.#replies.delete(message.transaction ?? "");
    if (reply !== undefined) reply(message);
    else this.#handles.get(message.sender ?? 0)?.receive(message);
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
