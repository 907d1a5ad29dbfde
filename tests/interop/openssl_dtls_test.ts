import { assert, assertEquals } from "@std/assert";
import { nodeProvider as crypto } from "../../core/crypto/node_provider.ts";
import { DTLS_SRTP_LABEL, DtlsEndpoint, type DtlsOptions } from "../../dtls/mod.ts";
import { toHex } from "../../core/wire/mod.ts";
import { UdpEndpoint } from "./udp_endpoint.ts";

// RFC 6347, held against the oldest implementation of it that is still in use.

const available = await new Deno.Command("openssl", { args: ["version"] }).output()
  .then(({ success }) => success, () => false);
if (!available) {
  // deno-lint-ignore no-console
  console.log("openssl is not on this machine: interoperability with it is not checked");
}

const certificate = crypto.generateCertificate({
  keyType: "ecdsa-p256",
  now: Date.now(),
  lifetime: 86_400_000,
});

interface Case {
  name: string;
  /** Arguments of openssl. */
  args?: string[];
  key?: "ec" | "rsa";
  options?: Partial<DtlsOptions>;
  cipher: string;
}

const cases: Case[] = [
  { name: "defaults", cipher: "ECDHE-ECDSA-CHACHA20-POLY1305" },
  {
    name: "AES-128-GCM over secp256r1",
    options: { cipherSuites: [0xc02b], groups: ["secp256r1"] },
    cipher: "ECDHE-ECDSA-AES128-GCM-SHA256",
  },
  { name: "a small MTU", args: ["-mtu", "300"], cipher: "ECDHE-ECDSA-CHACHA20-POLY1305" },
  {
    name: "small datagrams of ours",
    options: { maxDatagramSize: 200 },
    cipher: "ECDHE-ECDSA-CHACHA20-POLY1305",
  },
];

for (
  const one of [...cases, {
    name: "an RSA certificate",
    key: "rsa" as const,
    cipher: "ECDHE-RSA-CHACHA20-POLY1305",
  }]
) {
  Deno.test({
    name: `a client of ours against openssl s_server: ${one.name}`,
    ignore: !available,
    fn: () => clientAgainst(one),
  });
}

for (const one of cases) {
  Deno.test({
    name: `a server of ours against openssl s_client: ${one.name}`,
    ignore: !available,
    fn: () => serverAgainst(one),
  });
}

Deno.test({
  name: "a server of ours that asks for a cookie against openssl s_client",
  ignore: !available,
  fn: () =>
    serverAgainst({
      name: "cookie",
      options: { cookieExchange: true },
      cipher: "ECDHE-ECDSA-CHACHA20-POLY1305",
    }),
});

async function clientAgainst(one: Case): Promise<void> {
  const files = await opensslFiles(one.key ?? "ec");
  const port = freePort();
  const server = new OpenSsl([
    "s_server",
    ...["-dtls1_2", "-4", "-accept", `127.0.0.1:${port}`, "-listen", "-Verify", "1"],
    ...["-cert", files.certificate, "-key", files.key],
    ...["-use_srtp", "SRTP_AES128_CM_SHA1_80"],
    ...["-keymatexport", DTLS_SRTP_LABEL, "-keymatexportlen", "60"],
    ...one.args ?? [],
  ]);
  await server.said("ACCEPT");
  const client = new DtlsEndpoint({ crypto, certificate, srtpProfiles: [8, 1], ...one.options });
  const udp = new UdpEndpoint(client, port);
  try {
    udp.run((c, now) => c.start("client", [files.fingerprint], now));
    await udp.until(() => client.state === "connected" || client.failure !== undefined);
    assertEquals(client.failure, undefined);
    assertEquals(client.srtpProfile, 1);
    udp.run((c, now) => c.handleOutbound([new TextEncoder().encode("ping\n")], now));
    await server.said("ping");
    await server.said(toHex(client.exportKeyingMaterial(DTLS_SRTP_LABEL, 60)).toUpperCase());
    await server.say("pong\n");
    await udp.until(() => udp.received.length > 0);
    assertEquals(new TextDecoder().decode(udp.received[0]), "pong\n");
    udp.run((c, now) => c.close(now));
    await udp.until(() => client.done);
  } finally {
    await udp.close();
    await server.kill();
    await Deno.remove(files.folder, { recursive: true });
  }
}

