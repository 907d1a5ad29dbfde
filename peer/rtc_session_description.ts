import { dictionary, domString, enumeration, requireArguments } from "../webidl/convert.ts";
import { defineInterface } from "../webidl/interface.ts";

/** What a session description is for (W3C WebRTC section 4.6.1). */
export type RTCSdpType = "offer" | "pranswer" | "answer" | "rollback";

/** A description as it is signalled (W3C WebRTC section 4.6.2). */
export interface RTCSessionDescriptionInit {
  /** What it is for. */
  type: RTCSdpType;
  /** The session description; empty for a rollback. */
  sdp?: string;
}

/** What `setLocalDescription` takes: it can find out the type by itself. */
export interface RTCLocalSessionDescriptionInit {
  /** What it is for; by default, what the signaling state asks for. */
  type?: RTCSdpType;
  /** What `createOffer` or `createAnswer` returned; created anew if empty. */
  sdp?: string;
}

const sdpType = enumeration("RTCSdpType", ["offer", "pranswer", "answer", "rollback"]);
const sdp = { convert: domString, default: () => "" };

/** Converts an RTCSessionDescriptionInit. */
export const sessionDescriptionInit = dictionary("RTCSessionDescriptionInit", {
  type: { convert: sdpType, required: true },
  sdp,
});

/** Converts an RTCLocalSessionDescriptionInit. */
export const localSessionDescriptionInit = dictionary("RTCLocalSessionDescriptionInit", {
  type: { convert: sdpType },
  sdp,
});

/** A session description and what it is for (W3C WebRTC section 4.6.2). */
export class RTCSessionDescription {
  readonly #type: RTCSdpType;
  readonly #sdp: string;

  /** A new description; throws a TypeError if `descriptionInitDict` is no RTCSessionDescriptionInit. */
  constructor(descriptionInitDict: RTCSessionDescriptionInit) {
    requireArguments("RTCSessionDescription constructor", arguments.length, 1);
    const init = sessionDescriptionInit(descriptionInitDict, "RTCSessionDescription constructor");
    this.#type = init.type;
    this.#sdp = init.sdp;
  }

  /** What it is for. */
  get type(): RTCSdpType {
    return this.#type;
  }

  /** The text of the description. */
  get sdp(): string {
    return this.#sdp;
  }

  /** The members that are signalled. */
  toJSON(): { type: RTCSdpType; sdp: string } {
    return { type: this.#type, sdp: this.#sdp };
  }
}

defineInterface(RTCSessionDescription);
