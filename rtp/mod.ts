/**
 * The Real-time Transport Protocol: media in packets (RFC 3550), what goes along with it, and how codecs' frames are cut into payloads.
 *
 * {@linkcode RtpSession} is all of it together, for one transport: frames go in above and packets come out below, and the other way round.
 * Its parts can be used alone:
 *
 * - packets: {@linkcode parseRtpPacket}, {@linkcode serializeRtpPacket}, with header extensions of which {@linkcode findElement} finds one
 *   and `parseX` reads it;
 * - RTCP: {@linkcode parseRtcp}, {@linkcode serializeRtcp};
 * - payload formats: {@linkcode packetizerFor} and {@linkcode depacketizerFor} for each codec;
 * - forward error correction: {@linkcode protectPackets}, {@linkcode FecReceiver};
 * - reception: {@linkcode ReceiveStream} puts packets in order, asks for lost ones and reports;
 * - transmission: {@linkcode SendStream}, {@linkcode Retransmitter}, {@linkcode RtcpScheduler} and {@linkcode composeRtcp};
 * - congestion: {@linkcode SendSideBandwidthEstimation} finds the rate, {@linkcode Pacer} spreads what is sent.
 *
 * @module
 */
export * from "./packet.ts";
export * from "./header_extension.ts";
export * from "./mux.ts";
export * from "./extensions/mod.ts";
export * from "./rtcp/mod.ts";
export * from "./payload/mod.ts";
export * from "./fec/mod.ts";
export * from "./reception/mod.ts";
export * from "./congestion/mod.ts";
export * from "./transmission/mod.ts";
export * from "./session/mod.ts";
