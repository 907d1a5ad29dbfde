import type { RTCDataChannel } from "../../../mod.ts";
import { until } from "./data.ts";

/** A data channel with everything that has come out of it so far, so that no test can look too late. */
export class Mailbox {
  readonly channel: RTCDataChannel;
  /** The names of the channel's events but `message`, in order. */
  readonly events: string[] = [];
  #messages: unknown[] = [];
  #arrivals = new EventTarget();

  constructor(channel: RTCDataChannel) {
    this.channel = channel;
    channel.binaryType = "arraybuffer";
    for (const name of ["open", "bufferedamountlow", "error", "closing", "close"]) {
      channel.addEventListener(name, () => this.events.push(name));
    }
    channel.addEventListener("message", ({ data }) => {
      this.#messages.push(data);
      this.#arrivals.dispatchEvent(new Event("message"));
    });
  }

  /** How many messages have arrived and were not taken. */
  get waiting(): number {
    return this.#messages.length;
  }

  /** The next message, or the next `count` of them. */
  async take(count: number): Promise<unknown[]> {
    await until(this.#arrivals, ["message"], () => this.#messages.length >= count);
    return this.#messages.splice(0, count);
  }

  /** The next message. */
  async next(): Promise<unknown> {
    return (await this.take(1))[0];
  }

  /** Waits for the event `open`, which follows the state of that name. */
  opened(): Promise<void> {
    return until(this.channel, ["open"], () => this.events.includes("open"));
  }

  /** Waits for `close`. */
  closed(): Promise<void> {
    return until(this.channel, ["close"], () => this.events.includes("close"));
  }

  /** Sends back whatever arrives from now on, as it arrived. */
  echo(): void {
    this.channel.addEventListener("message", ({ data }) => this.channel.send(data));
  }

  /** Waits until no more than `bytes` wait to be sent. */
  async drained(bytes: number): Promise<void> {
    this.channel.bufferedAmountLowThreshold = bytes;
    await until(
      this.channel,
      ["bufferedamountlow", "close"],
      () => this.channel.bufferedAmount <= bytes,
    );
  }
}
