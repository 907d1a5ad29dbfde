import { assertEquals, assertStringIncludes } from "@std/assert";

/** Sends a datagram from one socket to another in a process of its own, and tells what came. */
const SCRIPT = `
  import { openUdp } from ${JSON.stringify(import.meta.resolve("../../transport/udp.ts"))};
  const a = await openUdp({ ip: "127.0.0.1" }), b = await openUdp({ ip: "127.0.0.1" });
  const data = Uint8Array.of(42);
  await a.writable.getWriter().write([{ data, local: a.local, remote: b.local }]);
  const { value } = await b.readable.getReader().read();
  console.log("got", value[0].data[0]);
  a.close();
  b.close();
`;

async function run(flags: string[], env: Record<string, string>): Promise<string> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", ...flags, SCRIPT],
    env,
  });
  const { stdout, stderr } = await command.output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test("With --unstable-net sockets are listenDatagram's, without it node:dgram's, and both work", async () => {
  const [with_, without] = await Promise.all([
    run(["--unstable-net"], { HERON_DEBUG: "1" }),
    run([], { HERON_DEBUG: "1" }),
  ]);
  assertStringIncludes(with_, "heron transport: UDP over Deno.listenDatagram");
  assertStringIncludes(with_, "got 42");
  assertStringIncludes(without, "heron transport: UDP over node:dgram");
  assertStringIncludes(without, "got 42");
});

Deno.test("Without HERON_DEBUG nothing is said, and both streams' sockets let the process end", async () => {
  assertEquals((await run([], { HERON_DEBUG: "", NO_COLOR: "1" })).trim(), "got 42");
});
