import type { RTCIceCandidate, RTCIceComponent } from "./rtc_ice_candidate.ts";
import type { RTCIceCandidatePair } from "./rtc_ice_candidate_pair.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";

/** Which side decides on the pair to use (RFC 8445 section 2.3). */
export type RTCIceRole = "unknown" | "controlling" | "controlled";
/** How far the connectivity checks are (W3C WebRTC section 5.6.5). */
export type RTCIceTransportState =
  | "new"
  | "checking"
  | "connected"
  | "completed"
  | "disconnected"
  | "failed"
  | "closed";
/** How far the gathering of candidates is. */
export type RTCIceGathererState = "new" | "gathering" | "complete";

/** The credentials of one ICE generation. */
export interface RTCIceParameters {
  /** 4 to 256 characters (RFC 8839 section 5.4). */
  usernameFragment?: string;
  /** 22 to 256 characters. */
  password?: string;
}

/** The events of an {@linkcode RTCIceTransport}. */
export interface RTCIceTransportEventMap {
  /** The state has changed. */
  statechange: Event;
  /** The gathering state has changed. */
  gatheringstatechange: Event;
  /** Another pair of candidates carries the packets. */
  selectedcandidatepairchange: Event;
}

/** The internal slots of an {@linkcode RTCIceTransport} (W3C WebRTC section 5.6). */
export interface IceTransportSlots {
  role: RTCIceRole;
  state: RTCIceTransportState;
  gatheringState: RTCIceGathererState;
  selectedCandidatePair: RTCIceCandidatePair | null;
  localCandidates: RTCIceCandidate[];
  remoteCandidates: RTCIceCandidate[];
  localParameters: RTCIceParameters | null;
  remoteParameters: RTCIceParameters | null;
}

/** The slots of a transport that has not begun. */
export function newIceTransportSlots(): IceTransportSlots {
  return {
    role: "unknown",
    state: "new",
    gatheringState: "new",
    selectedCandidatePair: null,
    localCandidates: [],
    remoteCandidates: [],
    localParameters: null,
    remoteParameters: null,
  };
}

/** What an application sees of the ICE agent (W3C WebRTC section 5.6). Scripts can't construct it. */
export class RTCIceTransport extends EventTarget {
  readonly #slots: IceTransportSlots = slotsOfNew<IceTransportSlots>();

  /** Which side decides on the pair to use. */
  get role(): RTCIceRole {
    return this.#slots.role;
  }

  /** Always "rtp": RTP and RTCP are multiplexed. */
  get component(): RTCIceComponent {
    void this.#slots;
    return "rtp";
  }

  /** How far the connectivity checks are. */
  get state(): RTCIceTransportState {
    return this.#slots.state;
  }

  /** How far the gathering is. */
  get gatheringState(): RTCIceGathererState {
    return this.#slots.gatheringState;
  }

  /** The candidates gathered for this transport. */
  getLocalCandidates(): RTCIceCandidate[] {
    return [...this.#slots.localCandidates];
  }

  /** The candidates that the application gave with `addIceCandidate` or in a description. */
  getRemoteCandidates(): RTCIceCandidate[] {
    return [...this.#slots.remoteCandidates];
  }

  /** The pair that carries the packets, or null. */
  getSelectedCandidatePair(): RTCIceCandidatePair | null {
    return this.#slots.selectedCandidatePair;
  }

  /** The credentials of this end, once `setLocalDescription` has set them. */
  getLocalParameters(): RTCIceParameters | null {
    return this.#slots.localParameters && { ...this.#slots.localParameters };
  }

  /** The credentials of the other end, once `setRemoteDescription` has set them. */
  getRemoteParameters(): RTCIceParameters | null {
    return this.#slots.remoteParameters && { ...this.#slots.remoteParameters };
  }
}

/** Typed events. */
export interface RTCIceTransport extends EventHandlers<RTCIceTransportEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<RTCIceTransportEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCIceTransportEventMap>;
}

defineInterface(RTCIceTransport, {
  handlers: ["statechange", "gatheringstatechange", "selectedcandidatepairchange"],
});
