import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { chooseConfig, ROOT } from "../../tools/project.ts";

/** A busy machine takes its time to start a process; one that does not end by itself takes for ever. */
const PATIENCE = 30_000;

const script = join(import.meta.dirname!, "process", "two_peers.ts");

for (const how of ["both", "answer", "channels", "media"]) {
  Deno.test(`a process ends by itself once its connections are closed: ${how}`, async () => {
    const config = join(ROOT, await chooseConfig());
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE);
    const { code, signal, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--config", config, script, how],
      signal: giveUp.signal,
    }).output();
    clearTimeout(timer);
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assertEquals([code, signal], [0, null], said);
    // deno-lint-ignore no-console
    console.log(said.trim());
  });
}
