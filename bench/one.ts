/**
 * Measures one stack in a process of its own, and prints its figures as JSON.
 *
 * @module
 */
import {
  connect,
  type Figures,
  memory,
  messageRate,
  percentile,
  roundTrips,
  throughput,
} from "./measure.ts";
import { STACKS } from "./stacks.ts";

const [name = "heron", scaleText = "1"] = Deno.args;
const scale = Number(scaleText);
const make = await STACKS[name]!();

// First, while the process is small: what is freed by then would hide what connections take.
await memory(make, 5);
const idle = await memory(make, 40);
const setUps: number[] = [];
for (let i = 0; i < 15; i++) {
  const connected = await connect(make);
  setUps.push(connected.setUp);
  for (const peer of connected.peers) peer.close();
}
const connected = await connect(make);
await throughput(connected, 16384, 4e6 * scale); // warms up
const throughput16 = await throughput(connected, 16384, 32e6 * scale);
const throughput64 = await throughput(connected, 65536, 32e6 * scale);
const messages = await messageRate(connected, 20_000 * scale);
const { p50, p99 } = await roundTrips(connected, 500);
for (const peer of connected.peers) peer.close();
const figures: Figures = {
  setUp: percentile(setUps, 0.5),
  throughput16,
  throughput64,
  messages,
  roundTrip50: p50,
  roundTrip99: p99,
  memory: idle,
};
// deno-lint-ignore no-console
console.log(JSON.stringify(figures));
Deno.exit(0); // native addons keep threads
