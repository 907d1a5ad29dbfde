import { Discards, type Millis } from "../../core/stage/mod.ts";
import { Random } from "../support/random.ts";
import { VirtualClock } from "../support/virtual_clock.ts";
import type { Host } from "./host.ts";
import type { LinkDirection } from "./link.ts";
import type { NatKind } from "./nat.ts";
import type { Drop, Packet } from "./packet.ts";
import { VirtualTcp } from "./tcp.ts";
import { type NatOptions, type NatSegment, type Responder, Segment } from "./segment.ts";

/**
 * Several hosts, the wires and NATs between them, and their time: all virtual, and the same from run to run for the same seed.
 *
 * ```ts
 * const net = new VirtualNetwork({ seed: 1 });
 * const alice = net.host("198.51.100.1");
 * const home = net.nat("port-restricted", { outside: "203.0.113.1" });
 * const bob = home.host("192.168.0.2");
 * bob.link.loss = 0.1;
 * await net.clock.advance(1000);
 * ```
 */
export class VirtualNetwork {
  readonly clock: VirtualClock = new VirtualClock();
  /** Where all chance comes from. */
  readonly random: Random;
  /** What name servers know. */
  readonly names: Map<string, string[]> = new Map();
  /** What was dropped, by reason. */
  readonly drops: Discards<Drop> = new Discards();
  /** Called for each packet that a wire is given, before it is lost, delayed or changed. */
  tap: (packet: Packet) => void = () => {};
  /** Connections: what they carry is delivered, and only rules stop it. */
  readonly tcp: VirtualTcp;
  /** Where hosts have public addresses. */
  readonly internet: Segment;
  readonly #blocks = new Set<(packet: Packet) => boolean>();
  #scheduled: { at: Millis; run: () => void }[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(options: { seed?: number } = {}) {
    this.random = new Random(options.seed ?? 1);
    this.internet = new Segment(this);
    this.tcp = new VirtualTcp(this);
  }

  /** Adds a host with public addresses. */
  host(...ips: string[]): Host {
    return this.internet.host(...ips);
  }

  /** Adds a NAT, and the network behind it. */
  nat(kind: NatKind, options?: NatOptions): NatSegment {
    return this.internet.nat(kind, options);
  }

  /** Adds a host that answers datagrams on one port, such as `stunResponder`. */
  server(ip: string, port: number, respond: Responder): Promise<Host> {
    return this.internet.server(ip, port, respond);
  }

  /** Drops the packets for which `rule` is true, until the function that it returns is called. */
  block(rule: (packet: Packet) => boolean): () => void {
    this.#blocks.add(rule);
    return () => void this.#blocks.delete(rule);
  }

  /** Puts a packet on the Internet that nobody sent: what an attacker does, from whatever address it names as its source. */
  inject(packet: Packet): void {
    this.internet.route(packet);
  }

  /** Whether a rule blocks the packet. */
  blocked(packet: Packet): boolean {
    for (const rule of this.#blocks) if (rule(packet)) return true;
    return false;
  }

  /** Counts a drop, if it is one. */
  count(drop: Drop | undefined): void {
    if (drop !== undefined) this.drops.add(drop);
  }

  /** Sends a packet over a wire. */
  cross(wire: LinkDirection, packet: Packet, arrive: (packet: Packet) => void): void {
    this.tap(packet);
    const crossing = wire.cross(packet, this.clock.now());
    if (typeof crossing === "string") return this.count(crossing);
    for (const { delay, packet } of crossing) this.schedule(delay, () => arrive(packet));
  }

  /** Runs something later; all of it shares one timer, in the order of time and then of asking. */
  schedule(delay: Millis, run: () => void): void {
    const at = this.clock.now() + delay;
    let index = this.#scheduled.length;
    while (index > 0 && this.#scheduled[index - 1]!.at > at) index--;
    this.#scheduled.splice(index, 0, { at, run });
    if (index === 0) this.#arm();
  }

  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const first = this.#scheduled[0];
    if (first === undefined) return;
    this.#cancelTimer = this.clock.after(first.at - this.clock.now(), () => this.#runDue());
  }

  #runDue(): void {
    this.#cancelTimer = undefined;
    const now = this.clock.now();
    let due = this.#scheduled.findIndex(({ at }) => at > now);
    if (due < 0) due = this.#scheduled.length;
    for (const { run } of this.#scheduled.splice(0, due)) run();
    this.#arm();
  }
}
