import { Discards, type Layer, type Millis, type Outputs } from "../core/stage/mod.ts";
import type { Datagram, TransportAddress } from "../core/wire/mod.ts";
import type { IceAgentOptions, IceBaseOptions } from "./agent_options.ts";
import { Foundations, type GatheredType, type IceCandidate } from "./candidate.ts";
import type { CandidatePair, IcePair } from "./candidate_pair.ts";
import { CheckServer } from "./check_server.ts";
import type { IceContext, IceDiscard } from "./context.ts";
import { DataPath } from "./data_path.ts";
import { earliest } from "./deadline.ts";
import { Detours } from "./detours.ts";
import type { IceEvent } from "./event.ts";
import { Gathering, type GatheringOutcome, type IceGatheringState } from "./gathering.ts";
import { type Generation, Generations } from "./generations.ts";
import { Inbound } from "./inbound.ts";
import { generateIceParameters, type IceParameters } from "./parameters.ts";
import { type IceRole, Role } from "./role.ts";
import { IceSession } from "./session.ts";
import { Sources } from "./sources.ts";
import { ICE_TIMINGS } from "./timings.ts";
import { isStun } from "./stun/mod.ts";
import { type IceTraffic, Traffic } from "./traffic.ts";
import { type IceTransportState, transportState } from "./transport_state.ts";
import type { TurnServer } from "./turn/turn_context.ts";

/**
 * An ICE agent, full or lite, with one data stream of one component (RFC 8445): it finds a path to the peer, lets data through on it, and
 * keeps asking whether the peer still wants that data (RFC 7675).
 *
 * @example
 * ```ts
 * import { IceAgent, type IceEvent } from "@heron/webrtc/ice";
 * import { type Datagram, emptyOutputs, nodeProvider } from "@heron/webrtc/core";
 * import { assertEquals } from "@std/assert";
 *
 * const agent = new IceAgent({ crypto: nodeProvider, role: "controlling" });
 * agent.addBase({ ip: "192.0.2.1", port: 5000, protocol: "udp" }, 0);
 * agent.endOfBases(0);
 * const out = emptyOutputs<Datagram, Uint8Array, IceEvent>();
 * agent.poll(out);
 * assertEquals(out.events.map(({ type }) => type), [
 *   "gathering-state",
 *   "candidate",
 *   "gathering-state",
 * ]);
 * assertEquals(agent.gatheringState, "complete");
 * assertEquals(agent.state, "new");
 * ```
 */
export class IceAgent implements Layer<Datagram, Uint8Array, IceEvent> {
  /** What was dropped, by reason. */
  readonly discards: Discards<IceDiscard> = new Discards<IceDiscard>();
  readonly #context: IceContext;
  readonly #role: Role;
  readonly #inbound: Inbound;
  readonly #path = new DataPath();
  readonly #traffic = new Traffic();
  readonly #detours: Detours;
  readonly #foundations = new Foundations();
  readonly #sources: Sources;
  #relayOnly = false;
  readonly #generations: Generations;
  #announcedPair: CandidatePair | undefined;
  #state: IceTransportState = "new";
  #nextTimeout: Millis | undefined;
  #below: Datagram[] = [];
  #above: Uint8Array[] = [];
  #events: IceEvent[] = [];