async function serverAgainst(one: Case): Promise<void> {
  const files = await opensslFiles(one.key ?? "ec");
  const server = new DtlsEndpoint({ crypto, certificate, srtpProfiles: [1], ...one.options });
  const udp = new UdpEndpoint(server);
  udp.run((s, now) => s.start("server", [files.fingerprint], now));
  const client = new OpenSsl([
    "s_client",
    ...["-dtls1_2", "-connect", `127.0.0.1:${udp.port}`],
    ...["-cert", files.certificate, "-key", files.key],
    ...["-use_srtp", "SRTP_AES128_CM_SHA1_80"],
    ...["-keymatexport", DTLS_SRTP_LABEL, "-keymatexportlen", "60"],
    ...one.args ?? [],
  ]);
  try {
    await udp.until(() => server.state === "connected" || server.failure !== undefined);
    assertEquals(server.failure, undefined);
    await client.said(`Cipher is ${one.cipher}`);
    await client.said("Extended master secret: yes");
    await client.said("Secure Renegotiation IS supported");
    await client.said(toHex(server.exportKeyingMaterial(DTLS_SRTP_LABEL, 60)).toUpperCase());
    await client.say("ping\n");
    await udp.until(() => udp.received.length > 0);
    udp.run((s, now) => s.handleOutbound([new TextEncoder().encode("pong\n")], now));
    await client.said("pong");
    await client.say("Q\n"); // closes, with a close_notify
    await udp.until(() => server.state === "closed");
    assert(server.done);
  } finally {
    await udp.close();
    await client.kill();
    await Deno.remove(files.folder, { recursive: true });
  }
}

/** A running openssl whose output can be waited for. */
class OpenSsl {
  readonly #process: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #output = "";
  #waiting: (() => void)[] = [];
  readonly #reading: Promise<unknown>;

  constructor(args: string[]) {
    this.#process = new Deno.Command("openssl", {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#writer = this.#process.stdin.getWriter();
    this.#reading = Promise.all([
      this.#read(this.#process.stdout),
      this.#read(this.#process.stderr),
    ]);
  }

  async say(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async said(text: string, limit = 10_000): Promise<void> {
    let expired = false;
    const timer = setTimeout(() => {
      expired = true;
      this.#wake();
    }, limit);
    try {
      while (!this.#output.includes(text)) {
        if (expired) throw new Error(`openssl did not say "${text}", but:\n${this.#output}`);
        await new Promise<void>((resolve) => this.#waiting.push(resolve));
      }
    } finally {
      clearTimeout(timer);
    }
  }

  async kill(): Promise<void> {
    await this.#writer.close().catch(() => {});
    try {
      this.#process.kill();
    } catch { /* it has ended by itself */ }
    await this.#process.status;
    await this.#reading;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of stream) {
      this.#output += decoder.decode(chunk, { stream: true });
      this.#wake();
    }
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

async function opensslFiles(kind: "ec" | "rsa") {
  const folder = await Deno.makeTempDir();
  const key = `${folder}/key.pem`, pem = `${folder}/certificate.pem`;
  const newKey = kind === "ec" ? ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] : ["rsa:2048"];
  await openssl(
    "req",
    "-x509",
    "-newkey",
    ...newKey,
    "-keyout",
    key,
    "-out",
    pem,
    "-nodes",
    "-subj",
    "/CN=x",
  );
  const said = await openssl("x509", "-in", pem, "-noout", "-fingerprint", "-sha256");
  const value = said.trim().split("=")[1]!;
  return { folder, key, certificate: pem, fingerprint: { algorithm: "sha-256", value } };
}

async function openssl(...args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("openssl", { args }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** openssl can't tell which port it was given, so one is taken that was free a moment ago. */
function freePort(): number {
  const socket = Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 });
  const { port } = socket.addr as Deno.NetAddr;
  socket.close();
  return port;
}
