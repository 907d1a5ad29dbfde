import { type Certificate, type Clock, nodeProvider } from "../../core/mod.ts";
import { fingerprintOf } from "../../dtls/mod.ts";
import type { IceEvent, IceParameters } from "../../ice/mod.ts";
import type { ChannelItem } from "../../sctp/mod.ts";
import { iceCredentialsOf, type SessionDescription, setupOf } from "../../sdp/mod.ts";
import { OperationsChain } from "../operations_chain.ts";
import type { AppliedDescription } from "../jsep/applied_description.ts";
import type { RemoteData } from "../jsep/remote.ts";
import { dataSectionIndex, type LocalEnd, transportSection } from "../jsep/sections.ts";
import { certificateOf, defaultCertificate } from "../rtc_certificate.ts";
import type { RTCError } from "../rtc_error.ts";
import type { TransceiverFigures } from "../stats/transceiver.ts";
import { type SctpTransportSlots, updateMaxMessageSize } from "../rtc_sctp_transport.ts";
import { type TransceiverHost, TransceiverTable } from "../transceivers/mod.ts";
import { queueTask } from "../../webidl/task.ts";
import type { Configuration } from "./configuration.ts";
import { type ChannelsHost, DataChannelTable } from "./data_channels.ts";
import { type Environment, newIceParameters } from "./environment.ts";
import { LocalCandidates, type LocalCandidatesHost } from "./local_candidates.ts";
import { NegotiationNeeded, type NegotiationNeededHost } from "./negotiation_needed.ts";
import { ReceivedCandidates, type ReceivedCandidatesHost } from "./received_candidates.ts";
import { RemoteCandidates } from "./remote_candidates.ts";
import { selectedPair } from "./selected_pair.ts";
import { type Applied, Signaling, type SignalingHost } from "./signaling.ts";
import { Statistics, type StatisticsHost } from "./statistics.ts";
import {
  deriveConnectionState,
  deriveIceConnectionState,
  deriveIceGatheringState,
  type RTCIceConnectionState,
  type RTCIceGatheringState,
  type RTCPeerConnectionState,
} from "./states.ts";
import { MAX_MESSAGE_SIZE, Transport, type TransportHost } from "./transport.ts";

type Hosts =
  & TransportHost
  & ChannelsHost
  & SignalingHost
  & LocalCandidatesHost
  & ReceivedCandidatesHost
  & NegotiationNeededHost
  & StatisticsHost
  & TransceiverHost;

/** What is behind an `RTCPeerConnection`: its internal slots, and the parts that change them. */
export class Connection implements Hosts {
  readonly target: EventTarget;
  readonly chain: OperationsChain;
  readonly signaling: Signaling;
  readonly channels: DataChannelTable;
  /** [[Transceivers]]. */
  readonly transceivers: TransceiverTable;
  /** RFC 7022 section 4.2: 96 bits at random. */
  readonly cname: string = nodeProvider.random(12).toBase64();
  readonly negotiationNeeded: NegotiationNeeded;
  readonly receivedCandidates: ReceivedCandidates;
  readonly statistics: Statistics;
  configuration: Configuration;
  isClosed = false;
  iceGatheringState: RTCIceGatheringState = "new";
  iceConnectionState: RTCIceConnectionState = "new";
  connectionState: RTCPeerConnectionState = "new";
  /** What [[SctpTransport]] stands on, where there is one. */
  transport: Transport | undefined;
  readonly #environment: Environment;
  readonly #localCandidates: LocalCandidates;
  readonly #remoteCandidates: RemoteCandidates;
  /** [[LastStableStateSctpTransport]]. */
  #stableTransport: Transport | undefined;
  /** The data section of the remote offer that is being answered. */
  #remoteOffer: RemoteData | undefined;
  #end: LocalEnd | undefined;
  #ownCertificates: readonly [Certificate, ...Certificate[]] | undefined;

