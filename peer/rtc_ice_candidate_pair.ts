import type { RTCIceCandidate } from "./rtc_ice_candidate.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import { defineInterface } from "../webidl/interface.ts";

/** The internal slots of an {@linkcode RTCIceCandidatePair}. */
export interface IceCandidatePairSlots {
  readonly local: RTCIceCandidate;
  readonly remote: RTCIceCandidate;
}

/** Two candidates that packets travel between (W3C WebRTC section 5.6.3). Scripts can't construct it. */
export class RTCIceCandidatePair {
  readonly #slots: IceCandidatePairSlots = slotsOfNew<IceCandidatePairSlots>();

  /** The candidate at this end. */
  get local(): RTCIceCandidate {
    return this.#slots.local;
  }

  /** The candidate at the other end. */
  get remote(): RTCIceCandidate {
    return this.#slots.remote;
  }
}

defineInterface(RTCIceCandidatePair);
