import type { ChannelSlots, RTCDataChannelState } from "../rtc_data_channel.ts";
import type { RTCStats, StatsCollector } from "./stats.ts";

/** Of a data channel (webrtc-stats section 8.16). */
export interface RTCDataChannelStats extends RTCStats {
  /** Always this. */
  type: "data-channel";
  /** As `RTCDataChannel.label`. */
  label: string;
  /** As `RTCDataChannel.protocol`. */
  protocol: string;
  /** As `RTCDataChannel.id`; missing before it is known. */
  dataChannelIdentifier?: number;
  /** As `RTCDataChannel.readyState`. */
  state: RTCDataChannelState;
  /** Messages that `send` has put on their way. */
  messagesSent: number;
  /** Bytes of these messages. */
  bytesSent: number;
  /** `message` events that have fired. */
  messagesReceived: number;
  /** Bytes of these messages. */
  bytesReceived: number;
}

/** Adds what is known of a channel. */
export function addDataChannel(stats: StatsCollector, slots: ChannelSlots): void {
  const { label, protocol, traffic } = slots;
  stats.add<RTCDataChannelStats>("data-channel", slots, {
    label,
    protocol,
    dataChannelIdentifier: slots.id ?? undefined,
    state: slots.readyState,
    ...traffic,
  });
}
