import { systemNetwork } from "../transport/mod.ts";
import {
  checkModification,
  checkServers,
  type Configuration,
  type RTCConfiguration,
  rtcConfiguration,
} from "./connection/configuration.ts";
import { Connection } from "./connection/connection.ts";
import type { Environment } from "./connection/environment.ts";
import type {
  RTCIceConnectionState,
  RTCIceGatheringState,
  RTCPeerConnectionState,
  RTCSignalingState,
} from "./connection/states.ts";
import type { MediaStreamEvent } from "./events/media_stream_event.ts";
import type { RTCDataChannelEvent } from "./events/rtc_data_channel_event.ts";
import type { RTCPeerConnectionIceErrorEvent } from "./events/rtc_peer_connection_ice_error_event.ts";
import type { RTCPeerConnectionIceEvent } from "./events/rtc_peer_connection_ice_event.ts";
import type { RTCTrackEvent } from "./events/rtc_track_event.ts";
import { defineLegacyStreams, type LegacyStreams } from "./legacy_streams.ts";
import {
  defineLegacyOverloads,
  type RTCPeerConnectionErrorCallback,
  type RTCSessionDescriptionCallback,
} from "./legacy_callbacks.ts";
import { generateCertificate, type RTCCertificate } from "./rtc_certificate.ts";
import type { RTCDataChannel } from "./rtc_data_channel.ts";
import {
  checkChannel,
  type RTCDataChannelInit,
  rtcDataChannelInit,
} from "./rtc_data_channel_init.ts";
import { iceCandidateInit, type RTCIceCandidateInit } from "./rtc_ice_candidate.ts";
import { applyOfferToReceive, type RTCOfferOptions, rtcOfferOptions } from "./rtc_offer_options.ts";
import { type RTCRtpTransceiverInit, rtcRtpTransceiverInit } from "./rtc_rtp_parameters.ts";
import type { RTCRtpReceiver } from "./rtc_rtp_receiver.ts";
import { RTCRtpSender } from "./rtc_rtp_sender.ts";
import type { RTCRtpTransceiver } from "./rtc_rtp_transceiver.ts";
import type { RTCSctpTransport } from "./rtc_sctp_transport.ts";
import type { RTCStatsReport } from "./rtc_stats_report.ts";
import {
  localSessionDescriptionInit,
  type RTCLocalSessionDescriptionInit,
  type RTCSessionDescription,
  type RTCSessionDescriptionInit,
  sessionDescriptionInit,
} from "./rtc_session_description.ts";
import type { TransceiverTable } from "./transceivers/mod.ts";
import { MediaStream } from "../media/media_stream.ts";
import { MediaStreamTrack } from "../media/media_stream_track.ts";
import {
  dictionary,
  domString,
  instance,
  nullable,
  requireArguments,
  usvString,
} from "../webidl/convert.ts";
import { promised } from "../webidl/promised.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";

/** The events of an {@linkcode RTCPeerConnection}. */
export interface RTCPeerConnectionEventMap {
  /** An offer is to be made. */
  negotiationneeded: Event;
  /** A candidate is to be signalled to the other side. */
  icecandidate: RTCPeerConnectionIceEvent;
  /** A STUN or TURN server did not give a candidate. */
  icecandidateerror: RTCPeerConnectionIceErrorEvent;
  /** `signalingState` has changed. */
  signalingstatechange: Event;
  /** `iceConnectionState` has changed. */
  iceconnectionstatechange: Event;
  /** `iceGatheringState` has changed. */
  icegatheringstatechange: Event;
  /** `connectionState` has changed. */
  connectionstatechange: Event;
  /** The other side has opened a data channel. */
  datachannel: RTCDataChannelEvent;
  /** The other side has added a track. */
  track: RTCTrackEvent;
  /** @deprecated The other side has added a stream; `track` tells more. */
  addstream: MediaStreamEvent;
  /** @deprecated The other side has no track in a stream any more. */
  removestream: MediaStreamEvent;
}

const rtcAnswerOptions = dictionary("RTCAnswerOptions", {});
const toTrack = instance(MediaStreamTrack);
const nullableTrack = nullable(toTrack);
const toStream = instance(MediaStream);
const toSender = instance(RTCRtpSender);

/** What connections run on that say nothing else. */
const SYSTEM: Environment = { network: systemNetwork };

let environmentOfNext: Environment = SYSTEM;

/** Makes a connection that runs on something else than the machine's network: how tests bring a virtual one. */
export function createPeerConnection(
  environment: Environment,
  configuration?: RTCConfiguration,
): RTCPeerConnection {
  return withEnvironment(environment, () => new RTCPeerConnection(configuration));
}

