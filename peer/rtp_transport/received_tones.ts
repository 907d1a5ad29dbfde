import { DTMF_KEYS } from "../../rtp/mod.ts";
import { receiverSlots, RTCRtpReceiver } from "../rtc_rtp_receiver.ts";
import type { ToneListener } from "../transceivers/mod.ts";
import { instance } from "../../webidl/convert.ts";
import { invalidState } from "./claim.ts";

/** A key of a telephone that the other side has pressed, or let go. */
export interface ReceivedTone {
  /** Which of the two. */
  readonly type: "start" | "end";
  /** One of `0123456789*#ABCD`. */
  readonly tone: string;
  /** How long it has lasted so far, in milliseconds. */
  readonly duration: number;
  /** Below full scale, in decibels. */
  readonly volume: number;
}

/** Keys that wait to be read; what comes beyond is dropped, for a peer may press as many as it likes. */
const MAX_WAITING = 256;

/**
 * The telephone keys (DTMF) that the other side presses, as RFC 4733 has them: what its `RTCDTMFSender` inserts, or a telephone behind a
 * gateway. In the order in which they are pressed and let go; how often their packets were lost or came again does not show.
 *
 * The stream ends with the receiver. To hear no more, cancel it.
 *
 * @throws {TypeError} if it is no receiver, or one of video
 * @throws {DOMException} an `InvalidStateError` if it has been stopped
 *
 * @example Somebody chooses from a menu
 * ```ts
 * import { RTCPeerConnection } from "@heron/webrtc";
 * import { receivedTones } from "@heron/webrtc/rtp-transport";
 *
 * const pc = new RTCPeerConnection();
 * const { receiver } = pc.addTransceiver("audio");
 * const listening = (async () => {
 *   for await (const { type, tone } of receivedTones(receiver)) {
 *     if (type === "start") console.log(`${tone} was pressed`);
 *   }
 * })();
 * // ... offers and answers
 * pc.close();
 * await listening;
 * ```
 */
export function receivedTones(receiver: RTCRtpReceiver): ReadableStream<ReceivedTone> {
  const context = "receivedTones";
  const { transceiver, tones } = receiverSlots(instance(RTCRtpReceiver)(receiver, context));
  const { kind, stopping, host } = transceiver;
  if (kind !== "audio") throw new TypeError(`${context}: a receiver of ${kind} hears no tones`);
  if (stopping || host.isClosed) throw invalidState(`${context}: the receiver has been stopped`);
  let listener: ToneListener | undefined;
  return new ReadableStream<ReceivedTone>({
    start(controller) {
      listener = {
        tone({ key: { type, event, duration, volume }, clockRate }) {
          const tone = DTMF_KEYS[event];
          if (tone === undefined || controller.desiredSize! <= 0) return;
          controller.enqueue({ type, tone, duration: duration * 1000 / clockRate, volume });
        },
        ended: () => controller.close(),
      };
      tones.add(listener);
    },
    cancel: () => tones.delete(listener!),
  }, { highWaterMark: MAX_WAITING });
}
