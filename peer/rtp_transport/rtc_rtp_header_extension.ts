import { providedSlots } from "../../webidl/construct.ts";
import { dictionary, domString, requireArguments } from "../../webidl/convert.ts";
import { defineInterface } from "../../webidl/interface.ts";
import { bufferSource, copyTo } from "./buffer_source.ts";

/** What an {@linkcode RTCRtpHeaderExtension} is made from. */
export interface RTCRtpHeaderExtensionInit {
  /** Which extension it is, as `a=extmap` has it. */
  uri: string;
  /** What it says: at most 255 bytes, which are copied. */
  value: ArrayBufferLike | ArrayBufferView;
}

/** The slots of a header extension. */
export interface HeaderExtensionSlots {
  readonly uri: string;
  readonly value: Uint8Array;
}

/** WebIDL `RTCRtpHeaderExtensionInit`. */
export const headerExtensionInit = dictionary("RTCRtpHeaderExtensionInit", {
  uri: { convert: domString, required: true },
  value: { convert: bufferSource, required: true },
});

/** The slots of a header extension. Throws a TypeError for anything else. */
export let headerExtensionSlots: (extension: RTCRtpHeaderExtension) => HeaderExtensionSlots;

/** One element of a packet's header extension (RFC 8285), under its URI. */
export class RTCRtpHeaderExtension {
  static {
    headerExtensionSlots = (extension) => extension.#slots;
  }

  readonly #slots: HeaderExtensionSlots;

  /** A header extension of a packet that is to be sent. Throws a TypeError if something is missing or of the wrong type. */
  constructor(init: RTCRtpHeaderExtensionInit) {
    const provided = providedSlots<HeaderExtensionSlots>();
    if (provided !== undefined) {
      this.#slots = provided;
      return;
    }
    const context = "RTCRtpHeaderExtension constructor";
    requireArguments(context, arguments.length, 1);
    const { uri, value } = headerExtensionInit(init, context);
    this.#slots = { uri, value: value.slice() };
  }

  /** Which extension it is. */
  get uri(): string {
    return this.#slots.uri;
  }

  /** Bytes of its value. */
  get valueByteLength(): number {
    return this.#slots.value.length;
  }

  /** Copies its value. Throws a TypeError if `destination` has fewer bytes. */
  copyValueTo(destination: ArrayBufferLike | ArrayBufferView): void {
    const { value } = this.#slots;
    requireArguments("RTCRtpHeaderExtension.copyValueTo", arguments.length, 1);
    copyTo(value, destination, "RTCRtpHeaderExtension.copyValueTo");
  }
}

defineInterface(RTCRtpHeaderExtension);
