import type { InboundStatistics, OutboundStatistics } from "../../rtp/mod.ts";
import type { ReceiverSlots, SenderSlots, TransceiverSlots } from "../transceivers/mod.ts";
import { addCodec } from "./codec.ts";
import { addInbound } from "./inbound_rtp.ts";
import { addMediaSource } from "./media_source.ts";
import { addOutbound } from "./outbound_rtp.ts";
import type { StatsCollector } from "./stats.ts";

/** The figures of a transceiver's streams, in both directions. */
export interface TransceiverFigures {
  readonly inbound: readonly InboundStatistics[];
  readonly outbound: readonly OutboundStatistics[];
}

/** What the streams of a transceiver have around them. */
export interface Surroundings {
  readonly figures: TransceiverFigures;
  /** The transport that it uses, if there is one. */
  readonly transportId: string | undefined;
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
  { figures, transportId }: Surroundings,
): string[] {
  const { track, sources, sendCodecs: codecs, transceiver: { kind, mid } } = sender;
  const mediaSourceId = track === null ? undefined : addMediaSource(stats, sender, track);
  return figures.outbound.map((stream) => {
    const { ssrc, payloadType } = stream;
    return addOutbound(stats, stream, {
      ...{ sender, kind, mid, transportId, mediaSourceId },
      encodingIndex: Math.max(0, sources.findIndex((source) => source.ssrc === ssrc)),
      codecId: addCodec(stats, { user: sender, codecs, payloadType, transportId }),
    });
  });
}

function addReceiver(
  stats: StatsCollector,
  receiver: ReceiverSlots,
  { figures, transportId, wallTime }: Surroundings,
): string[] {
  const { track, receiveCodecs: codecs, transceiver: { kind, mid } } = receiver;
  return figures.inbound.map((stream) =>
    addInbound(stats, stream, {
      ...{ receiver, kind, mid, transportId, wallTime, trackIdentifier: track.id },
      codecId: addCodec(stats, {
        ...{ user: receiver, codecs, transportId },
        payloadType: stream.payloadType,
      }),
    })
  );
}
