import type { RTCIceCandidate } from "./rtc_ice_candidate.ts";
import { defineInterface, illegalUnlessInternal } from "../webidl/interface.ts";

/** Two candidates that packets travel between (W3C WebRTC section 5.6.3). Scripts can't construct it. */
export class RTCIceCandidatePair {
  readonly #local: RTCIceCandidate;
  readonly #remote: RTCIceCandidate;

  /** Throws a TypeError: only a transport makes pairs. */
  constructor(...internal: readonly unknown[]) {
    illegalUnlessInternal(internal[0]);
    [, this.#local, this.#remote] = internal as [unknown, RTCIceCandidate, RTCIceCandidate];
  }

  /** The candidate at this end. */
  get local(): RTCIceCandidate {
    return this.#local;
  }

  /** The candidate at the other end. */
  get remote(): RTCIceCandidate {
    return this.#remote;
  }
}

defineInterface(RTCIceCandidatePair);
