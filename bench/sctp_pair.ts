/**
 * Two associations in memory, no sockets: how much CPU SCTP takes for a packet, both ends together.
 *
 *     deno run -A bench/sctp_pair.ts [megabytes] [message size]
 *
 * @module
 */
import { emptyOutputs, nodeProvider } from "../core/mod.ts";
import { SctpAssociation, type SctpEvent, type SctpItem } from "../sctp/mod.ts";

const megabytes = Number(Deno.args[0] ?? 500);
const size = Number(Deno.args[1] ?? 16384);
const options = { crypto: nodeProvider, zeroChecksum: Deno.args[2] !== "crc" };
const [a, b] = [new SctpAssociation(options), new SctpAssociation(options)];
const out = emptyOutputs<Uint8Array, SctpItem, SctpEvent>();

let packets = 0;
let received = 0;

/** Hands everything that `from` has sent to `to`, 32 packets at a time. */
function deliver(from: SctpAssociation, to: SctpAssociation, now: number): boolean {
  out.below.length = out.above.length = out.events.length = 0;
  from.poll(out);
  for (const item of out.above) if (item.type === "message") received += item.data.length;
  packets += out.below.length;
  for (let at = 0; at < out.below.length; at += 32) {
    to.handleInbound(out.below.slice(at, at + 32), now);
  }
  return out.below.length > 0;
}

a.connect(0);
b.connect(0);
const message: SctpItem = { type: "message", streamId: 0, ppid: 53, data: new Uint8Array(size) };
const total = megabytes * 1e6;
let queued = 0;
const start = performance.now();
for (let now = 0; received < total; now += 0.2) {
  while (queued < total && a.backlog < 1 << 18) {
    a.handleOutbound(Array.from({ length: 8 }, () => message), now);
    queued += 8 * size;
  }
  deliver(a, b, now);
  deliver(b, a, now);
  for (const end of [a, b]) if ((end.nextTimeout ?? Infinity) <= now) end.handleTimeout(now);
}
const elapsed = performance.now() - start;
// deno-lint-ignore no-console
console.log(
  `${(received / elapsed / 1000).toFixed(0)} MB/s, ${
    (1000 * elapsed / (received / 1132)).toFixed(2)
  } us per DATA packet, ` +
    `${packets} packets, ${a.retransmissions} retransmitted, cwnd ${
      Math.round(a.congestionWindow)
    }`,
);
