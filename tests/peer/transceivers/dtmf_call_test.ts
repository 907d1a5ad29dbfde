import { assert, assertEquals, assertThrows } from "@std/assert";
import { type ReceivedTone, receivedTones } from "../../../peer/rtp_transport/mod.ts";
import { Call, opus, type SeenPacket, Source } from "../call.ts";

/** A call with sound, and its telephone. */
async function telephone() {
  const call = new Call();
  const sound = new Source("audio");
  const sender = call.alice.addTrack(sound.track);
  const dtmf = sender.dtmf!;
  assertEquals(dtmf.canInsertDTMF, false, "not before there is a connection");
  assertThrows(() => dtmf.insertDTMF("1"), DOMException);
  await call.negotiate();
  await call.connected();
  const heard: ReceivedTone[] = [];
  const listening = (async () => {
    for await (const tone of receivedTones(call.tracks[0]!.receiver)) heard.push(tone);
  })();
  const begin = call.net.clock.now();
  const changes: [number, string, string][] = [];
  dtmf.ontonechange = ({ tone }) =>
    void changes.push([call.net.clock.now() - begin, tone, dtmf.toneBuffer]);
  /** Plays sound for so long. */
  const play = async (millis: number) => {
    for (let i = 0; i < millis / 20; i++) {
      await sound.write({ ...opus(i), timestamp: call.net.clock.now() * 1000 });
      await call.advance(20);
    }
  };
  const end = async () => {
    sound.track.stop();
    await call.close();
    await listening;
  };
  /** What has been sent of keys, as it passes by 5 ms later, event by event: each has an RTP timestamp of its own. */
  const events = (): SeenPacket[][] => [
    ...Map.groupBy(
      call.seen.filter(({ payloadType }) => payloadType === 110),
      ({ timestamp }) => timestamp,
    ).values(),
  ];
  return { call, sound, sender, dtmf, heard, changes, play, end, begin, events };
}

Deno.test("RFC 4733 section 2.5.1: tones leave as events of their own time, which begins with a marker and ends three times, and sound waits meanwhile", async () => {
  const { call, dtmf, heard, changes, play, end, begin, events } = await telephone();
  dtmf.insertDTMF("1,2", 100, 70);
  await play(3000);
  assertEquals(changes, [[0, "1", ",2"], [170, ",", "2"], [2170, "2", ""], [2340, "", ""]]);
  assertEquals(heard.map(({ type, tone }) => `${type} ${tone}`), [
    ...["start 1", "end 1", "start 2", "end 2"],
  ]);
  for (const { type, duration } of heard) if (type === "end") assertEquals(duration, 100);
  const [one, two] = events() as [SeenPacket[], SeenPacket[]];
  // 20 to 80 ms, and the end of 100 ms three times.
  assertEquals([one.map(({ at }) => at - begin - 5), events().length], [
    [20, 40, 60, 80, 100, 120, 140],
    2,
  ]);
  assertEquals(one.map(({ payloadLength }) => payloadLength), [4, 4, 4, 4, 4, 4, 4]);
  assertEquals((two[0]!.timestamp - one[0]!.timestamp) >>> 0, 2170 * 48);
  const sound = call.seen.filter(({ payloadType }) => payloadType === 111);
  assertEquals(sound.filter(({ at }) => at - begin - 5 > 0 && at - begin - 5 < 100), []);
  assert(sound.length > 130);
  assertEquals(new Set(call.seen.map(({ ssrc }) => ssrc)).size, 1, "one source");
  await end();
});

Deno.test("W3C WebRTC section 7.2: the least duration and gap are kept on the wire, too", async () => {
  const { dtmf, heard, changes, play, end, begin, events } = await telephone();
  dtmf.insertDTMF("123456", 40, 30);
  await play(1000);
  assertEquals(changes.map(([at]) => at), [0, 70, 140, 210, 280, 350, 420]);
  assertEquals(
    heard.filter(({ type }) => type === "end").map(({ tone, duration }) => `${tone} ${duration}`),
    ["1 40", "2 40", "3 40", "4 40", "5 40", "6 40"],
  );
  const all = events();
  assertEquals(all.map((packets) => (packets[0]!.timestamp - all[0]![0]!.timestamp) >>> 0), [
    ...[0, 70, 140, 210, 280, 350].map((millis) => millis * 48),
  ]);
  assertEquals(all.map(([first]) => first!.at - begin - 5), [20, 90, 160, 230, 300, 370]);
  assertEquals(
    all.map(({ length }) => length),
    [4, 4, 4, 4, 4, 4],
    "20 ms, and the end three times",
  );
  await end();
});

Deno.test("W3C WebRTC section 7.2: tones stop where they can't be sent any more, and a replaced track lets them go on", async () => {
  const { call, sender, dtmf, changes, play, end } = await telephone();
  const other = new Source("audio");
  dtmf.insertDTMF("123", 100, 100);
  await play(100);
  await sender.replaceTrack(other.track);
  await call.advance(150);
  assertEquals([dtmf.canInsertDTMF, changes.map(([, tone]) => tone)], [true, ["1", "2"]]);
  await sender.replaceTrack(null);
  assertEquals(dtmf.canInsertDTMF, false);
  await call.advance(1000);
  assertEquals([dtmf.toneBuffer, changes.length], ["3", 2]);
  await sender.replaceTrack(other.track);
  assertEquals(dtmf.canInsertDTMF, true);
  dtmf.insertDTMF("9");
  await call.advance(1000);
  assertEquals(changes.slice(2).map(([, tone]) => tone), ["9", ""]);

  const parameters = sender.getParameters();
  parameters.encodings[0]!.active = false;
  await sender.setParameters(parameters);
  assertEquals(dtmf.canInsertDTMF, false);
  const again = sender.getParameters();
  again.encodings[0]!.active = true;
  await sender.setParameters(again);
  assertEquals(dtmf.canInsertDTMF, true);
  const [transceiver] = call.alice.getTransceivers();
  transceiver!.direction = "recvonly";
  assertEquals(dtmf.canInsertDTMF, true, "until it is negotiated");
  await call.negotiate();
  assertEquals(dtmf.canInsertDTMF, false);
  other.track.stop();
  await end();
});
