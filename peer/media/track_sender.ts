import { codecOfMimeType, type MediaCodec } from "../../media/codec.ts";
import type { EncodedChunk } from "../../media/encoded_chunk.ts";
import {
  attachSink,
  type MediaStreamTrack,
  requestKeyFrame,
  trackSlots,
} from "../../media/media_stream_track.ts";
import type { Millis } from "../../core/mod.ts";
import {
  type FrameMoment,
  type OutboundFrame,
  redPrimary,
  withLongStartCodes,
} from "../../rtp/mod.ts";
import { FrameNumbers } from "../encoded_transform/frame_numbers.ts";
import type { RTCRtpCodec, RTCRtpCodecParameters } from "../rtc_rtp_parameters.ts";
import { canBeSentAs, codecDictionaryMatch } from "../jsep/media/mod.ts";
import { Flows } from "../stats/flow/flows.ts";
import { SentFrames } from "../stats/flow/sent_frames.ts";
import { SourceFrames } from "../stats/flow/source_frames.ts";
import type { SenderSlots } from "../transceivers/mod.ts";
import { capturedNow, frameDependencies, frameMetadata } from "./chunks.ts";
import { LayerChoice } from "./layer_choice.ts";

/** What a sender's track needs of the RTP session. */
export interface TrackSenderHost {
  /** The time of the connection's clock. */
  readonly now: Millis;
  send(frame: OutboundFrame): void;
  /** The RTP timestamp that a frame is going to have. */
  rtpTimestampOf(frame: FrameMoment): number | undefined;
}

/** Carries what a sender's track gives to the RTP session. */
export class TrackSender {
  readonly #sender: SenderSlots;
  readonly #host: TrackSenderHost;
  readonly #numbers = new FrameNumbers();
  /** What was sent of each encoding. */
  readonly sent = new Flows(() => new SentFrames());
  /** What the track has given. */
  source = new SourceFrames();
  #track: MediaStreamTrack | null = null;
  #layer = new LayerChoice(() => this.requestKeyFrame());
  /** What lets go of the track again, for each encoding by its rid. */
  readonly #sinks = new Map<string | undefined, () => void>();

  constructor(sender: SenderSlots, host: TrackSenderHost) {
    this.#sender = sender;
    this.#host = host;
    sender.frames.forward = (chunk) => this.#write(chunk);
  }

  /** Follows the sender's track, while it is sent at all, and its encodings: it is asked for a key frame to begin with. */
  follow(isSent: boolean): void {
    const track = isSent ? this.#sender.track : null;
    if (track !== this.#track) {
      this.#attachTo(null, []);
      this.#track = track;
      this.source = new SourceFrames();
      this.#layer = new LayerChoice(() => this.requestKeyFrame());
    }
    this.#attachTo(track, track === null ? [] : this.#rids);
  }

  /** Each encoding may be sent in a codec of its own, and takes the track by itself. */
  #attachTo(track: MediaStreamTrack | null, rids: readonly (string | undefined)[]): void {
    for (const [rid, detach] of this.#sinks) {
      if (rids.includes(rid)) continue;
      detach();
      this.#sinks.delete(rid);
    }
    for (const rid of rids) {
      if (track === null || this.#sinks.has(rid)) continue;
      const detach = attachSink(track, {
        ...(rid !== undefined && { rid }),
        write: (chunk) => this.#push(chunk, rid),
        choose: (codecs) => this.#choose(codecs, rid),
      });
      this.#sinks.set(rid, detach);
    }
  }

