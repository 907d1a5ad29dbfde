/**
 * What is measured of a stack: both ends in this process, over real sockets.
 *
 * @module
 */
import type { Channel, Peer } from "./stacks.ts";

/** Two connected peers, with a channel open between them. */
export interface Connected {
  readonly peers: readonly [Peer, Peer];
  readonly a: Channel;
  readonly b: Channel;
  /** From the first constructor to both channels open, in milliseconds. */
  readonly setUp: number;
}

/** The figures of one stack. */
export interface Figures {
  /** Median time until both channels are open, in milliseconds. */
  setUp: number;
  /** Throughput of messages of 16 KiB, in 10^6 bytes a second. */
  throughput16: number;
  /** Throughput of messages of 64 KiB, in 10^6 bytes a second. */
  throughput64: number;
  /** Messages of 64 bytes a second. */
  messages: number;
  /** Round trip of 64 bytes, in milliseconds. */
  roundTrip50: number;
  roundTrip99: number;
  /** Memory of a connection with both its ends, in KiB. */
  memory: number;
}

/** No measurement takes longer. */
const LIMIT = 30_000;

/** Connects two peers, trickling candidates. */
export async function connect(make: () => Peer): Promise<Connected> {
  const begin = performance.now();
  const peers = [make(), make()] as const;
  const [alice, bob] = peers;
  relay(alice, bob);
  relay(bob, alice);
  const opened = new Promise<Channel>((resolve) =>
    bob.ondatachannel = ({ channel }) => resolve(channel)
  );
  const a = alice.createDataChannel("bench");
  const open = new Promise<void>((resolve) => a.onopen = () => resolve());
  const offer = await alice.createOffer();
  await alice.setLocalDescription(offer);
  await bob.setRemoteDescription(offer);
  const answer = await bob.createAnswer();
  await bob.setLocalDescription(answer);
  await alice.setRemoteDescription(answer);
  const [b] = await within(Promise.all([opened, open]));
  if (b.readyState !== "open") {
    await within(new Promise<void>((resolve) => b.onopen = () => resolve()));
  }
  a.binaryType = b.binaryType = "arraybuffer";
  return { peers, a, b, setUp: performance.now() - begin };
}

/** Candidates wait until the description that they belong to has been given. */
function relay(from: Peer, to: Peer): void {
  let chain: Promise<unknown> = Promise.resolve();
  const applied = new Promise<void>((resolve) => {
    const set = to.setRemoteDescription.bind(to);
    to.setRemoteDescription = async (description) => {
      await set(description);
      resolve();
    };
  });
  from.onicecandidate = ({ candidate }) => {
    if (candidate === null || candidate === undefined) return;
    chain = chain.then(() => applied).then(() => to.addIceCandidate(candidate)).catch(() => {});
  };
}

/** Sends `total` bytes in messages of `size`; returns 10^6 bytes a second. */
export async function throughput(
  { a, b }: Connected,
  size: number,
  total: number,
): Promise<number> {
  const count = Math.ceil(total / size);
  const elapsed = await stream(a, b, new Uint8Array(size).fill(7), count);
  return count * size / elapsed / 1000;
}

/** Messages of 64 bytes a second. */
export async function messageRate({ a, b }: Connected, count: number): Promise<number> {
  return count / await stream(a, b, new Uint8Array(64), count) * 1000;
}

/** The time in milliseconds until `count` messages have arrived. */
async function stream(
  a: Channel,
  b: Channel,
  message: Uint8Array<ArrayBuffer>,
  count: number,
): Promise<number> {
  const high = Math.max(1 << 16, 64 * message.length);
  a.bufferedAmountLowThreshold = high >> 1;
  let received = 0;
  const done = new Promise<void>((resolve) => {
    b.onmessage = () => {
      if (++received === count) resolve();
    };
  });
  const begin = performance.now();
  for (let sent = 0; sent < count;) {
    while (sent < count && a.bufferedAmount < high) {
      a.send(message);
      sent++;
    }
    if (sent < count) await drained(a);
  }
  await within(done);
  return performance.now() - begin;
}

/** Not every stack fires `bufferedamountlow`. */
function drained(channel: Channel): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 5);
    channel.onbufferedamountlow = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** Round trips of 64 bytes, one after the other: the median and the 99th percentile. */
export async function roundTrips(
  { a, b }: Connected,
  count: number,
): Promise<{ p50: number; p99: number }> {
  const message = new Uint8Array(64);
  b.onmessage = () => b.send(message);
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const begin = performance.now();
    await within(
      new Promise<void>((resolve) => {
        a.onmessage = () => resolve();
        a.send(message);
      }),
    );
    times.push(performance.now() - begin);
  }
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

/** KiB of memory by which `count` idle connections, with both ends, make the process larger; each. */
export async function memory(make: () => Peer, count: number): Promise<number> {
  const before = resident();
  const connections: Connected[] = [];
  for (let i = 0; i < count; i++) connections.push(await connect(make));
  const after = resident();
  for (const { peers } of connections) for (const peer of peers) peer.close();
  return (after - before) / count / 1024;
}

function resident(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return Deno.memoryUsage().rss;
}

/** The value below which the fraction `p` of the values lies. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))]!;
}

function within<T>(promise: Promise<T>): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(new Error(`Not done within ${LIMIT} ms`)), LIMIT);
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}
