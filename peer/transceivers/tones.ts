import type { KeyEvent } from "../../rtp/mod.ts";

/** A key that the other side has pressed or let go, as the RTP session tells of it. */
export interface ToneEvent {
  readonly key: KeyEvent;
  /** Hertz of the clock in which its duration is. */
  readonly clockRate: number;
}

/** Hears of the keys that the other side presses. */
export interface ToneListener {
  tone(event: ToneEvent): void;
  /** There will be no more. */
  ended(): void;
}

/** Where a receiver tells of keys: nowhere, unless `@heron/webrtc/rtp-transport` asks for it. */
export class ReceiverTones {
  readonly #listeners = new Set<ToneListener>();

  add(listener: ToneListener): void {
    this.#listeners.add(listener);
  }

  delete(listener: ToneListener): void {
    this.#listeners.delete(listener);
  }

  push(event: ToneEvent): void {
    for (const listener of [...this.#listeners]) listener.tone(event);
  }

  end(): void {
    for (const listener of [...this.#listeners]) listener.ended();
    this.#listeners.clear();
  }
}