  /** Those that tell layers of the track apart: one encoding takes any. */
  get #rids(): (string | undefined)[] {
    const { sendEncodings } = this.#sender;
    return sendEncodings.length > 1 ? sendEncodings.map(({ rid }) => rid) : [undefined];
  }

  /** The other side, or `setParameters`, wants a key frame of the encoding with this rid, or of all. */
  requestKeyFrame(rid?: string): void {
    if (this.#track !== null) requestKeyFrame(this.#track, rid);
  }

  /** A layer of a simulcast says which one it is; a source without layers gives the same to every encoding, and one of them to a single one. */
  #push(chunk: EncodedChunk, rid: string | undefined): void {
    const { sendEncodings, frames } = this.#sender;
    const { rid: given, ...metadata } = chunk.metadata ?? {};
    const index = rid === undefined ? 0 : sendEncodings.findIndex((one) => one.rid === rid);
    if (index < 0) return;
    if (rid === undefined && !this.#layer.takes(chunk, this.#host.now)) return;
    // What goes into several encodings is given once.
    if (given !== undefined || index === 0) this.#count(chunk);
    const named = rid === undefined ? metadata : { ...metadata, rid };
    frames.push(this.#described({ ...chunk, metadata: named }, index));
  }

  #count(chunk: EncodedChunk): void {
    const [codec] = trackSlots(this.#track!).source.codecs;
    this.source.add(chunk, codec?.mimeType, this.#host.now);
  }

  /** With what a transform may want to know of the packets that a chunk goes into. */
  #described(chunk: EncodedChunk, encoding: number): EncodedChunk {
    const { frames, sources, sendCodecs, transceiver } = this.#sender;
    if (frames.transform === null) return chunk;
    const payloadType = this.#payloadTypeOf(chunk);
    const rid = chunk.metadata?.rid;
    const described = {
      ...capturedNow(),
      ...chunk.metadata,
      synchronizationSource: sources[encoding]!.ssrc,
    };
    const codec = sendCodecs.find((one) => one.payloadType === payloadType);
    if (payloadType === undefined || codec === undefined || transceiver.mid === null) {
      return { ...chunk, metadata: described };
    }
    // What is encrypted has to be what the other side decrypts.
    const isNals = codec.mimeType === "video/H264" || codec.mimeType === "video/H265";
    const data = isNals ? withLongStartCodes(chunk.data) : chunk.data;
    const name = { mid: transceiver.mid, payloadType, timestamp: chunk.timestamp };
    const rtpTimestamp = this.#host.rtpTimestampOf(rid === undefined ? name : { ...name, rid });
    const metadata = {
      ...described,
      ...{ payloadType, mimeType: codec.mimeType },
      ...(rtpTimestamp !== undefined && { rtpTimestamp }),
      ...(transceiver.kind === "video" && this.#numbers.next(chunk)),
    };
    return { ...chunk, data, metadata };
  }

  #write(chunk: EncodedChunk): void {
    const { transceiver, frames, sendCodecs } = this.#sender;
    const payloadType = this.#track === null ? undefined : this.#payloadTypeOf(chunk);
    if (payloadType === undefined || transceiver.mid === null) return;
    const { type, data, timestamp, metadata } = chunk;
    const rid = metadata?.rid;
    // Without a transform, it is that of the stream in which the chunk came here, or that of nothing.
    const rtpTimestamp = frames.transform === null ? undefined : metadata?.rtpTimestamp;
    const dependencies = frameDependencies(metadata);
    const frame: OutboundFrame = {
      ...frameMetadata(metadata),
      ...(dependencies !== undefined && { dependencies }),
      ...{ type: "frame", mid: transceiver.mid, data, timestamp },
      payloadType: this.#redAround(payloadType) ?? payloadType,
      ...(rid !== undefined && { rid }),
      ...(rtpTimestamp !== undefined && { rtpTimestamp }),
      keyFrame: type === "key",
      ...(metadata?.marker !== undefined && { talkspurt: metadata.marker }),
    };
    const encoding = this.#encodingOf(rid);
    const codec = sendCodecs.find((one) => one.payloadType === payloadType);
    if (encoding !== undefined && codec !== undefined) {
      this.sent.of(encoding).add(frame, codec.mimeType, this.#host.now);
    }
    this.#host.send(frame);
  }

  /** The source of the encoding with this rid, or of the only one; undefined if it is not sent. */
  #encodingOf(rid: string | undefined): number | undefined {
    const { sendEncodings, sources } = this.#sender;
    const index = rid === undefined ? 0 : sendEncodings.findIndex((one) => one.rid === rid);
    return sendEncodings[index]?.active ? sources[index]?.ssrc : undefined;
  }

  /** Of what the source can give, what the encoding asks for, or else what the other side likes best. */
  #choose(codecs: readonly MediaCodec[], rid: string | undefined): MediaCodec | undefined {
    const sendCodecs = this.#codecsOf(rid);
    const preferred = this.#preferred(rid);
    for (const codec of preferred === undefined ? sendCodecs : [preferred, ...sendCodecs]) {
      const found = codecs.find((given) => canBeSentAs(given, codec));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** What is encoded already can only go under the payload type of its codec. Where that is not told, it is the one to be sent. */
  #payloadTypeOf({ metadata }: EncodedChunk): number | undefined {
    const { codecs } = trackSlots(this.#track!).source;
    const sendCodecs = this.#codecsOf(metadata?.rid);
    const mimeType =
      (metadata?.mimeType ?? codecs[0]?.mimeType ?? this.#unnamed(metadata?.rid)?.mimeType)
        ?.toLowerCase();
    const given = codecs.find((codec) => codec.mimeType.toLowerCase() === mimeType) ??
      (mimeType === undefined ? undefined : codecOfMimeType(mimeType));
    if (given === undefined) return undefined;
    const found = sendCodecs.find((codec) => isSameCodec(given, codec)) ??
      sendCodecs.find((codec) => canBeSentAs(given, codec)) ??
      sendCodecs.find((codec) => codec.mimeType.toLowerCase() === mimeType);
    return found?.payloadType;
  }

  /** What the other side takes of the encoding with this rid: all that it takes, unless it says otherwise. */
  #codecsOf(rid: string | undefined): readonly RTCRtpCodecParameters[] {
    const { sendCodecs, transceiver } = this.#sender;
    const formats = transceiver.host.media.sectionOf(transceiver)?.encodingFormats.get(rid ?? "");
    if (formats === undefined) return sendCodecs;
    return formats.flatMap((type) => sendCodecs.find((one) => one.payloadType === type) ?? []);
  }

  /** What the encoding with this rid asks for, or the only one. */
  #askedFor(rid: string | undefined): RTCRtpCodec | undefined {
    const { sendEncodings } = this.#sender;
    return (sendEncodings.find((encoding) => encoding.rid === rid) ?? sendEncodings[0])?.codec;
  }

  /** The same, or else what the other side likes best. */
  #preferred(rid: string | undefined): RTCRtpCodecParameters | undefined {
    const sendCodecs = this.#codecsOf(rid);
    const asked = this.#askedFor(rid);
    return asked === undefined
      ? sendCodecs[0]
      : sendCodecs.find((codec) => codecDictionaryMatch(asked, codec, true));
  }

  /** The codec of what does not tell its own. */
  #unnamed(rid: string | undefined): RTCRtpCodecParameters | undefined {
    const preferred = this.#preferred(rid);
    return preferred && isRed(preferred)
      ? this.#sender.sendCodecs.find(({ payloadType }) =>
        payloadType === redPrimary(preferred.sdpFmtpLine)
      )
      : preferred;
  }

  /** RED, where that is preferred: it goes around what it names as its primary encoding. */
  #redAround(payloadType: number): number | undefined {
    const preferred = this.#preferred(undefined);
    const isAround = preferred && isRed(preferred) &&
      redPrimary(preferred.sdpFmtpLine) === payloadType;
    return isAround ? preferred.payloadType : undefined;
  }
}

function isRed({ mimeType }: RTCRtpCodec): boolean {
  return mimeType.toLowerCase() === "audio/red";
}

/** Whether what is given can be sent as what was negotiated; parameters count where both tell them. */
function isSameCodec(given: MediaCodec, negotiated: RTCRtpCodec): boolean {
  const { mimeType, sdpFmtpLine } = given;
  if (mimeType.toLowerCase() !== negotiated.mimeType.toLowerCase()) return false;
  return sdpFmtpLine === undefined || negotiated.sdpFmtpLine === undefined ||
    codecDictionaryMatch({ ...given }, { ...negotiated }, true);
}
