import type { DatagramSocket } from "./datagram_socket.ts";
import { NetworkDecorator } from "./network_decorator.ts";

/** A network that has nothing but TCP, whatever it could do: nothing leaves past the proxy of who runs it (RFC 8828 section 5.2, mode 4). */
export class UdpLessNetwork extends NetworkDecorator {
  /** Always rejects. */
  override openUdp(): Promise<DatagramSocket> {
    return Promise.reject(new Error("UDP is not to be used"));
  }
}
