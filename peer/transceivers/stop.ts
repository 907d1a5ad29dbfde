/**
 * How transceivers end (W3C WebRTC section 5.4).
 *
 * @module
 */
import type { TransceiverSlots } from "./slots.ts";

/** The "stop sending and receiving" steps. With `disappear`, the track goes without a word: the connection is being closed. */
export function stopSendingAndReceiving(transceiver: TransceiverSlots, disappear = false): void {
  transceiver.direction = "inactive";
  transceiver.stopping = true;
  transceiver.sender.dtmf?.stop();
  if (disappear) transceiver.receiver.source.abandon();
  else transceiver.receiver.source.end();
  transceiver.host.updateMedia(transceiver);
}

/** The "stop the RTCRtpTransceiver" steps. */
export function stopTransceiver(transceiver: TransceiverSlots, disappear = false): void {
  const { sender, receiver } = transceiver;
  if (!transceiver.stopping) stopSendingAndReceiving(transceiver, disappear);
  transceiver.stopped = true;
  transceiver.receptive = false;
  transceiver.currentDirection = null;
  sender.packets.feed?.ended();
  sender.frames.end();
  receiver.frames.end();
  receiver.tones.end();
  receiver.associatedRemoteMediaStreams = [];
  receiver.lastStableStateAssociatedRemoteMediaStreams = [];
}
