import { assert, assertEquals } from "@std/assert";
import {
  MAX_KEPT,
  MAX_KEPT_BYTES,
  MAX_RECORDING_BYTES,
  MAX_RECORDING_MS,
  type RecordChannel,
  Recorder,
} from "../../../examples/demo/server/recorder.ts";
import type { RecordingCard } from "../../../examples/demo/server/protocol.ts";
import { MediaStreamTrackGenerator } from "../../../media/mod.ts";
import { VirtualClock } from "../../support/virtual_clock.ts";

/** A page's channel, which keeps what it is told. */
class Channel {
  readonly told: RecordingCard[] = [];
  readyState = "open" as const;
  isClosed = false;
  onmessage: (() => void) | null = null;
  onclose: (() => void) | null = null;

  send(text: string): void {
    this.told.push(JSON.parse(text));
  }

  close(): void {
    this.isClosed = true;
  }

  get asChannel(): RecordChannel {
    return this as unknown as RecordChannel;
  }
}

/** How a key frame of VP8 begins, of 16 by 16 pixels (RFC 6386 section 9.1). */
const KEY_FRAME = [0x10, 0, 0, 0x9d, 0x01, 0x2a, 16, 0, 16, 0];

/** A visitor's recorder with a camera that gives as many bytes a second as one likes. */
class Studio {
  readonly clock = new VirtualClock();
  readonly recorder = new Recorder(this.clock);
  readonly camera = new MediaStreamTrackGenerator({ kind: "video", codec: "vp8" });
  readonly #writer = this.camera.writable.getWriter();

  begin(): { channel: Channel; finished: Promise<void> } {
    const channel = new Channel();
    return { channel, finished: this.recorder.record(channel.asChannel, [this.camera], "Ada") };
  }

  /** Films for so many seconds, a frame each second. */
  async film(seconds: number, bytes: number): Promise<void> {
    for (let i = 0; i < seconds; i++) {
      const data = new Uint8Array(bytes);
      data.set(KEY_FRAME);
      await this.#writer.write({ type: "key", timestamp: this.clock.now() * 1000, data });
      await this.clock.advance(1000);
    }
  }

  [Symbol.dispose](): void {
    this.recorder.close();
    this.camera.stop();
  }
}

Deno.test("a recording ends when the page says so, and can be fetched by its card", async () => {
  using studio = new Studio();
  const { channel, finished } = studio.begin();
  await studio.film(3, 1000);
  channel.onmessage!();
  await finished;
  const [card] = channel.told;
  assertEquals(card!.name, "mirror-1.webm");
  assert(card!.size > 3000 && card!.duration >= 2, JSON.stringify(card));
  assertEquals(studio.recorder.get(card!.id)!.sha256, card!.sha256);
});

Deno.test("a recording ends by itself after a minute", async () => {
  using studio = new Studio();
  const { channel, finished } = studio.begin();
  await studio.film(MAX_RECORDING_MS / 1000 + 20, 100);
  await finished;
  const { duration } = channel.told[0]!;
  assert(Math.abs(duration - MAX_RECORDING_MS / 1000) < 2, `${duration} s`);
  studio.clock.assertIdle();
});

Deno.test("a recording ends by itself at 16 MiB", async () => {
  using studio = new Studio();
  const { channel, finished } = studio.begin();
  const frame = 1 << 20;
  await studio.film(30, frame);
  await finished;
  const { size } = channel.told[0]!;
  assert(Math.abs(size - MAX_RECORDING_BYTES) < 3 * frame, `${size} bytes`);
});

Deno.test("recordings make room for new ones, by bytes and by number", async () => {
  for (const [bytes, kept] of [[12 << 20, MAX_KEPT_BYTES / (12 << 20) | 0], [100, MAX_KEPT]]) {
    using studio = new Studio();
    const ids: string[] = [];
    for (let i = 0; i < MAX_KEPT + 2; i++) {
      const { channel, finished } = studio.begin();
      await studio.film(1, bytes!);
      channel.onmessage!();
      await finished;
      ids.push(channel.told[0]!.id);
    }
    const there = ids.map((id) => studio.recorder.get(id) !== undefined);
    assertEquals(there, ids.map((_, i) => i >= ids.length - kept!));
  }
});

Deno.test("one recording at a time, and none of nothing", async () => {
  using studio = new Studio();
  const { finished } = studio.begin();
  const second = studio.begin();
  await second.finished;
  assert(second.channel.isClosed);
  studio.recorder.close();
  await finished;
  const nothing = new Channel();
  await studio.recorder.record(nothing.asChannel, [], "Ada");
  assert(nothing.isClosed);
});

Deno.test("a page that leaves ends its recording", async () => {
  using studio = new Studio();
  const { channel, finished } = studio.begin();
  await studio.film(1, 100);
  channel.onclose!();
  await finished;
});
