import { cpuUsage } from "node:process";
import { TextLineStream } from "@std/streams/text-line-stream";
import type { Description, MediaStack } from "./stacks.ts";

/** What forwarding takes of the server. */
export interface ForwardingFigures {
  /**
   * Time that it computes for all that was to be forwarded, in percent of what one core has. Where less came through, it is scaled up:
   * congestion control slows the publisher down if the server's feedback has it so.
   */
  readonly cpu: number;
  /** Frames that viewers have got, in percent of what was sent to all of them: less where the machine is too busy for both processes. */
  readonly delivered: number;
}

/** Frames that the clients have made, sent and received. */
interface Filmed {
  readonly filmed: number;
  readonly sent: number;
  readonly received: number;
}

/** To whom the video goes. */
const VIEWERS = 50;

const CLIENTS = new URL("./clients.ts", import.meta.url).pathname;

/**
 * One video of 2 Mb/s that this process forwards to 50 viewers, over real sockets. The publisher and the viewers, in a process of their own,
 * are Heron's whatever the server is.
 */
export async function forwarding(stack: MediaStack, config: string): Promise<ForwardingFigures> {
  const server = await stack.server();
  const clients = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--config", config, CLIENTS],
    ...{ stdin: "piped", stdout: "piped", stderr: "inherit" },
  }).spawn();
  const lines = clients.stdout.pipeThrough(new TextDecoderStream())
    .pipeThrough(new TextLineStream()).getReader();
  const writer = clients.stdin.getWriter();
  const ask = async (request: object): Promise<unknown> => {
    await writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    const { value } = await lines.read();
    if (value === undefined) throw new Error("The clients have ended");
    return JSON.parse(value);
  };
  const publisher = await server.publisher();
  await publisher.accept(await ask({ publish: publisher.offer }) as Description);
  for (let i = 0; i < VIEWERS; i++) {
    const viewer = await server.viewer();
    await viewer.accept(await ask({ view: viewer.offer }) as Description);
  }
  await ask({ film: "warm up" });
  const begin = performance.now();
  const before = cpuUsage();
  const { filmed, sent, received } = await ask({ film: "measure" }) as Filmed;
  const { user, system } = cpuUsage(before);
  const elapsed = performance.now() - begin;
  clients.kill();
  await clients.status;
  return {
    cpu: (user + system) / 10 / elapsed * (filmed * VIEWERS) / received,
    delivered: Math.min(100, 100 * received / (sent * VIEWERS)), // some were on their way before
  };
}
