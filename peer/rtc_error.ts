import { defineInterface } from "../webidl/interface.ts";
import {
  dictionary,
  domString,
  enforcedUnsignedLong,
  enumeration,
  requireArguments,
} from "../webidl/convert.ts";

/** What an {@linkcode RTCError} is about (W3C WebRTC section 11.2). */
export type RTCErrorDetailType =
  | "data-channel-failure"
  | "dtls-failure"
  | "fingerprint-failure"
  | "sctp-failure"
  | "sdp-syntax-error"
  | "hardware-encoder-not-available"
  | "hardware-encoder-error";

/** How an {@linkcode RTCError} is made. */
export interface RTCErrorInit {
  /** What it is about. */
  errorDetail: RTCErrorDetailType;
  /** For `sdp-syntax-error`: the line, counted from 1. */
  sdpLineNumber?: number;
  /** For `sctp-failure`: the SCTP cause code. */
  sctpCauseCode?: number;
  /** For `dtls-failure`: the description of the alert that was received. */
  receivedAlert?: number;
  /** For `dtls-failure`: the description of the alert that was sent. */
  sentAlert?: number;
}

const rtcErrorInit = dictionary("RTCErrorInit", {
  errorDetail: {
    convert: enumeration("RTCErrorDetailType", [
      "data-channel-failure",
      "dtls-failure",
      "fingerprint-failure",
      "sctp-failure",
      "sdp-syntax-error",
      "hardware-encoder-not-available",
      "hardware-encoder-error",
    ]),
    required: true,
  },
  sdpLineNumber: { convert: enforcedUnsignedLong },
  sctpCauseCode: { convert: enforcedUnsignedLong },
  receivedAlert: { convert: enforcedUnsignedLong },
  sentAlert: { convert: enforcedUnsignedLong },
});

/**
 * A `DOMException` named `OperationError` that tells more about what went wrong in WebRTC (W3C WebRTC section 11.2).
 *
 * @example
 * ```ts
 * import { RTCError } from "@heron/webrtc";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new RTCError({ errorDetail: "sdp-syntax-error", sdpLineNumber: 3 }, "Line 3 is no attribute");
 * assertEquals(error.name, "OperationError");
 * assertEquals(error.sdpLineNumber, 3);
 * ```
 */
export class RTCError extends DOMException {
  readonly #init: RTCErrorInit;

  /** A new error; throws a TypeError if `init` is no RTCErrorInit. */
  constructor(init: RTCErrorInit, message = "") {
    requireArguments("RTCError constructor", arguments.length, 1);
    const converted = rtcErrorInit(init, "RTCError constructor");
    super(domString(message, "RTCError constructor: message"), "OperationError");
    this.#init = converted;
  }

  /** What the error is about. */
  get errorDetail(): RTCErrorDetailType {
    return this.#init.errorDetail;
  }

  /** The line of the description that was wrong, counted from 1; null for other errors. */
  get sdpLineNumber(): number | null {
    return this.#init.sdpLineNumber ?? null;
  }

  /** The SCTP cause code; null for other errors. */
  get sctpCauseCode(): number | null {
    return this.#init.sctpCauseCode ?? null;
  }

  /** The DTLS alert that was received, if one was. */
  get receivedAlert(): number | null {
    return this.#init.receivedAlert ?? null;
  }

  /** The DTLS alert that was sent, if one was. */
  get sentAlert(): number | null {
    return this.#init.sentAlert ?? null;
  }
}

defineInterface(RTCError);
