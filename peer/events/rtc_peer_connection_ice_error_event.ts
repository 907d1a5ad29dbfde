import { domString, nullable, unsignedShort, usvString } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { eventArguments } from "../../webidl/event.ts";

/** How an {@linkcode RTCPeerConnectionIceErrorEvent} is made. */
export interface RTCPeerConnectionIceErrorEventInit extends EventInit {
  /** The local address that was used. */
  address?: string | null;
  /** The local port that was used. */
  port?: number | null;
  /** The server. */
  url?: string;
  /** A STUN error code, or 701 where the server could not be reached. */
  errorCode: number;
  /** What the server said. */
  errorText?: string;
}

const readArguments = eventArguments("RTCPeerConnectionIceErrorEvent", {
  address: { convert: nullable(domString), default: () => null },
  port: { convert: nullable(unsignedShort), default: () => null },
  url: { convert: usvString, default: () => "" },
  errorCode: { convert: unsignedShort, required: true },
  errorText: { convert: usvString, default: () => "" },
});

/** Tells of a STUN or TURN server that did not give a candidate (W3C WebRTC section 4.8.3). */
export class RTCPeerConnectionIceErrorEvent extends Event {
  readonly #address: string | null;
  readonly #port: number | null;
  readonly #url: string;
  readonly #errorCode: number;
  readonly #errorText: string;

  /** A new event; throws a TypeError if `eventInitDict` lacks an error code. */
  constructor(type: string, eventInitDict: RTCPeerConnectionIceErrorEventInit) {
    const { type: name, init } = readArguments(arguments.length, type, eventInitDict);
    super(name, init);
    this.#address = init.address;
    this.#port = init.port;
    this.#url = init.url;
    this.#errorCode = init.errorCode;
    this.#errorText = init.errorText;
  }

  /** The local address that was used. */
  get address(): string | null {
    return this.#address;
  }

  /** The local port that was used. */
  get port(): number | null {
    return this.#port;
  }

  /** The server. */
  get url(): string {
    return this.#url;
  }

  /** A STUN error code, or 701 where the server could not be reached. */
  get errorCode(): number {
    return this.#errorCode;
  }

  /** What the server said. */
  get errorText(): string {
    return this.#errorText;
  }
}

defineInterface(RTCPeerConnectionIceErrorEvent);
