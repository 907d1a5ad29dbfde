import type { Millis } from "../../../core/stage/mod.ts";
import { MAX_BUFFER_DELAY, type ReceiveStream } from "../../reception/mod.ts";
import { unixMillisFromNtp } from "../../rtcp/mod.ts";
import type { IncomingStream } from "./incoming_stream.ts";
import type { Receiver } from "./receiver.ts";

/** A stream that has been silent for longer holds nobody up. */
const SILENCE: Millis = 5000;

/** Tracks of one stream that wait for each other: more than any has. Each report costs a look at all of them. */
export const MAX_IN_STEP = 16;

/** How long a stream takes from the capture of its media until it is here, by a clock of its sender: only differences mean something. */
type Transit = (stream: IncomingStream) => Millis | undefined;

/**
 * Plays the tracks of one stream of the sender in step (RFC 3550 section 6.4.1, RFC 5888 section 7): those that are here early wait for the
 * one that takes longest. A receiver that is alone goes by its own wishes.
 */
export function keepInStep(receivers: readonly Receiver[], now: Millis): void {
  // W3C WebRTC section 5.3: the larger jitterBufferTarget of all holds for each.
  const target = Math.max(...receivers.map((receiver) => receiver.target));
  for (const receiver of receivers) receiver.setDelay(target);
  const transits = transitsOf(receivers, now);
  const latest = Math.max(...Array.from(transits, ([{ wanted }, transit]) => transit + wanted));
  for (const stream of receivers.flatMap((receiver) => receiver.streams())) {
    const transit = transits.get(stream);
    const lag = transit === undefined ? 0 : latest - transit;
    // Clocks that are further apart are not one clock.
    stream.setLag(lag > MAX_BUFFER_DELAY ? 0 : lag);
  }
}

/** The transits that can be compared; none, where there are only those of one receiver. */
function transitsOf(
  receivers: readonly Receiver[],
  now: Millis,
): ReadonlyMap<IncomingStream, Millis> {
  const heard = receivers.map((receiver) =>
    receiver.streams().filter(({ lastPacketAt }) => now - lastPacketAt < SILENCE)
  );
  // What has been through a mixer may have its time of capture still, where reports tell the mixer's time.
  const isCaptureTold = heard.flat().every((stream) => captureTransit(stream) !== undefined);
  const transitOf = isCaptureTold ? captureTransit : reportTransit;
  const known = heard.map((streams) =>
    streams.flatMap((stream): [IncomingStream, Millis][] => {
      const transit = stream.isReportStale ? undefined : transitOf(stream);
      return transit === undefined ? [] : [[stream, transit]];
    })
  ).filter((entries) => entries.length > 0);
  return new Map(known.length > 1 ? known.flat() : []);
}

/** As absolute capture times tell it, by the sender's clock (draft-ietf-avtcore-abs-capture-time, "Estimated capture clock offset"). */
const captureTransit: Transit = ({ frames: { captured }, reception }) => {
  if (captured?.clockOffset === undefined) return undefined;
  const { captureTimestamp, clockOffset, rtpTimestamp } = captured;
  return transit(reception, rtpTimestamp, captureTimestamp - clockOffset);
};

/** As sender reports tell it. */
const reportTransit: Transit = ({ reception }) => {
  const clock = reception.statistics.remoteClock;
  return clock && transit(reception, clock.rtpTimestamp, clock.ntpTimestamp);
};

/** What was captured at `ntpTimestamp` arrives as the quickest packets of late do. */
function transit(
  { buffer }: ReceiveStream,
  rtpTimestamp: number,
  ntpTimestamp: bigint,
): Millis | undefined {
  const arrival = buffer.playout.arrivalOf(rtpTimestamp);
  return arrival === undefined ? undefined : arrival - unixMillisFromNtp(ntpTimestamp);
}
