/**
 * The internal slots of transceivers, senders and receivers (W3C WebRTC sections 5.2 to 5.4), under the names of the text. Each knows
 * the object that the application has of it.
 *
 * @module
 */
import type { Clock } from "../../core/mod.ts";
import type { OutboundPacket, ReturnedPacket, WrittenPacket } from "../../rtp/mod.ts";
import { MediaSource } from "../../media/media_source.ts";
import type { MediaStream } from "../../media/media_stream.ts";
import { createTrack, type MediaStreamTrack } from "../../media/media_stream_track.ts";
import { construct } from "../../webidl/construct.ts";
import type { FramePipe } from "../encoded_transform/frame_pipe.ts";
import type { RTCPeerConnectionState } from "../connection/states.ts";
import {
  acceptableHeaderExtensions,
  headerExtensionCapabilities,
  type LocalSource,
  type MediaKind,
  withLayerExtensions,
} from "../jsep/media/mod.ts";
import type { NegotiatedSection } from "../media/section.ts";
import type { OperationsChain } from "../operations_chain.ts";
import type { RTCDtlsTransport } from "../rtc_dtls_transport.ts";
import type {
  EncodingParameters,
  RTCRtpCodec,
  RTCRtpCodecParameters,
  RTCRtpHeaderExtensionCapability,
  RTCRtpHeaderExtensionParameters,
  RTCRtpTransceiverDirection,
  SendParameters,
} from "../rtc_rtp_parameters.ts";
import { RTCRtpReceiver } from "../rtc_rtp_receiver.ts";
import { RTCRtpSender } from "../rtc_rtp_sender.ts";
import { RTCRtpTransceiver } from "../rtc_rtp_transceiver.ts";
import type { TransceiverFigures } from "../stats/transceiver.ts";
import type { RTCStatsReport } from "../rtc_stats_report.ts";
import { ContributingSources } from "./contributing_sources.ts";
import { DtmfSlots } from "./dtmf.ts";
import { receiverFrames, senderFrames } from "./frames.ts";
import { ReceiverPackets, SenderPackets } from "./packets.ts";
import { hasLayers } from "./scalability.ts";
import { ReceiverTones } from "./tones.ts";

/** A direction that has been negotiated. */
export type NegotiatedDirection = Exclude<RTCRtpTransceiverDirection, "stopped">;

/** What transceivers need of their connection. */
export interface TransceiverHost {
  readonly isClosed: boolean;
  readonly connectionState: RTCPeerConnectionState;
  readonly chain: OperationsChain;
  readonly negotiationNeeded: { update(): void };
  readonly clock: Clock;
  /** The canonical name of this end (RFC 7022). */
  readonly cname: string;
  readonly media: TransceiverMedia;
  /** Whether no frame is to pass a sender or receiver before its `createEncodedStreams` was called. */
  readonly encodedInsertableStreams?: boolean;
  readonly statistics: { of(selected: SenderSlots | ReceiverSlots): Promise<RTCStatsReport> };
}

/** What carries the media of transceivers, wherever that is. Without a transport, nothing comes of it. */
export interface TransceiverMedia {
  /** What a transceiver sends or receives has changed: its track, encodings, direction, jitter buffer target, or its life. */
  update(transceiver: TransceiverSlots): void;
  /** Asks for key frames of encodings of a sender, by their indices. */
  requestKeyFrames(sender: SenderSlots, encodings: readonly number[]): void;
  /** Asks the other side for a key frame, of the layer with this rid or of all. */
  requestRemoteKeyFrame(receiver: ReceiverSlots, rid?: string): void;
  /** What descriptions have settled of a transceiver's section, while it has one. */
  sectionOf(transceiver: TransceiverSlots): NegotiatedSection | undefined;
  /** Whether what a sender gives goes out: that has been negotiated, and there are keys. */
  canSend(sender: SenderSlots): boolean;
  /** Hands packets of a sender to the RTP session. */
  sendPackets(sender: SenderSlots, packets: readonly (OutboundPacket | WrittenPacket)[]): void;
  /** Gives a packet of a receiver back to the RTP session. */
  returnPacket(receiver: ReceiverSlots, packet: ReturnedPacket): void;
  /** What a sender may send by now, in bits per second. */
  allocatedBandwidth(sender: SenderSlots): number;
  /** Plays a tone of DTMF for `duration` milliseconds (RFC 4733). */
  playTone(sender: SenderSlots, tone: string, duration: number): void;
  /** What the streams of a transceiver have sent and received. */
  figuresOf(transceiver: TransceiverSlots): TransceiverFigures;
}

