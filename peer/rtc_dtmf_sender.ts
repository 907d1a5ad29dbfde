import { domString, requireArguments, unsignedLong } from "../webidl/convert.ts";
import { slotsOfNew } from "../webidl/construct.ts";
import {
  defineInterface,
  type EventHandlers,
  type Listen,
  type Unlisten,
} from "../webidl/interface.ts";
import type { RTCDTMFToneChangeEvent } from "./events/rtc_dtmf_tone_change_event.ts";
import type { DtmfSlots } from "./transceivers/dtmf.ts";

/** The events of an {@linkcode RTCDTMFSender}. */
export interface RTCDTMFSenderEventMap {
  /** A tone begins, or the last one has ended. */
  tonechange: RTCDTMFToneChangeEvent;
}

/**
 * Sends the tones of a telephone's keys (W3C WebRTC section 7.2). An {@linkcode RTCRtpSender} of audio has one in `dtmf`; scripts can't
 * construct it.
 */
export class RTCDTMFSender extends EventTarget {
  readonly #slots: DtmfSlots = slotsOfNew<DtmfSlots>();

  /**
   * Replaces the tones that are waiting: `0` to `9`, `A` to `D`, `#` and `*`, each `duration` milliseconds long (40 to 6000) and
   * `interToneGap` apart (30 to 6000); a comma waits for two seconds.
   *
   * Throws an `InvalidStateError` where `canInsertDTMF` is false, and an `InvalidCharacterError` for any other character.
   */
  insertDTMF(tones: string, duration: number = 100, interToneGap: number = 70): void {
    const slots = this.#slots;
    const context = "RTCDTMFSender.insertDTMF";
    requireArguments(context, arguments.length, 1);
    const characters = domString(tones, context);
    const milliseconds = unsignedLong(duration, context);
    const gap = unsignedLong(interToneGap, context);
    if (!slots.canInsert) {
      throw new DOMException(`${context}: DTMF can't be sent now`, "InvalidStateError");
    }
    if (!/^[0-9a-d#*,]*$/i.test(characters)) {
      throw new DOMException(`${context}: "${characters}" are no tones`, "InvalidCharacterError");
    }
    slots.insert(characters.toUpperCase(), milliseconds, gap);
  }

  /** Whether tones can be sent: there is a track that is being sent, and telephone-event has been negotiated. */
  get canInsertDTMF(): boolean {
    return this.#slots.canInsert;
  }

  /** The tones that remain to be played. */
  get toneBuffer(): string {
    return this.#slots.toneBuffer;
  }
}

/** Typed events. */
export interface RTCDTMFSender extends EventHandlers<RTCDTMFSenderEventMap> {
  /** Appends a listener. */
  addEventListener: Listen<RTCDTMFSenderEventMap>;
  /** Removes a listener. */
  removeEventListener: Unlisten<RTCDTMFSenderEventMap>;
}

defineInterface(RTCDTMFSender, { handlers: ["tonechange"] });
