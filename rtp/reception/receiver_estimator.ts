import type { Millis } from "../../core/stage/mod.ts";
import { AcknowledgedBitrateEstimator } from "../congestion/acknowledged_bitrate_estimator.ts";
import { BitrateRange } from "../congestion/bitrate_range.ts";
import { DelayBasedEstimator } from "../congestion/delay_based_estimator.ts";
import type { ArrivedPacket } from "../congestion/packet_result.ts";
import { ABS_SEND_TIME_PERIOD } from "../extensions/mod.ts";
import type { ReceiverEstimatedMaximumBitrate } from "../rtcp/mod.ts";

/** How often an estimate is told, and which share of the last one is so little that it is told at once. libwebrtc's numbers. */
const INTERVAL: Millis = 1000;
const DROP = 0.97;

/** Streams that an estimate names at most. */
const MAX_STREAMS = 64;

/** How long the sender takes to follow, as long as nobody knows: libwebrtc's number. */
const ROUND_TRIP: Millis = 200;

/**
 * What the path carries, by the times at which packets left and came (draft-alvestrand-rmcat-remb-03, with the delay-based control of
 * draft-ietf-rmcat-gcc-02): for senders that can't find out themselves.
 */
export class ReceiverEstimator {
  readonly #senderSsrc: number;
  readonly #throughput = new AcknowledgedBitrateEstimator();
  #estimator: DelayBasedEstimator | undefined;
  readonly #streams = new Set<number>();
  #sentAt: Millis | undefined;
  #told: { readonly bitrate: number; readonly at: Millis } | undefined;
  #isNew = false;

  /** Estimates are of this SSRC. */
  constructor(senderSsrc: number) {
    this.#senderSsrc = senderSsrc;
  }

  /** A packet of so many bytes has come that left at this time, which wraps after 64 s. */
  arrived(absSendTime: Millis, ssrc: number, size: number, now: Millis): void {
    const sentAt = this.#sentAt = unwrapped(absSendTime, this.#sentAt ?? absSendTime);
    const packet: ArrivedPacket = { size, sentAt, received: true, receivedAt: now, cluster: 0 };
    this.#throughput.push([packet]);
    const { bitrate } = this.#throughput;
    if (bitrate === undefined) return;
    this.#estimator ??= new DelayBasedEstimator(bitrate, new BitrateRange());
    const evidence = {
      ...{ throughput: bitrate, roundTripTime: ROUND_TRIP },
      ...{ probed: undefined, isFull: false },
    };
    this.#estimator.update([packet], evidence, now);
    if (this.#streams.size < MAX_STREAMS) this.#streams.add(ssrc);
    this.#isNew = true;
  }

  /** What is to be told now. */
  take(now: Millis): ReceiverEstimatedMaximumBitrate[] {
    const bitrate = this.#estimator?.bitrate;
    if (!this.#isNew || bitrate === undefined) return [];
    const told = this.#told;
    if (told && now < told.at + INTERVAL && bitrate > told.bitrate * DROP) return [];
    this.#told = { bitrate, at: now };
    this.#isNew = false;
    const ssrcs = [...this.#streams];
    this.#streams.clear();
    return [{ type: "REMB", senderSsrc: this.#senderSsrc, bitrate, ssrcs }];
  }

  /** When {@linkcode ReceiverEstimator.take} has something to tell. */
  get nextTimeout(): Millis | undefined {
    if (!this.#isNew) return undefined;
    return this.#told === undefined ? 0 : this.#told.at + INTERVAL;
  }
}

/** The time that is closest to the one before. */
function unwrapped(time: Millis, before: Millis): Millis {
  const half = ABS_SEND_TIME_PERIOD / 2;
  const ahead = time - before;
  return before + ahead - ABS_SEND_TIME_PERIOD * Math.floor((ahead + half) / ABS_SEND_TIME_PERIOD);
}
