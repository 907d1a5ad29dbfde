import type { MediaStream } from "../../media/media_stream.ts";
import type { MediaStreamTrack } from "../../media/media_stream_track.ts";
import { nodeProvider } from "../../core/mod.ts";
import type { LocalSource, MediaKind } from "../jsep/media/mod.ts";
import type { TransceiverOptions } from "../rtc_rtp_parameters.ts";
import type { RTCRtpReceiver } from "../rtc_rtp_receiver.ts";
import { type RTCRtpSender, senderSlots } from "../rtc_rtp_sender.ts";
import type { RTCRtpTransceiver } from "../rtc_rtp_transceiver.ts";
import { validateSendEncodings } from "./encodings.ts";
import { type TransceiverHost, type TransceiverInit, TransceiverSlots } from "./slots.ts";
import { RemoteStreams } from "./remote_streams.ts";
import { stopTransceiver } from "./stop.ts";

/** The set of transceivers of one connection (W3C WebRTC section 5.1), in the order in which they were added. */
export class TransceiverTable {
  /** The streams that the other side has named. */
  readonly streams: RemoteStreams = new RemoteStreams();
  readonly #host: TransceiverHost;
  readonly #transceivers = new Set<TransceiverSlots>();
  /** Those of all senders there have been. */
  readonly #ssrcs = new Set<number>();

  constructor(host: TransceiverHost) {
    this.#host = host;
  }

  /** All transceivers (CollectTransceivers). */
  get all(): readonly TransceiverSlots[] {
    return [...this.#transceivers];
  }

  /** Those that have not been stopped. */
  get active(): readonly TransceiverSlots[] {
    return this.all.filter(({ stopped }) => !stopped);
  }

  /** What `getTransceivers` returns. */
  get transceivers(): RTCRtpTransceiver[] {
    return this.all.map(({ object }) => object);
  }

  /** What `getSenders` returns (CollectSenders). */
  get senders(): RTCRtpSender[] {
    return this.active.map(({ sender }) => sender.object);
  }

  /** What `getReceivers` returns. */
  get receivers(): RTCRtpReceiver[] {
    return this.active.map(({ receiver }) => receiver.object);
  }

  /** The streams of all tracks that are received. */
  get remoteStreams(): ReadonlySet<MediaStream> {
    return new Set(this.active.flatMap(({ receiver }) => receiver.associatedRemoteMediaStreams));
  }

  /** The transceiver that is associated with a section. */
  byMid(mid: string): TransceiverSlots | undefined {
    return this.all.find((transceiver) => transceiver.mid === mid);
  }

  /** The transceiver that a sender belongs to; undefined if it is none of this connection's. */
  ofSender(sender: RTCRtpSender): TransceiverSlots | undefined {
    const { transceiver } = senderSlots(sender);
    return transceiver.host === this.#host ? transceiver : undefined;
  }

  /** Creates a transceiver with its sender and receiver, and adds it. */
  create(init: TransceiverInit): TransceiverSlots {
    const first = this.all.find(({ kind, stopping }) => kind === init.kind && !stopping);
    const transceiver = new TransceiverSlots(this.#host, {
      ...init,
      ...(first && {
        headerExtensions: first.headerExtensionsToNegotiate,
        acceptableHeaderExtensions: first.acceptableHeaderExtensions,
      }),
    });
    this.#transceivers.add(transceiver);
    this.provideSources(transceiver);
    return transceiver;
  }

  /** Takes a transceiver out of the set. */
  remove(transceiver: TransceiverSlots): void {
    this.#transceivers.delete(transceiver);
  }

  /** The steps of `addTrack`. */
  addTrack(
    track: MediaStreamTrack,
    streams: readonly MediaStream[],
    context: string,
  ): RTCRtpSender {
    this.#checkOpen(context);
    if (this.active.some(({ sender }) => sender.track === track)) {
      throw new DOMException(`${context}: a sender has this track already`, "InvalidAccessError");
    }
    const { kind } = track;
    const transceiver = this.#reuse(track, streams) ??
      this.create({ kind, direction: "sendrecv", track, streams, isAddedByTrack: true });
    this.#host.negotiationNeeded.update();
    return transceiver.sender.object;
  }

