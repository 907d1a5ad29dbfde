import type { RTCErrorEvent } from "./events/rtc_error_event.ts";
import type { RTCIceTransport } from "./rtc_ice_transport.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";

/** How far the DTLS association is (W3C WebRTC section 5.5.1). */
export type RTCDtlsTransportState = "new" | "connecting" | "connected" | "closed" | "failed";

/** The events of an {@linkcode RTCDtlsTransport}. */
export interface RTCDtlsTransportEventMap {
  /** The state has changed. */
  statechange: Event;
  /** The association has failed. */
  error: RTCErrorEvent;
}

/** The internal slots of an {@linkcode RTCDtlsTransport} (W3C WebRTC section 5.5). */
export interface DtlsTransportSlots {
  readonly iceTransport: RTCIceTransport;
  state: RTCDtlsTransportState;
  /** DER of each certificate of the peer's chain. */
  remoteCertificates: readonly Uint8Array[];
}

/** What an application sees of the DTLS association (W3C WebRTC section 5.5). Scripts can't construct it. */
export class RTCDtlsTransport extends EventTarget {
  readonly #slots: DtlsTransportSlots = slotsOfNew<DtlsTransportSlots>();

  /** The transport underneath. */
  get iceTransport(): RTCIceTransport {
    return this.#slots.iceTransport;
  }

  /** How far the association is. */
  get state(): RTCDtlsTransportState {
    return this.#slots.state;
  }

  /** DER of the certificates that the peer has presented; empty before the association is connected. */
  getRemoteCertificates(): ArrayBuffer[] {
    return this.#slots.remoteCertificates.map((der) => new Uint8Array(der).buffer);
  }
}

/** Typed events. */
export interface RTCDtlsTransport extends EventHandlers<RTCDtlsTransportEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<RTCDtlsTransportEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCDtlsTransportEventMap>;
}

defineInterface(RTCDtlsTransport, { handlers: ["statechange", "error"] });
