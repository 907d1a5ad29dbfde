/**
 * Sockets as web streams of batches of datagrams, and the {@linkcode Network} that a peer connection runs on. The only folder that
 * names `Deno` or opens a socket.
 *
 * @module
 */
export * from "./datagram_socket.ts";
export * from "./udp_socket.ts";
export * from "./udp.ts";
export * from "./framing.ts";
export {
  connectTcp,
  type TcpDiscard,
  type TcpOptions,
  type TcpSocket,
  type TlsOptions,
} from "./tcp_socket.ts";
export * from "./simultaneous_open.ts";
export * from "./tcp_listener.ts";
export type { TcpListener, TcpListenerDiscard } from "./accepted_connections.ts";
export * from "./socket_group.ts";
export * from "./demux.ts";
export * from "./network.ts";
export * from "./network_decorator.ts";
export * from "./filtered_network.ts";
export * from "./port_range_network.ts";
export * from "./shared_port_network.ts";
export * from "./udp_less_network.ts";
export * from "./shared_port.ts";
export * from "./interfaces.ts";
export * from "./address_watch.ts";
export * from "./mdns.ts";
export type {
  MdnsInterface,
  MdnsPort,
  MdnsReceiver,
  MdnsSender,
  OpenMdnsPort,
} from "./mdns_port.ts";
export * from "./mdns_responder.ts";
