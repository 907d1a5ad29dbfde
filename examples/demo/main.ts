/**
 * The demo: one page, and a Deno process with Heron at the other end of its connection.
 *
 *     deno task demo [--port 8080]
 *
 * @module
 */
import { parseArgs } from "node:util";
import { createDemo } from "./server/demo.ts";

/** Only this machine can reach the page: browsers keep SHA-256 to pages from `localhost` and from `https:`. */
const HOSTNAME = "127.0.0.1";

/** One line for whoever started the demo. */
function say(line: string): void {
  // deno-lint-ignore no-console -- the demo's own output
  console.log(line);
}

try {
  const { values } = parseArgs({ args: Deno.args, options: { port: { type: "string" } } });
  Deno.serve({
    hostname: HOSTNAME,
    port: Number(values.port ?? Deno.env.get("PORT") ?? 8080),
    onListen: ({ port }) => say(`Heron's demo is at http://localhost:${port}/  (Ctrl+C ends it)`),
  }, createDemo(say));
} catch (error) {
  // A port that is taken, or an option that there is not.
  say(`${(error as Error).message}. The demo takes another port as: deno task demo --port 8081`);
  Deno.exitCode = 1;
}
