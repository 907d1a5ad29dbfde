import { delay } from "@std/async/delay";
import { RTCPeerConnection } from "../../../mod.ts";
import { localPeers } from "../../browser/harness/peer.ts";
import { play, type Scenario } from "../../browser/harness/scenario.ts";
import { stackPeers } from "./peer.ts";
import { StackProcess } from "./process.ts";

/** How long a closed connection may keep its sockets, to say its last words to a side that doesn't answer. */
const CLOSING_MS = 1_000;

/** Another stack, and what Heron and it do with each other. */
export interface Stack {
  readonly name: string;
  /** What this test is about, where it is not about everything. */
  readonly part?: string;
  /** Why its program can't run here, or undefined. */
  missing(): Promise<string | undefined>;
  /** The command that runs its program; `folder` is for what has to be built. */
  command(folder: string): Promise<readonly [string, ...string[]]>;
  /** What holds, whoever offers. */
  readonly scenarios: readonly Scenario[];
  /** What holds only where Heron offers, */
  readonly heronOffers?: readonly Scenario[];
  /** and only where the other stack does. */
  readonly stackOffers?: readonly Scenario[];
}

/** Registers a test with a step for each scenario and role. Without the other stack it is ignored, and its name says why; not so in CI. */
export async function testStack(stack: Stack): Promise<void> {
  const { name, part } = stack;
  const title = `Heron and ${name}${part ? `: ${part}` : ""}`;
  const lack = Deno.env.get("CI") === "true" ? undefined : await stack.missing();
  Deno.test({
    name: lack ? `${title} (${lack})` : title,
    ignore: lack !== undefined,
    async fn(t) {
      const folder = await Deno.makeTempDir({ prefix: "heron-interop-" });
      try {
        await using process = new StackProcess(name, await stack.command(folder));
        await playAll(t, stack, process);
        await delay(CLOSING_MS);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Plays every scenario in the roles that it is for, and where it matters without trickling too. */
async function playAll(t: Deno.TestContext, stack: Stack, process: StackProcess): Promise<void> {
  const { scenarios, heronOffers = [], stackOffers = [] } = stack;
  const heron = localPeers("heron", () => new RTCPeerConnection());
  const other = stackPeers(process);
  for (
    const [offerer, answerer, some] of [
      [heron, other, [...scenarios, ...heronOffers]],
      [other, heron, [...scenarios, ...stackOffers]],
    ] as const
  ) {
    for (const scenario of some) {
      for (const trickle of scenario.withoutTrickle ? [true, false] : [true]) {
        const how = trickle ? "" : ", without trickling";
        await t.step(`${scenario.name} (${offerer.name} offers${how})`, async () => {
          const { error } = await play(scenario, offerer, answerer, trickle);
          if (!error) return;
          const failures = process.failures.map(String);
          throw new Error([error, ...failures, ...process.log].join("\n  "));
        });
        process.failures.length = 0; // stacks refuse much once a connection is closing
        process.log.length = 0;
      }
    }
  }
}
