import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { chooseConfig, ROOT } from "../../tools/project.ts";
import { Coturn, coturnIsHere } from "./coturn.ts";

// Hosts without UDP connect over TCP and TLS. Here it is the runtime that refuses UDP: the only permission is for an address and a port
// that are a server's already.

const PATIENCE = 30_000;

const script = join(import.meta.dirname!, "no_udp", "two_peers.ts");

/** Runs the program with nothing but the network permission that is named; what it prints. */
async function run(allowed: string, args: readonly string[], stdin = ""): Promise<unknown> {
  const config = join(ROOT, await chooseConfig());
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE);
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--no-check", "--config", config, allowed, script, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: giveUp.signal,
  }).spawn();
  await new Response(stdin).body!.pipeTo(process.stdin).catch(() => {});
  const { code, stdout, stderr } = await process.output();
  clearTimeout(timer);
  const [said, complained] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, said! + complained!);
  return JSON.parse(said!.trim().split("\n").at(-1)!);
}

for (const transport of ["tcp", "tls"] as const) {
  Deno.test({
    name: `without UDP, and without networkInterfaces, two peers meet by TURN over ${transport}`,
    ignore: !coturnIsHere,
    fn: async () => {
      const coturn = await Coturn.start();
      try {
        const port = transport === "tls" ? coturn.tlsPort : coturn.port;
        const url = transport === "tls" ? `turns:127.0.0.1:${port}` : coturn.url("tcp");
        const outcome = await run(
          `--allow-net=127.0.0.1:${port}`,
          ["turn", url],
          coturn.certificate,
        );
        const relay = { type: "relay", protocol: "udp", tcpType: null };
        assertEquals(outcome, [
          "hello",
          { ...relay, relayProtocol: transport },
          { ...relay, relayProtocol: null },
        ]);
      } finally {
        await coturn.close();
      }
    },
  });
}

Deno.test("without UDP, and without networkInterfaces, a peer reaches one that listens on TCP", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  const outcome = await run(`--allow-net=127.0.0.1:${port}`, ["tcp", String(port)]);
  // What its own address is, it has only learnt from the server.
  const tcp = { protocol: "tcp", relayProtocol: null };
  assertEquals(outcome, [
    "hello",
    { ...tcp, type: "prflx", tcpType: "active" },
    { ...tcp, type: "host", tcpType: "passive" },
  ]);
});
