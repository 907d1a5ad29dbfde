import type { Millis } from "../../core/stage/mod.ts";
import { sameAddress, type TransportAddress } from "../../core/wire/mod.ts";
import type { Base } from "../base.ts";
import type { ConnectionRequests, ConnectionTaker } from "../connection_requests.ts";
import { NOBODYS_ADDRESS, SERVER_UNREACHABLE } from "../server_error.ts";
import type { StunError } from "../stun/attributes.ts";
import type { StunMessage } from "../stun/message.ts";
import { isUnicast } from "../unicast.ts";
import { type AllocationOutcome, TurnAllocation } from "./allocation.ts";
import { ALTERNATE_DOMAIN } from "./attributes.ts";
import { Redirects } from "./redirects.ts";
import type { TurnContext, TurnServer } from "./turn_context.ts";

/** RFC 8656 section 7.4: three client addresses are tried before a server that takes them for another client's is given up. */
const MAX_PORTS = 3;

/** Who hears how an attempt goes. */
export interface AttemptOutcome {
  relayed(attempt: RelayAttempt, now: Millis): void;
  failed(attempt: RelayAttempt, error: StunError): void;
  lost(attempt: RelayAttempt, now: Millis): void;
}

/** The attempt to get relayed addresses of one server from one base, wherever that server sends us. */
export class RelayAttempt implements AllocationOutcome, ConnectionTaker {
  readonly #context: TurnContext;
  readonly #outcome: AttemptOutcome;
  readonly #requests: ConnectionRequests;
  #redirects: Redirects;
  #remote: TransportAddress;
  #serverName: string | undefined;
  #ports = 1;
  #allocation: TurnAllocation | undefined;
  /** When the wait for a connection ends. */
  #connectBy: Millis | undefined;
  #pending = true;

  /** Over UDP there is a base; for a stream a connection will be asked for. */
  constructor(
    context: TurnContext,
    readonly server: TurnServer,
    /** Its place among the servers: earlier ones are preferred. */
    readonly serverIndex: number,
    readonly base: Base | undefined,
    outcome: AttemptOutcome,
    requests: ConnectionRequests,
  ) {
    this.#requests = requests;
    this.#context = context;
    this.#outcome = outcome;
    this.#remote = server.address;
    this.#redirects = new Redirects(server.address);
  }

  /** The present allocation, if there is one or it is being asked for. */
  get allocation(): TurnAllocation | undefined {
    return this.#allocation;
  }

  /** Whether it may yet come to something. */
  get pending(): boolean {
    return this.#pending;
  }

  /** When {@linkcode RelayAttempt.handleTimeout} has something to do. */
  get nextTimeout(): Millis | undefined {
    return this.#connectBy ?? this.#allocation?.nextTimeout;
  }

  /** Begins, or begins anew at the first server. */
  start(now: Millis): void {
    this.#pending = true;
    this.#ports = 1;
    this.#remote = this.server.address;
    this.#serverName = undefined;
    this.#redirects = new Redirects(this.server.address);
    this.#tryServer(now);
  }

  /** Begins anew, or makes sure of what there is, as an ICE restart does. */
  restart(now: Millis): void {
    if (this.#allocation?.state !== "allocated") return this.start(now);
    this.#pending = true;
    this.#allocation.verify(now);
  }

  /** There is a way to the server; false if nobody waits for it any more. */
  connected(local: TransportAddress, now: Millis): boolean {
    if (this.#connectBy === undefined) return false;
    this.#connectBy = undefined;
    this.#allocate(local, now);
    return true;
  }

  /** There is none. */
  connectionFailed(reason: string): void {
    if (this.#connectBy !== undefined) this.#fail({ code: SERVER_UNREACHABLE, reason });
  }

  /** Serves what is due. */
  handleTimeout(now: Millis): void {
    if (this.#connectBy !== undefined && this.#connectBy <= now) {
      this.connectionFailed("The TURN server did not take the connection");
    }
    this.#allocation?.handleTimeout(now);
  }

  /** Gives back what there is. */
  close(): void {
    this.#allocation?.release();
    this.#allocation = undefined;
    this.#connectBy = undefined;
    this.#pending = false;
  }

  /** Gives back what there is, and the way to it. */
  leave(): void {
    const local = this.#allocation?.path.local;
    this.close();
    if (local !== undefined && local !== this.base?.address) this.#requests.release(local);
  }

  allocated(_: TurnAllocation, now: Millis): void {
    this.#pending = false;
    this.#outcome.relayed(this, now);
  }

  verified(_: TurnAllocation, now: Millis): void {
    this.#pending = false;
    this.#outcome.relayed(this, now);
  }

  refused(_: TurnAllocation, error: StunError, now: Millis, message?: StunMessage): void {
    const { local } = this.#allocation!.path;
    this.#dropAllocation();
    if (error.code === 300) this.#redirected(error, message, now);
    else if (error.code === 437 && this.#ports < MAX_PORTS) {
      // RFC 8656 section 7.4: this port was another client's, and the server still remembers that one.
      this.#ports++;
      this.#connect(now, local.ip);
    } else this.#fail(error);
  }

  lost(_: TurnAllocation, now: Millis): void {
    this.#outcome.lost(this, now);
    this.#dropAllocation();
    if (this.#pending) this.start(now); // it was to be verified
  }

  #tryServer(now: Millis): void {
    if (!isUnicast(this.#remote.ip)) return this.#fail(NOBODYS_ADDRESS);
    if (this.base === undefined) this.#connect(now);
    else this.#allocate(this.base.address, now);
  }

  #connect(now: Millis, localIp?: string): void {
    this.#connectBy = now + this.#context.timings.serverConnect;
    const { url, tls = false } = this.server;
    this.#requests.ask(this, {
      remote: this.#remote,
      framing: "turn",
      tls,
      url,
      ...(this.#serverName !== undefined && { serverName: this.#serverName }),
      ...(localIp !== undefined && { localIp }),
    });
  }

  #allocate(local: TransportAddress, now: Millis): void {
    const path = { local, remote: this.#remote };
    this.#allocation = new TurnAllocation(this.#context, this.server, path, this);
    this.#allocation.allocate(now);
  }

  /** RFC 8489 section 10. */
  #redirected(error: StunError, message: StunMessage | undefined, now: Millis): void {
    const next = this.#redirects.follow(message);
    if (typeof next === "string") return this.#fail({ code: error.code, reason: next });
    this.#remote = next;
    this.#serverName = message?.get(ALTERNATE_DOMAIN) ?? this.#serverName;
    this.#tryServer(now);
  }

  /** Whoever has opened a way for this allocation alone need not keep it open. */
  #dropAllocation(): void {
    const { local } = this.#allocation!.path;
    this.#allocation = undefined;
    if (local !== this.base?.address) this.#requests.release(local);
  }

  #fail(error: StunError): void {
    this.#connectBy = undefined;
    this.#pending = false;
    this.#outcome.failed(this, error);
  }
}

/** Whether an attempt's way to the server begins and ends there. */
export function isOnPath(
  { path }: TurnAllocation,
  { local, remote }: { local: TransportAddress; remote: TransportAddress },
): boolean {
  return sameAddress(path.remote, remote) && sameAddress(path.local, local);
}