/** The connection that `make` constructs first runs on this environment. */
export function withEnvironment<T>(environment: Environment, make: () => T): T {
  environmentOfNext = environment;
  try {
    return make();
  } finally {
    environmentOfNext = SYSTEM;
  }
}

let transceiversOf: (pc: RTCPeerConnection) => TransceiverTable;

/**
 * A connection to another peer (W3C WebRTC section 4.4), as in the browser.
 *
 * @example
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 *
 * const pc = new RTCPeerConnection();
 * const channel = pc.createDataChannel("chat");
 * channel.onopen = () => channel.send("hello");
 * const offer = await pc.createOffer(); // to be signalled to the other peer
 * pc.close();
 * ```
 */
export class RTCPeerConnection extends EventTarget {
  static {
    transceiversOf = (pc) => pc.#connection.transceivers;
  }

  readonly #connection: Connection;

  /** Throws what the configuration deserves: a `SyntaxError`, an `InvalidAccessError` or a TypeError. */
  constructor(configuration: RTCConfiguration = {}) {
    super();
    const environment = environmentOfNext;
    environmentOfNext = SYSTEM; // reading the configuration may run code of the caller's
    const context = "RTCPeerConnection constructor";
    const converted = rtcConfiguration(configuration, context);
    if (converted.certificates.some(({ expires }) => expires < Date.now())) {
      throw new DOMException(`${context}: a certificate has expired`, "InvalidAccessError");
    }
    checkServers(converted, context);
    this.#connection = new Connection(this, converted, environment);
  }

  /** Makes a certificate for {@linkcode RTCConfiguration.certificates}: ECDSA with P-256, or RSASSA-PKCS1-v1_5. */
  static generateCertificate(keygenAlgorithm: AlgorithmIdentifier): Promise<RTCCertificate> {
    const given = arguments.length;
    return promised(() => {
      requireArguments("RTCPeerConnection.generateCertificate", given, 1);
      return generateCertificate(keygenAlgorithm);
    });
  }

  /** Makes an offer. */
  createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit>;
  createOffer(options: unknown = {}): Promise<RTCSessionDescriptionInit | void> {
    return promised(async () => {
      const connection = this.#connection;
      const converted = rtcOfferOptions(options, "RTCPeerConnection.createOffer");
      if (!connection.isClosed) applyOfferToReceive(connection.transceivers, converted);
      const sdp = await connection.chain.chain(() =>
        connection.signaling.createOffer(converted.iceRestart)
      );
      return { type: "offer" as const, sdp };
    });
  }

  /** Makes an answer to the remote offer. */
  createAnswer(options?: Record<never, never>): Promise<RTCSessionDescriptionInit>;
  createAnswer(options: unknown = {}): Promise<RTCSessionDescriptionInit | void> {
    return promised(async () => {
      const connection = this.#connection;
      rtcAnswerOptions(options, "RTCPeerConnection.createAnswer");
      const sdp = await connection.chain.chain(() => connection.signaling.createAnswer());
      return { type: "answer" as const, sdp };
    });
  }

  /** Applies a description of this end; without one, makes the offer or the answer that is due. */
  setLocalDescription(description: RTCLocalSessionDescriptionInit = {}): Promise<void> {
    return promised(() => {
      const connection = this.#connection;
      const init = localSessionDescriptionInit(
        description,
        "RTCPeerConnection.setLocalDescription",
      );
      return connection.chain.chain(() => connection.signaling.setLocal(init));
    });
  }

  /** The local description that is being negotiated, else the one in force. */
  get localDescription(): RTCSessionDescription | null {
    return this.#connection.signaling.local?.object ?? null;
  }

  /** The local description in force. */
  get currentLocalDescription(): RTCSessionDescription | null {
    return this.#connection.signaling.currentLocal?.object ?? null;
  }

  /** The local description that is being negotiated. */
  get pendingLocalDescription(): RTCSessionDescription | null {
    return this.#connection.signaling.pendingLocal?.object ?? null;
  }

