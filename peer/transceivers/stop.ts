/**
 * How transceivers end (W3C WebRTC section 5.4).
 *
 * @module
 */
import type { TransceiverSlots } from "./slots.ts";

/** The "stop sending and receiving" steps. */
export function stopSendingAndReceiving(transceiver: TransceiverSlots): void {
  transceiver.direction = "inactive";
  transceiver.stopping = true;
  transceiver.sender.dtmf?.stop();
  transceiver.receiver.source.end();
  transceiver.host.media.update(transceiver);
}

/** The "stop the RTCRtpTransceiver" steps. */
export function stopTransceiver(transceiver: TransceiverSlots): void {
  const { sender, receiver } = transceiver;
  if (!transceiver.stopping) stopSendingAndReceiving(transceiver);
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
