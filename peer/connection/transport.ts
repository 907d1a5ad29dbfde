import {
  type Certificate,
  type Clock,
  type Millis,
  nodeProvider,
  ProtocolError,
} from "../../core/mod.ts";
import type { DtlsEvent, Fingerprint } from "../../dtls/mod.ts";
import type { IceAgent, IceEvent, IceParameters } from "../../ice/mod.ts";
import type { RtpItem, RtpSession } from "../../rtp/mod.ts";
import { RTCErrorEvent } from "../events/rtc_error_event.ts";
import { MediaTransport } from "../media/media_transport.ts";
import { type DataLane, Pipeline } from "../pipeline.ts";
import {
  type DtlsTransportSlots,
  RTCDtlsTransport,
  type RTCDtlsTransportState,
} from "../rtc_dtls_transport.ts";
import { RTCError } from "../rtc_error.ts";
import {
  type IceTransportSlots,
  newIceTransportSlots,
  RTCIceTransport,
  type RTCIceTransportState,
} from "../rtc_ice_transport.ts";
import type { InspectedTransport } from "../stats/transport.ts";
import { queueTask } from "../../webidl/task.ts";
import { construct } from "../../webidl/construct.ts";
import { type Configuration, gathersAlike } from "./configuration.ts";
import type { Environment } from "./environment.ts";
import { Gatherer } from "./gatherer.ts";
import { isSamePeer } from "./same_peer.ts";
import { Connections } from "./connections.ts";

/** What gathering tells. */
export type GatheringEvent = Extract<
  IceEvent,
  { type: "candidate" | "candidate-removed" | "gathering-state" | "candidate-error" }
>;

/** What a transport tells its connection. Each is called within a task of its own. */
export interface TransportHost {
  readonly isClosed: boolean;
  /** A candidate, the end of a generation, or a change of the gathering state. */
  onGathering(transport: Transport, event: GatheringEvent): void;
  /** The ICE state, the selected pair, or both. */
  onIceState(
    transport: Transport,
    event: Extract<IceEvent, { type: "state" | "selected-pair" }>,
  ): void;
  /** The DTLS state has changed. */
  onDtlsState(): void;
}

/** What rides on a transport beside media: an SCTP association. */
export interface AssociationRider {
  /** What packets go in and out by. */
  readonly lane: DataLane;
  /** DTLS is there to carry it. */
  connect(dtlsRole: "client" | "server"): void;
  /** Another peer takes the place of the one that it was with: it begins anew. */
  renew(dtlsRole: "client" | "server"): void;
}

/** What the other side's description says of its end. */
export interface RemoteTransport {
  readonly ice: IceParameters;
  readonly fingerprints: readonly Fingerprint[];
  /** Our own role in the DTLS handshake (RFC 8842 section 5). */
  readonly dtlsRole: "client" | "server";
}

/** One transport and what an application sees of it: `RTCIceTransport` and `RTCDtlsTransport`, with the pipeline under them. */
export class Transport {
  readonly iceSlots: IceTransportSlots = newIceTransportSlots();
  readonly ice: RTCIceTransport = construct(RTCIceTransport, this.iceSlots);
  readonly dtlsSlots: DtlsTransportSlots = {
    iceTransport: this.ice,
    state: "new",
    remoteCertificates: [],
  };
  readonly dtls: RTCDtlsTransport = construct(RTCDtlsTransport, this.dtlsSlots);
  /** The media that goes over it. */
  readonly media: MediaTransport = new MediaTransport(this);
  readonly #host: TransportHost;
  readonly #pipeline: Pipeline;
  readonly #closing = new AbortController();
  readonly #connections: Connections;
  readonly #gatherer: Gatherer;
  readonly #certificate: Certificate;
  readonly #clock: Clock;
  #selectedPairChanges = 0;
  #remote: RemoteTransport | undefined;
  #dtlsStarted = false;
  /** What it gathers by, once it does. */
  #gathersBy: Configuration | undefined;
  /** What gathering has told before a local description asked for it (RFC 9429 section 3.5.4). */
  #held: GatheringEvent[] | undefined = [];
  #association: AssociationRider | undefined;

