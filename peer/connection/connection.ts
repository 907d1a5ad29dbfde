import { type Certificate, type Clock, nodeProvider } from "../../core/mod.ts";
import { fingerprintOf } from "../../dtls/mod.ts";
import type { IceEvent, IceParameters } from "../../ice/mod.ts";
import type { ChannelItem } from "../../sctp/mod.ts";
import { maxMessageSizeOf, sctpPortOf, type SessionDescription } from "../../sdp/mod.ts";
import { OperationsChain } from "../operations_chain.ts";
import type { AppliedDescription } from "../jsep/applied_description.ts";
import { dataSectionIndex, type LocalEnd, midOf } from "../jsep/sections.ts";
import type { Side } from "../jsep/signaling_state.ts";
import { certificateOf, defaultCertificate } from "../rtc_certificate.ts";
import type { RTCError } from "../rtc_error.ts";
import { type SctpTransportSlots, updateMaxMessageSize } from "../rtc_sctp_transport.ts";
import { type RemoteTracks, type TransceiverHost, TransceiverTable } from "../transceivers/mod.ts";
import { AggregateStates, type AggregateStatesHost } from "./aggregate_states.ts";
import { Association, type AssociationHost, MAX_MESSAGE_SIZE } from "./association.ts";
import { CandidatePool } from "./candidate_pool.ts";
import { CarriedMedia } from "./carried_media.ts";
import { type Configuration, gathersAlike } from "./configuration.ts";
import { type ChannelsHost, DataChannelTable } from "./data_channels.ts";
import { DescriptionWriter, type DescriptionWriterHost } from "./description_writer.ts";
import { type Environment, newIceParameters } from "./environment.ts";
import { LocalCandidates, type LocalCandidatesHost } from "./local_candidates.ts";
import { MediaNegotiation, type MediaNegotiationHost } from "./media_negotiation.ts";
import { needsNegotiation } from "./negotiation_check.ts";
import { NegotiationNeeded, type NegotiationNeededHost } from "./negotiation_needed.ts";
import { ReceivedCandidates, type ReceivedCandidatesHost } from "./received_candidates.ts";
import { RemoteCandidates } from "./remote_candidates.ts";
import { selectedPair } from "./selected_pair.ts";
import { type Applied, Signaling, type SignalingHost } from "./signaling.ts";
import { Statistics, type StatisticsHost } from "./statistics.ts";
import type { RTCPeerConnectionState } from "./states.ts";
import { type GatheringEvent, Transport, type TransportHost } from "./transport.ts";
import { TransportNegotiation, type TransportNegotiationHost } from "./transport_negotiation.ts";
import { TransportTable } from "./transport_table.ts";

