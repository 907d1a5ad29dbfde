import { deadline } from "@std/async/deadline";
import type { Peer, PeerFactory } from "./peer.ts";
import type { Signal } from "./side.ts";

/** How long a scenario may take, where it doesn't say. */
const SCENARIO_TIMEOUT_MS = 30_000;
/** How long a side may take to tell how it is, once a scenario has failed. */
const REPORT_TIMEOUT_MS = 2_000;

/** The two ends of a connection that is not negotiated yet, with their signals relayed to each other. */
export interface Call {
  /** Makes the first offer. */
  readonly offerer: Peer;
  readonly answerer: Peer;
  readonly trickle: boolean;
  /** Negotiates, and resolves when both ends are connected. */
  connect(): Promise<void>;
  /** Adds a remark to the scenario's line, such as a throughput. */
  note(remark: string): void;
}

/** Something that two peers do with each other. */
export interface Scenario {
  /** What holds, as a sentence. */
  readonly name: string;
  /** Milliseconds that it may take. */
  readonly timeout?: number;
  /** Also run with complete gathering in place of trickling. */
  readonly withoutTrickle?: boolean;
  run(call: Call): Promise<void>;
}

/** What a scenario came to. */
export interface Outcome {
  readonly notes: readonly string[];
  readonly error?: string;
}

/** A new connection between two peers. */
export interface Pair {
  readonly offerer: Peer;
  readonly answerer: Peer;
  /** Rejects when one does not take what the other one signals. */
  readonly broken: Promise<never>;
  /** Negotiates, and resolves when both ends are connected. */
  connect(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a connection of each kind, whose signals are relayed to each other. */
export async function openPair(
  offering: PeerFactory,
  answering: PeerFactory,
  trickle: boolean,
): Promise<Pair> {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => {}); // told to those who ask
  const relay = (to: () => Peer) => (signal: Signal) => {
    to().run((side, signal) => side.receive(signal), signal).catch(reject);
  };
  const offerer: Peer = await offering.open({ trickle }, relay(() => answerer));
  const answerer: Peer = await answering.open({ trickle }, relay(() => offerer));
  return {
    offerer,
    answerer,
    broken,
    connect: () => connect(offerer, answerer),
    close: async () => void await Promise.allSettled([offerer.close(), answerer.close()]),
  };
}

/** Runs one scenario between a new connection of each kind. */
export async function play(
  scenario: Scenario,
  offering: PeerFactory,
  answering: PeerFactory,
  trickle: boolean,
): Promise<Outcome> {
  const notes: string[] = [];
  const pair = await openPair(offering, answering, trickle);
  const call: Call = { ...pair, trickle, note: (remark) => notes.push(remark) };
  try {
    const run = Promise.race([scenario.run(call), pair.broken]);
    await deadline(run, scenario.timeout ?? SCENARIO_TIMEOUT_MS);
    return { notes };
  } catch (error) {
    return { notes, error: await explain(error, [pair.offerer, pair.answerer]) };
  } finally {
    await pair.close();
  }
}

/** Lets `offerer` offer, and waits until both ends are connected. */
async function connect(offerer: Peer, answerer: Peer): Promise<void> {
  await offerer.run((side) => side.offer());
  for (const peer of [offerer, answerer]) {
    const state = await peer.run((side) => side.reached("connected", "failed", "closed"));
    if (state !== "connected") throw new Error(`${peer.name} is ${state}`);
  }
}

/** The error, with what both ends can say about themselves. */
async function explain(error: unknown, peers: readonly Peer[]): Promise<string> {
  const lines = [error instanceof Error ? error.stack ?? error.message : String(error)];
  for (const peer of peers) {
    const report = deadline(peer.run((side) => side.report()), REPORT_TIMEOUT_MS);
    lines.push(`  ${peer.name}: ${await report.catch((error) => String(error))}`);
    for (const line of peer.browser?.log ?? []) lines.push(`  ${peer.name} console: ${line}`);
  }
  return lines.join("\n");
}
