import { assert, assertEquals } from "@std/assert";
import { MediaStreamTrackProcessor } from "../../media/mod.ts";
import { Call, opus, Source, statsOf, vp8 } from "./call.ts";
import type { PairOptions } from "./pair.ts";

/** Hosts whose timers all come so many milliseconds late, as in a process that has much to do. */
function late(millis: number): NonNullable<PairOptions["hosts"]> {
  return (net) => {
    const [alice, bob] = [net.host("198.51.100.1"), net.host("198.51.100.2")];
    const clock = {
      now: () => net.clock.now(),
      after: (delay: number, run: () => void) => net.clock.after(delay + millis, run),
    };
    for (const host of [alice, bob]) Object.defineProperty(host, "clock", { value: clock });
    return { alice, bob };
  };
}

/** A call with audio, video and data, and what has come of it so far. */
class Session extends Call {
  readonly video = new Source("video");
  readonly audio = new Source("audio");
  readonly received = { audio: 0, video: 0, messages: 0 };
  /** States that either end has had since it was connected. */
  readonly states: string[] = [];
  #send!: () => void;

  async begin(): Promise<void> {
    for (const { track } of [this.video, this.audio]) this.alice.addTrack(track);
    const { a, b } = await this.open();
    await this.connected();
    this.#send = () => a.send("message");
    b.addEventListener("message", () => void this.received.messages++);
    for (const { track } of this.tracks) {
      const { readable } = new MediaStreamTrackProcessor({ track });
      const count = new WritableStream({ write: () => void this.received[track.kind]++ });
      void readable.pipeTo(count);
    }
    for (const pc of [this.alice, this.bob]) {
      pc.addEventListener("connectionstatechange", () => void this.states.push(pc.connectionState));
    }
    await this.advance(500);
  }

  /** Sends so many frames of each, 25 a second, video at `bitrate`. */
  async talk(frames: number, bitrate = 400_000): Promise<void> {
    for (let i = 0; i < frames; i++) {
      const timestamp = this.net.clock.now() * 1000;
      const { index } = this.video;
      const frame = vp8(index, index % 100 === 0, bitrate / 200);
      await this.video.write({ ...frame, timestamp });
      await this.audio.write({ ...opus(index), timestamp });
      this.#send();
      await this.advance(40);
    }
  }
}

for (const [millis, bitrate] of [[20, 3_000_000], [500, 1_000_000]] as const) {
  Deno.test(`a process whose timers come ${millis} ms late still sends and receives everything`, async () => {
    const call = new Session({ hosts: late(millis) });
    await call.begin();
    await call.talk(300);
    await call.talk(500, bitrate); // the estimate has grown by now
    await call.advance(3000);
    assertEquals(call.received, { audio: 800, video: 800, messages: 800 });
    assertEquals(call.states, []);
    const { totalPacketSendDelay, packetsSent } = await statsOf(
      ...[call.alice, "outbound-rtp", "video"] as const,
    );
    const delay = totalPacketSendDelay / packetsSent;
    assert(delay < 0.15, `${delay} s from the encoder to the network`);
    await call.advance(millis);
    await call.close();
  });
}

for (const millis of [3000, 10_000]) {
  Deno.test(`a process that stands still for ${millis / 1000} s goes on where it was`, async () => {
    const call = new Session();
    await call.begin();
    await call.talk(100);
    await call.net.clock.jump(millis);
    await call.talk(250);
    await call.advance(1000);
    assertEquals(call.received, { audio: 350, video: 350, messages: 350 });
    assert(!call.states.includes("failed"), `${call.states}`);
    assertEquals([call.alice, call.bob].map((pc) => pc.connectionState), [
      "connected",
      "connected",
    ]);
    await call.close();
  });
}

Deno.test("RFC 7675: after an hour of sleep, consent is gone, and an ICE restart brings all of it back", async () => {
  const call = new Session();
  await call.begin();
  await call.talk(50);
  await call.net.clock.jump(3_600_000);
  await call.until(() => call.alice.connectionState === "failed", 40_000);
  await call.talk(10); // into nothing, but for the messages
  call.alice.restartIce();
  await call.negotiate();
  await call.until(() => call.states.filter((state) => state === "connected").length === 2, 5000);
  await call.talk(50);
  await call.advance(1000);
  assertEquals(call.received.messages, 110);
  assert(call.received.audio >= 99 && call.received.video >= 90, JSON.stringify(call.received));
  await call.close();
});
