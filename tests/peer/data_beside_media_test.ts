import { assertEquals, assertGreater } from "@std/assert";
import { Call, Source, vp8 } from "./call.ts";

const MESSAGE = new Uint8Array(16_384);

/** A bulk transfer over 2 Mb/s with a queue of 100 ms; returns how many packets that was full for in its last eight seconds, and the rate. */
async function transfer(withVideo: boolean): Promise<{ overflows: number; rate: number }> {
  const call = new Call();
  const { alice, bob, hosts, net } = call;
  const source = new Source("video");
  if (withVideo) alice.addTrack(source.track);
  const channel = alice.createDataChannel("bulk");
  let received = 0;
  bob.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => received += data.size ?? data.byteLength;
  };
  await call.negotiate();
  await call.connected();
  await call.until(() => channel.readyState === "open");
  Object.assign(hosts.alice.link, { rate: 2e6, queue: 25_000 });
  let before = 0;
  for (let i = 0; i < 250; i++) {
    if (i === 50) {
      received = 0;
      before = net.drops.of("queue-full");
    }
    if (withVideo) await source.write(vp8(i, i === 0));
    while (channel.bufferedAmount < 4 * MESSAGE.length) channel.send(MESSAGE);
    await call.advance(40);
  }
  const overflows = net.drops.of("queue-full") - before;
  source.track.stop();
  await call.close();
  return { overflows, rate: received }; // in b/s: eight bits a byte, for eight seconds
}

Deno.test("data beside media that is being sent over the same transport makes no queue, and uses the rest", async () => {
  const beside = await transfer(true);
  assertEquals(beside.overflows, 0);
  assertGreater(beside.rate, 1e6);
  const alone = await transfer(false);
  assertGreater(alone.overflows, 0);
});
