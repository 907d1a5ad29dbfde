import { PASSWORD, USER } from "../ice/turn/turn_server.ts";

/** Whether coturn is on this machine. */
export const coturnIsHere: boolean = await new Deno.Command("turnserver", {
  args: ["--version"],
  stdout: "null",
  stderr: "null",
}).output().then(() => true, () => false);

/** A coturn of the test's own, on the loopback interface unless told otherwise, with ports and a certificate made for it. */
export class Coturn {
  readonly ip: string;
  readonly port: number = freePort();
  readonly tlsPort: number = freePort();
  /** What a client must trust for TLS, in PEM. */
  readonly certificate: string;
  readonly #folder: string;
  readonly #prefix: readonly string[];
  readonly #extra: readonly string[];
  #process: Deno.ChildProcess | undefined;
  #output: Promise<void> | undefined;
  /** What it has said. */
  log = "";
  #waiting: (() => void)[] = [];

  private constructor(
    prefix: readonly string[],
    ip: string,
    folder: string,
    certificate: string,
    extra: readonly string[],
  ) {
    this.#prefix = prefix;
    this.ip = ip;
    this.#folder = folder;
    this.certificate = certificate;
    this.#extra = extra;
  }

  /** Starts one; further lines of its configuration may be given. */
  static start(...extra: string[]): Promise<Coturn> {
    return Coturn.startOn("127.0.0.1", ...extra);
  }

  /** Starts one on another address of this machine. */
  static startOn(ip: string, ...extra: string[]): Promise<Coturn> {
    return Coturn.startIn([], ip, ...extra);
  }

  /** Starts one on another machine: `prefix` is what starts programs there. */
  static async startIn(
    prefix: readonly string[],
    ip: string,
    ...extra: string[]
  ): Promise<Coturn> {
    const folder = await Deno.makeTempDir({ prefix: "coturn" });
    const made = await new Deno.Command("openssl", {
      args: [
        ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
        ...["-subj", "/CN=localhost", "-days", "2"],
        ...["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        ...["-addext", "basicConstraints=critical,CA:FALSE"],
        ...["-keyout", `${folder}/key.pem`, "-out", `${folder}/cert.pem`],
      ],
      stderr: "null",
    }).output();
    if (!made.success) throw new Error("openssl could not make a certificate");
    const certificate = await Deno.readTextFile(`${folder}/cert.pem`);
    const coturn = new Coturn(prefix, ip, folder, certificate, extra);
    await coturn.run();
    return coturn;
  }

  /** Starts it (again), on the same ports. */
  async run(): Promise<void> {
    const folder = this.#folder;
    await Deno.writeTextFile(
      `${folder}/turnserver.conf`,
      [
        `listening-port=${this.port}`,
        `tls-listening-port=${this.tlsPort}`,
        `listening-ip=${this.ip}`,
        `relay-ip=${this.ip}`,
        "realm=example.org",
        `user=${USER}:${PASSWORD}`,
        "lt-cred-mech",
        "allow-loopback-peers",
        "no-cli",
        "no-dtls",
        "verbose",
        "log-file=stdout",
        `cert=${folder}/cert.pem`,
        `pkey=${folder}/key.pem`,
        `userdb=${folder}/turndb`,
        `pidfile=${folder}/pid`,
        ...this.#extra,
        "",
      ].join("\n"),
    );
    this.log = "";
    const [program, ...args] = [...this.#prefix, "turnserver", "-c", `${folder}/turnserver.conf`];
    this.#process = new Deno.Command(program!, {
      args,
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#output = this.#read(this.#process.stdout);
    await this.said(/IPv4\. TLS\/TCP listener opened on/);
    await this.said(/IPv4\. UDP listener opened on/);
  }

  /** The URL for a transport. */
  url(transport: "udp" | "tcp" | "tls"): string {
    if (transport === "tls") return `turns:localhost:${this.tlsPort}`;
    return `turn:${this.ip}:${this.port}?transport=${transport}`;
  }

  /** Waits until the log says something. */
  async said(pattern: RegExp, limit = 10_000): Promise<void> {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      for (const wake of this.#waiting.splice(0)) wake();
    }, limit);
    try {
      while (!pattern.test(this.log)) {
        if (expired) throw new Error(`coturn never said ${pattern}, but:\n${this.log}`);
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it without a farewell. */
  async kill(): Promise<void> {
    try {
      this.#process?.kill("SIGKILL");
    } catch { /* it has ended by itself */ }
    await this.#process?.status;
    await this.#output;
    this.#process = undefined;
  }

  /** Ends it, and leaves nothing behind. */
  async close(): Promise<void> {
    await this.kill();
    await Deno.remove(this.#folder, { recursive: true });
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.log += text;
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
