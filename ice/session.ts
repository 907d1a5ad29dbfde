import type { Millis } from "../core/stage/mod.ts";
import { type Datagram, sameAddress, type TransportAddress } from "../core/wire/mod.ts";
import type { Credentials } from "./authentication.ts";
import {
  canCheck,
  canPair,
  type IceCandidate,
  type LocalCandidate,
  type Relay,
  type RemoteCandidate,
} from "./candidate.ts";
import { CandidatePair, type Check } from "./candidate_pair.ts";
import { CheckList } from "./check_list.ts";
import { type CheckOutcome, ConnectivityChecks } from "./connectivity_checks.ts";
import { Consent } from "./consent.ts";
import type { IceContext } from "./context.ts";
import { earliest } from "./deadline.ts";
import { EarlyChecks, type IncomingCheck } from "./early_checks.ts";
import { Nomination } from "./nomination.ts";
import type { IceParameters } from "./parameters.ts";
import { Renomination } from "./renomination.ts";
import { localSeenAs } from "./peer_reflexive.ts";
import { RemoteCandidates } from "./remote_candidates.ts";
import type { IceRole } from "./role.ts";
import { CheckScheduler } from "./scheduler.ts";
import type { StunAddress, StunMessage } from "./stun/mod.ts";

/** One ICE session: what an ICE restart begins anew (RFC 8445 section 9). */
export class IceSession implements CheckOutcome {
  readonly local: IceParameters;
  readonly checkList = new CheckList();
  readonly consent: Consent;
  readonly remotes: RemoteCandidates;
  /** Whether only relayed candidates are used. */
  relayOnly = false;
  readonly #context: IceContext;
  readonly #scheduler: CheckScheduler;
  readonly #checks: ConnectivityChecks;
  readonly #nomination: Nomination;
  readonly #renomination = new Renomination();
  readonly #earlyChecks: EarlyChecks;
  #remote: IceParameters | undefined;
  #selected: CandidatePair | undefined;
  #selectedAt: Millis = 0;
  #locals: LocalCandidate[] = [];
  #remotesEnded = false;
  #failed = false;
  #lost = false;
  /** Since when the selected pair has seemed dead, and others are tried. */
  #suspectSince: Millis | undefined;
  #retired = false;
  #startedAt: Millis = 0;
  /** When something last gave hope: a candidate, a check of the peer's, the end of one of ours. */
  #activeAt: Millis = 0;

  constructor(context: IceContext, local: IceParameters) {
    const credentials = () => this.#credentials;
    this.#context = context;
    this.local = local;
    this.remotes = new RemoteCandidates(context);
    this.consent = new Consent(context, credentials);
    this.#earlyChecks = new EarlyChecks(context);
    this.#checks = new ConnectivityChecks(context, credentials, this);
    this.#scheduler = new CheckScheduler(this.checkList, context.timings.ta);
    const { nominationDelay } = context.timings;
    this.#nomination = new Nomination(this.checkList, () => this.#bestNominee, nominationDelay);
  }

  /** Whether pairs come from the peer's checks alone (RFC 8445 section 2.5). */
  get lite(): boolean {
    return this.#context.lite;
  }

  /** The peer's parameters, once they are known. */
  get remote(): IceParameters | undefined {
    return this.#remote;
  }

  /** The nominated pair that carries data (RFC 8445 section 8.1.1). */
  get selected(): CandidatePair | undefined {
    return this.#selected;
  }

  /** Whether no path was found, or consent to the one that was has expired. For good: only a restart helps. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Whether the base of the selected pair has gone, and no other pair has been selected since. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Whether the peer has said that it has no more candidates (RFC 8838 section 14). */
  get remotesEnded(): boolean {
    return this.#remotesEnded;
  }

  /** Whether data may go over the selected pair. */
  get usable(): boolean {
    const { state } = this.consent;
    return this.#selected !== undefined && (state === "fresh" || state === "suspect");
  }

  /** This side's candidates, as the peer is told of them. */
  get announced(): readonly IceCandidate[] {
    return this.#locals.filter(({ unannounced }) => !unannounced).map(({ candidate }) => candidate);
  }

  /** Adds a candidate of this side. */
  addLocal(local: LocalCandidate, now: Millis): void {
    this.#locals.push(local);
    for (const remote of this.remotes.list) this.#pair(local, remote, now);
  }

  /** Whether a candidate of this side leads through this relay. */
  uses(relay: Relay): boolean {
    return this.#locals.some((local) => local.relay === relay);
  }

