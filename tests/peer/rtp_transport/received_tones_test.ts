import { assertEquals, assertThrows } from "@std/assert";
import { MediaStreamTrackGenerator } from "../../../media/mod.ts";
import { type ReceivedTone, receivedTones } from "../../../peer/rtp_transport/mod.ts";
import { receiverSlots } from "../../../peer/rtc_rtp_receiver.ts";
import { Pair } from "../pair.ts";

/** Alice, whose telephone Bob hears. */
async function call() {
  const pair = new Pair();
  const { alice, bob } = pair;
  const sender = alice.addTrack(new MediaStreamTrackGenerator({ kind: "audio", codec: "opus" }));
  await pair.negotiate();
  await pair.until(() => sender.dtmf!.canInsertDTMF && bob.connectionState === "connected");
  return { pair, dtmf: sender.dtmf!, receiver: bob.getReceivers()[0]! };
}

Deno.test("RFC 4733 section 2.5: keys are heard in the order in which they are pressed and let go", async () => {
  const { pair, dtmf, receiver } = await call();
  const heard: ReceivedTone[] = [];
  const listening = (async () => {
    for await (const tone of receivedTones(receiver)) heard.push(tone);
  })();
  dtmf.insertDTMF("1#D", 100, 50);
  await pair.until(() => heard.length === 6);
  assertEquals(heard.map(({ type, tone }) => `${tone} ${type}`), [
    ...["1 start", "1 end", "# start", "# end", "D start", "D end"],
  ]);
  for (const { duration } of heard.filter(({ type }) => type === "end")) {
    assertEquals(Math.round(duration / 10), 10);
  }
  await pair.close();
  await listening; // it ends with the connection
});

Deno.test("who cancels hears no more, and who doesn't read costs no more than a bound", async () => {
  const { pair, receiver } = await call();
  const { tones } = receiverSlots(receiver);
  const [idle, cancelled] = [receivedTones(receiver), receivedTones(receiver)];
  await cancelled.cancel();
  const key = { type: "start", event: 5, timestamp: 0, duration: 80, volume: 10 } as const;
  for (let times = 0; times < 1000; times++) tones.push({ key, clockRate: 8000 });
  tones.push({ key: { ...key, event: 16 }, clockRate: 8000 }); // a flash is no key
  await pair.close();
  const read = await Array.fromAsync(idle);
  assertEquals([read.length, read[0]], [
    256,
    { type: "start", tone: "5", duration: 10, volume: 10 },
  ]);
});

Deno.test("only receivers of audio that are not stopped hear tones", async () => {
  const { pair, receiver } = await call();
  const video = pair.alice.addTransceiver("video").receiver;
  assertThrows(() => receivedTones(video), TypeError);
  assertThrows(() => receivedTones({} as typeof video), TypeError);
  pair.bob.getTransceivers()[0]!.stop();
  const error = assertThrows(() => receivedTones(receiver), DOMException);
  assertEquals((error as DOMException).name, "InvalidStateError");
  await pair.close();
});
