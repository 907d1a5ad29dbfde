/**
 * Measures the media of one stack in a process of its own, and prints its figures as JSON.
 *
 * @module
 */
import { forwarding } from "./forwarding.ts";
import { srtpTime } from "./srtp_rate.ts";
import { MEDIA_STACKS, type MediaFigures } from "./stacks.ts";

const [name = "heron", config = "deno.json"] = Deno.args;
const stack = MEDIA_STACKS[name]!;
const srtp160 = await srtpTime(stack, 160);
const srtp1200 = await srtpTime(stack, 1200);
const { cpu: forwardingCpu, delivered } = await forwarding(stack, config);
const figures: MediaFigures = { srtp160, srtp1200, forwardingCpu, delivered };
// deno-lint-ignore no-console
console.log(JSON.stringify(figures));
Deno.exit(0);
