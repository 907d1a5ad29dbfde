import type { RTCStats, StatsCollector } from "./stats.ts";

/** Of a connection as a whole (webrtc-stats section 8.15). */
export interface RTCPeerConnectionStats extends RTCStats {
  /** Always this. */
  type: "peer-connection";
  /** Data channels that have ever been open. */
  dataChannelsOpened: number;
  /** Those of them that are not open any more. */
  dataChannelsClosed: number;
}

/** Adds what is known of a connection. `open` is how many of the `opened` channels still are. */
export function addPeerConnection(
  stats: StatsCollector,
  connection: object,
  { opened, open }: { opened: number; open: number },
): void {
  stats.add<RTCPeerConnectionStats>("peer-connection", connection, {
    dataChannelsOpened: opened,
    dataChannelsClosed: opened - open,
  });
}
