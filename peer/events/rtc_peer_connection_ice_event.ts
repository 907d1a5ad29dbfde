import { RTCIceCandidate } from "../rtc_ice_candidate.ts";
import { instance, nullable, usvString } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { eventArguments } from "../../webidl/event.ts";

/** How an {@linkcode RTCPeerConnectionIceEvent} is made. */
export interface RTCPeerConnectionIceEventInit extends EventInit {
  /** The candidate; null when all gathering is over. */
  candidate?: RTCIceCandidate | null;
  /** The server that it was obtained from. */
  url?: string | null;
}

const readArguments = eventArguments("RTCPeerConnectionIceEvent", {
  candidate: { convert: nullable(instance(RTCIceCandidate)), default: () => null },
  url: { convert: nullable(usvString), default: () => null },
});

/** Brings a candidate that is to be signalled to the other side (W3C WebRTC section 4.8.2). */
export class RTCPeerConnectionIceEvent extends Event {
  readonly #candidate: RTCIceCandidate | null;
  readonly #url: string | null;

  /** A new event. */
  constructor(type: string, eventInitDict: RTCPeerConnectionIceEventInit = {}) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#candidate = init.candidate;
    this.#url = init.url;
  }

  /** The candidate; null when all gathering is over. */
  get candidate(): RTCIceCandidate | null {
    return this.#candidate;
  }

  /** The server that the candidate was obtained from. */
  get url(): string | null {
    return this.#url;
  }
}

defineInterface(RTCPeerConnectionIceEvent);
