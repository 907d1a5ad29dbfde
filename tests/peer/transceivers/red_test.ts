import { assertEquals } from "@std/assert";
import { MediaStreamTrackProcessor } from "../../../media/mod.ts";
import { RTCRtpSender } from "../../../mod.ts";
import { Call, opus, Source, statsOf } from "../call.ts";

/** A call with sound in Opus, for which RED is preferred or not. */
async function call(prefersRed: boolean) {
  const call = new Call();
  const sound = new Source("audio");
  const transceiver = call.alice.addTransceiver(sound.track);
  const { codecs } = RTCRtpSender.getCapabilities("audio")!;
  const [red, others] = [true, false].map((wanted) =>
    codecs.filter(({ mimeType }) => (mimeType === "audio/red") === wanted)
  );
  if (prefersRed) transceiver.setCodecPreferences([...red!, ...others!]);
  await call.negotiate();
  await call.connected();
  const heard: number[] = [];
  void new MediaStreamTrackProcessor({ track: call.tracks[0]!.track }).readable.pipeTo(
    new WritableStream({ write: ({ data }) => void heard.push(data[1]!) }),
  );
  /** The payload types of what was sent, and what was heard of 20 pieces. */
  const play = async () => {
    const before = call.seen.length;
    for (let i = 0; i < 20; i++) {
      await sound.write({ ...opus(i), timestamp: call.net.clock.now() * 1000 });
      await call.advance(20);
    }
    await call.advance(1000);
    const types = new Set(call.seen.slice(before).map(({ payloadType }) => payloadType));
    return { types: [...types], heard: heard.splice(0) };
  };
  const end = async () => {
    sound.track.stop();
    await call.close();
  };
  return { call, sender: transceiver.sender, play, end };
}

const ALL = Array.from({ length: 20 }, (_, i) => i);

Deno.test("RFC 2198: where RED is preferred, each packet carries the piece before it, too, and one that is lost is not missed", async () => {
  const { call: { alice, bob }, play, end } = await call(true);
  const { types, heard } = await play();
  assertEquals([types, heard], [[63], ALL]);
  const { codecId } = await statsOf(alice, "outbound-rtp");
  const sent = (await alice.getStats()).get(codecId) as { mimeType: string; sdpFmtpLine: string };
  assertEquals([sent.mimeType, sent.sdpFmtpLine], ["audio/red", "111/111"]);
  const received = (await bob.getStats()).get((await statsOf(bob, "inbound-rtp")).codecId);
  assertEquals((received as { mimeType: string }).mimeType, "audio/opus");
  await end();
});

Deno.test("RFC 2198: with RED, every third packet may be lost", async () => {
  const { call: pair, play, end } = await call(true);
  let packets = 0;
  pair.loses = () => packets++ % 3 === 2; // but not the last one, which no other carries
  assertEquals((await play()).heard, ALL);
  assertEquals((await statsOf(pair.bob, "inbound-rtp")).packetsLost >= 6, true);
  await end();
});

Deno.test("W3C WebRTC section 5.2: RED is used without being preferred if the encoding asks for it, and not if it asks for another", async () => {
  const { sender, play, end } = await call(false);
  const send = async (mimeType: string | undefined) => {
    const parameters = sender.getParameters();
    const codec = parameters.codecs.find((each) => each.mimeType === mimeType);
    if (codec === undefined) delete parameters.encodings[0]!.codec;
    else parameters.encodings[0]!.codec = codec;
    await sender.setParameters(parameters);
    return await play();
  };
  assertEquals(await send(undefined), { types: [111], heard: ALL });
  assertEquals(await send("audio/red"), { types: [63], heard: ALL });
  assertEquals(await send("audio/opus"), { types: [111], heard: ALL });
  await end();
});