  constructor(
    host: TransportHost,
    options: {
      environment: Environment;
      certificate: Certificate;
      role: "controlling" | "controlled";
      localParameters: IceParameters;
    },
  ) {
    this.#host = host;
    this.#certificate = options.certificate;
    this.#clock = options.environment.network.clock;
    this.iceSlots.role = options.role;
    this.#pipeline = new Pipeline({
      clock: this.#clock,
      crypto: nodeProvider,
      certificate: options.certificate,
      iceRole: options.role,
      iceParameters: options.localParameters,
      ice: options.environment.ice,
      dtls: options.environment.dtls,
      onIceEvent: (event) => this.#onIceEvent(event),
      onDtlsEvent: (event) => this.#onDtlsEvent(event),
    });
    const io = {
      environment: options.environment,
      sockets: this.#pipeline.sockets,
      signal: this.#closing.signal,
      run: <T>(mutate: (agent: IceAgent, now: Millis) => T) => this.#ice(mutate),
    };
    this.#connections = new Connections(io);
    this.#gatherer = new Gatherer(io);
  }

  /** The DTLS role, once the descriptions have settled it. */
  get dtlsRole(): "client" | "server" | undefined {
    return this.#remote?.dtlsRole;
  }

  /** The ICE generation that is in use at this end. */
  get localParameters(): IceParameters {
    return this.#ice((agent) => agent.localParameters);
  }

  /** The ICE generation that is in use at the other end. */
  get remoteParameters(): IceParameters | undefined {
    return this.#remote?.ice;
  }

  /** What statistics are made from; the layers are to be read, not to be changed. */
  inspect(): Omit<InspectedTransport, "remoteAddress" | "wallTime"> {
    return {
      inspected: this,
      iceSlots: this.iceSlots,
      dtlsSlots: this.dtlsSlots,
      agent: this.#ice((agent) => agent),
      endpoint: this.#pipeline.dtls.run((endpoint) => endpoint),
      dtlsRole: this.dtlsRole,
      certificate: this.#certificate,
      selectedPairChanges: this.#selectedPairChanges,
      media: this.runMedia((session) => session.transport()),
    };
  }

  /** Takes another ICE role, before there is a peer. */
  setRole(role: "controlling" | "controlled"): void {
    this.iceSlots.role = role;
    this.#ice((agent, now) => agent.setRole(role, now));
  }

  /** Gathers before a description asks for it: what is found is told when one does (RFC 9429 section 3.5.4). */
  gatherAhead(configuration: Configuration): void {
    this.#gathersBy = configuration;
    this.#ice((agent) => agent.setTransportPolicy(configuration.iceTransportPolicy));
    void this.#gatherer.gather(configuration);
  }

  /** Applies the credentials of a local description, and begins to gather: for the first time, or anew after a restart. */
  applyLocal(parameters: IceParameters, configuration: Configuration): void {
    const { usernameFragment, password } = parameters;
    this.iceSlots.localParameters = { usernameFragment, password };
    this.#ice((agent) => agent.setTransportPolicy(configuration.iceTransportPolicy));
    const isStale = this.#held !== undefined && this.#gathersBy !== undefined &&
      !gathersAlike(this.#gathersBy, configuration);
    if (isStale) this.#held = [];
    if (usernameFragment !== this.localParameters.usernameFragment || isStale) {
      this.iceSlots.localCandidates = [];
      void this.#gatherer.restart(parameters, configuration);
    }
    this.#release();
    this.#pipeline.sockets.claim(usernameFragment);
    if (this.#gathersBy === undefined) void this.#gatherer.gather(configuration);
    this.#gathersBy = configuration;
  }

  /** A description asks for candidates: those that there are come at once. */
  #release(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.#tell(event);
  }

  #tell(event: GatheringEvent): void {
    queueTask(() => {
      if (!this.isClosed) this.#host.onGathering(this, event);
    });
  }

  /** The pending local description was rolled back, and with it the ICE restart that it may have begun. */
  rollBack(): void {
    this.#ice((agent, now) => agent.rollBackRestart(now));
    const { usernameFragment, password } = this.localParameters;
    if (this.iceSlots.localParameters !== null) {
      this.iceSlots.localParameters = { usernameFragment, password };
    }
  }

  /** Applies what an answer has settled. */
  applyRemote(remote: RemoteTransport): void {
    const restarted = this.#remote?.ice.usernameFragment !== remote.ice.usernameFragment;
    const isAnotherPeer = this.#remote !== undefined && this.#dtlsStarted &&
      !isSamePeer(
        { certificate: this.#remoteCertificates[0], ...this.#remote },
        remote.fingerprints,
      );
    this.#remote = remote;
    const { usernameFragment, password } = remote.ice;
    this.iceSlots.remoteParameters = { usernameFragment, password };
    if (restarted) {
      this.iceSlots.remoteCandidates = this.iceSlots.remoteCandidates.filter((candidate) =>
        candidate.usernameFragment === usernameFragment
      );
      this.#ice((agent, now) => agent.setRemoteParameters(remote.ice, now));
    }
    this.#pipeline.sockets.claim(this.localParameters.usernameFragment, usernameFragment);
    if (isAnotherPeer) this.#renewDtls(remote.dtlsRole);
    this.#startDtls();
  }

  /** Another certificate needs another DTLS association (RFC 8842 section 5.1), and everything that it carries begins anew on it. */
  #renewDtls(dtlsRole: "client" | "server"): void {
    this.#pipeline.renewDtls();
    this.#dtlsStarted = false;
    this.dtlsSlots.state = "connecting";
    queueTask(() => {
      if (this.isClosed) return;
      this.dtls.dispatchEvent(new Event("statechange"));
      this.#host.onDtlsState();
    });
    this.#association?.renew(dtlsRole);
    this.carry(this.#association);
  }

  /** Commands to the ICE agent. */
  #ice<T>(mutate: (agent: IceAgent, now: Millis) => T): T {
    return this.#pipeline.ice.run(mutate);
  }

  /** Gives the agent a remote candidate whose address is a literal. */
  addRemoteCandidate(candidate: Parameters<IceAgent["addRemoteCandidate"]>[0]): void {
    this.#ice((agent, now) => agent.addRemoteCandidate(candidate, now));
  }

  /** Tells the agent that no more remote candidates will come. */
  endOfRemoteCandidates(): void {
    this.#ice((agent, now) => agent.endOfRemoteCandidates(now));
  }

  /** Data channels go over this transport from now on, or, without an association, no longer. */
  carry(association: AssociationRider | undefined): void {
    this.#association = association;
    this.#pipeline.carry(association?.lane);
    this.#connectAssociation();
  }

  /** The association has ended: nothing is asked of it any more. What it has said last still leaves. */
  release(association: AssociationRider): void {
    if (this.#association === association) this.#association = undefined;
  }

  get isClosed(): boolean {
    return this.#host.isClosed || this.#closing.signal.aborted;
  }

  get now(): Millis {
    return this.#clock.now();
  }

  get isSecured(): boolean {
    return this.#pipeline.dtls.run((dtls) => dtls.state) === "connected";
  }

  /** Builds what media needs. */
  startMedia(cname: string): void {
    this.#pipeline.startMedia({
      cname,
      onRtpEvent: (event) => this.media.handle(event),
      onRtpItems: (items) => this.media.receive(items),
    });
  }

  /** Commands to the RTP session, if there is media. */
  runMedia<T>(mutate: (session: RtpSession, now: Millis) => T): T | undefined {
    return this.#pipeline.media(mutate);
  }

  /** Hands frames to the RTP session. */
  sendMedia(items: readonly RtpItem[]): void {
    this.#pipeline.sendMedia(items);
  }

  /** Sets every state to closed, and takes the pipeline down (W3C WebRTC section 4.4.1.8). No event fires. */
  close(): void {
    this.#end();
    this.dtlsSlots.state = "closed";
    this.iceSlots.state = "closed";
  }

  /** Nothing uses it any more: it closes, and tells so in a task (W3C WebRTC section 4.4.1.5). */
  retire(): void {
    this.#end();
    queueTask(() => {
      if (this.#host.isClosed || this.iceSlots.state === "closed") return;
      this.close();
      this.dtls.dispatchEvent(new Event("statechange"));
      this.ice.dispatchEvent(new Event("statechange"));
    });
  }

  #end(): void {
    this.media.close();
    this.#closing.abort();
    void this.#pipeline.close();
  }

  #onIceEvent(event: IceEvent): void {
    if (event.type === "connection-wanted") return void this.#connections.open(event.connection);
    if (event.type === "connection-unwanted") return this.#connections.close(event.local);
    if (event.type === "state" && (event.state === "connected" || event.state === "completed")) {
      this.#startDtls();
    }
    if (event.type === "selected-pair") this.#selectedPairChanges++;
    if (isOfGathering(event)) {
      if (this.#held === undefined) this.#tell(event);
      else this.#held.push(event);
      return;
    }
    queueTask(() => {
      if (this.isClosed) return;
      switch (event.type) {
        case "role":
          this.iceSlots.role = event.role;
          break;
        case "state":
          this.#updateIce(event.state);
          break;
        case "selected-pair":
          this.#host.onIceState(this, event);
      }
    });
  }

  /**
   * W3C WebRTC section 5.6. A connection that is found by the very last check is "connected" first all the same: applications wait for
   * that state, and the text leaves the choice.
   */
  #updateIce(state: RTCIceTransportState): void {
    if (state === "completed" && this.iceSlots.state !== "connected") {
      this.#host.onIceState(this, { type: "state", state: "connected" });
      queueTask(() => {
        if (!this.isClosed && this.iceSlots.state === "connected") {
          this.#host.onIceState(this, { type: "state", state });
        }
      });
    } else this.#host.onIceState(this, { type: "state", state });
  }

  /** DTLS begins once ICE has a pair to send on and the descriptions have told the roles and the fingerprints. */
  #startDtls(): void {
    const remote = this.#remote;
    const { state } = this.#ice((agent) => agent);
    if (
      this.#dtlsStarted || remote === undefined || (state !== "connected" && state !== "completed")
    ) return;
    this.#dtlsStarted = true;
    this.#pipeline.dtls.run((dtls, now) => dtls.start(remote.dtlsRole, remote.fingerprints, now));
  }

  #onDtlsEvent(event: DtlsEvent): void {
    if (event.type !== "state") return;
    const certificates = this.#remoteCertificates;
    if (event.state === "connected") {
      this.#connectAssociation();
      this.media.secured();
    }
    const { dtls } = this.#pipeline;
    queueTask(() => {
      if (dtls === this.#pipeline.dtls) this.#updateDtls(event.state, certificates, event.error);
    });
  }

  get #remoteCertificates(): readonly Uint8Array[] {
    return this.#pipeline.dtls.run((dtls) => dtls.remoteCertificates);
  }

  /** W3C WebRTC section 5.5. */
  #updateDtls(
    state: RTCDtlsTransportState,
    certificates: readonly Uint8Array[],
    error: Error | undefined,
  ): void {
    const slots = this.dtlsSlots;
    if (this.isClosed || slots.state === "failed" || slots.state === state) return;
    slots.state = state;
    if (state === "connected") slots.remoteCertificates = certificates;
    if (state === "failed") {
      this.dtls.dispatchEvent(new RTCErrorEvent("error", { error: dtlsError(error) }));
    }
    this.dtls.dispatchEvent(new Event("statechange"));
    this.#host.onDtlsState();
  }

  /** The association is set up once there is one, and DTLS to carry it. */
  #connectAssociation(): void {
    if (this.isSecured) this.#association?.connect(this.#remote!.dtlsRole);
  }
}

function isOfGathering(event: IceEvent): event is GatheringEvent {
  return event.type === "candidate" || event.type === "candidate-removed" ||
    event.type === "gathering-state" || event.type === "candidate-error";
}

/** bad_certificate (42) is what DTLS sends where no fingerprint matches. */
const BAD_CERTIFICATE = 42;

function dtlsError(error: Error | undefined): RTCError {
  const { code, received } = error instanceof ProtocolError
    ? error
    : { code: undefined, received: false };
  const errorDetail = code === BAD_CERTIFICATE && !received
    ? "fingerprint-failure"
    : "dtls-failure";
  const alert = code === undefined ? {} : received ? { receivedAlert: code } : { sentAlert: code };
  return new RTCError({ errorDetail, ...alert }, error?.message ?? "DTLS has failed");
}
