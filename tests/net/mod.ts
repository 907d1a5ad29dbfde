/**
 * A virtual network in virtual time, for testing stacks end to end without a socket.
 *
 * @module
 */
export * from "./virtual_network.ts";
export * from "./segment.ts";
export * from "./host.ts";
export * from "./link.ts";
export * from "./nat.ts";
export * from "./packet.ts";
export * from "./tcp.ts";
export * from "./stun_responder.ts";
export * from "./turn.ts";
