import type { Millis } from "../../core/stage/mod.ts";
import {
  type Datagram,
  ipVersion,
  sameAddress,
  type TransportAddress,
} from "../../core/wire/mod.ts";
import type { Base } from "../base.ts";
import type { ConnectionRequests } from "../connection_requests.ts";
import { earliest } from "../deadline.ts";
import { SERVER_UNREACHABLE } from "../server_error.ts";
import type { StunError } from "../stun/attributes.ts";
import type { StunMessage } from "../stun/message.ts";
import type { TurnAllocation } from "./allocation.ts";
import { type AttemptOutcome, isOnPath, RelayAttempt } from "./relay_attempt.ts";
import type { TurnContext, TurnServer } from "./turn_context.ts";

/** Allocations of one agent: each costs a server a port or two. */
export const MAX_RELAYS = 32;

/** Who hears of relays. */
export interface RelaysOutcome {
  /** There are relayed addresses to be candidates. */
  relayed(attempt: RelayAttempt, now: Millis): void;
  /** There will be none from this server and base. */
  relayFailed(attempt: RelayAttempt, error: StunError): void;
  /** An allocation is gone, and what went over it. */
  relayLost(relay: TurnAllocation, now: Millis): void;
}

/** Every TURN allocation of an agent. They outlive ICE restarts. */
export class Relays implements AttemptOutcome {
  readonly #context: TurnContext;
  readonly #outcome: RelaysOutcome;
  readonly #requests: ConnectionRequests;
  #bases: Base[] = [];
  #servers: TurnServer[] = [];
  #attempts: RelayAttempt[] = [];
  /** Those of servers that are used no longer: they last for as long as something leads through them. */
  #former = new Set<RelayAttempt>();
  #queue: RelayAttempt[] = [];
  #nextStartAt: Millis = -Infinity;

  constructor(context: TurnContext, requests: ConnectionRequests, outcome: RelaysOutcome) {
    this.#context = context;
    this.#requests = requests;
    this.#outcome = outcome;
  }

  /** Whether one may yet come. */
  get pending(): boolean {
    return this.#queue.length > 0 || this.#attempts.some(({ pending }) => pending);
  }

