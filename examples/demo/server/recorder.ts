import type { MediaStreamTrack, RTCDataChannel } from "@heron/webrtc";
import { type Clock, systemClock } from "@heron/webrtc/core";
import { type Recording, recordTracks } from "@heron/webrtc/media";
import { createHash, randomUUID } from "node:crypto";
import type { RecordingCard } from "./protocol.ts";
import { Shelf, type ShelvedFile } from "./shelf.ts";

/** A recording ends by itself after so long, in milliseconds ... */
export const MAX_RECORDING_MS = 60_000;
/** ... or at this size, whichever comes first. */
export const MAX_RECORDING_BYTES = 16 << 20;
/** All recordings of one visitor together; the oldest make room for a new one. */
export const MAX_KEPT_BYTES = 32 << 20;
/** How many are kept, however small. */
export const MAX_KEPT = 8;

/** What a recorder needs of a page's channel. */
export type RecordChannel = Pick<
  RTCDataChannel,
  "onmessage" | "onclose" | "readyState" | "send" | "close"
>;

/** Records one visitor's mirror, one recording after the other, and keeps them for as long as the visitor is here. */
export class Recorder {
  #shelf = new Shelf(MAX_KEPT_BYTES, MAX_KEPT);
  #clock: Clock;
  #current: Recording | undefined;
  #count = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** The recording of that id, if it is still here. */
  get(id: string): ShelvedFile | undefined {
    return this.#shelf.get(id);
  }

  /**
   * Records to a WebM file until the page says anything on the channel, or closes it, or a limit is reached. Then the page hears under
   * which id the file can be fetched.
   */
  async record(
    channel: RecordChannel,
    tracks: readonly MediaStreamTrack[],
    from: string,
  ): Promise<void> {
    if (this.#current || tracks.length === 0) return channel.close();
    const clock = this.#clock;
    const recording = recordTracks(tracks, {
      format: "webm",
      maxBytes: MAX_RECORDING_BYTES,
      clock,
    });
    this.#current = recording;
    channel.onmessage = channel.onclose = () => recording.stop();
    const cancel = clock.after(MAX_RECORDING_MS, () => recording.stop());
    try {
      const { bytes, duration } = await recording.finished;
      if (channel.readyState === "open") {
        channel.send(JSON.stringify(this.#keep(bytes!, duration, from)));
      }
    } finally {
      cancel();
      this.#current = undefined;
    }
  }

  close(): void {
    this.#current?.stop();
  }

  #keep(bytes: Uint8Array, duration: number, from: string): RecordingCard {
    const part = new Uint8Array(bytes);
    const sha256 = createHash("sha256").update(part).digest("hex");
    const name = `mirror-${++this.#count}.webm`;
    const card = { id: randomUUID(), name, size: part.length, sha256 };
    this.#shelf.add({ ...card, from, parts: [part] });
    return { ...card, duration };
  }
}
