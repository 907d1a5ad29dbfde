/**
 * How the tests talk with another stack: its program reads requests and writes reports, one line of JSON each. A program holds many
 * connections; `pc` and `channel` are numbers that tell them apart, negative for the channels that the program heard of first.
 *
 * @module
 */
import type {
  RTCDataChannelInit,
  RTCIceCandidateInit,
  RTCIceConnectionState,
  RTCIceGatheringState,
  RTCPeerConnectionState,
  RTCSessionDescriptionInit,
  RTCSignalingState,
} from "../../../mod.ts";

/** What is sent over a channel: a text, or bytes. */
export type Payload = { readonly text: string } | { readonly base64: string };

/** What the program is asked to do with one connection. */
export type Command =
  | { readonly do: "open" | "close" | "createAnswer" }
  | { readonly do: "createOffer"; readonly iceRestart: boolean }
  | {
    readonly do: "setLocalDescription" | "setRemoteDescription";
    readonly description: RTCSessionDescriptionInit;
  }
  | { readonly do: "addIceCandidate"; readonly candidate: RTCIceCandidateInit }
  | {
    readonly do: "createDataChannel";
    readonly channel: number;
    readonly label: string;
    readonly init: RTCDataChannelInit;
  }
  /** Each track that comes is sent back. A side that offers asks for audio and video; it is asked before it does. */
  | { readonly do: "sendBack"; readonly offers: boolean }
  | { readonly do: "send"; readonly channel: number } & Payload
  | { readonly do: "closeChannel"; readonly channel: number };

/** A command, and by which `id` its reply goes. */
export type Request = { readonly id: number; readonly pc: number } & Command;

/** What has become of a request. */
export type Reply =
  | { readonly id: number; readonly value?: unknown }
  | { readonly id: number; readonly error: string };

/** Everything about a connection that changes by itself. */
export interface ConnectionState {
  readonly connection: RTCPeerConnectionState;
  readonly ice: RTCIceConnectionState;
  readonly gathering: RTCIceGatheringState;
  readonly signaling: RTCSignalingState;
  /** The local description, with the candidates so far. */
  readonly local: RTCSessionDescriptionInit | null;
}

/** What a channel turned out to be once it was open. */
export interface ChannelProperties {
  readonly id: number | null;
  readonly protocol: string;
  readonly ordered: boolean;
  readonly maxRetransmits: number | null;
  readonly maxPacketLifeTime: number | null;
  readonly negotiated: boolean;
}

/** What happened to one connection, or to one of its channels. */
export type Happening =
  | { readonly event: "state" } & ConnectionState
  | { readonly event: "candidate"; readonly candidate: RTCIceCandidateInit }
  | { readonly event: "datachannel"; readonly channel: number; readonly label: string }
  | { readonly event: "open"; readonly channel: number } & ChannelProperties
  | { readonly event: "message"; readonly channel: number } & Payload
  | { readonly event: "close"; readonly channel: number };

/** A line that the program writes. */
export type Report = Reply | ({ readonly pc: number } & Happening);