  /** Applies a description of the other end. */
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
    const given = arguments.length;
    return promised(() => {
      const connection = this.#connection;
      requireArguments("RTCPeerConnection.setRemoteDescription", given, 1);
      const init = sessionDescriptionInit(description, "RTCPeerConnection.setRemoteDescription");
      return connection.chain.chain(() => connection.signaling.setRemote(init));
    });
  }

  /** The remote description that is being negotiated, else the one in force. */
  get remoteDescription(): RTCSessionDescription | null {
    return this.#connection.signaling.remote?.object ?? null;
  }

  /** The remote description in force. */
  get currentRemoteDescription(): RTCSessionDescription | null {
    return this.#connection.signaling.currentRemote?.object ?? null;
  }

  /** The remote description that is being negotiated. */
  get pendingRemoteDescription(): RTCSessionDescription | null {
    return this.#connection.signaling.pendingRemote?.object ?? null;
  }

  /** Takes a candidate of the other end; an empty one says that no more will come. */
  addIceCandidate(candidate: RTCIceCandidateInit | null = {}): Promise<void> {
    return promised(() => {
      const connection = this.#connection;
      const init = iceCandidateInit(candidate, "RTCPeerConnection.addIceCandidate");
      if (init.candidate !== "" && init.sdpMid === null && init.sdpMLineIndex === null) {
        throw new TypeError(
          "RTCPeerConnection.addIceCandidate: sdpMid and sdpMLineIndex are both null",
        );
      }
      return connection.chain.chain(() => connection.receivedCandidates.add(init));
    });
  }

  /** How far the exchange of descriptions is. */
  get signalingState(): RTCSignalingState {
    return this.#connection.signaling.state;
  }

  /** How far the gathering of candidates is. */
  get iceGatheringState(): RTCIceGatheringState {
    return this.#connection.states.gathering;
  }

  /** The state of ICE. */
  get iceConnectionState(): RTCIceConnectionState {
    return this.#connection.states.ice;
  }

  /** The state of ICE and DTLS together. */
  get connectionState(): RTCPeerConnectionState {
    return this.#connection.states.connection;
  }

  /** Whether the other side takes candidates one by one; null before its first description. */
  get canTrickleIceCandidates(): boolean | null {
    return this.#connection.signaling.canTrickle;
  }

  /** Asks for an ICE restart: `negotiationneeded` fires, and the next offer has new credentials. */
  restartIce(): void {
    this.#connection.signaling.replaceIceCredentials();
    this.#connection.negotiationNeeded.update();
  }

  /** A copy of the configuration in use. */
  getConfiguration(): RTCConfiguration {
    const { iceServers, certificates, ...rest } = this.#connection.configuration;
    return {
      ...rest,
      certificates: [...certificates],
      iceServers: iceServers.map((server) => ({ ...server, urls: [...server.urls] })),
    };
  }

  /** Replaces the configuration; most of it holds from the next gathering on. */
  setConfiguration(configuration: RTCConfiguration = {}): void {
    const connection = this.#connection;
    const context = "RTCPeerConnection.setConfiguration";
    const converted: Configuration = rtcConfiguration(configuration, context);
    if (connection.isClosed) {
      throw new DOMException(`${context}: the connection is closed`, "InvalidStateError");
    }
    checkModification(converted, connection.configuration, connection.signaling.hasHadLocal);
    checkServers(converted, context);
    connection.reconfigure(converted);
  }

  /** Ends the connection at once. No event fires at this end. */
  close(): void {
    this.#connection.close();
  }

  /**
   * What is known of the connection and its parts at this moment, in figures; also after it has been closed.
   *
   * Of a track, only what concerns its sending or receiving; rejects with an `InvalidAccessError` unless exactly one sender or receiver has
   * it.
   *
   * @example
   * ```ts
   * import { RTCPeerConnection } from "@heron/webrtc";
   * import { assertEquals } from "@std/assert";
   *
   * const pc = new RTCPeerConnection();
   * pc.createDataChannel("chat");
   * const stats = [...(await pc.getStats()).values()];
   * assertEquals(stats.find(({ type }) => type === "data-channel").label, "chat");
   * pc.close();
   * ```
   */
  getStats(selector: MediaStreamTrack | null = null): Promise<RTCStatsReport> {
    return promised(() => {
      const { statistics } = this.#connection;
      const context = "RTCPeerConnection.getStats";
      return statistics.get(nullableTrack(selector, context), context);
    });
  }

  /** What sends tracks, except where it has been stopped. */
  getSenders(): RTCRtpSender[] {
    return this.#connection.transceivers.senders;
  }

  /** What receives tracks, except where it has been stopped. */
  getReceivers(): RTCRtpReceiver[] {
    return this.#connection.transceivers.receivers;
  }

  /** The transceivers, in the order in which they were added. */
  getTransceivers(): RTCRtpTransceiver[] {
    return this.#connection.transceivers.transceivers;
  }

  /**
   * Sends a track, which the other side is told to be in `streams`.
   *
   * Throws an `InvalidStateError` if the connection is closed, and an `InvalidAccessError` if the track is being sent already.
   */
  addTrack(track: MediaStreamTrack, ...streams: MediaStream[]): RTCRtpSender {
    const { transceivers } = this.#connection;
    const context = "RTCPeerConnection.addTrack";
    requireArguments(context, arguments.length, 1);
    const converted = toTrack(track, context);
    return transceivers.addTrack(
      converted,
      streams.map((stream) => toStream(stream, context)),
      context,
    );
  }

  /**
   * Sends the track of a sender no more.
   *
   * Throws an `InvalidStateError` if the connection is closed, and an `InvalidAccessError` for a sender of another connection.
   */
  removeTrack(sender: RTCRtpSender): void {
    const { transceivers } = this.#connection;
    const context = "RTCPeerConnection.removeTrack";
    requireArguments(context, arguments.length, 1);
    transceivers.removeTrack(toSender(sender, context), context);
  }

  /**
   * Adds a transceiver, for a track or to receive "audio" or "video".
   *
   * Throws an `InvalidStateError` if the connection is closed; for bad encodings a TypeError, a RangeError or an `OperationError`.
   */
  addTransceiver(
    trackOrKind: MediaStreamTrack | "audio" | "video",
    init: RTCRtpTransceiverInit = {},
  ): RTCRtpTransceiver {
    const { transceivers } = this.#connection;
    const context = "RTCPeerConnection.addTransceiver";
    requireArguments(context, arguments.length, 1);
    const given = trackOrKind instanceof MediaStreamTrack
      ? trackOrKind
      : domString(trackOrKind, context);
    return transceivers.addTransceiver(given, rtcRtpTransceiverInit(init, context), context);
  }

  /** The SCTP transport of the data channels; null before an offer has a section for them. */
  get sctp(): RTCSctpTransport | null {
    return this.#connection.association?.object ?? null;
  }

  /**
   * Creates a data channel, which opens once the connection is there.
   *
   * Throws an `InvalidStateError` if the connection is closed, a TypeError for contradictory options, and an `OperationError` if its id
   * can't be had.
   */
  createDataChannel(label: string, dataChannelDict: RTCDataChannelInit = {}): RTCDataChannel {
    const connection = this.#connection;
    const context = "RTCPeerConnection.createDataChannel";
    requireArguments(context, arguments.length, 1);
    const text = usvString(label, context);
    const init = rtcDataChannelInit(dataChannelDict, context);
    if (connection.isClosed) {
      throw new DOMException(`${context}: the connection is closed`, "InvalidStateError");
    }
    const { parameters, id } = checkChannel(text, init, context);
    const isFirst = !connection.channels.wanted;
    const channel = connection.channels.create(parameters, id);
    if (isFirst) connection.negotiationNeeded.update();
    return channel;
  }
}

