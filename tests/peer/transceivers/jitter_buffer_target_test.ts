import { assert, assertEquals, assertThrows } from "@std/assert";
import { Call, opus, Source, statsOf, vp8 } from "../call.ts";

for (const kind of ["audio", "video"] as const) {
  Deno.test(`W3C WebRTC section 5.3: a jitterBufferTarget holds ${kind} back so long, while it is set, and statistics tell`, async () => {
    const call = new Call();
    const source = new Source(kind);
    call.alice.addTrack(source.track);
    await call.negotiate();
    await call.connected();
    const [{ receiver }] = call.tracks as [typeof call.tracks[0]];
    /** Plays for a while; the delays of what was emitted meanwhile, in seconds on average. */
    const play = async (target: number | null) => {
      receiver.jitterBufferTarget = target;
      const before = await delays();
      for (let i = 0; i < 20; i++) {
        const { index } = source;
        const chunk = kind === "audio" ? opus(index) : vp8(index, index === 0);
        await source.write({ ...chunk, timestamp: call.net.clock.now() * 1000 });
        await call.advance(kind === "audio" ? 20 : 40);
      }
      await call.advance(5000);
      const after = await delays();
      const [count, ...sums] = after.map((value, i) => value - before[i]!) as [number];
      const samples = kind === "audio" ? 960 : 1;
      assertEquals(count, 20 * samples, "all come");
      return sums.map((sum) => Math.round((sum / count) * 1000));
    };
    const delays = async (): Promise<number[]> => {
      const all = [...(await receiver.getStats()).values()];
      const stats = all.find(({ type }) => type === "inbound-rtp") ?? {};
      return [
        "jitterBufferEmittedCount",
        "jitterBufferDelay",
        "jitterBufferTargetDelay",
        "jitterBufferMinimumDelay",
        "totalProcessingDelay",
      ].map((member) => stats[member] ?? 0);
    };
    assertEquals(await play(null), [0, 0, 0, 0]);
    assertEquals(await play(200), [200, 200, 0, 200]);
    assertEquals(await play(4000), [4000, 4000, 0, 4000]);
    assertEquals(await play(0), [0, 0, 0, 0]);
    assertEquals(await play(50.5), [51, 51, 0, 51]);
    assertEquals(await play(null), [0, 0, 0, 0]);
    const { packetsLost } = await statsOf(call.bob, "inbound-rtp");
    assertEquals(packetsLost, 0);
    source.track.stop();
    await call.close();
  });
}

Deno.test("W3C WebRTC section 5.3: a jitterBufferTarget is null or from 0 to 4000; what is not stays without effect", async () => {
  const call = new Call();
  const { receiver } = call.alice.addTransceiver("audio");
  assertEquals(receiver.jitterBufferTarget, null);
  for (const target of [0, 4000, 17.5, null]) {
    receiver.jitterBufferTarget = target;
    assertEquals(receiver.jitterBufferTarget, target);
  }
  receiver.jitterBufferTarget = 100;
  for (const target of [-1, 4001, -0.001, 4000.5]) {
    assertThrows(() => receiver.jitterBufferTarget = target, RangeError);
  }
  for (const target of [NaN, Infinity, "x", {}]) {
    assertThrows(() => receiver.jitterBufferTarget = target as number, TypeError);
  }
  assertEquals(receiver.jitterBufferTarget, 100);
  receiver.jitterBufferTarget = undefined as unknown as null;
  assertEquals(receiver.jitterBufferTarget, null);
  assert(call.seen.length === 0);
  await call.close();
});
