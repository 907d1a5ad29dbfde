import { MediaSource } from "../../../media/media_source.ts";
import { createTrack, type MediaStreamTrack } from "../../../media/media_stream_track.ts";
import type { RTCPeerConnectionState } from "../../../peer/connection/states.ts";
import { OperationsChain } from "../../../peer/operations_chain.ts";
import {
  type SenderSlots,
  type TransceiverHost,
  type TransceiverMedia,
  type TransceiverSlots,
  TransceiverTable,
} from "../../../peer/transceivers/mod.ts";
import { queueTask } from "../../../webidl/task.ts";
import type { TransceiverFigures } from "../../../peer/stats/transceiver.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** A connection that only notes what its transceivers ask for. */
export class Host implements TransceiverHost, TransceiverMedia {
  isClosed = false;
  connectionState: RTCPeerConnectionState = "connected";
  readonly clock: VirtualClock = new VirtualClock();
  readonly cname = "cname";
  readonly chain: OperationsChain = new OperationsChain(() => this.isClosed, () => {});
  readonly table: TransceiverTable = new TransceiverTable(this);
  /** How often negotiation was said to be needed. */
  needed = 0;
  readonly updated: TransceiverSlots[] = [];
  readonly keyFrames: number[][] = [];
  readonly tones: [at: number, tone: string, duration: number][] = [];
  readonly negotiationNeeded = { update: () => void this.needed++ };
  readonly media = this;
  readonly statistics = { of: () => Promise.reject(new Error("No statistics here")) };

  update(transceiver: TransceiverSlots): void {
    this.updated.push(transceiver);
  }

  requestKeyFrames(_: SenderSlots, encodings: readonly number[]): void {
    this.keyFrames.push([...encodings]);
  }

  requestRemoteKeyFrame(): void {}

  sectionOf(): undefined {}

  canSend(): boolean {
    return false;
  }

  sendPackets(): void {}

  returnPacket(): void {}

  figuresOf(): TransceiverFigures {
    return { inbound: [], outbound: [] };
  }

  allocatedBandwidth(): number {
    return 0;
  }

  playTone(_: SenderSlots, tone: string, duration: number): void {
    this.tones.push([this.clock.now(), tone, duration]);
  }
}

/** A live track of nothing. */
export function trackOf(kind: "audio" | "video"): MediaStreamTrack {
  return createTrack(new MediaSource({ kind }));
}

/** Lets every task run that is queued by now. */
export function tasks(): Promise<void> {
  return new Promise((resolve) => queueTask(resolve));
}