/** Typed events, and the overloads and operations that are deprecated. */
export interface RTCPeerConnection extends EventHandlers<RTCPeerConnectionEventMap>, LegacyStreams {
  /** Appends a listener. */
  addEventListener: Listen<RTCPeerConnectionEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCPeerConnectionEventMap>;

  /** @deprecated Tells by callbacks what the promise of the same operation tells. */
  createOffer(
    successCallback: RTCSessionDescriptionCallback,
    failureCallback: RTCPeerConnectionErrorCallback,
    options?: RTCOfferOptions,
  ): Promise<void>;
  /** @deprecated Tells by callbacks what the promise of the same operation tells. */
  createAnswer(
    successCallback: RTCSessionDescriptionCallback,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  /** @deprecated Tells by callbacks what the promise of the same operation tells. */
  setLocalDescription(
    description: RTCLocalSessionDescriptionInit,
    successCallback: () => void,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  /** @deprecated Tells by callbacks what the promise of the same operation tells. */
  setRemoteDescription(
    description: RTCSessionDescriptionInit,
    successCallback: () => void,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
  /** @deprecated Tells by callbacks what the promise of the same operation tells. */
  addIceCandidate(
    candidate: RTCIceCandidateInit,
    successCallback: () => void,
    failureCallback: RTCPeerConnectionErrorCallback,
  ): Promise<void>;
}

defineLegacyOverloads(RTCPeerConnection, {
  createOffer: { callbacksAt: 0, argument: rtcOfferOptions },
  createAnswer: { callbacksAt: 0 },
  setLocalDescription: { callbacksAt: 1, argument: localSessionDescriptionInit },
  setRemoteDescription: { callbacksAt: 1, argument: sessionDescriptionInit },
  addIceCandidate: { callbacksAt: 1, argument: iceCandidateInit },
});

defineLegacyStreams(RTCPeerConnection, transceiversOf);

defineInterface(RTCPeerConnection, {
  handlers: [
    "negotiationneeded",
    "icecandidate",
    "icecandidateerror",
    "signalingstatechange",
    "iceconnectionstatechange",
    "icegatheringstatechange",
    "connectionstatechange",
    "datachannel",
    "track",
    "addstream",
    "removestream",
  ],
});