  /** A relay has ended, and so have its candidates. The selected pair is left to what becomes of consent. */
  loseRelay(relay: Relay): void {
    this.#locals = this.#locals.filter((local) => local.relay !== relay);
    for (const pair of this.checkList.pairs) {
      if (pair.localCandidate.relay !== relay || pair === this.#selected) continue;
      this.#giveUp(pair);
      pair.state = "failed";
      pair.validLocal = undefined;
    }
  }

  /** The connection that a check needs could not be made, so the check has failed (RFC 6544 section 7.1). */
  unreachable(base: TransportAddress, remote: TransportAddress): void {
    const pair = this.checkList.find(base, remote);
    if (pair === undefined || pair.valid) return; // what was valid is left to consent
    this.#giveUp(pair);
    pair.state = "failed";
  }

  /**
   * A base has gone, and its candidates and pairs with it. If it was that of the selected pair, the others are tried as in the beginning;
   * a valid one among them carries data meanwhile.
   */
  loseBase(base: TransportAddress, now: Millis): void {
    this.#locals = this.#locals.filter((local) => !sameAddress(local.base, base));
    const gone = this.checkList.retain((pair) => !sameAddress(pair.base, base));
    for (const pair of gone) this.#giveUp(pair);
    if (this.#selected === undefined || !gone.includes(this.#selected)) return;
    this.#selected = undefined;
    this.#lost = true;
    this.#suspectSince = undefined;
    this.#startedAt = this.#activeAt = now;
    this.consent.stop();
    this.#nomination.reset();
    this.#pairAll(now);
  }

  /** The peer's parameters have become known: checks can begin (RFC 8445 section 7.2.2). */
  setRemote(parameters: IceParameters, now: Millis): void {
    const known = this.#remote;
    if (known !== undefined) {
      if (
        known.usernameFragment === parameters.usernameFragment &&
        known.password === parameters.password
      ) return;
      this.#forgetRemote();
    }
    this.#remote = parameters;
    this.#renomination.agreed = this.#context.renomination && parameters.renomination === true;
    this.#startedAt = now;
    this.remotes.keepSession(parameters.usernameFragment);
    this.#pairAll(now);
    for (const check of this.#earlyChecks.take(parameters.usernameFragment)) {
      this.handleCheck(check, now);
    }
  }

  /** Adds a candidate of the peer's (RFC 8838 section 11). */
  addRemote(candidate: IceCandidate, now: Millis): void {
    const { usernameFragment } = candidate;
    if (
      this.#remote !== undefined && usernameFragment !== undefined &&
      usernameFragment !== this.#remote.usernameFragment
    ) return this.#context.discards.add("candidate of another session");
    const remote = this.remotes.signal(candidate);
    if (remote === undefined) return;
    this.#pairWithAll(remote, now);
    this.checkList.prioritize(this.#context.role.value);
  }

  /** The peer has no more candidates. */
  endRemotes(): void {
    this.#remotesEnded = true;
  }

  /** Takes in a check that has been answered (RFC 8445 sections 7.3.1.3 to 7.3.1.5). */
  handleCheck(check: IncomingCheck, now: Millis): void {
    if (this.#remote === undefined) return this.#earlyChecks.keep(check);
    this.#activeAt = now;
    const pair = this.#pairOf(check, now);
    if (pair === undefined) return;
    pair.requestsReceived++;
    pair.responsesSent++;
    this.consent.heard(pair, now);
    const nominates = check.useCandidate && !this.#context.role.controlling &&
      this.#renomination.hear(pair, check.nomination);
    if (this.#context.lite) return this.#noteAsLite(pair, nominates, now);
    if (pair.valid) {
      if (nominates) this.#select(pair, now);
      return;
    }
    if (this.#retired || this.#failed) return;
    if (nominates) pair.nominateOnSuccess = true;
    if (pair.state !== "in-progress") pair.state = "waiting";
    this.#scheduler.trigger(pair);
  }

  /** Takes an answer; false if it is to no request of this session. */
  handleResponse(message: StunMessage, datagram: Datagram, now: Millis): boolean {
    return this.#checks.handleResponse(message, datagram, now) ||
      this.consent.handleResponse(message, datagram, now);
  }

  /** Serves what is due. */
  handleTimeout(now: Millis): void {
    this.#checks.handleTimeout(now);
    this.consent.handleTimeout(now);
    if (this.consent.state === "expired") this.#failed = true;
  }

  /** Sends every check that may be sent now, and fails once there is nothing to hope for. */
  advance(gatheringComplete: boolean, now: Millis): void {
    if (this.#retired || this.#failed) return;
    this.#reconsider(now);
    const failsAt = this.#failsAt(gatheringComplete);
    if (failsAt !== undefined && failsAt <= now) {
      this.#failed = true;
      return;
    }
    if (this.#nominates) {
      const nominee = this.#nomination.choose(now);
      if (nominee !== undefined) {
        nominee.nominating = true;
        this.#renomination.give(nominee);
        this.#scheduler.trigger(nominee); // RFC 8445 section 8.1.1
      }
    }
    for (let pair; (pair = this.#scheduler.take(now)) !== undefined;) {
      this.#checks.send(pair, this.checkList.load, now);
    }
  }

  /** When this session wants {@linkcode IceSession.handleTimeout} and {@linkcode IceSession.advance} to be called. */
  nextTimeout(gatheringComplete: boolean): Millis | undefined {
    const times = [this.#checks.nextTimeout, this.consent.nextTimeout];
    if (!this.#retired && !this.#failed) {
      times.push(this.#scheduler.nextTimeout, this.#failsAt(gatheringComplete));
      if (this.#nominates) times.push(this.#nomination.nextTimeout);
    }
    return earliest(times);
  }

  /** A restart has replaced this session; until the new one has a pair, the selected one goes on (RFC 8445 section 9). */
  retire(): void {
    this.#retired = true;
    this.#conclude();
    this.#checks.clear();
  }

  /** The restart was rolled back: the checks that it had ended are due again. */
  resume(now: Millis): void {
    if (!this.#retired) return;
    this.#retired = false;
    for (const pair of this.checkList.pairs) {
      if (pair.state === "in-progress") pair.state = "waiting";
    }
    if (this.#lost) this.#pairAll(now);
  }

  /** RFC 8445 section 7.3.1.1: a switch changes the priorities of all pairs, and who nominates. */
  roleChanged(): void {
    this.checkList.prioritize(this.#context.role.value);
    this.#nomination.reset();
    this.#renomination.reset();
  }

  checkSucceeded(check: Check, mapped: StunAddress, now: Millis): void {
    const { pair } = check;
    if (!this.checkList.pairs.includes(pair)) return;
    this.#activeAt = now;
    if (!pair.nominating) this.#giveUp(pair); // another check that is due or under way could show nothing new
    pair.state = "succeeded";
    pair.validLocal ??= localSeenAs(mapped, check, this.#locals, this.local.usernameFragment);
    this.checkList.unfreeze(pair.foundation);
    const { controlling } = this.#context.role;
    // RFC 8445 section 7.2.5.3.4
    if (controlling ? check.useCandidate : pair.nominateOnSuccess) this.#select(pair, now);
  }

  checkFailed({ pair, useCandidate }: Check, now: Millis): void {
    this.#activeAt = now;
    if (pair.check !== undefined) return; // a newer one is under way
    if (pair.valid && !useCandidate) return;
    pair.state = "failed";
    pair.validLocal = undefined;
    pair.nominateOnSuccess = false;
    // Deviation: RFC 8445 section 7.2.5.3.4 fails the whole checklist with a nomination; another valid pair does as well.
    if (useCandidate) this.#nomination.reset();
  }

  roleConflict(claimed: IceRole, pair: CandidatePair): void {
    this.#context.role.lostConflict(claimed);
    if (!pair.valid) pair.state = "waiting";
    if (this.checkList.pairs.includes(pair)) this.#scheduler.trigger(pair);
  }

  get #credentials(): Credentials | undefined {
    return this.#remote && { local: this.local, remote: this.#remote };
  }

  get #nominates(): boolean {
    return this.#context.role.controlling && !this.#isSettled;
  }

  /** Whether there is a selected pair that seems to be alive, and no other could follow it. */
  get #isSettled(): boolean {
    return this.#selected !== undefined && this.#suspectSince === undefined &&
      !this.#renomination.agreed;
  }

  /** The best valid pair; once one is selected, a better one that has been found since, or any that answers while that one seems dead. */
  get #bestNominee(): CandidatePair | undefined {
    const selected = this.#selected;
    if (selected === undefined) return this.checkList.bestValid;
    const since = this.#suspectSince ?? this.#selectedAt;
    return this.checkList.pairs.find((pair) =>
      pair.valid && pair !== selected && pair.answeredAt >= since &&
      (this.#suspectSince !== undefined || pair.priority > selected.priority)
    );
  }

  /**
   * Deviation: RFC 8445 section 8.1.1 leaves a nominated pair only by a restart. While it seems dead, all paths are tried as in the
   * beginning, and the controlling agent nominates one that answers. So a connection follows a peer that has moved to another network.
   */
  #reconsider(now: Millis): void {
    const isSuspect = this.consent.state === "suspect" && !this.lite;
    if (isSuspect === (this.#suspectSince !== undefined)) return;
    this.#suspectSince = isSuspect ? now : undefined;
    this.#nomination.reset();
    if (!isSuspect) return this.#conclude();
    for (const pair of this.checkList.pairs) {
      if (pair !== this.#selected) this.#scheduler.trigger(pair);
    }
    this.#pairAll(now);
  }

  #pairAll(now: Millis): void {
    for (const remote of this.remotes.list) this.#pairWithAll(remote, now);
  }

  #pairWithAll(remote: RemoteCandidate, now: Millis): void {
    for (const local of this.#locals) this.#pair(local, remote, now);
  }

  /** RFC 8445 section 6.1.2.2; a reflexive candidate would only repeat its base (RFC 8445 section 6.1.2.4). */
  #pair(local: LocalCandidate, remote: RemoteCandidate, now: Millis): void {
    if (this.#remote === undefined || this.#isSettled || this.lite) return;
    if (this.#retired || this.#failed) return;
    if (!isCheckedFrom(local) || !canPair(local.base, remote.address)) return;
    if (!canCheck(local.candidate, remote.candidate)) return;
    this.#activeAt = now;
    this.#addPair(new CandidatePair(local, remote));
  }

  #addPair(pair: CandidatePair): void {
    const dropped = this.checkList.add(pair, this.#context.role.value);
    if (dropped === undefined) return;
    this.#context.discards.add("too many pairs");
    this.#giveUp(dropped);
  }

  /** The pair that a check belongs to, made if need be (RFC 8445 section 7.3.1.4). */
  #pairOf(check: IncomingCheck, now: Millis): CandidatePair | undefined {
    const known = this.checkList.find(check.base, check.source);
    if (known !== undefined || this.#retired || this.#failed) return known;
    // RFC 8445 section 8.1.2: with a nominated pair, others matter only if they are nominated too.
    if (this.#isSettled && !check.useCandidate) return undefined;
    const local = this.#locals.find((each) =>
      isCheckedFrom(each) && sameAddress(each.base, check.base)
    );
    if (local === undefined) {
      this.#context.discards.add("unknown local address");
      return undefined;
    }
    const remote = this.remotes.find(check.source) ??
      this.remotes.learn(check.source, check.priority, local.candidate);
    if (remote === undefined) return undefined;
    this.#activeAt = now;
    this.#addPair(new CandidatePair(local, remote));
    return this.checkList.find(check.base, check.source);
  }

  /** RFC 8445 section 7.3.2: without checks of its own, a lite agent holds valid what the peer nominates. */
  #noteAsLite(pair: CandidatePair, nominates: boolean, now: Millis): void {
    this.consent.renewed(pair, now);
    if (this.#failed) return;
    pair.state = "succeeded";
    pair.answeredAt = now;
    if (!nominates) return;
    pair.validLocal = pair.localCandidate;
    this.#select(pair, now);
  }

  #select(pair: CandidatePair, now: Millis): void {
    pair.nominated = true;
    const selected = this.#selected;
    if (pair === selected || this.#failed) return;
    // RFC 8445 section 8.1.1: of several nominated pairs the best counts, but not one that seems dead.
    const better = selected === undefined ||
      (this.#renomination.prefers(pair) ??
        (pair.priority > selected.priority || this.consent.state !== "fresh"));
    if (!better) return;
    this.#selected = pair;
    this.#selectedAt = now;
    this.#nomination.reset();
    this.#lost = false;
    this.consent.start(pair, now);
    this.#conclude();
  }

  /** RFC 8445 section 8.1.2: what is not needed any more goes; an aggressive nominator's other choices may yet succeed. */
  #conclude(): void {
    const superfluous = this.checkList.retain((pair) => pair.valid || pair.nominateOnSuccess);
    for (const pair of superfluous) this.#giveUp(pair);
  }

  /** Sends no more checks of a pair. */
  #giveUp(pair: CandidatePair): void {
    this.#scheduler.forget(pair);
    this.#checks.cancel(pair);
  }

  #forgetRemote(): void {
    for (const pair of this.checkList.retain(() => false)) this.#giveUp(pair);
    this.#checks.clear();
    this.#nomination.reset();
    this.consent.stop();
    this.#renomination.reset();
    this.remotes.clear();
    this.#selected = undefined;
    this.#remotesEnded = false;
  }

  /** When this session fails if nothing happens before; undefined while something is under way. */
  #failsAt(gatheringComplete: boolean): Millis | undefined {
    if (this.#remote === undefined || this.#selected !== undefined) return undefined;
    if (this.checkList.pending) return undefined;
    const { patience, trickleTimeout } = this.#context.timings;
    const patientUntil = this.#startedAt + patience; // RFC 8863 section 4
    // RFC 8838 section 8: not before both sides have told all their candidates
    if (this.#remotesEnded && gatheringComplete && this.checkList.bestValid === undefined) {
      return this.#locals.length === 0 && !this.#lost ? this.#startedAt : patientUntil;
    }
    if (this.remotes.list.length === 0) return undefined;
    return Math.max(patientUntil, this.#activeAt + trickleTimeout);
  }
}

/** Whether checks are sent from this candidate itself rather than from its base (RFC 8445 section 6.1.2.4). */
function isCheckedFrom({ candidate }: LocalCandidate): boolean {
  return candidate.type === "host" || candidate.type === "relay";
}
