import type { InboundStatistics, OutboundStatistics } from "../../rtp/mod.ts";
import type { Millis } from "../../core/mod.ts";
import type { Flows } from "./flow/flows.ts";
import type { ReceivedFrames } from "./flow/received_frames.ts";
import type { SentFrames } from "./flow/sent_frames.ts";
import type { SourceFrames } from "./flow/source_frames.ts";
import type { ReceiverSlots, SenderSlots, TransceiverSlots } from "../transceivers/mod.ts";
import { codecDictionaryMatch } from "../jsep/media/mod.ts";
import { addAudioPlayout } from "./audio_playout.ts";
import { addCodec } from "./codec.ts";
import { addInbound } from "./inbound_rtp.ts";
import { addMediaSource } from "./media_source.ts";
import { addOutbound } from "./outbound_rtp.ts";
import type { StatsCollector } from "./stats.ts";

/** The figures of a transceiver's streams, in both directions. */
export interface TransceiverFigures {
  readonly inbound: readonly InboundStatistics[];
  readonly outbound: readonly OutboundStatistics[];
  /** What was delivered of each stream; missing where there is no media. */
  readonly received?: Flows<ReceivedFrames>;
  /** What was sent of each stream. */
  readonly sent?: Flows<SentFrames>;
  /** What the sender's track has given. */
  readonly source?: SourceFrames;
}

/** What the streams of a transceiver have around them. */
export interface Surroundings {
  readonly figures: TransceiverFigures;
  /** The transport that it uses, if there is one. */
  readonly transportId: string | undefined;
  /** The connection's clock. */
  readonly now: Millis;
  /** A time of the connection's clock, in milliseconds of Unix time. */
  wallTime(at: number): number;
}

/** Which RTP streams of a report belong to a sender or a receiver: where the stats selection algorithm starts. */
export type StreamIds = Map<SenderSlots | ReceiverSlots, readonly string[]>;

/** Adds what a transceiver sends and receives, and tells which ids that has. */
export function addTransceiver(
  stats: StatsCollector,
  transceiver: TransceiverSlots,
  surroundings: Surroundings,
  ids: StreamIds,
): void {
  ids.set(transceiver.sender, addSender(stats, transceiver.sender, surroundings));
  ids.set(transceiver.receiver, addReceiver(stats, transceiver.receiver, surroundings));
}

function addSender(
  stats: StatsCollector,
  sender: SenderSlots,
  { figures, transportId, now, wallTime }: Surroundings,
): string[] {
  const { track, sources, sendCodecs: codecs, sendEncodings, transceiver: { kind, mid } } = sender;
  const mediaSourceId = track === null ? undefined : addMediaSource(stats, sender, {
    ...{ track, source: figures.source, now },
  });
  return figures.outbound.map((stream) => {
    const encodingIndex = Math.max(0, sources.findIndex(({ ssrc }) => ssrc === stream.ssrc));
    const payloadType = stream.payloadType ?? wantedPayloadType(sender, encodingIndex);
    return addOutbound(stats, stream, {
      ...{ sender, kind, mid, transportId, mediaSourceId, encodingIndex, now, wallTime },
      scalabilityMode: sendEncodings[encodingIndex]?.scalabilityMode,
      sent: figures.sent?.get(stream.ssrc),
      codecId: addCodec(stats, { user: sender, codecs, payloadType, transportId }),
    });
  });
}

/** What would be sent if the source had everything: what the encoding asks for, or else what the other side likes best. */
function wantedPayloadType(
  { sendCodecs, sendEncodings }: SenderSlots,
  encodingIndex: number,
): number | undefined {
  const wanted = sendEncodings[encodingIndex]?.codec;
  const found = wanted && sendCodecs.find((codec) => codecDictionaryMatch(wanted, codec, true));
  return (found ?? sendCodecs[0])?.payloadType;
}

function addReceiver(
  stats: StatsCollector,
  receiver: ReceiverSlots,
  { figures, transportId, now, wallTime }: Surroundings,
): string[] {
  const { track, receiveCodecs: codecs, transceiver: { kind, mid } } = receiver;
  const received = figures.inbound.map(({ ssrc }) => figures.received?.get(ssrc));
  const playoutId = kind === "audio" && addAudioPlayout(stats, receiver, received) || undefined;
  return figures.inbound.map((stream, index) =>
    addInbound(stats, stream, {
      ...{ receiver, kind, mid, transportId, now, wallTime, trackIdentifier: track.id },
      ...{ received: received[index], playoutId },
      codecId: addCodec(stats, {
        ...{ user: receiver, codecs, transportId },
        payloadType: stream.payloadType,
      }),
    })
  );
}
