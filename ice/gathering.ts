import type { Millis } from "../core/stage/mod.ts";
import { type Datagram, ipVersion, sameAddress, type TransportAddress } from "../core/wire/mod.ts";
import type { Base } from "./base.ts";
import { isSymmetric, type StunClient } from "./authentication.ts";
import type { Foundations, LocalCandidate, Relay } from "./candidate.ts";
import type { IceContext } from "./context.ts";
import { earliest } from "./deadline.ts";
import { GatheredCandidates, MAX_SERVERS } from "./gathered_candidates.ts";
import { NOBODYS_ADDRESS, SERVER_UNREACHABLE } from "./server_error.ts";
import {
  BINDING,
  ClientTransactions,
  ERROR_CODE,
  MAPPED_ADDRESS,
  type StunAddress,
  StunBuilder,
  type StunError,
  type StunMessage,
  XOR_MAPPED_ADDRESS,
} from "./stun/mod.ts";
import type { RelayAttempt } from "./turn/relay_attempt.ts";
import { isUnicast } from "./unicast.ts";

/** As RTCIceGatheringState. */
export type IceGatheringState = "new" | "gathering" | "complete";

/** Sockets of one agent. */
export const MAX_BASES = 32;

/** A STUN server whose name has been resolved. */
export interface StunServer {
  /** Where it is. */
  readonly address: TransportAddress;
  /** How the user named it. */
  readonly url: string;
}

/** A server that could not be used, or not from a certain address. */
export interface IceCandidateError {
  /** How the user named the server. */
  readonly url: string;
  /** A STUN error code, or 701. */
  readonly code: number;
  /** For people. */
  readonly text: string;
  /** The address of this machine that was tried; withheld where it is hidden behind an mDNS name. */
  readonly address?: string;
  /** The port that was tried. */
  readonly port?: number;
}

/** Who hears what gathering finds. */
export interface GatheringOutcome {
  gathered(local: LocalCandidate, now: Millis): void;
  gatheringFailed(error: IceCandidateError): void;
  gatheringState(state: IceGatheringState): void;
  /** Whether relayed candidates may yet come. */
  relaysPending(): boolean;
}

/** A question to a server: how do you see this base? */
interface Probe {
  readonly base: Base;
  readonly server: StunServer;
  readonly serverIndex: number;
  /** Asked again only to keep the NAT's binding (RFC 8445 section 5.1.1.4). */
  readonly keepalive: boolean;
}

/** Finds the candidates of one ICE session (RFC 8445 section 5.1.1). */
export class Gathering implements StunClient {
  readonly #context: IceContext;
  readonly #outcome: GatheringOutcome;
  readonly #candidates: GatheredCandidates;
  readonly #transactions: ClientTransactions<Probe>;
  #bases: Base[] = [];
  readonly #servers: StunServer[] = [];
  #found: LocalCandidate[] = [];
  #state: IceGatheringState = "new";
  #basesEnded = false;
  #queue: Probe[] = [];
  #unanswered = 0;
  #nextProbeAt: Millis = -Infinity;
  #answered: Probe[] = [];
  #nextKeepaliveAt: Millis | undefined;
  #relayOnly = false;

  constructor(
    context: IceContext,
    foundations: Foundations,
    usernameFragment: string,
    outcome: GatheringOutcome,
  ) {
    this.#context = context;
    this.#candidates = new GatheredCandidates(foundations, usernameFragment);
    this.#outcome = outcome;
    // Every base asks every server once, and once more to keep what it was told.
    this.#transactions = new ClientTransactions(2 * MAX_BASES * MAX_SERVERS, context.send);
  }

  /** Whether it has begun, and whether it has ended. */
  get state(): IceGatheringState {
    return this.#state;
  }

