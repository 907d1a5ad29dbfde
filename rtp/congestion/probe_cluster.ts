/** A probe takes at least so many packets. libwebrtc's number. */
const MIN_PACKETS = 5;

/** A probe lasts at least so many ms. libwebrtc's number. */
const MIN_DURATION = 15;

/** A burst of packets, sent at a rate above the estimate to find out whether the path carries it. */
export interface ProbeCluster {
  /** Tells probes from one another: 1 to 65535. */
  readonly id: number;
  /** At which rate to send, in bits per second. */
  readonly bitrate: number;
  /** How many packets it takes at least. */
  readonly minPackets: number;
  /** How many bytes it takes at least. */
  readonly minBytes: number;
}

/** A probe at a rate in bits per second. */
export function probeCluster(id: number, bitrate: number): ProbeCluster {
  return {
    id,
    bitrate,
    minPackets: MIN_PACKETS,
    minBytes: Math.ceil(bitrate * MIN_DURATION / 8000),
  };
}