  constructor(target: EventTarget, configuration: Configuration, environment: Environment) {
    this.target = target;
    this.configuration = configuration;
    this.#environment = environment;
    this.chain = new OperationsChain(
      () => this.isClosed,
      () => this.negotiationNeeded.chainIsEmpty(),
    );
    this.signaling = new Signaling(this);
    this.channels = new DataChannelTable(this);
    this.transceivers = new TransceiverTable(this);
    this.negotiationNeeded = new NegotiationNeeded(this);
    this.#localCandidates = new LocalCandidates(this);
    this.#remoteCandidates = new RemoteCandidates(environment.network);
    this.receivedCandidates = new ReceivedCandidates(this, this.#remoteCandidates);
    this.statistics = new Statistics(this, this.#remoteCandidates);
  }

  /** What this end says of itself. The certificate is made when the first description needs it. */
  get end(): LocalEnd {
    return this.#end ??= {
      sessionId: (new DataView(nodeProvider.random(8).buffer).getBigUint64(0) >> 1n).toString(),
      fingerprints: this.#certificates.map(({ der }) => ({
        algorithm: "sha-256",
        value: fingerprintOf(nodeProvider, der, "sha-256"),
      })),
      maxMessageSize: MAX_MESSAGE_SIZE,
      dtlsRole: this.#environment.dtlsRole,
    };
  }

  /** The certificates that this end has a choice of; the first is the one that it authenticates itself with. */
  get #certificates(): readonly [Certificate, ...Certificate[]] {
    const { certificate = defaultCertificate() } = this.#environment;
    const [first = certificate, ...others] = this.configuration.certificates;
    return this.#ownCertificates ??= [certificateOf(first), ...others.map(certificateOf)];
  }

  /** Whether frames wait for `createEncodedStreams`. */
  get encodedInsertableStreams(): boolean {
    return this.configuration.encodedInsertableStreams ?? false;
  }

  /** Replaces the configuration. */
  reconfigure(next: Configuration): void {
    const before = this.configuration;
    this.configuration = next;
    const isSame = next.iceTransportPolicy === before.iceTransportPolicy &&
      JSON.stringify(next.iceServers) === JSON.stringify(before.iceServers);
    if (!isSame) this.signaling.gatheringHasChanged();
  }

  newIceParameters(): IceParameters {
    return newIceParameters(this.#environment);
  }

  get clock(): Clock {
    return this.#environment.network.clock;
  }

  /** Nothing is sent or received yet. */
  updateMedia(): void {}

  requestKeyFrames(): void {}

  requestRemoteKeyFrame(): void {}

  playTone(): void {}

  /** There are no RTP streams yet. */
  figuresOf(): TransceiverFigures {
    return { inbound: [], outbound: [] };
  }

  get wantsData(): boolean {
    return this.channels.everCreated;
  }

  get sctp(): SctpTransportSlots | undefined {
    return this.transport?.sctpSlots;
  }

  get inUse(): SignalingHost["inUse"] {
    const { transport } = this;
    return transport && {
      local: transport.localParameters,
      remote: transport.remoteParameters,
      dtlsRole: transport.dtlsRole,
    };
  }

  get localDescriptions(): AppliedDescription[] {
    return [this.signaling.pendingLocal, this.signaling.currentLocal].filter((description) =>
      description !== null
    );
  }

  get remoteDescriptions(): AppliedDescription[] {
    return [this.signaling.pendingRemote, this.signaling.currentRemote].filter((description) =>
      description !== null
    );
  }

  get chainLength(): number {
    return this.chain.length;
  }

  get isStable(): boolean {
    return this.signaling.state === "stable";
  }

  /** W3C WebRTC section 4.7.3, as far as it concerns data. */
  needsNegotiation(): boolean {
    const { signaling } = this;
    if (signaling.restartIsPending) return true;
    const current = signaling.currentLocal?.session;
    return this.wantsData && (current === undefined || dataSectionIndex(current) < 0);
  }

  /** Moves the transport along with a description that has just been applied. */
  onApplied(applied: Applied): void {
    const { side, type, session } = applied;
    const index = dataSectionIndex(session);
    if (side === "remote" && applied.remoteData !== undefined) {
      this.receivedCandidates.collect(applied.remoteData);
    }
    if (type === "offer") {
      this.#remoteOffer = applied.remoteData;
      if (index >= 0) this.transport ??= this.#createTransport(applied);
    }
    if (side === "local") this.#applyLocal(session, index);
    if (type === "answer" || type === "pranswer") this.#applyAnswer(applied, index);
  }

  /** The transport is again what it was in the last stable state. */
  onRollback(): void {
    this.#remoteOffer = undefined;
    if (this.transport === this.#stableTransport) return this.transport?.rollBack();
    this.transport?.close();
    this.transport = this.#stableTransport;
    this.#updateStates();
  }

  onStable(): void {
    this.#stableTransport = this.transport;
    this.negotiationNeeded.clear();
    this.negotiationNeeded.update();
  }

  updateIceGatheringState(): boolean {
    const before = this.iceGatheringState;
    this.iceGatheringState = deriveIceGatheringState(
      this.#transports.map(({ iceSlots }) => iceSlots.gatheringState),
    );
    return this.iceGatheringState !== before;
  }

  onGathering(
    event: Extract<IceEvent, { type: "candidate" | "gathering-state" | "candidate-error" }>,
  ): void {
    this.#localCandidates.handle(event);
  }

  /** Changes the selected candidate pair and state (W3C WebRTC section 5.6). */
  onIceState(event: Extract<IceEvent, { type: "state" | "selected-pair" }>): void {
    const { transport } = this;
    if (transport === undefined) return;
    const { iceSlots } = transport;
    if (event.type === "selected-pair") {
      iceSlots.selectedCandidatePair = selectedPair(event.pair, iceSlots, this.#remoteCandidates);
      transport.ice.dispatchEvent(new Event("selectedcandidatepairchange"));
      return;
    }
    if (iceSlots.state === event.state) return;
    iceSlots.state = event.state;
    const { ice, connection } = this.#deriveStates();
    transport.ice.dispatchEvent(new Event("statechange"));
    if (ice) this.target.dispatchEvent(new Event("iceconnectionstatechange"));
    if (connection) this.target.dispatchEvent(new Event("connectionstatechange"));
  }

  /** Updates the connection state (W3C WebRTC section 4.4.1.3). */
  onDtlsState(): void {
    queueTask(() => {
      if (!this.isClosed && this.#deriveStates().connection) {
        this.target.dispatchEvent(new Event("connectionstatechange"));
      }
    });
  }

  onSctpConnected(maxChannels: number): void {
    this.channels.connected(maxChannels);
  }

  onSctpClosed(error: RTCError | undefined): void {
    this.channels.ended(error);
  }

  onChannelItems(items: readonly ChannelItem[]): void {
    this.channels.receive(items);
  }

  sendItems(items: readonly ChannelItem[]): void {
    this.transport?.send(items);
  }

  /** Closes the connection (W3C WebRTC section 4.4.1.8). */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.signaling.state = "closed";
    this.transceivers.close();
    this.channels.closeAbruptly();
    this.#remoteCandidates.close();
    for (const transport of new Set([this.transport, this.#stableTransport])) transport?.close();
    this.iceConnectionState = "closed";
    this.connectionState = "closed";
  }

  get #transports(): Transport[] {
    return this.transport === undefined ? [] : [this.transport];
  }

  #createTransport({ side, session, remoteData }: Applied): Transport {
    // RFC 8445 section 6.1.1: the offerer controls, unless the other side is lite and can't.
    const controlling = side === "local" || remoteData?.ice.iceLite === true;
    const localParameters = side === "local"
      ? this.#credentialsOf(session, dataSectionIndex(session))
      : this.newIceParameters();
    return new Transport(this, {
      environment: this.#environment,
      certificate: this.#certificates[0],
      role: controlling ? "controlling" : "controlled",
      localParameters,
    });
  }

  #applyLocal(session: SessionDescription, index: number): void {
    this.#localCandidates.releaseEarly();
    if (index >= 0) {
      this.transport!.applyLocal(this.#credentialsOf(session, index), this.configuration);
    }
  }

  /** An answer settles what both descriptions agree on, or that there is no data. */
  #applyAnswer({ side, session, remoteData }: Applied, index: number): void {
    const remote = side === "remote" ? remoteData : this.#remoteOffer;
    if (index < 0 || remote === undefined || this.transport === undefined) {
      return this.#dropTransport();
    }
    const setup = setupOf(session, transportSection(session, index));
    const answererIsClient = setup !== "passive";
    const dtlsRole = (side === "local") === answererIsClient ? "client" : "server";
    updateMaxMessageSize(this.transport.sctpSlots, remote.maxMessageSize);
    this.channels.assignIds(dtlsRole);
    this.transport.applyRemote({ ice: remote.ice, fingerprints: remote.fingerprints, dtlsRole });
    this.#remoteCandidates.apply(remote.ice.usernameFragment, this.transport);
  }

  /** The data section was rejected (RFC 8841 section 10.4). */
  #dropTransport(): void {
    if (this.transport === undefined) return;
    this.transport.close();
    this.transport = undefined;
    this.channels.ended();
    this.#updateStates();
  }

  #credentialsOf(session: SessionDescription, index: number): IceParameters {
    return iceCredentialsOf(session, session.media[index]!)!; // our own description has them
  }

  /** Derives the aggregated states anew; tells which have changed. */
  #deriveStates(): { ice: boolean; connection: boolean } {
    const [iceBefore, connectionBefore] = [this.iceConnectionState, this.connectionState];
    this.iceConnectionState = deriveIceConnectionState(
      this.#transports.map(({ iceSlots }) => iceSlots.state),
    );
    this.connectionState = deriveConnectionState(
      this.iceConnectionState,
      this.#transports.map(({ dtlsSlots }) => dtlsSlots.state),
    );
    return {
      ice: this.iceConnectionState !== iceBefore,
      connection: this.connectionState !== connectionBefore,
    };
  }

  /** The set of transports has changed by signaling. */
  #updateStates(): void {
    queueTask(() => {
      if (this.isClosed) return;
      const gathering = this.updateIceGatheringState();
      const { ice, connection } = this.#deriveStates();
      if (gathering) this.target.dispatchEvent(new Event("icegatheringstatechange"));
      if (ice) this.target.dispatchEvent(new Event("iceconnectionstatechange"));
      if (connection) this.target.dispatchEvent(new Event("connectionstatechange"));
    });
  }
}