  /** A new agent does nothing before it has a base. */
  constructor(options: IceAgentOptions) {
    const { crypto, role, lite = false, localParameters = generateIceParameters(crypto) } = options;
    const { renomination = false } = options;
    this.#role = new Role(role, crypto, () => this.#roleChanged(), lite);
    const transmit = (datagram: Datagram) => void this.#below.push(datagram);
    const timings = { ...ICE_TIMINGS, ...options.timings };
    const { discards } = this;
    this.#detours = new Detours({ crypto, timings, discards, transmit }, {
      relayed: (attempt, now) => this.#gathering.addRelay(attempt, now),
      relayFailed: ({ server, base }, error) => {
        this.#gathering.reportFailure(server.url, error, base);
      },
      relayLost: (relay) =>
        this.#losing(() => this.#generations.sessions.forEach((each) => each.loseRelay(relay))),
      connectionWanted: (connection) => {
        this.#events.push({ type: "connection-wanted", connection });
      },
      connectionUnwanted: (local) => {
        this.#events.push({ type: "connection-unwanted", local });
      },
      unreachable: (base, remote) => this.#session.unreachable(base, remote),
    });
    const send = (datagram: Datagram) => this.#detours.send(datagram);
    const gathers = (type: GatheredType) => options.candidateTypes?.includes(type) ?? true;
    const shared = { crypto, timings, discards, role: this.#role, lite, renomination };
    this.#context = { ...shared, gathers, send };
    this.#sources = new Sources(this.#context, this.#detours);
    this.#generations = new Generations(this.#newGeneration(localParameters));
    this.#inbound = new Inbound({
      discards,
      detours: this.#detours,
      server: new CheckServer(this.#context, () => this.#generations.sessions),
      generations: this.#generations,
      path: this.#path,
      traffic: this.#traffic,
      deliver: (data) => void this.#above.push(data),
    });
  }

  /** Whether this agent nominates. */
  get role(): IceRole {
    return this.#role.value;
  }

  /** This side's parameters in the present session. */
  get localParameters(): IceParameters {
    return this.#session.local;
  }

  /** The peer's parameters in the present session, once known. */
  get remoteParameters(): IceParameters | undefined {
    return this.#session.remote;
  }

  /** As RTCIceTransport.state. */
  get state(): IceTransportState {
    return this.#state;
  }

  /** As RTCIceTransport.gatheringState. */
  get gatheringState(): IceGatheringState {
    return this.#gathering.state;
  }

  /** The pair that data goes over: after a restart the old one, until there is a new one. */
  get selectedPair(): IcePair | undefined {
    return this.#session.selected ?? this.#previous?.selected;
  }

  /** Every pair of the present session, best first. */
  get pairs(): readonly IcePair[] {
    return this.#session.checkList.pairs;
  }

  /** The data of all pairs that there ever were. */
  get traffic(): IceTraffic {
    return this.#traffic;
  }

  /** This side's candidates of the present session, as announced. */
  get localCandidates(): readonly IceCandidate[] {
    return this.#session.announced;
  }

  /** The peer's candidates of the present session, those learnt from its checks among them. */
  get remoteCandidates(): readonly IceCandidate[] {
    return this.#session.remotes.list.map(({ candidate }) => candidate);
  }

  get nextTimeout(): Millis | undefined {
    return this.#nextTimeout;
  }

  /** Always 0: what can't be sent is dropped, as UDP would. */
  get backlog(): number {
    return 0;
  }

  get done(): boolean {
    return this.#state === "closed";
  }

  /** Always undefined: a transport that has failed can be restarted. */
  get failure(): Error | undefined {
    return undefined;
  }

  /** Takes another role, as signalling says (RFC 8445 section 6.1.1). With `now` it has its effect at once, else with the next call. */
  setRole(role: IceRole, now?: Millis): void {
    if (this.done) return;
    this.#role.set(role);
    if (now !== undefined) this.#advance(now);
  }

  /**
   * With "relay" only relayed candidates are used, and nothing tells the peer this machine's addresses (RFC 8828 section 5.2). It
   * counts from the next gathering on: that of a new agent, or of a restart.
   */
  setTransportPolicy(policy: "all" | "relay"): void {
    this.#relayOnly = policy === "relay";
    if (this.gatheringState !== "new") return;
    this.#session.relayOnly = this.#gathering.relayOnly = this.#relayOnly;
  }

  /** Adds a socket: a host candidate, and server-reflexive ones through every server. Earlier ones are preferred. */
  addBase(address: TransportAddress, now: Millis, options: IceBaseOptions = {}): void {
    if (this.done) return;
    this.#sources.addBase(address, options, this.#gathering, now);
    this.#advance(now);
  }

  /** The socket with this address is gone: so are its candidates and pairs. If one of these was selected, another takes its place. */
  removeBase(address: TransportAddress, now: Millis): void {
    if (this.done) return;
    const lost = this.#sources.removeBase(address);
    this.#losing(() => lost.forEach((base) => this.#generations.loseBase(base, now)));
    this.#advance(now);
  }

  /** Bases may follow again after {@linkcode IceAgent.endOfBases}, in the next generation: to be said before a restart. */
  expectBases(): void {
    this.#sources.expectBases();
  }

  /** The next generation has other servers: to be said before a restart. What leads through a relay is left alone while it is in use. */
  forgetServers(): void {
    this.#sources.forgetServers();
  }

  /** Adds a STUN server, for the bases that there are and that follow. A lite agent needs none. */
  addServer(server: { address: TransportAddress; url: string }, now: Millis): void {
    if (this.done) return;
    this.#sources.addServer(server, this.#gathering, now);
    this.#advance(now);
  }

  /**
   * Adds a TURN server, for the bases that there are and that follow. Where its address is one of TCP, a connection is asked for with
   * a `connection-wanted` event.
   */
  addTurnServer(server: TurnServer, now: Millis): void {
    if (this.done) return;
    this.#sources.addTurnServer(server);
    this.#advance(now);
  }

  /** A connection that was wanted is open, and has this address; false if it is wanted no longer. */
  connected(id: number, local: TransportAddress, now: Millis): boolean {
    const wanted = !this.done && this.#detours.connections.connected(id, local, now);
    if (!this.done) this.#advance(now);
    return wanted;
  }

  /** A connection that was wanted could not be opened, for a reason that people can read. */
  connectionFailed(id: number, reason: string, now: Millis): void {
    if (this.done) return;
    this.#detours.connections.failed(id, reason);
    this.#advance(now);
  }

  /** A connection that was open is not any more. */
  disconnected(local: TransportAddress, now: Millis): void {
    if (this.done) return;
    this.#detours.disconnected(local, now);
    this.#advance(now);
  }

  /** A datagram that was handed down has not left: its socket could not take it. */
  refused(datagram: Datagram): void {
    const { data, local, remote } = this.#detours.unwrap(datagram) ?? datagram;
    if (isStun(data)) return;
    for (const { checkList } of this.#generations.sessions) {
      const pair = checkList.pairs.find((each) => each.matches(local, remote));
      if (pair !== undefined) return pair.discard(data.length);
    }
  }

  /** A server's name could not be resolved. */
  serverFailed(url: string, code: number, text: string): void {
    if (!this.done) this.#gathering.reportFailure(url, { code, reason: text });
  }

  /** No more bases follow: gathering completes once every server has answered or failed to. */
  endOfBases(now: Millis): void {
    if (this.done) return;
    this.#sources.endBases(this.#gathering);
    this.#advance(now);
  }

  /** The peer's parameters: checks begin. A peer that is lite makes this agent controlling (RFC 8445 section 6.1.1). */
  setRemoteParameters(parameters: IceParameters, now: Millis): void {
    if (this.done) return;
    if (parameters.iceLite) this.#role.set("controlling");
    this.#generations.agreed(this.#state);
    this.#session.setRemote(parameters, now);
    this.#advance(now);
  }

  /** A candidate of the peer's. Its address must be an IP literal; TCP and component 2 are dropped and counted. */
  addRemoteCandidate(candidate: IceCandidate, now: Millis): void {
    if (this.done) return;
    this.#session.addRemote(candidate, now);
    this.#advance(now);
  }

  /** The peer has no more candidates (RFC 8838 section 14). */
  endOfRemoteCandidates(now: Millis): void {
    if (this.done) return;
    this.#session.endRemotes();
    this.#advance(now);
  }

  /** Begins a new session (RFC 8445 section 9). Data goes on over the old pair until the new session has one. */
  restart(localParameters: IceParameters, now: Millis): void {
    if (this.done) return;
    this.#generations.begin(this.#newGeneration(localParameters), this.#state);
    this.#sources.gather(this.#gathering, now);
    this.#advance(now);
  }

  /** The offer that brought the restart was rolled back (RFC 9429 section 4.1.10.2): the session before it goes on. */
  rollBackRestart(now: Millis): void {
    const before = this.gatheringState;
    if (this.done || !this.#generations.rollBack(now)) return;
    if (this.gatheringState !== before) {
      this.#announceGathering(this.gatheringState, this.localParameters.usernameFragment);
    }
    this.#sources.catchUp(this.#gathering, now);
    this.handleTimeout(now); // of its deadlines some may have passed meanwhile
  }

  handleInbound(batch: readonly Datagram[], now: Millis): void {
    if (this.done) return;
    let stun = false;
    for (const datagram of batch) {
      if (this.#inbound.handle(datagram, now)) stun = true;
    }
    if (stun) this.#advance(now);
  }

  handleOutbound(batch: readonly Uint8Array[], now: Millis): void {
    const pair = this.#path.outbound;
    if (pair === undefined) return this.discards.add("data without a valid pair", batch.length);
    const { base: local, destination: remote, localCandidate: { relay } } = pair;
    for (const data of batch) {
      if (relay === undefined) this.#below.push({ data, local, remote });
      else relay.send(data, remote);
      pair.lastPacketSentAt = now;
      pair.packetsSent++;
      pair.bytesSent += data.length;
      this.#traffic.sent(data.length);
    }
  }

  handleTimeout(now: Millis): void {
    if (this.done) return;
    this.#session.handleTimeout(now);
    this.#previous?.handleTimeout(now);
    this.#gathering.handleTimeout(now);
    this.#detours.relays.handleTimeout(now);
    this.#advance(now);
  }

  handleEnd(now: Millis): void {
    this.close(now);
  }

  /** Stops at once: ICE has no farewell. Relays are given back. */
  close(_now: Millis): void {
    if (this.done) return;
    this.#detours.close();
    this.#enter("closed");
    this.#path.clear();
    this.#nextTimeout = undefined;
  }

  poll(out: Outputs<Datagram, Uint8Array, IceEvent>): void {
    drain(this.#below, out.below);
    drain(this.#above, out.above);
    drain(this.#events, out.events);
  }

  /** After every change: sends what may be sent, and draws the conclusions. */
  #advance(now: Millis): void {
    this.#gathering.completeIfDone();
    const gatheringComplete = this.#gathering.state === "complete";
    this.#session.advance(gatheringComplete, now);
    if (this.#session.selected !== undefined) this.#gathering.conclude();
    this.#generations.leavePrevious(this.#context.timings.consentExpiry, now);
    this.#path.update(this.#session, this.#previous);
    const { outbound } = this.#path;
    outbound?.localCandidate.relay?.bind(outbound.destination, now);
    this.#detours.relays.leaveFormer((relay) => this.#generations.use(relay));
    this.#detours.relays.advance(now);
    this.#announceSelected();
    this.#enter(transportState({
      session: this.#session,
      previous: this.#previous,
      restartedFrom: this.#generations.restartedFrom,
      gatheringComplete,
      role: this.role,
    }));
    this.#nextTimeout = earliest([
      this.#session.nextTimeout(gatheringComplete),
      this.#previous?.nextTimeout(gatheringComplete),
      this.#generations.nextTimeout,
      this.#gathering.nextTimeout,
      this.#detours.relays.nextTimeout,
    ]);
  }

  get #session(): IceSession {
    return this.#generations.present.session;
  }

  get #gathering(): Gathering {
    return this.#generations.present.gathering;
  }

  get #previous(): IceSession | undefined {
    return this.#generations.previous;
  }

  #newGeneration(localParameters: IceParameters): Generation {
    const session = new IceSession(this.#context, localParameters);
    session.relayOnly = this.#relayOnly;
    const { usernameFragment } = localParameters;
    const outcome: GatheringOutcome = {
      gathered: (local, now) => {
        const { candidate } = local;
        if (!local.unannounced) this.#events.push({ type: "candidate", candidate });
        session.addLocal(local, now);
      },
      gatheringFailed: (error) => void this.#events.push({ type: "candidate-error", ...error }),
      gatheringState: (state) => this.#announceGathering(state, usernameFragment),
      relaysPending: () => this.#detours.relays.pending,
    };
    const gathering = new Gathering(this.#context, this.#foundations, usernameFragment, outcome);
    gathering.relayOnly = this.#relayOnly;
    return { session, gathering };
  }

  /** Tells which candidates of the present session something has cost. */
  #losing(lose: () => void): void {
    const before = this.localCandidates;
    lose();
    const left = new Set(this.localCandidates);
    for (const candidate of before) {
      if (!left.has(candidate)) this.#events.push({ type: "candidate-removed", candidate });
    }
  }

  #announceGathering(state: IceGatheringState, usernameFragment: string): void {
    this.#events.push({ type: "gathering-state", state, usernameFragment });
  }

  #roleChanged(): void {
    this.#events.push({ type: "role", role: this.#role.value });
    this.#session.roleChanged();
  }

  #announceSelected(): void {
    const { selected } = this.#session;
    if (selected === undefined || selected === this.#announcedPair) return;
    this.#announcedPair = selected;
    this.#events.push({ type: "selected-pair", pair: selected });
  }

  #enter(state: IceTransportState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#events.push({ type: "state", state });
  }
}

/** Moves everything; not by spreading, which has a limit. */
function drain<T>(from: T[], to: T[]): void {
  for (const item of from) to.push(item);
  from.length = 0;
}
