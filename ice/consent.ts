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
import type { CandidatePair } from "./candidate_pair.ts";
import type { IceContext } from "./context.ts";
import { earliest } from "./deadline.ts";
import type { IceRole } from "./role.ts";
import {
  type ClientTransaction,
  ClientTransactions,
  ERROR_CODE,
  type StunMessage,
} from "./stun/mod.ts";

/** Rounds that may await answers at a time: each ends within 14 s, and another begins every 4 to 5.2 s. */
const MAX_ROUNDS = 8;

/** What is known of the peer's consent: fresh, unanswered for a while, or gone for good. */
export type ConsentState = "none" | "fresh" | "suspect" | "expired";

interface Round {
  readonly pair: CandidatePair;
  readonly role: IceRole;
}

/** Asks the peer again and again whether it still wants what is sent on the selected pair (RFC 7675). */
export class Consent implements StunClient {
  readonly #context: IceContext;
  readonly #credentials: () => Credentials | undefined;
  readonly #transactions: ClientTransactions<Round>;
  #pair: CandidatePair | undefined;
  #state: ConsentState = "none";
  #answeredAt: Millis = 0;
  #heardAt: Millis = 0;
  #nextRoundAt: Millis = 0;
  /** The latest round; only that is retransmitted. */
  #round: ClientTransaction<Round> | undefined;
  /** When the oldest round began that no answer has followed. */
  #unansweredSince: Millis | undefined;

  constructor(context: IceContext, credentials: () => Credentials | undefined) {
    this.#context = context;
    this.#credentials = credentials;
    this.#transactions = new ClientTransactions(MAX_ROUNDS, context.send);
  }

  /** Whether the peer consents, as far as is known. */
  get state(): ConsentState {
    return this.#state;
  }

  /** When {@linkcode Consent.handleTimeout} has something to do. */
  get nextTimeout(): Millis | undefined {
    if (this.#pair === undefined || this.#state === "expired") return undefined;
    const { consentExpiry } = this.#context.timings;
    return earliest([
      this.#nextRoundAt,
      this.#answeredAt + consentExpiry,
      this.#state === "fresh" ? this.#suspectAt : undefined,
      this.#transactions.nextTimeout,
    ]);
  }

  /** Data goes over this pair from now on. The answer that made it valid was consent (RFC 7675 section 5.1). */
  start(pair: CandidatePair, now: Millis): void {
    this.#transactions.clear();
    this.#pair = pair;
    this.#granted(pair.answeredAt);
    this.#heardAt = now;
    const { lite } = this.#context;
    this.#nextRoundAt = lite ? Infinity : Math.max(now, pair.answeredAt + this.#interval());
  }

  /** Asks no more. */
  stop(): void {
    this.#transactions.clear();
    this.#pair = undefined;
    this.#state = "none";
  }

  /** Something came from the peer on this pair. It keeps the pair from being suspected; consent it is not. */
  heard(pair: CandidatePair, now: Millis): void {
    if (pair === this.#pair) this.#heardAt = now;
  }

  /** A check of the peer's: to a lite agent, which asks nothing, the peer's own consent checks are what shows that it is there. */
  renewed(pair: CandidatePair, now: Millis): void {
    if (pair === this.#pair && this.#state !== "expired") this.#granted(now);
  }

  handleResponse(message: StunMessage, datagram: Datagram, now: Millis): boolean {
    const transaction = this.#transactions.find(message.transactionId);
    const credentials = this.#credentials();
    if (transaction === undefined || credentials === undefined) return false;
    if (!isAuthentic(this.#context, message, credentials.remote.password)) return true;
    if (!isSymmetric(transaction, datagram)) {
      this.#context.discards.add("answer from another address");
      return true;
    }
    this.#transactions.finish(transaction);
    const { pair, role } = transaction.subject;
    if (message.messageClass === "success") {
      pair.measure(transaction, now);
      this.#granted(now);
    } else if (message.get(ERROR_CODE)?.code === 487) {
      this.#context.role.lostConflict(role);
    }
    return true;
  }

  handleTimeout(now: Millis): void {
    this.#transactions.handleTimeout(now);
    if (this.#pair === undefined || this.#state === "expired") return;
    if (now >= this.#answeredAt + this.#context.timings.consentExpiry) {
      this.#state = "expired";
      this.#transactions.clear(); // RFC 7675 section 5.1: what has expired is not renewed by a late answer
      return;
    }
    if (now >= this.#nextRoundAt) this.#ask(this.#pair, now);
    const suspectAt = this.#suspectAt;
    if (suspectAt !== undefined && now >= suspectAt) this.#state = "suspect";
  }

  get #suspectAt(): Millis | undefined {
    const { suspectAfter, disconnectedAfter, consentInterval } = this.#context.timings;
    if (this.#context.lite) {
      return Math.max(this.#answeredAt + 2 * consentInterval, this.#heardAt + disconnectedAfter);
    }
    if (this.#unansweredSince === undefined) return undefined;
    return Math.max(this.#unansweredSince + suspectAfter, this.#heardAt + disconnectedAfter);
  }

  #ask(pair: CandidatePair, now: Millis): void {
    const { timings, discards, role } = this.#context;
    this.#nextRoundAt = now + this.#interval();
    const credentials = this.#credentials();
    if (credentials === undefined) return;
    const priority = candidatePriority(
      "prflx",
      pair.localCandidate.localPreference,
      1,
      pair.base.protocol,
    );
    if (this.#round !== undefined) this.#transactions.cancel(this.#round);
    // A nomination that came before the peer knew our credentials may have been answered and forgotten: as Firefox does after an ICE
    // restart, whose data then stays on the old pair. Saying it again moves it here.
    const useCandidate = role.controlling;
    const { nomination } = pair;
    this.#round = this.#transactions.start({
      ...writeCheck(this.#context, credentials, { priority, useCandidate, nomination }),
      local: pair.base,
      remote: pair.destination,
      subject: { pair, role: role.value },
      timings: timings.consent,
    }, now);
    if (this.#round === undefined) discards.add("too many transactions");
    pair.requestsSent++;
    pair.consentRequestsSent++;
    this.#unansweredSince ??= now;
  }

  #granted(now: Millis): void {
    this.#state = "fresh";
    this.#answeredAt = now;
    this.#heardAt = now;
    this.#unansweredSince = undefined;
  }

  /**
   * RFC 7675 section 5.1: each interval is drawn at random, so that agents do not fall into step.
   *
   * Deviation: from 0.8 to 1.04 of the basic time, where the RFC has 0.8 to 1.2. After an interval of 6 s, an outage of 24 s would end just as
   * consent expires; after one of 5.2 s there is time for another try or two.
   */
  #interval(): Millis {
    const random = this.#context.crypto.random(2);
    const fraction = (random[0]! << 8 | random[1]!) / 0xffff;
    return this.#context.timings.consentInterval * (0.8 + 0.24 * fraction);
  }
}