/** How a transceiver is made. */
export interface TransceiverInit {
  readonly kind: MediaKind;
  readonly direction: NegotiatedDirection;
  readonly track?: MediaStreamTrack | null;
  readonly streams?: readonly MediaStream[];
  readonly sendEncodings?: readonly EncodingParameters[];
  /** Those of the first transceiver of this kind, so that all ask for the same (WebRTC Extensions section 4.1). */
  readonly headerExtensions?: readonly RTCRtpHeaderExtensionCapability[];
  readonly acceptableHeaderExtensions?: readonly RTCRtpHeaderExtensionCapability[];
  /** Whether `addTrack` makes it. */
  readonly isAddedByTrack?: boolean;
}

/** The slots of an `RTCRtpTransceiver` (W3C WebRTC section 5.4). */
export class TransceiverSlots {
  readonly host: TransceiverHost;
  readonly kind: MediaKind;
  readonly object: RTCRtpTransceiver;
  readonly sender: SenderSlots;
  readonly receiver: ReceiverSlots;
  mid: string | null = null;
  direction: NegotiatedDirection;
  currentDirection: NegotiatedDirection | null = null;
  firedDirection: NegotiatedDirection | null = null;
  receptive = false;
  stopping = false;
  stopped = false;
  preferredCodecs: readonly RTCRtpCodec[] = [];
  headerExtensionsToNegotiate: readonly RTCRtpHeaderExtensionCapability[];
  /** What is taken when it is offered: what the application wants, no matter what earlier answers have left out. */
  acceptableHeaderExtensions: readonly RTCRtpHeaderExtensionCapability[];
  negotiatedHeaderExtensions: readonly RTCRtpHeaderExtensionCapability[] = [];
  /** Whether `addTrack` has made it: only then may a remote section take it (RFC 9429 section 5.10). */
  isAddedByTrack: boolean;
  /** Whether `addTrack` has ever given it a track: then a rollback leaves it (W3C WebRTC section 4.4.1.5). */
  isUsedByTrack: boolean;

  constructor(host: TransceiverHost, init: TransceiverInit) {
    this.host = host;
    this.kind = init.kind;
    this.direction = init.direction;
    this.isAddedByTrack = this.isUsedByTrack = init.isAddedByTrack ?? false;
    const wanted = init.headerExtensions ?? headerExtensionCapabilities(init.kind);
    this.headerExtensionsToNegotiate = hasLayers(init.sendEncodings)
      ? withLayerExtensions(wanted)
      : wanted.map((extension) => ({ ...extension }));
    this.acceptableHeaderExtensions = init.acceptableHeaderExtensions ??
      acceptableHeaderExtensions(init.kind);
    this.sender = new SenderSlots(this, init);
    this.receiver = new ReceiverSlots(this);
    this.object = construct(RTCRtpTransceiver, this);
  }
}

