import { assertEquals, assertThrows } from "@std/assert";
import type { SenderSlots } from "../../../peer/transceivers/mod.ts";
import { Host, trackOf } from "./host.ts";

/** A sender for which DTMF has been negotiated, and the tones that `tonechange` tells of, with their times. */
function negotiated() {
  const host = new Host();
  const { sender } = host.table.create({
    kind: "audio",
    direction: "sendrecv",
    track: trackOf("audio"),
  });
  sender.transceiver.currentDirection = "sendrecv";
  sender.sendCodecs = [
    { payloadType: 111, mimeType: "audio/opus", clockRate: 48000, channels: 2 },
    { payloadType: 126, mimeType: "audio/telephone-event", clockRate: 8000, channels: 1 },
  ];
  const dtmf = sender.dtmf!.object;
  const begin = host.clock.now();
  const changes: [number, string][] = [];
  dtmf.ontonechange = ({ tone }) => void changes.push([host.clock.now() - begin, tone]);
  return { host, sender, dtmf, changes };
}

Deno.test("W3C WebRTC section 7.2: tones follow each other, and the last one's end is told by an empty tone", async () => {
  const { host, dtmf, changes } = negotiated();
  dtmf.insertDTMF("1a");
  assertEquals(dtmf.toneBuffer, "1A");
  await host.clock.advance(1000);
  assertEquals(changes, [[0, "1"], [170, "A"], [340, ""]]);
  assertEquals(host.tones.map(([, tone, duration]) => [tone, duration]), [["1", 100], ["A", 100]]);
  host.clock.assertIdle();
});

Deno.test("W3C WebRTC section 7.2: durations and gaps are kept within their bounds", async () => {
  for (
    const [duration, gap, second] of [[39, 29, 70], [6001, 6001, 12_000], [40, 30, 70]] as const
  ) {
    const { host, dtmf, changes } = negotiated();
    dtmf.insertDTMF("12", duration, gap);
    await host.clock.advance(30_000);
    assertEquals(changes, [[0, "1"], [second, "2"], [2 * second, ""]]);
  }
});

Deno.test("W3C WebRTC section 7.2: a comma waits for two seconds, and sounds of nothing", async () => {
  const { host, dtmf, changes } = negotiated();
  dtmf.insertDTMF("1,2");
  await host.clock.advance(10_000);
  assertEquals(changes, [[0, "1"], [170, ","], [2170, "2"], [2340, ""]]);
  assertEquals(host.tones.length, 2);
});

Deno.test("W3C WebRTC section 7.2: what is inserted meanwhile takes the place of what waits, and nothing of all", async () => {
  const { host, dtmf, changes } = negotiated();
  dtmf.insertDTMF("123");
  await host.clock.advance(100);
  dtmf.insertDTMF("9");
  await host.clock.advance(200);
  assertEquals(changes, [[0, "1"], [170, "9"]]);
  dtmf.insertDTMF("5");
  dtmf.insertDTMF("");
  await host.clock.advance(1000);
  assertEquals(changes, [[0, "1"], [170, "9"], [340, ""]]);
  dtmf.insertDTMF("");
  await host.clock.advance(1000);
  assertEquals(changes.length, 3);
});

Deno.test("W3C WebRTC section 7.2: whether DTMF can be sent", () => {
  const broken: ((sender: SenderSlots, host: Host) => void)[] = [
    (_, host) => host.connectionState = "connecting",
    (sender) => sender.transceiver.object.stop(),
    (sender) => sender.track = null,
    (sender) => sender.transceiver.currentDirection = "recvonly",
    (sender) => sender.transceiver.currentDirection = null,
    (sender) => sender.sendEncodings = [{ ...sender.sendEncodings[0]!, active: false }],
    (sender) => sender.sendCodecs = sender.sendCodecs.slice(0, 1),
  ];
  for (const change of broken) {
    const { host, sender, dtmf } = negotiated();
    assertEquals(dtmf.canInsertDTMF, true);
    change(sender, host);
    assertEquals(dtmf.canInsertDTMF, false, `${change}`);
    // The state comes before the characters.
    const error = assertThrows(() => dtmf.insertDTMF("!"), DOMException);
    assertEquals(error.name, "InvalidStateError");
  }
});

Deno.test("W3C WebRTC section 7.2: what is no tone is an InvalidCharacterError, and leaves the buffer", () => {
  const { dtmf } = negotiated();
  dtmf.insertDTMF("0123456789ABCDabcd#*,");
  for (const tones of ["E", "1 ", "٣", "-"]) {
    const error = assertThrows(() => dtmf.insertDTMF(tones), DOMException);
    assertEquals(error.name, "InvalidCharacterError");
  }
  assertEquals(dtmf.toneBuffer, "0123456789ABCDABCD#*,");
});

Deno.test("a transceiver that stops amid tones leaves no timer", async () => {
  const { host, sender, dtmf, changes } = negotiated();
  dtmf.insertDTMF("123");
  await host.clock.advance(100);
  sender.transceiver.object.stop();
  host.clock.assertIdle();
  assertEquals(changes.length, 1);
});
