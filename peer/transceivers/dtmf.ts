import { construct } from "../../webidl/construct.ts";
import { RTCDTMFToneChangeEvent } from "../events/rtc_dtmf_tone_change_event.ts";
import { sends } from "../jsep/media/mod.ts";
import { RTCDTMFSender } from "../rtc_dtmf_sender.ts";
import type { SenderSlots } from "./slots.ts";

/** Bounds of [[Duration]], in milliseconds (W3C WebRTC section 7.2). */
const [MIN_DURATION, MAX_DURATION] = [40, 6000];
/** Bounds of [[InterToneGap]], in milliseconds. */
const [MIN_INTER_TONE_GAP, MAX_INTER_TONE_GAP] = [30, 6000];
/** How long a comma waits, in milliseconds. */
const COMMA = 2000;

/** The slots of an `RTCDTMFSender`, and the playout of its tones (W3C WebRTC section 7.2). */
export class DtmfSlots {
  readonly object: RTCDTMFSender;
  readonly #sender: SenderSlots;
  #duration = 0;
  #interToneGap = 0;
  #toneBuffer = "";
  /** Cancels the playout task that is scheduled. */
  #cancel: (() => void) | undefined;

  constructor(sender: SenderSlots) {
    this.#sender = sender;
    this.object = construct(RTCDTMFSender, this);
  }

  /** The tones that remain to be played. */
  get toneBuffer(): string {
    return this.#toneBuffer;
  }

  /** Determines if DTMF can be sent. */
  get canInsert(): boolean {
    const { transceiver, track, sendEncodings, sendCodecs } = this.#sender;
    const { host, stopping, currentDirection } = transceiver;
    return host.connectionState === "connected" && !stopping && track !== null &&
      currentDirection !== null && sends(currentDirection) &&
      sendEncodings[0]!.active &&
      sendCodecs.some(({ mimeType }) => mimeType.toLowerCase() === "audio/telephone-event");
  }

  /** The steps of `insertDTMF` from where its arguments are known to be good. */
  insert(tones: string, duration: number, interToneGap: number): void {
    this.#toneBuffer = tones;
    this.#duration = clamp(duration, MIN_DURATION, MAX_DURATION);
    this.#interToneGap = clamp(interToneGap, MIN_INTER_TONE_GAP, MAX_INTER_TONE_GAP);
    if (tones !== "" && this.#cancel === undefined) this.#playIn(0);
  }

  /** Nothing will be sent any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #playIn(delay: number): void {
    this.#cancel = this.#sender.transceiver.host.clock.after(delay, () => {
      this.#cancel = undefined;
      this.#play();
    });
  }

  /** The DTMF playout task steps. */
  #play(): void {
    if (!this.canInsert) return;
    const tone = this.#toneBuffer.slice(0, 1);
    this.#toneBuffer = this.#toneBuffer.slice(1);
    if (tone === ",") this.#playIn(COMMA);
    else if (tone !== "") {
      this.#sender.transceiver.host.media.playTone(this.#sender, tone, this.#duration);
      this.#playIn(this.#duration + this.#interToneGap);
    }
    this.object.dispatchEvent(new RTCDTMFToneChangeEvent("tonechange", { tone }));
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