/** The slots of an `RTCRtpSender` (W3C WebRTC section 5.2). */
export class SenderSlots {
  readonly transceiver: TransceiverSlots;
  readonly object: RTCRtpSender;
  readonly dtmf: DtmfSlots | null;
  /** What the frames of its encoder go through before they are put into packets. */
  readonly frames: FramePipe;
  /** Who sends packets in place of the track. */
  readonly packets: SenderPackets = new SenderPackets();
  track: MediaStreamTrack | null;
  transport: RTCDtlsTransport | null = null;
  lastStableStateTransport: RTCDtlsTransport | null = null;
  /** The streams of [[AssociatedMediaStreamIds]], each once. */
  associatedMediaStreams: readonly MediaStream[] = [];
  sendEncodings: readonly EncodingParameters[];
  /** [[LastStableRidlessSendEncodings]]. */
  lastStableRidlessSendEncodings: readonly EncodingParameters[] | null = null;
  sendCodecs: readonly RTCRtpCodecParameters[] = [];
  headerExtensions: readonly RTCRtpHeaderExtensionParameters[] = [];
  /** Whether RTCP of reduced size was negotiated. */
  reducedSize = false;
  lastReturnedParameters: SendParameters | null = null;
  /** The RTP sources of the encodings, in their order; whoever makes more encodings makes more of these. */
  sources: readonly LocalSource[] = [];
  /** Whether [[CurrentDirection]] has ever been one that sends: `addTrack` doesn't reuse such a sender. */
  hasSent = false;

  constructor(transceiver: TransceiverSlots, init: TransceiverInit) {
    this.transceiver = transceiver;
    this.track = init.track ?? null;
    this.associate(init.streams ?? []);
    const { sendEncodings = [] } = init;
    this.sendEncodings = sendEncodings.length > 0 ? sendEncodings : [defaultEncoding(init.kind)];
    this.dtmf = init.kind === "audio" ? new DtmfSlots(this) : null;
    this.frames = senderFrames(this);
    this.object = construct(RTCRtpSender, this);
  }

  /** [[AssociatedMediaStreamIds]]. */
  get associatedMediaStreamIds(): readonly string[] {
    return this.associatedMediaStreams.map(({ id }) => id);
  }

  /** Sets [[AssociatedMediaStreamIds]]. */
  associate(streams: readonly MediaStream[]): void {
    this.associatedMediaStreams = [
      ...new Map(streams.map((stream) => [stream.id, stream])).values(),
    ];
  }
}

/** The encoding of a sender of which nothing else is said. */
export function defaultEncoding(kind: MediaKind): EncodingParameters {
  return {
    active: true,
    adaptivePtime: false,
    priority: "low",
    ...(kind === "video" && { scaleResolutionDownBy: 1 }),
  };
}

/** The slots of an `RTCRtpReceiver` (W3C WebRTC section 5.3). */
export class ReceiverSlots {
  readonly transceiver: TransceiverSlots;
  readonly object: RTCRtpReceiver;
  /** What feeds the track. */
  readonly source: MediaSource;
  readonly track: MediaStreamTrack;
  readonly contributingSources: ContributingSources = new ContributingSources();
  /** What frames go through once they are put together from packets, before they get to the track. */
  readonly frames: FramePipe;
  /** Who takes its packets, besides the track or in its place. */
  readonly packets: ReceiverPackets = new ReceiverPackets();
  /** Who hears of the keys that the other side presses. */
  readonly tones: ReceiverTones = new ReceiverTones();
  transport: RTCDtlsTransport | null = null;
  lastStableStateTransport: RTCDtlsTransport | null = null;
  associatedRemoteMediaStreams: readonly MediaStream[] = [];
  lastStableStateAssociatedRemoteMediaStreams: readonly MediaStream[] = [];
  receiveCodecs: readonly RTCRtpCodecParameters[] = [];
  lastStableStateReceiveCodecs: readonly RTCRtpCodecParameters[] = [];
  headerExtensions: readonly RTCRtpHeaderExtensionParameters[] = [];
  /** Whether RTCP of reduced size was negotiated. */
  reducedSize = false;
  /** Milliseconds, 0 to 4000; null where the application has no preference. */
  jitterBufferTarget: number | null = null;

  constructor(transceiver: TransceiverSlots) {
    this.transceiver = transceiver;
    const { kind, host } = transceiver;
    this.source = new MediaSource({
      kind,
      label: `remote ${kind}`,
      muted: true,
      remote: true,
      onKeyFrameRequest: () => host.media.requestRemoteKeyFrame(this),
    });
    this.track = createTrack(this.source);
    this.frames = receiverFrames(this);
    this.object = construct(RTCRtpReceiver, this);
  }
}
