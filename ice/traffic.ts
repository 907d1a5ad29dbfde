/** The data that went over a transport, not counting STUN. It only ever grows, whatever becomes of the pairs. */
export interface IceTraffic {
  /** Datagrams that left. */
  readonly packetsSent: number;
  /** Datagrams that came on a valid pair. */
  readonly packetsReceived: number;
  /** Bytes of payload that left. */
  readonly bytesSent: number;
  /** Bytes of payload that came on a valid pair. */
  readonly bytesReceived: number;
}

/** Counts what an agent carries. */
export class Traffic implements IceTraffic {
  packetsSent = 0;
  packetsReceived = 0;
  bytesSent = 0;
  bytesReceived = 0;

  /** A datagram leaves. */
  sent(bytes: number): void {
    this.packetsSent++;
    this.bytesSent += bytes;
  }

  /** A datagram has come. */
  received(bytes: number): void {
    this.packetsReceived++;
    this.bytesReceived += bytes;
  }
}