  /** The steps of `addTransceiver`. */
  addTransceiver(
    trackOrKind: MediaStreamTrack | string,
    { direction, streams, sendEncodings }: TransceiverOptions,
    context: string,
  ): RTCRtpTransceiver {
    const track = typeof trackOrKind === "string" ? null : trackOrKind;
    const kind = typeof trackOrKind === "string" ? trackOrKind : trackOrKind.kind;
    if (kind !== "audio" && kind !== "video") {
      throw new TypeError(`${context}: "${kind}" is neither "audio" nor "video"`);
    }
    this.#checkOpen(context);
    const encodings = validateSendEncodings(kind, sendEncodings, context);
    // The text doesn't say what "stopped" is to do here: it is refused as where `direction` is set to it.
    if (direction === "stopped") throw new TypeError(`${context}: the direction is "stopped"`);
    const transceiver = this.create({ kind, direction, track, streams, sendEncodings: encodings });
    this.#host.negotiationNeeded.update();
    return transceiver.object;
  }

  /** The steps of `removeTrack`. */
  removeTrack(sender: RTCRtpSender, context: string): void {
    this.#checkOpen(context);
    const transceiver = this.ofSender(sender);
    if (transceiver === undefined) {
      throw new DOMException(
        `${context}: the sender is another connection's`,
        "InvalidAccessError",
      );
    }
    if (transceiver.stopping || !this.#transceivers.has(transceiver)) return;
    if (transceiver.sender.track === null) return;
    transceiver.sender.track = null;
    if (transceiver.direction === "sendrecv") transceiver.direction = "recvonly";
    else if (transceiver.direction === "sendonly") transceiver.direction = "inactive";
    this.#host.media.update(transceiver);
    this.#host.negotiationNeeded.update();
  }

  /** Stops all transceivers: the connection is being closed. */
  close(): void {
    for (const transceiver of this.#transceivers) stopTransceiver(transceiver);
  }

  /** Gives each encoding of a sender an RTP source of its own, wherever one is missing. */
  provideSources({ kind, sender }: TransceiverSlots): void {
    const sources: LocalSource[] = [...sender.sources];
    while (sources.length < sender.sendEncodings.length) sources.push(this.#newSource(kind));
    sender.sources = sources;
  }

  /** A sender that has never sent takes the track (W3C WebRTC section 5.1, "determine if an existing sender can be reused"). */
  #reuse(track: MediaStreamTrack, streams: readonly MediaStream[]): TransceiverSlots | undefined {
    const transceiver = this.active.find(({ kind, stopping, sender }) =>
      sender.track === null && kind === track.kind && !stopping && !sender.hasSent
    );
    if (transceiver === undefined) return undefined;
    transceiver.isUsedByTrack = true;
    transceiver.sender.track = track;
    transceiver.sender.associate(streams);
    if (transceiver.direction === "recvonly") transceiver.direction = "sendrecv";
    else if (transceiver.direction === "inactive") transceiver.direction = "sendonly";
    this.#host.media.update(transceiver);
    return transceiver;
  }

  #newSource(kind: MediaKind): LocalSource {
    const ssrc = this.#newSsrc();
    return kind === "video" ? { ssrc, rtx: this.#newSsrc(), fec: this.#newSsrc() } : { ssrc };
  }

  /** RFC 3550 section 8: a random number that no other source has. */
  #newSsrc(): number {
    for (;;) {
      const ssrc = new DataView(nodeProvider.random(4).buffer).getUint32(0);
      if (this.#ssrcs.has(ssrc)) continue;
      this.#ssrcs.add(ssrc);
      return ssrc;
    }
  }

  #checkOpen(context: string): void {
    if (this.#host.isClosed) {
      throw new DOMException(`${context}: the connection is closed`, "InvalidStateError");
    }
  }
}
