import type { Millis } from "../core/stage/mod.ts";
import type { Datagram } from "../core/wire/mod.ts";
import {
  type Credentials,
  isAuthentic,
  isSymmetric,
  type StunClient,
  writeCheck,
} from "./authentication.ts";
import { candidatePriority } from "./candidate.ts";
import type { CandidatePair, Check } from "./candidate_pair.ts";
import type { IceContext } from "./context.ts";
import type { IceRole } from "./role.ts";
import {
  type ClientTransaction,
  ClientTransactions,
  ERROR_CODE,
  type StunAddress,
  type StunMessage,
  XOR_MAPPED_ADDRESS,
} from "./stun/mod.ts";

/** Checks that await answers at a time; canceled ones count. Each pair seldom has more than two. */
const MAX_CHECKS = 300;

/** Who hears how checks end. */
export interface CheckOutcome {
  /** The pair carries packets both ways; `mapped` is how the peer sees this side (RFC 8445 section 7.2.5.3). */
  checkSucceeded(check: Check, mapped: StunAddress, now: Millis): void;
  /** RFC 8445 section 7.2.5.2. */
  checkFailed(check: Check, now: Millis): void;
  /** RFC 8445 section 7.2.5.1. */
  roleConflict(claimed: IceRole, pair: CandidatePair): void;
}

/** The client side of connectivity checks, of one ICE session (RFC 8445 section 7.2). */
export class ConnectivityChecks implements StunClient {
  readonly #context: IceContext;
  readonly #outcome: CheckOutcome;
  readonly #credentials: () => Credentials | undefined;
  readonly #transactions: ClientTransactions<Check>;

  constructor(
    context: IceContext,
    credentials: () => Credentials | undefined,
    outcome: CheckOutcome,
  ) {
    this.#context = context;
    this.#credentials = credentials;
    this.#outcome = outcome;
    this.#transactions = new ClientTransactions(MAX_CHECKS, context.send);
  }

  /** When {@linkcode ConnectivityChecks.handleTimeout} has something to do. */
  get nextTimeout(): Millis | undefined {
    return this.#transactions.nextTimeout;
  }

  /** Sends a check (RFC 8445 section 7.2.4). `load` is how many checks share the pace. */
  send(pair: CandidatePair, load: number, now: Millis): void {
    const { role, timings, discards } = this.#context;
    const credentials = this.#credentials();
    if (credentials === undefined) return;
    if (pair.check !== undefined) this.#transactions.cancel(pair.check); // RFC 8445 section 7.3.1.4
    const check: Check = {
      pair,
      role: role.value,
      useCandidate: role.controlling && pair.nominating,
      nomination: pair.nomination,
      priority: candidatePriority(
        "prflx",
        pair.localCandidate.localPreference,
        1,
        pair.base.protocol,
      ),
    };
    // RFC 8445 section 14.3: no check is repeated before every other one could be sent for the first time.
    const rto = Math.max(timings.checks.rto, timings.ta * load);
    const transaction = this.#transactions.start({
      ...writeCheck(this.#context, credentials, check),
      local: pair.base,
      remote: pair.destination,
      subject: check,
      timings: { ...timings.checks, rto, maxRto: Math.max(rto, timings.checks.maxRto) },
    }, now);
    if (transaction === undefined) discards.add("too many transactions");
    pair.check = transaction;
    pair.lastCheckAt = now;
    pair.requestsSent++;
    if (!pair.valid) pair.state = transaction === undefined ? "failed" : "in-progress";
  }

  /** Gives up on a pair: nothing is sent again, yet a late answer counts (RFC 8445 section 8.1.2). */
  cancel(pair: CandidatePair): void {
    if (pair.check !== undefined) this.#transactions.cancel(pair.check);
    pair.check = undefined;
  }

  /** Forgets every check. */
  clear(): void {
    this.#transactions.clear();
  }

  handleResponse(message: StunMessage, datagram: Datagram, now: Millis): boolean {
    const transaction = this.#transactions.find(message.transactionId);
    const credentials = this.#credentials();
    if (transaction === undefined || credentials === undefined) return false;
    if (!isAuthentic(this.#context, message, credentials.remote.password)) return true;
    this.#end(transaction);
    const { subject: check } = transaction;
    const { discards } = this.#context;
    const mapped = message.get(XOR_MAPPED_ADDRESS);
    if (!isSymmetric(transaction, datagram)) {
      discards.add("answer from another address");
      this.#outcome.checkFailed(check, now);
    } else if (message.messageClass === "error") {
      this.#failed(check, message, now);
    } else if (mapped === undefined) {
      discards.add("answer without a mapped address");
      this.#outcome.checkFailed(check, now);
    } else {
      check.pair.measure(transaction, now);
      this.#outcome.checkSucceeded(check, mapped, now);
    }
    return true;
  }

  /** Retransmits, and ends the checks that had their time. */
  handleTimeout(now: Millis): void {
    for (const transaction of this.#transactions.handleTimeout(now)) {
      this.#end(transaction);
      this.#outcome.checkFailed(transaction.subject, now); // RFC 8445 section 7.2.5.2.3
    }
  }

  #failed(check: Check, message: StunMessage, now: Millis): void {
    if (message.get(ERROR_CODE)?.code === 487) this.#outcome.roleConflict(check.role, check.pair);
    else this.#outcome.checkFailed(check, now);
  }

  #end(transaction: ClientTransaction<Check>): void {
    this.#transactions.finish(transaction);
    const { pair } = transaction.subject;
    if (pair.check === transaction) pair.check = undefined;
  }
}