type Hosts =
  & TransportHost
  & ChannelsHost
  & SignalingHost
  & LocalCandidatesHost
  & ReceivedCandidatesHost
  & NegotiationNeededHost
  & StatisticsHost
  & AggregateStatesHost
  & TransceiverHost
  & AssociationHost
  & DescriptionWriterHost
  & TransportNegotiationHost
  & MediaNegotiationHost;

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
  /** Which transport each section uses. */
  readonly transports: TransportTable = new TransportTable();
  readonly states: AggregateStates = new AggregateStates(this);
  readonly media: CarriedMedia = new CarriedMedia(this.transports);
  readonly writer: DescriptionWriter;
  configuration: Configuration;
  isClosed = false;
  /** [[SctpTransport]]. */
  association: Association | undefined;
  readonly #environment: Environment;
  readonly #localCandidates: LocalCandidates;
  readonly #remoteCandidates: RemoteCandidates;
  readonly #transportNegotiation: TransportNegotiation;
  readonly #mediaNegotiation: MediaNegotiation;
  readonly #pool: CandidatePool;
  /** [[LastStableStateSctpTransport]]. */
  #stableAssociation: Association | undefined;
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
    this.#remoteCandidates = new RemoteCandidates(environment.network, this.transports);
    this.receivedCandidates = new ReceivedCandidates(this, this.#remoteCandidates);
    this.writer = new DescriptionWriter(this);
    this.#transportNegotiation = new TransportNegotiation(this, this.#remoteCandidates);
    this.#mediaNegotiation = new MediaNegotiation(this);
    this.statistics = new Statistics(this, this.#remoteCandidates);
    this.#pool = new CandidatePool(
      (parameters) => this.#newTransport("controlling", parameters),
      () => this.newIceParameters(),
    );
    this.#pool.configure(configuration);
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
      iceLite: this.#environment.ice?.lite,
      iceRenomination: this.#environment.ice?.renomination,
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
    if (!gathersAlike(next, before)) this.signaling.gatheringHasChanged();
    if (!this.signaling.hasHadLocal) this.#pool.configure(next);
  }

  newIceParameters(): IceParameters {
    return newIceParameters(this.#environment);
  }

  iceOfNewTransport(others: readonly IceParameters[]): IceParameters {
    return this.#pool.parameters(others) ?? this.newIceParameters();
  }

  get clock(): Clock {
    return this.#environment.network.clock;
  }

  get wantsData(): boolean {
    return this.channels.wanted || this.configuration.alwaysNegotiateDataChannels;
  }

  get sctp(): SctpTransportSlots | undefined {
    return this.association?.slots;
  }

  get pendingLocal(): AppliedDescription | null {
    return this.signaling.pendingLocal;
  }

  get currentLocal(): AppliedDescription | null {
    return this.signaling.currentLocal;
  }

  get pendingRemote(): AppliedDescription | null {
    return this.signaling.pendingRemote;
  }

  get currentRemote(): AppliedDescription | null {
    return this.signaling.currentRemote;
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

  get connectionState(): RTCPeerConnectionState {
    return this.states.connection;
  }

  get chainLength(): number {
    return this.chain.length;
  }

  get isStable(): boolean {
    return this.signaling.state === "stable";
  }

  needsNegotiation(): boolean {
    return needsNegotiation({
      restartIsPending: this.signaling.restartIsPending,
      wantsData: this.wantsData,
      currentLocal: this.currentLocal,
      currentRemote: this.currentRemote,
      transceivers: this.transceivers.all,
    });
  }

  /** Moves transports, data channels and transceivers along with a description that has just been applied. */
  onApplied({ side, type, session, offer, owners, before }: Applied): RemoteTracks {
    if (type === "offer") {
      if (before === "stable") this.#mediaNegotiation.begin();
      this.#transportNegotiation.offer(side, session);
    }
    if (side === "remote") this.receivedCandidates.collect(session);
    const data = dataSectionIndex(session);
    const dataTransport = data < 0 ? undefined : this.transports.of(midOf(session, data));
    if (type === "offer" && dataTransport !== undefined) {
      this.association ??= new Association(this, dataTransport);
    }
    if (side === "local") this.#applyLocal(session);
    if (offer !== undefined) this.#applyAnswer(side, session, offer);
    if (type === "answer" && data < 0) this.#dropAssociation();
    const tracks = this.#mediaNegotiation.apply({ side, type, session, offer, owners });
    if (offer !== undefined || side === "local") this.#applyMedia();
    if (type === "answer") {
      for (const transport of this.transports.settle()) transport.retire();
      this.#pool.close();
      this.#mediaNegotiation.complete(this.currentLocal, this.currentRemote);
      this.states.transportsHaveChanged();
    }
    return tracks;
  }

  /** Everything is again what it was in the last stable state. */
  onRollback(wasRemote: boolean): RemoteTracks {
    const tracks = this.#mediaNegotiation.rollBack(wasRemote);
    if (this.association !== this.#stableAssociation) {
      this.association?.close();
      this.association = this.#stableAssociation;
    }
    for (const transport of this.transports.rollBack()) transport.retire();
    for (const transport of this.transports.inUse) transport.rollBack();
    this.#applyMedia();
    this.states.transportsHaveChanged();
    return tracks;
  }

  onTold(): void {
    if (this.transports.inUse.length === 0) this.states.lastTransportHasGone();
  }

  onStable(): void {
    this.#stableAssociation = this.association;
    this.negotiationNeeded.clear();
    this.negotiationNeeded.update();
  }

  onGathering(transport: Transport, event: GatheringEvent): void {
    this.#localCandidates.handle(transport, event);
  }

  /** Changes the selected candidate pair and state (W3C WebRTC section 5.6). */
  onIceState(
    transport: Transport,
    event: Extract<IceEvent, { type: "state" | "selected-pair" }>,
  ): void {
    const { iceSlots } = transport;
    if (event.type === "selected-pair") {
      iceSlots.selectedCandidatePair = selectedPair(event.pair, iceSlots, this.#remoteCandidates);
      transport.ice.dispatchEvent(new Event("selectedcandidatepairchange"));
      return;
    }
    if (iceSlots.state === event.state) return;
    iceSlots.state = event.state;
    const events = this.states.update("ice", "connection");
    transport.ice.dispatchEvent(new Event("statechange"));
    for (const told of events) this.target.dispatchEvent(told);
  }

  onDtlsState(): void {
    this.states.dtlsHasChanged();
  }

  onSctpConnected(maxChannels: number): void {
    this.channels.connected(maxChannels);
  }

  onSctpRenewed(dtlsRole: "client" | "server"): void {
    this.channels.renew(dtlsRole);
  }

  onSctpClosed(error: RTCError | undefined): void {
    this.channels.ended(error);
  }

  onChannelItems(items: readonly ChannelItem[]): void {
    this.channels.receive(items);
  }

  sendItems(items: readonly ChannelItem[]): void {
    this.association?.send(items);
  }

  /** Closes the connection (W3C WebRTC section 4.4.1.8). */
  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.signaling.state = "closed";
    this.transceivers.close();
    this.channels.closeAbruptly();
    this.#remoteCandidates.close();
    this.#pool.close();
    this.association?.close();
    for (const transport of this.transports.all) transport.close();
    this.states.close();
  }

  createTransport(
    role: "controlling" | "controlled",
    localParameters: IceParameters,
  ): Transport {
    const pooled = this.#pool.take(localParameters);
    pooled?.setRole(role);
    return pooled ?? this.#newTransport(role, localParameters);
  }

  #newTransport(role: "controlling" | "controlled", localParameters: IceParameters): Transport {
    return new Transport(this, {
      environment: this.#environment,
      certificate: this.#certificates[0],
      role,
      localParameters,
    });
  }

  #applyLocal(session: SessionDescription): void {
    this.#localCandidates.releaseEarly();
    this.#transportNegotiation.applyLocal(session);
  }

  /** An answer settles what both descriptions agree on. */
  #applyAnswer(side: Side, answer: SessionDescription, offer: SessionDescription): void {
    this.#transportNegotiation.answer(answer);
    const data = dataSectionIndex(answer);
    const transport = data < 0 ? undefined : this.transports.of(midOf(answer, data));
    const remote = (side === "remote" ? answer : offer).media[data];
    // Before the transports connect: what they carry is wired when the first packet comes.
    if (transport !== undefined && remote !== undefined) {
      this.association?.settle(transport, sctpPortOf(remote));
    }
    this.#transportNegotiation.connect(side, answer, offer);
    const dtlsRole = transport?.dtlsRole;
    if (this.association === undefined || dtlsRole === undefined || remote === undefined) return;
    updateMaxMessageSize(this.association.slots, maxMessageSizeOf(remote));
    this.channels.assignIds(dtlsRole);
  }

  /** What was negotiated, or is expected, of each section goes to the transport that carries it, and nowhere else. */
  #applyMedia(): void {
    const { sections } = this.#mediaNegotiation;
    for (const transport of this.transports.all) {
      transport.media.retain((mid) => sections.has(mid) && this.transports.of(mid) === transport);
    }
    for (const [mid, section] of sections) {
      const transport = this.transports.of(mid);
      const transceiver = this.transceivers.byMid(mid);
      if (transport === undefined || transceiver === undefined) continue;
      transport.startMedia(this.cname);
      transport.media.apply(section, transceiver);
    }
  }

  /** The data section was rejected (RFC 8841 section 10.4). */
  #dropAssociation(): void {
    if (this.association === undefined) return;
    this.association.close();
    this.association = undefined;
    this.channels.rejected();
  }
}