  /** When {@linkcode Relays.handleTimeout} has something to do. */
  get nextTimeout(): Millis | undefined {
    const times = this.#attempts.map(({ nextTimeout }) => nextTimeout);
    return earliest([this.#queue.length > 0 ? this.#nextStartAt : undefined, ...times]);
  }

  /** Every server over UDP is asked from this base too; and over a stream again, if there is none: it may have another way now. */
  addBase(base: Base): void {
    for (const attempt of this.#attempts) {
      if (attempt.base === undefined && attempt.allocation === undefined) this.#retry(attempt);
    }
    if (base.address.protocol !== "udp") return;
    this.#bases.push(base);
    for (const [index, server] of this.#servers.entries()) {
      if (server.address.protocol === "udp") this.#add(server, index, base);
    }
  }

  /** A base is gone, and with it every allocation that was asked for from there. Returns their relayed addresses. */
  removeBase(address: TransportAddress): TransportAddress[] {
    const isLost = (base?: Base) => base !== undefined && sameAddress(base.address, address);
    this.#bases = this.#bases.filter((base) => !isLost(base));
    this.#queue = this.#queue.filter(({ base }) => !isLost(base));
    const lost = this.#attempts.filter(({ base }) => isLost(base));
    this.#attempts = this.#attempts.filter((attempt) => !lost.includes(attempt));
    const relayed = lost.flatMap(({ allocation }) => allocation?.relayed ?? []);
    for (const attempt of lost) attempt.close();
    return relayed;
  }

  /** Every base asks this server too; over a stream only one connection is made. */
  addServer(server: TurnServer): void {
    const index = this.#servers.push(server) - 1;
    if (server.address.protocol === "tcp") this.#add(server, index, undefined);
    else for (const base of this.#bases) this.#add(server, index, base);
  }

  /** Other servers follow. */
  forgetServers(): void {
    this.#servers = [];
    this.#queue = [];
    this.#former = new Set(this.#attempts);
  }

  /** Gives those allocations of former servers back that nothing uses. */
  leaveFormer(isUsed: (relay: TurnAllocation) => boolean): void {
    for (const attempt of this.#former) {
      const { allocation } = attempt;
      if (allocation?.state === "allocated" && isUsed(allocation)) continue;
      attempt.leave();
      this.#former.delete(attempt);
      this.#attempts = this.#attempts.filter((each) => each !== attempt);
    }
  }

  /** An ICE restart: tries again what has failed or been lost, and verifies what there is. */
  restart(): void {
    for (const attempt of this.#attempts) this.#retry(attempt);
  }

  /** The allocation whose relayed address this is. */
  of({ ip, port }: TransportAddress): TurnAllocation | undefined {
    for (const { allocation } of this.#attempts) {
      const own = allocation?.relayed.some((each) => each.ip === ip && each.port === port);
      if (own) return allocation;
    }
    return undefined;
  }

  /** Takes ChannelData; returns the datagram of a peer that it holds. */
  handleChannelData(datagram: Datagram): Datagram | undefined {
    const allocation = this.#from(datagram);
    if (allocation !== undefined) return allocation.handleChannelData(datagram.data);
    this.#context.discards.add("ChannelData of an unknown channel");
    return undefined;
  }

  /** Takes a message with a method of TURN's; returns the datagram of a peer that it may hold. */
  handleStun(message: StunMessage, datagram: Datagram, now: Millis): Datagram | undefined {
    const allocation = this.#from(datagram);
    if (allocation !== undefined) return allocation.handleStun(message, now);
    this.#context.discards.add("unsupported STUN method");
    return undefined;
  }

  /** What a datagram of ours to a server holds for a peer; undefined if that is nothing. */
  unwrap(datagram: Datagram): Datagram | undefined {
    return this.#from(datagram)?.unwrap(datagram.data);
  }

  /** A connection has ended. */
  disconnected(local: TransportAddress, now: Millis): void {
    for (const { allocation } of this.#attempts) {
      if (allocation !== undefined && sameAddress(allocation.path.local, local)) {
        allocation.disconnected(now);
      }
    }
  }

  /** Serves what is due. */
  handleTimeout(now: Millis): void {
    for (const attempt of this.#attempts) attempt.handleTimeout(now);
  }

  /** Starts what may be started, and sends what sending has made necessary. */
  advance(now: Millis): void {
    // RFC 8445 section 14.2: Ta paces Allocate requests too.
    if (this.#queue.length > 0 && this.#nextStartAt <= now) {
      this.#nextStartAt = now + this.#context.timings.ta;
      this.#queue.shift()!.restart(now);
    }
    for (const { allocation } of this.#attempts) allocation?.advance(now);
  }

  /** Gives every allocation back. */
  close(): void {
    this.#queue = [];
    for (const attempt of this.#attempts) attempt.close();
  }

  relayed(attempt: RelayAttempt, now: Millis): void {
    const { allocation } = attempt;
    // A server that gives what is this machine's or another server's would have checks sent where they don't belong.
    const alien = allocation!.relayed.some(({ ip, port }) =>
      this.#bases.some(({ address }) => address.ip === ip && address.port === port) ||
      this.of({ ip, port, protocol: "udp" }) !== allocation
    );
    if (!alien) return this.#outcome.relayed(attempt, now);
    attempt.close();
    this.failed(attempt, { code: SERVER_UNREACHABLE, reason: "Malformed answer" });
  }

  failed(attempt: RelayAttempt, error: StunError): void {
    this.#outcome.relayFailed(attempt, error);
  }

  lost(attempt: RelayAttempt, now: Millis): void {
    this.#outcome.relayLost(attempt.allocation!, now);
  }

  #retry(attempt: RelayAttempt): void {
    if (attempt.pending || this.#former.has(attempt) || this.#queue.includes(attempt)) return;
    this.#queue.push(attempt);
  }

  #add(server: TurnServer, index: number, base: Base | undefined): void {
    const ip = base?.address.ip;
    if (ip !== undefined && ipVersion(ip) !== ipVersion(server.address.ip)) return;
    if (this.#attempts.length >= MAX_RELAYS) {
      return this.#context.discards.add("too many bases or servers");
    }
    const attempt = new RelayAttempt(this.#context, server, index, base, this, this.#requests);
    this.#attempts.push(attempt);
    this.#queue.push(attempt);
  }

  #from(datagram: Datagram): TurnAllocation | undefined {
    for (const { allocation } of this.#attempts) {
      if (allocation !== undefined && isOnPath(allocation, datagram)) return allocation;
    }
    return undefined;
  }
}