  /** When {@linkcode Gathering.handleTimeout} has something to do. */
  get nextTimeout(): Millis | undefined {
    const probe = this.#queue.length > 0 ? this.#nextProbeAt : undefined;
    return earliest([probe, this.#nextKeepaliveAt, this.#transactions.nextTimeout]);
  }

  /** Only relayed candidates are wanted, and nothing may tell the addresses of this machine. To be said before it begins. */
  set relayOnly(value: boolean) {
    this.#relayOnly = value;
    this.#candidates.hideAddresses = value;
  }

  /** A base is a host candidate (RFC 8445 section 5.1.1.1), and asks every server how it looks from there. */
  addBase(base: Base, now: Millis, relay?: Relay): void {
    this.#enter("gathering");
    if (this.#relayOnly) return;
    this.#bases.push(base);
    const host = this.#candidates.host(base, relay);
    this.#announce(this.#context.gathers("host") ? host : { ...host, unannounced: true }, now);
    for (const [serverIndex, server] of this.#servers.entries()) {
      this.#enqueue(base, server, serverIndex);
    }
    this.#probe(now);
  }

  /** Whether it gathers from this base. */
  knows(base: Base): boolean {
    return this.#bases.includes(base);
  }

  /** A base is gone: it asks nothing any more. */
  removeBase(address: TransportAddress): void {
    const isOther = (base: TransportAddress) => !sameAddress(base, address);
    this.#bases = this.#bases.filter((base) => isOther(base.address));
    this.#found = this.#found.filter(({ base }) => isOther(base));
    this.#answered = this.#answered.filter(({ base }) => isOther(base.address));
    const queued = this.#queue.length;
    this.#queue = this.#queue.filter(({ base }) => isOther(base.address));
    this.#unanswered -= queued - this.#queue.length;
    for (const { keepalive } of this.#transactions.forget(({ base }) => !isOther(base.address))) {
      if (!keepalive) this.#unanswered--;
    }
  }

  /** Every base asks this server too. */
  addServer(server: StunServer, now: Millis): void {
    const serverIndex = this.#servers.push(server) - 1;
    for (const base of this.#bases) this.#enqueue(base, server, serverIndex);
    this.#probe(now);
  }

  /** A TURN server has allocated addresses, and told how it sees the base (RFC 8445 section 5.1.1.2). */
  addRelay(attempt: RelayAttempt, now: Millis): void {
    if (this.#state === "complete") return; // a candidate after the end of candidates would be none
    this.#enter("gathering");
    const { allocation, base, server, serverIndex } = attempt;
    const { path, mapped } = allocation!;
    if (
      base !== undefined && mapped !== undefined && !this.#relayOnly &&
      this.#context.gathers("srflx") && path.local === base.address
    ) {
      const source = { url: server.url, serverIp: path.remote.ip, serverIndex };
      this.#announce(this.#candidates.reflexive(base, mapped, source), now);
    }
    for (const candidate of this.#candidates.relayed(attempt)) this.#announce(candidate, now);
  }

  /** A server, or the way to it, could not be used. */
  reportFailure(url: string, { code, reason }: StunError, base?: Base): void {
    // W3C webrtc-pc, RTCPeerConnectionIceErrorEvent: an address that no candidate tells is not told here either.
    const hidden = base === undefined || this.#relayOnly || base.hostName !== undefined ||
      !this.#context.gathers("host");
    const tried = hidden ? {} : { address: base.address.ip, port: base.address.port };
    this.#outcome.gatheringFailed({ url, code, text: reason, ...tried });
  }

  /** No more bases follow. */
  endBases(): void {
    this.#enter("gathering");
    this.#basesEnded = true;
    this.completeIfDone();
  }

  /** Ends once every server has answered or failed to. */
  completeIfDone(): void {
    const done = this.#basesEnded && this.#unanswered === 0 && !this.#outcome.relaysPending();
    if (done) this.#enter("complete");
  }

  /** ICE has concluded: nobody needs the servers' bindings any longer. */
  conclude(): void {
    this.#nextKeepaliveAt = undefined;
    this.#answered = [];
  }

  handleResponse(message: StunMessage, datagram: Datagram, now: Millis): boolean {
    const transaction = this.#transactions.find(message.transactionId);
    if (transaction === undefined) return false;
    // Nothing authenticates a STUN server: its address and the transaction ID must do (RFC 8489 section 6.3).
    if (!isSymmetric(transaction, datagram)) {
      this.#context.discards.add("server answer from another address");
      return true;
    }
    this.#transactions.finish(transaction);
    const probe = transaction.subject;
    if (probe.keepalive) return true;
    this.#unanswered--;
    const mapped = message.get(XOR_MAPPED_ADDRESS) ?? message.get(MAPPED_ADDRESS);
    if (message.messageClass === "success" && mapped !== undefined) {
      this.#reflected(probe, mapped, now);
    } else {
      const error = message.get(ERROR_CODE);
      this.#failed(probe, error?.code ?? SERVER_UNREACHABLE, error?.reason ?? "Malformed answer");
    }
    this.completeIfDone();
    return true;
  }

  handleTimeout(now: Millis): void {
    for (const { subject: probe } of this.#transactions.handleTimeout(now)) {
      if (probe.keepalive) continue;
      this.#unanswered--;
      this.#failed(probe, SERVER_UNREACHABLE, "The STUN server did not answer");
    }
    this.#probe(now);
    this.#keepAlive(now);
    this.completeIfDone();
  }

  #enqueue(base: Base, server: StunServer, serverIndex: number): void {
    if (base.address.protocol !== server.address.protocol) return;
    if (ipVersion(base.address.ip) !== ipVersion(server.address.ip)) return;
    if (!isUnicast(server.address.ip)) {
      return this.reportFailure(server.url, NOBODYS_ADDRESS, base);
    }
    this.#queue.push({ base, server, serverIndex, keepalive: false });
    this.#unanswered++;
  }

  /** RFC 8445 section 14.2: Ta paces these requests too. */
  #probe(now: Millis): void {
    if (now < this.#nextProbeAt) return;
    const probe = this.#queue.shift();
    if (probe === undefined) return;
    this.#nextProbeAt = now + this.#context.timings.ta;
    this.#ask(probe, now);
  }

  #ask(probe: Probe, now: Millis): void {
    const { crypto, timings } = this.#context;
    const id = crypto.random(12);
    this.#transactions.start({
      id,
      data: new StunBuilder("request", BINDING, id).fingerprint().finish(),
      local: probe.base.address,
      remote: probe.server.address,
      subject: probe,
      timings: probe.keepalive ? { ...timings.gathering, rc: 1 } : timings.gathering,
    }, now);
  }

  #keepAlive(now: Millis): void {
    if (this.#nextKeepaliveAt === undefined || now < this.#nextKeepaliveAt) return;
    this.#nextKeepaliveAt = now + this.#context.timings.serverKeepalive;
    for (const probe of this.#answered) this.#ask(probe, now);
  }

  /** RFC 8445 section 5.1.1.2. */
  #reflected(probe: Probe, mapped: StunAddress, now: Millis): void {
    this.#answered.push({ ...probe, keepalive: true });
    this.#nextKeepaliveAt ??= now + this.#context.timings.serverKeepalive;
    const { base, server, serverIndex } = probe;
    const source = { url: server.url, serverIp: server.address.ip, serverIndex };
    this.#announce(this.#candidates.reflexive(base, mapped, source), now);
  }

  #failed({ base, server }: Probe, code: number, reason: string): void {
    this.reportFailure(server.url, { code, reason }, base);
  }

  /** RFC 8445 section 5.1.3: of the same address and base, only the first and better one counts. */
  #announce(local: LocalCandidate, now: Millis): void {
    const redundant = this.#found.some((other) =>
      sameAddress(other.address, local.address) && sameAddress(other.base, local.base) &&
      // A host candidate under an mDNS name, or that is not announced, does not tell its address; the reflexive one may.
      other.candidate.address === local.candidate.address && !other.unannounced
    );
    if (redundant) return;
    this.#found.push(local);
    this.#outcome.gathered(local, now);
  }

  #enter(state: IceGatheringState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#outcome.gatheringState(state);
  }
}
