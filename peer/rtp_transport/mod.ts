/**
 * RTP packets of an `RTCPeerConnection`, for bots and for servers that forward media: beside the browser's API, which stays as it is.
 *
 * {@linkcode forward} sends what one connection receives by another, without touching what is in the packets.
 *
 * @module
 */
export {
  forward,
  type ForwardDiscard,
  type Forwarding,
  type ForwardOptions,
} from "./forwarding.ts";
export type { Discards } from "../../core/mod.ts";
